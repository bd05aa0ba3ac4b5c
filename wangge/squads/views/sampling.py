# SPDX-License-Identifier: Apache-2.0
"""抽查: draws by rule and seed, the cases drawn, a second look at one."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.flow import Step
from wangge.cases.reference import flow_by_id
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.inspectors import rechecks
from wangge.inspectors.actions import drawing
from wangge.inspectors.models import Sample
from wangge.inspectors.reference import current_rules, local_day, rules_by_id
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.directory import Actor
from wangge.squads import given
from wangge.squads.sections import sections
from wangge.squads.words import choices, named, sample_words
from wangge.ui.signed_in import actor_of


def _require_either(permissions: frozenset[str]) -> None:
    if permissions.isdisjoint((Permission.SAMPLE_DRAW, Permission.SAMPLE_RECHECK)):
        raise PermissionMissing(permission=Permission.SAMPLE_RECHECK.value)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draws(request: HttpRequest) -> HttpResponse:
    """The newest draws; a POST draws."""
    actor, typed, error = actor_of(request), request.POST, None
    _require_either(actor.permissions)
    if request.method == "POST":
        try:
            drawn = drawing.draw_sample(
                since=given.day_of(typed.get("since", "")), until=given.day_of(typed.get("until", "")),
                seed=typed.get("seed", ""), actor=actor, at=now(), key=given.key_of(typed),
            )  # fmt: skip
        except PermissionMissing:
            raise
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("已抽出案卷，请安排复查。"))
            return redirect("squads:draw", drawn.pk)
    rows = rechecks.list_draws(actor, before=given.whole(request.GET.get("after", "")), limit=given.ROWS + 1)
    found, following = given.page_of(rows, request.GET, "")
    page = {
        "sections": sections(actor),
        "draws": found,
        "next": following,
        "first": "after" not in request.GET,
        "first_query": given.first_query(request.GET),
        "rule": current_rules().rules.sampling,
        "illustration": "sampling" in current_rules().rules.illustrations,
        "may_draw": Permission.SAMPLE_DRAW in actor.permissions,
        "key": uuid4(),
        "seed": typed.get("seed") or f"{local_day(now()):%Y%m}-{uuid4().hex[:8]}",
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/draws.html", page, status=error.http_status if error else 200)


@login_required
@require_safe
def draw(request: HttpRequest, draw_id: int) -> HttpResponse:
    """?waiting=1: only those I may still look at; ?after= is the keyset."""
    actor = actor_of(request)
    _require_either(actor.permissions)
    found, waiting = rechecks.get_draw(draw_id, actor), request.GET.get("waiting") == "1"
    after = given.whole(request.GET.get("after", "")) or 0
    rows = rechecks.list_samples(found, actor, waiting=waiting, after=after, limit=given.ROWS + 1)
    samples, following = given.page_of(rows, request.GET, "")
    page = {
        "draw": found,
        "samples": [(one, sample_words(one), rechecks.reads_result(one, actor)) for one in samples],
        "counts": [
            (named(Sample.Kind, Sample.KINDS_EN, kind), squad, *pair)
            for kind, squads in found.counts.items() for squad, pair in squads.items()
        ],
        "rules": rules_by_id(found.rules_id),
        "waiting": waiting,
        "next": following,
        "first": not after,
        "first_query": given.first_query(request.GET),
        "may_recheck": Permission.SAMPLE_RECHECK in actor.permissions,
    }  # fmt: skip
    return render(request, "squads/draw.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: HttpRequest, sample_id: int) -> HttpResponse:
    """One drawn case; a POST records what the second look found."""
    actor, typed, error = actor_of(request), request.POST, None
    _require_either(actor.permissions)
    sample = rechecks.get_sample(sample_id, actor)
    if request.method == "POST":
        try:
            drawing.recheck(
                sample_id, typed.get("result", ""), reason=typed.get("reason", ""), found=typed.get("found", ""),
                step=typed.get("step", ""), actor=actor, at=now(),
            )  # fmt: skip
        except PermissionMissing:
            raise
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("复查结果已记录。"))
            return redirect("squads:draw", sample.draw_id)
    blocked = None if sample.result else _blocked(sample, actor)
    page = {
        "sample": sample,
        "words": sample_words(sample),
        "readable": rechecks.reads_result(sample, actor),
        "texts": rechecks.texts_of(sample),
        "steps": _steps(sample),
        "results": choices(Sample.Result, Sample.RESULTS_EN),
        "blocked": blocked,
        "open": not sample.result and blocked is None and Permission.SAMPLE_RECHECK in actor.permissions,
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/recheck.html", page, status=error.http_status if error else 200)


def _steps(sample: Sample) -> list[Step]:
    """The steps to choose the faulty one from, where different inspectors took them."""
    hands, known = rechecks.hands_in(sample), flow_by_id(sample.case.flow_id).steps
    return [known[step] for step in hands if step in known] if len({*hands.values()}) > 1 else []


def _blocked(sample: Sample, actor: Actor) -> DomainError | None:
    """Why this person may not look at the case."""
    try:
        drawing.check_free(sample, actor)
    except DomainError as refusal:
        return refusal
    return None
