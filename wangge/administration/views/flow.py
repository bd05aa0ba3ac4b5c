# SPDX-License-Identifier: Apache-2.0
"""The flow: a chart, a table, and what a city may change of it: labels, limits, figures, posts, the tries of a callback."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.administration.calendar_form import whole
from wangge.administration.choices import choices_of
from wangge.administration.columns import TABLES, Words
from wangge.administration.comparing import moved
from wangge.administration.drafting import (
    Edited,
    basis_in,
    basis_shown,
    chosen_draft,
    edited,
)
from wangge.administration.flow_chart import chart_of
from wangge.cases.flow import RECORD_FIGURES, Flow, Step
from wangge.cases.flow_document import build, parse
from wangge.cases.flow_soundness import FlowFault
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory
from wangge.rulebook import drafts
from wangge.rulebook.basis import Basis
from wangge.rulebook.queries import document_in_force
from wangge.ui.signed_in import actor_of
from wangge.ui.words import city_zone, language, said

#: the parts of a flow document whose entries are states and steps
PARTS = ("states", "steps", "beside")
#: of a kind of side record, by their names in the document
FIGURES = {
    "extension": {"most": Words("每轮最多准予几次", "Granted a round, at most")},
    "suspension": {"most": Words("最长几天", "Days, at most")},
    "reward": {
        "most": Words("一笔最多（元）", "Yuan of one reward, at most"),
        "budget": Words("全年预算（元）", "Yuan of a year, at most"),
    },
}
MOST_DIGITS = 9


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flow(request: HttpRequest) -> HttpResponse:
    """The flow as my draft has it, else as it is in force; a POST makes what was typed part of a draft."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    shown = edited(actor, "flow")
    if request.method != "POST":
        return _page(request, actor, shown, shown.held)
    require(actor, Permission.RULEBOOK_EDIT)
    typed = typed_flow(request.POST, shown.held)
    try:
        parse(typed, {post.code: post.axis for post in directory().posts.values()})
        with chosen_draft(request.POST, actor, now()) as draft:
            _put(draft, typed, actor, basis_in(request.POST))
    except FlowFault as fault:
        text = fault.zh if language() == "zh" else fault.en
        return _page(request, actor, shown, typed, fault=text, status=422)
    except DomainError as error:
        return _page(request, actor, shown, typed, error=error, status=error.http_status)
    messages.success(request, _("已记入草稿，发布后才生效。"))
    return redirect("administration:flow")


def _put(draft: int, typed: dict[str, Any], actor: Actor, basis: Basis | None) -> None:
    """The whole document with a version of its own; as it is in force it is no change."""
    in_force = document_in_force("flow")
    version = f"{now().astimezone(city_zone()):%Y-%m-%d}.{draft}"
    same = typed | {"version": in_force["version"]} == in_force
    row = in_force if same else typed | {"version": version}
    drafts.put_row(draft, "flow", row, key=None, actor=actor, at=now(), basis=basis)


