# SPDX-License-Identifier: Apache-2.0
"""轮岗: plans, one plan with its fairness, changes by hand, approval and its undoing."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.inspectors.actions import plans as actions
from wangge.inspectors.actions.planning import ask_for_plan
from wangge.inspectors.models import RotationPlan
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.rotation import (
    choices_of,
    get_plan,
    may_approve,
    moves_of,
    planned_area,
    plans,
    repeats,
    turns,
)
from wangge.inspectors.squads import squads_within
from wangge.organizations.directory import Actor
from wangge.squads import given
from wangge.squads.sections import sections
from wangge.squads.words import choices, named, plan_words, unsolved_words
from wangge.ui.signed_in import actor_of

State = RotationPlan.State


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_list(request: HttpRequest) -> HttpResponse:
    """The newest plans; a POST asks for another."""
    actor, typed = actor_of(request), request.POST
    found, area, error = [*plans(actor)], planned_area(actor), None
    if request.method == "POST":
        try:
            plan = ask_for_plan(
                typed.get("kind", ""), first_day=given.day_of(typed.get("first_day", "")),
                squad=typed.get("squad", ""), actor=actor, at=now(), key=given.key_of(typed),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("已提交，正在编制。"))
            return redirect("squads:plan", plan.pk)
    page = {
        "sections": sections(actor),
        "plans": [(one, plan_words(one)) for one in found],
        "kinds": choices(RotationPlan.Kind, RotationPlan.KINDS_EN),
        "squads": squads_within(area),
        "rule": current_rules().rules.rotation,
        "turns": [
            (named(RotationPlan.Kind, RotationPlan.KINDS_EN, kind), *days) for kind, *days in turns(area)
        ],
        "today": local_day(now()),
        "key": uuid4(),
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/plans.html", page, status=error.http_status if error else 200)


@login_required
@require_safe
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """?squad= shows the moves into one squad; the first one without it."""
    return _page(request, plan_id, actor_of(request))


def _page(request: HttpRequest, plan_id: int, actor: Actor, error: DomainError | None = None) -> HttpResponse:
    found = get_plan(plan_id, actor)
    figures = found.figures.get("squads", {})
    wanted = (request.GET or request.POST).get("squad", "")
    squad = wanted if wanted in figures else next(iter(figures), "")
    mine = found.made_by_id == actor.person_id
    page: dict[str, Any] = {
        "plan": found,
        "words": plan_words(found),
        "figures": figures,
        "squad": squad,
        "moves": moves_of(found, squad),
        "places": [place for places in _open_to(found, squad) for place in places],
        "repeats": repeats(found),
        "unsolved": unsolved_words(found),
        "running": found.state in (State.WAITING, State.COMPUTING),
        "may_edit": mine and found.state == State.DRAFT,
        "may_approve": not mine and found.state == State.DRAFT and may_approve(actor, found),
        "may_withdraw": found.state == State.PUBLISHED and may_approve(actor, found),
        "error": error,
    }
    return render(request, "squads/plan.html", page, status=error.http_status if error else 200)


def _open_to(found: RotationPlan, squad: str) -> list[list[str]]:
    """The places a move may be changed to: of its squad, or of every squad where people change squads."""
    known = choices_of(found)
    return [known[squad]] if found.kind == RotationPlan.Kind.GRIDS and squad in known else [*known.values()]


@login_required
@require_POST
def act(request: HttpRequest, plan_id: int, act: str) -> HttpResponse:
    """Approve, withdraw or discard."""
    actor = actor_of(request)
    try:
        match act:
            case "approve":
                actions.approve(plan_id, actor=actor, at=now())
                messages.success(request, _("方案已批准，将按期生效，相关人员已收到通知。"))
            case "withdraw":
                actions.withdraw(plan_id, actor=actor, at=now())
                messages.success(request, _("方案已撤销，相关人员已收到通知。"))
            case "discard":
                actions.discard(plan_id, actor=actor, at=now())
                messages.success(request, _("草案已放弃。"))
            case _:
                raise NotFound
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, plan_id, actor, error)
    return redirect("squads:plan", plan_id)


@login_required
@require_POST
def move(request: HttpRequest, plan_id: int, move_id: int) -> HttpResponse:
    """Somebody goes to another place."""
    actor = actor_of(request)
    get_plan(plan_id, actor)
    try:
        actions.move_by_hand(move_id, request.POST.get("place", ""), actor=actor)
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, plan_id, actor, error)
    messages.success(request, _("已调整，均衡情况已重新计算。"))
    return redirect(f"{request.path.rsplit('moves', 1)[0]}?squad={request.POST.get('squad', '')}")
