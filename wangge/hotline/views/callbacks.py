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
from wangge.cases.actions import StepData, take
from wangge.cases.callbacks import CALL_BACK, SATISFIED, UNREACHABLE, UNSATISFIED, most_tries, waiting
from wangge.cases.errors import Missing
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.queries import timeline
from wangge.cases.queries.calls import callback_queue, callers_owed, calls_of, tries_of
from wangge.cases.reference import flow_by_id
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
    """What was done, who called, each with the two questions; a POST records one caller's answers and leads on to the next,
    after the last back to the queue."""
    actor = actor_of(request)
    require(actor, Permission.CALL_TAKE)
    if request.method != "POST":
        return render(request, "hotline/callback.html", _page(number, actor, {}))
    typed = request.POST
    try:
        seen, data = given.whole(typed.get("seen", "")), _answers(typed)
        taken = take(CALL_BACK, number, data, actor=actor, at=now(), key=given.key_of(typed), seen=seen)
    except DomainError as error:
        page = _page(number, actor, typed) | {"error": error}
        return render(request, "hotline/callback.html", page, status=error.http_status)
    told = {
        "closing": _("回访已记录，案卷待结案。"),
        "handling": _("回访已记录，案卷退回责任单位再次办理。"),
        "investigating": _("回访已记录，案卷转调查。"),
        "callback": _("回访已记录，还有来电人待回访。"),
    }
    if taken.state == State.CALLBACK and data.result == UNREACHABLE:
        left = waiting(callers_owed(Case.objects.get(pk=taken.case_id)))
        told["callback"] = (
            _("这次没有联系上，已记录，到时再拨。")
            if not data.call or any(data.call in one.calls for one in left)
            else _("已试满次数，不再拨；还有来电人待回访。")
        )
    messages.success(request, told.get(taken.state, _("回访已记录。")))
    if taken.state == State.CALLBACK and data.call:
        return redirect("hotline:callback", number)
    return redirect("hotline:callbacks")


def _answers(typed: QueryDict) -> StepData:
    """Satisfied is who says yes to both; not reached is nobody asked. Raises Missing, BrokenForm."""
    if typed.get("reached", "") not in ("yes", "no"):
        raise Missing(zh_field="是否联系上", en_field="whether the caller was reached")
    reached = typed.get("reached") == "yes"
    solved, satisfied = (
        {"yes": True, "no": False}.get(typed.get(name, "")) if reached else None for name in ("solved", "satisfied")
    )  # fmt: skip
    result = UNREACHABLE if not reached else SATISFIED if solved and satisfied else UNSATISFIED
    remark = typed.get("remark", "").strip()
    return StepData(
        result=result, call=given.whole(typed.get("call", "")), solved=solved, satisfied=satisfied,
        texts={"remark": remark} if remark else {},
    )  # fmt: skip


def _page(number: str, actor: Actor, typed: Any) -> dict[str, Any]:
    case, calls = calls_of(number, actor)
    items, tries = timeline(case), tries_of(calls)
    shown = [{"call": call, "tries": tries.get(call.pk)} | shown_caller(call, actor) for call in calls]
    callers = _callers(case, shown, typed)
    return {
        "case": case,
        "calls": shown,
        "callers": callers,
        # nobody asks about them any more: for copying
        "strays": "" if any(one["waits"] and one["values"] for one in callers) else typed.get("remark", ""),
        "most_tries": most_tries(flow_by_id(case.flow_id)),
        "moment_now": now(),
        "offer": _offer(case, actor),
        "described": next((item.texts.get("description") for item in items if item.seq == 1), ""),
        "handled": [item for item in items if item.step in ("finish", "contact")],
        "called": [item for item in items if item.step == CALL_BACK],
    }


def _callers(case: Case, shown: list[dict[str, Any]], typed: Any) -> list[dict[str, Any]]:
    """Each with how they are shown (the call they called by first), whether they wait, and what was typed about them."""
    by_call = {one["call"].pk: one for one in shown}
    owed = callers_owed(case)
    left = waiting(owed)
    found = []
    for one in owed:
        call = next((call for call in one.calls if call in by_call), one.calls[0] if one.calls else None)
        mine = typed if typed.get("call", "") == str(call or "") else {}
        about = {
            "owed": one,
            "waits": one in left,
            "id": call,
            "values": mine,
            "key": mine.get("key") or uuid4(),
        }
        found.append(by_call.get(call or 0, {}) | about)
    return sorted(found, key=lambda one: not one["waits"])


def _offer(case: Case, actor: Actor) -> Any:
    """May this person call back now, or why not; None where the case does not wait for it."""
    return next((offer for offer in offered_steps(case, actor) if offer.step.code == CALL_BACK), None)