def typed_flow(given: QueryDict, held: dict[str, Any]) -> dict[str, Any]:
    """`held` with what the form may change; what it does not name stays."""
    typed = deepcopy(held)
    for prefix, body in _bodies(typed):
        _labels(given, prefix, body)
        for result, outcome in (body.get("results") or {}).items():
            _labels(given, f"{prefix}-{result}", outcome)
        if f"{prefix}-posts-shown" in given:
            body["posts"] = given.getlist(f"{prefix}-posts")
        if limit := _limit_of(body):
            value = whole(given.get(f"{prefix}-value", "")) if f"{prefix}-value" in given else limit[0]
            limit[:] = [value, given.get(f"{prefix}-clock", limit[1])]
    for kind, record in (typed.get("records") or {}).items():
        for name in RECORD_FIGURES.get(kind, ()):
            if (field := f"records-{kind}-{name}") in given:
                record[name] = whole(given.get(field, ""), MOST_DIGITS)
    if "callback_tries" in given:
        typed["callback_tries"] = whole(given.get("callback_tries", ""))
    return typed


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of its inputs, itself) of everything a form may change, in the order of the document."""
    for part in PARTS:
        for code, body in (document.get(part) or {}).items():
            yield f"{part}-{code}", body
    for kind, record in (document.get("records") or {}).items():
        yield f"records-{kind}", record
        for part in ("states", "steps"):
            for code, body in record[part].items():
                yield f"records-{kind}-{part}-{code}", body
        for name, some in (record.get("choices") or {}).items():
            for code, body in some.items():
                yield f"records-{kind}-{name}-{code}", body


def _limit_of(body: dict[str, Any]) -> list[Any] | None:
    """The limit that may be changed, as it stands in the document: [number, clock]."""
    task = body.get("task")
    found = task.get("clock") if isinstance(task, dict) else body.get("limit")
    return found if isinstance(found, list) else None


def _labels(given: QueryDict, prefix: str, body: dict[str, Any]) -> None:
    for name in ("name_zh", "name_en"):
        text = given.get(f"{prefix}-{name}", "").strip()[:50]
        if text and name in body:
            body[name] = text


def _page(
    request: HttpRequest, actor: Actor, draft: Edited, typed: dict[str, Any], *,
    fault: str = "", error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    built = build(draft.held)
    page = {
        "words": TABLES["flow"],
        "flow": built,
        "chart": chart_of(built),
        "steps": [_line(built, step) for step in built.steps.values() if not step.beside],
        "beside": [_line(built, step) for step in built.steps.values() if step.beside and not step.record],
        "records": [
            (
                rule,
                [_line(built, step) for step in built.steps.values() if step.record == rule.kind],
                _figures(rule.kind, draft.held),
            )
            for rule in built.records.values()
        ],
        "states": [_entry(p, body) for p, body in _bodies(typed) if p.startswith("states-")],
        "step_forms": [_entry(p, body) for p, body in _bodies(typed) if p.startswith(("steps-", "beside-"))],
        "record_forms": [
            (
                rule,
                [_entry(p, body) for p, body in _bodies(typed) if f"{p}-".startswith(f"records-{kind}-")],
                _figures(kind, typed),
            )
            for kind, rule in built.records.items()
        ],
        "callback_tries": typed.get("callback_tries", 3),
        "posts": directory().posts.values(),
        "clocks": choices_of("flow", "clock"),
        "fault": fault,
        "error": error,
        "change": draft.change,
        "seen": basis_shown(draft.in_force, draft.changes, request.POST, error),
        "moved": moved("flow", error),
        "own": draft.own,
        "chosen": request.POST.get("draft", "") or (str(draft.change.draft_id) if draft.change else ""),
        "edits": Permission.RULEBOOK_EDIT in actor.permissions,
    }
    return render(request, "administration/flow.html", page, status=status)


def _figures(kind: str, document: dict[str, Any]) -> list[tuple[str, Words, Any]]:
    """(name of its input, what it is, value) of each figure of a kind of side record."""
    record = document["records"][kind]
    return [
        (f"records-{kind}-{name}", FIGURES[kind][name], record.get(name, ""))
        for name in RECORD_FIGURES.get(kind, ())
    ]


def _line(built: Flow, step: Step) -> dict[str, Any]:
    """A step of the table: where from and to in words, under which condition, and what it needs."""
    guards, needs = choices_of("flow", "guard"), choices_of("flow", "needs")
    known: dict[str, str] = {state.value: said(rule) for state, rule in built.states.items()}
    if step.record:
        return _record_line(built, step)
    ways = [
        (said(outcome.label) if outcome.code else "", known[branch.to.value], said(guards.get(branch.when)))
        for outcome in step.outcomes
        for branch in outcome.branches
    ]
    sources = [known[code] for code in step.sources if code in known]
    return {
        "step": step,
        "sources": [] if len(sources) == len(known) else sources,
        "anywhere": len(sources) == len(known),
        "ways": ways,
        "needs": [said(needs[need]) for need in step.needs],
    }


def _record_line(built: Flow, step: Step) -> dict[str, Any]:
    """A step of a side record: the states are the record's; where the case moves with it that is told."""
    needs, rule = choices_of("flow", "needs"), built.records[step.record]
    ways = [
        (
            said(outcome.label) if outcome.code else "",
            said(rule.states[outcome.record_to].label),
            "、".join(said(built.states[branch.to]) for branch in outcome.branches),
        )
        for outcome in step.outcomes
    ]
    return {
        "step": step,
        "sources": [said(rule.states[code].label) for code in step.record_from if code in rule.states],
        "anywhere": False,
        "ways": ways,
        "needs": [said(needs[need]) for need in step.needs],
    }


def _entry(prefix: str, body: dict[str, Any]) -> dict[str, Any]:
    return body | {
        "prefix": prefix,
        "limit": _limit_of(body),
        "outcomes": [o | {"prefix": f"{prefix}-{r}"} for r, o in (body.get("results") or {}).items()],
    }
