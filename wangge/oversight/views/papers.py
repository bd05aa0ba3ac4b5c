# SPDX-License-Identifier: Apache-2.0
"""Papers: lists, one, drafting, editing, issuing."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.grids.queries import city
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, UnitInfo, directory
from wangge.oversight.given import ROWS, FormBroken, after_of, day_of, key_of, paged, require_one, whole
from wangge.supervision.access import get_occasion, get_paper, own_area, reaches
from wangge.supervision.actions.papers import (
    Asked,
    Content,
    discard_paper,
    draft_paper,
    edit_paper,
    issue_paper,
)
from wangge.supervision.actions.redacting import deleted, passages_of_paper
from wangge.supervision.given import units_within
from wangge.supervision.models import Occasion, Paper
from wangge.supervision.queries.occasions import agenda
from wangge.supervision.queries.papers import bulletin_candidates, cited, demands_of, list_papers
from wangge.supervision.reference import oversight
from wangge.ui.signed_in import actor_of
from wangge.ui.words import said

#: empty rows for decisions below those that are there
BLANK = 3


def kind_names() -> dict[str, str]:
    """What the kinds of paper are called."""
    return {
        "bulletin": _("每周通报"),
        "special_meeting": _("专题会纪要"),
        "regular_meeting": _("条块例会纪要"),
        "accountability": _("问责通知"),
        "inspection": _("专项督查"),
    }


@login_required
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """?kind= filters; newest first."""
    actor = actor_of(request)
    require_one(actor, Permission.OVERSIGHT_READ, Permission.DEMAND_ANSWER)
    kinds, kind = kind_names(), request.GET.get("kind", "")
    rows = list_papers(actor, kind=kind, after=after_of(request.GET), limit=ROWS + 1)
    page = paged(rows, request.GET, "drafted_at") | {
        "kinds": kinds, "kind": kind, "tab": "papers", "drafts": Permission.PAPER_DRAFT in actor.permissions,
        "named": [(row, kinds[row.kind]) for row in rows[:ROWS]],
    }  # fmt: skip
    return render(request, "oversight/papers.html", page)


@login_required
@require_safe
def paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """One paper, printable; drafts with what may be done."""
    actor = actor_of(request)
    return _paper(request, actor, paper_id)


def _paper(
    request: HttpRequest, actor: Actor, paper_id: int, error: DomainError | None = None
) -> HttpResponse:
    found = get_paper(paper_id, actor)
    draft, demands = found.state == Paper.State.DRAFT, demands_of(found)
    page = {
        "paper": found,
        "kind": kind_names()[found.kind],
        "cited": cited(found),
        "demands": demands,
        "edits": draft and reaches(actor, Permission.PAPER_DRAFT, found.area_path),
        "issues": draft and reaches(actor, Permission.PAPER_ISSUE, found.area_path),
        "deleted": deleted(paper=[found.pk], demand=[demand.pk for demand in demands]),
        "passages": passages_of_paper(found, actor),
        "wrote": actor.person_id in (found.drafted_by_id, *found.editors),
        "error": error,
    }
    return render(request, "oversight/paper.html", page, status=error.http_status if error else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_paper(request: HttpRequest) -> HttpResponse:
    """?kind=, ?occasion=; a bulletin begins with the typical cases of its seven days, minutes with what was to be decided."""
    actor, at = actor_of(request), now()
    require(actor, Permission.PAPER_DRAFT)
    typed, error = request.POST if request.method == "POST" else request.GET, None
    kind = typed.get("kind", "")
    if kind not in kind_names():
        raise FormBroken
    occasion = whole(typed.get("occasion", ""))
    of = get_occasion(occasion, actor) if occasion is not None else None
    if request.method == "POST":
        try:
            made = draft_paper(
                kind, _content(typed), actor=actor, at=at, key=key_of(typed), occasion_id=occasion
            )
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("草稿已保存，请由另一位同事印发。"))
            return redirect("oversight:paper", made.pk)
        values = _typed(typed)
    else:
        values = _first(kind, actor, at.astimezone(city().zone).date(), of)
    values |= {"key": uuid4(), "occasion": occasion, "called": of.units if of else []}
    values["area"] = of.area_path if of else own_area(actor, Permission.PAPER_DRAFT)
    return _form(request, kind, values, error)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, paper_id: int) -> HttpResponse:
    """The draft as a form; a refusal loses nothing typed."""
    actor, error = actor_of(request), None
    require(actor, Permission.PAPER_DRAFT)
    found = get_paper(paper_id, actor)
    if request.method == "POST":
        try:
            edition = whole(request.POST.get("edition", "")) or 0
            edit_paper(paper_id, _content(request.POST), actor=actor, at=now(), edition=edition)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("已保存修改。"))
            return redirect("oversight:paper", paper_id)
        values = _typed(request.POST)
    else:
        values = _of_paper(found)
    called = found.occasion.units if found.occasion else []
    values |= {"paper": found, "area": found.area_path, "called": called}
    return _form(request, found.kind, values, error)


@login_required
@require_POST
def issue(request: HttpRequest, paper_id: int) -> HttpResponse:
    actor = actor_of(request)
    try:
        issue_paper(paper_id, actor=actor, at=now(), edition=whole(request.POST.get("edition", "")) or 0)
    except DomainError as error:
        return _paper(request, actor, paper_id, error)
    messages.success(request, _("已印发，提到的单位已收到通知。"))
    return redirect("oversight:paper", paper_id)


@login_required
@require_POST
def discard(request: HttpRequest, paper_id: int) -> HttpResponse:
    actor = actor_of(request)
    try:
        discard_paper(paper_id, actor=actor, edition=whole(request.POST.get("edition", "")) or 0)
    except DomainError as error:
        return _paper(request, actor, paper_id, error)
    messages.success(request, _("草稿已作废。"))
    return redirect("oversight:papers")


def _form(request: HttpRequest, kind: str, values: dict[str, Any], error: DomainError | None) -> HttpResponse:
    page = values | {
        "kind": kind,
        "kind_name": kind_names()[kind],
        "own_units": [*units_within(values["area"]), *_chosen(values)],
        "known_units": sorted(directory().units.values(), key=lambda unit: unit.code),
        "asked": [*values["asked"], *[{"unit": "", "text": "", "day": ""}] * BLANK],
        "error": error,
    }
    return render(request, "oversight/paper_form.html", page, status=error.http_status if error else 200)


def _chosen(values: dict[str, Any]) -> list[UnitInfo]:
    """The units of other areas that were called, or stand in the form already: a refusal loses nothing."""
    within = {unit.code for unit in units_within(values["area"])}
    known = directory().units
    others = dict.fromkeys([*values["called"], *values["units"]])
    return [known[code] for code in others if code in known and code not in within]


def _content(typed: QueryDict) -> Content:
    """Raises NoDay, FormBroken."""
    today = now().astimezone(city().zone).date()
    first = day_of(typed.get("first_day", "")) or today
    rows = zip(
        typed.getlist("asked_unit"), typed.getlist("asked_text"), typed.getlist("asked_day"), strict=False
    )  # fmt: skip
    why = dict(part.split("=", 1) for part in typed.getlist("why") if "=" in part)
    numbers = typed.get("cases", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
    return Content(
        title=typed.get("title", ""),
        first_day=first,
        last_day=day_of(typed.get("last_day", "")) or first,
        text=typed.get("text", ""),
        place=typed.get("place", ""),
        units=tuple(typed.getlist("units")),
        cases=tuple((number, why.get(number, "")[:30]) for number in numbers),
        asked=tuple(Asked(unit, text, day_of(day)) for unit, text, day in rows),
    )


def _typed(typed: QueryDict) -> dict[str, Any]:
    names = ("title", "first_day", "last_day", "text", "place", "cases")
    rows = zip(
        typed.getlist("asked_unit"), typed.getlist("asked_text"), typed.getlist("asked_day"), strict=False
    )
    return {name: typed.get(name, "") for name in names} | {
        "units": typed.getlist("units"),
        "why": typed.getlist("why"),
        "asked": [
            {"unit": unit, "text": text, "day": day} for unit, text, day in rows if unit or text or day
        ],
    }


def _of_paper(found: Paper) -> dict[str, Any]:
    rows = cited(found)
    asked = demands_of(found)
    of_others = {row.unit for row in rows} | {demand.unit for demand in asked}
    return {
        "title": found.title, "first_day": found.first_day.isoformat(), "last_day": found.last_day.isoformat(),
        "text": found.text, "place": found.place, "units": [unit for unit in found.units if unit not in of_others],
        "cases": "\n".join(row.case.number for row in rows),
        "why": [f"{row.case.number}={row.why}" for row in rows if row.why],
        "asked": [
            {"unit": d.unit, "text": d.text, "day": d.due_day.isoformat() if d.due_day else ""} for d in asked
        ],
    }  # fmt: skip


def _first(kind: str, actor: Actor, today: date, of: Occasion | None) -> dict[str, Any]:
    """What a new paper begins with; `of`: the meeting or week it is of."""
    day = of.day if of else today
    empty: dict[str, Any] = {
        "title": f"{said(of)} {day}" if of else "", "first_day": day.isoformat(), "last_day": day.isoformat(), "text": "",
        "place": "", "units": [], "cases": "", "why": [], "asked": [],
    }  # fmt: skip
    if kind != Paper.Kind.BULLETIN:
        return empty | (_minutes(of) if of else {})
    # of an occasion, the seven days before the day it was planned for
    last = of.planned_day - timedelta(days=1) if of else today
    first = last - timedelta(days=6)
    found = bulletin_candidates(oversight(), actor, first_day=first, last_day=last, at=now())
    return empty | {
        "title": _("%(first)s 至 %(last)s 通报") % {"first": first, "last": last},
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "cases": "\n".join(one.number for one in found),
        "why": [f"{one.number}={one.why}" for one in found],
    }


def _minutes(of: Occasion) -> dict[str, Any]:
    """The units that were called, and the matters with their cases."""
    items = agenda(of)
    return {
        "text": "\n".join(f"{n}. {item.text}" for n, item in enumerate(items, 1)),
        "units": of.units,
        "cases": "\n".join(dict.fromkeys(item.case.number for item in items if item.case)),
    }
