# SPDX-License-Identifier: Apache-2.0
"""回访: who waits to be called back, and the two questions."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.access import offered_steps
from wangge.cases.actions import StepData
from wangge.cases.actions.callbacks import STEP, call_back
from wangge.cases.errors import Missing
from wangge.cases.models import Case
from wangge.cases.queries import timeline
from wangge.cases.queries.calls import callback_queue, calls_of, reachable, tries_of
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.hotline.views.calls import shown_caller
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.ui import input as given
from wangge.ui.paging import ROWS, after_of, first_query, page_of
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The callbacks that wait, earliest deadline first."""
    actor = actor_of(request)
    require(actor, Permission.CALL_TAKE)
    after = after_of(request.GET)
    rows = callback_queue(actor, at=now(), after=after, limit=ROWS + 1)
    tasks, following = page_of([row.task for row in rows], request.GET, "sort_at")
    page = {
        "rows": rows[: len(tasks)],
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
    }
    return render(request, "hotline/callbacks.html", page)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest, number: str) -> HttpResponse:
    """What was done, who called, the two questions; a POST records the answers and leads back to the queue."""
    actor = actor_of(request)
    require(actor, Permission.CALL_TAKE)
    if request.method != "POST":
        return render(request, "hotline/callback.html", _page(number, actor, {}))
    typed = request.POST
    try:
        seen, reached = given.whole(typed.get("seen", "")), _reached(typed)
        answers = _answers(typed, reached)
        taken = call_back(number, answers, reached, actor=actor, at=now(), key=given.key_of(typed), seen=seen)
    except DomainError as error:
        page = _page(number, actor, typed) | {"error": error}
        return render(request, "hotline/callback.html", page, status=error.http_status)
    told = {
        "closing": _("回访已记录，案卷待结案。"),
        "handling": _("回访已记录，案卷退回责任单位再次办理。"),
        "investigating": _("回访已记录，案卷转调查。"),
        "callback": _("这次没有联系上，已记录，到时再拨。"),
    }
    messages.success(request, told.get(taken.state, _("回访已记录。")))
    return redirect("hotline:callbacks")


def _reached(typed: QueryDict) -> dict[int, bool]:
    """Of each caller on the page, by call; of one alone the page asks without saying whom. Raises Missing."""
    callers = typed.getlist("caller")
    if len(callers) == 1:
        return {given.whole(callers[0]) or 0: typed.get("reached", "yes") != "no"}
    found = {given.whole(one) or 0: typed.get(f"reached-{one}", "") for one in callers}
    if not set(found.values()) <= {"yes", "no"}:
        raise Missing(zh_field="每位来电人是否联系上", en_field="of each caller, whether they were reached")
    return {call: answer == "yes" for call, answer in found.items()}


def _answers(typed: QueryDict, callers: dict[int, bool]) -> StepData:
    """Satisfied is who says yes to both; not reached is nobody asked."""
    reached = any(callers.values()) if callers else typed.get("reached", "yes") != "no"
    solved, satisfied = (
        {"yes": True, "no": False}.get(typed.get(name, "")) if reached else None for name in ("solved", "satisfied")
    )  # fmt: skip
    result = "unreachable" if not reached else "satisfied" if solved and satisfied else "unsatisfied"
    remark = typed.get("remark", "").strip()
    return StepData(
        result=result, solved=solved, satisfied=satisfied, texts={"remark": remark} if remark else {}
    )


def _page(number: str, actor: Actor, typed: Any) -> dict[str, Any]:
    case, calls = calls_of(number, actor)
    items, tries = timeline(case), tries_of(calls)
    shown = [{"call": call, "tries": tries.get(call.pk)} | shown_caller(call, actor) for call in calls]
    return {
        "case": case,
        "calls": shown,
        "callers": [
            one | {"value": typed.get(f"reached-{one['call'].pk}", "")}
            for one in shown
            if reachable(one["call"])
        ],
        "offer": _offer(case, actor),
        "described": next((item.texts.get("description") for item in items if item.seq == 1), ""),
        "handled": [item for item in items if item.step in ("finish", "contact")],
        "called": [item for item in items if item.step == STEP],
        "key": typed.get("key") or uuid4(),
        "values": typed,
    }


def _offer(case: Case, actor: Actor) -> Any:
    """May this person call back now, or why not; None where the case does not wait for it."""
    return next((offer for offer in offered_steps(case, actor) if offer.step.code == STEP), None)
