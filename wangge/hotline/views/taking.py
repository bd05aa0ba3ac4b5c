# SPDX-License-Identifier: Apache-2.0
"""A call being taken: one screen, saved with one of three outcomes; what was typed stays on every refusal."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wangge.cases.actions.calls import CallData, TakenCall, take_call
from wangge.cases.hotlines import hotline, hotlines
from wangge.cases.models import Call
from wangge.cases.queries.repeats import Why, repeats
from wangge.cases.reference import channels
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Permission, require
from wangge.ui import input as given
from wangge.ui.fields import answers_of, field_set, form_at, in_words, strays
from wangge.ui.signed_in import actor_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """The empty screen with its clock running; a POST records the call and leads to it, or to its case."""
    actor = actor_of(request)
    require(actor, Permission.CALL_TAKE)
    if request.method != "POST":
        hotline("")  # told at once where the city has none
        return render(request, "hotline/take.html", _page({}, began=now()))
    try:
        outcome = _outcome(request.POST)
        data = _data(request.POST, given.position(request.POST), outcome)
        taken = take_call(outcome, data, actor=actor, at=now(), key=given.key_of(request.POST))
    except DomainError as error:
        page = _page(request.POST, began=_began(request.POST) or now()) | {"error": error}
        form = form_at(request.POST)
        page |= {
            "fields": field_set(form, request.POST, error, "report"),
            "strays": strays(form, request.POST),
        }
        return render(request, "hotline/take.html", page, status=error.http_status)
    _tell(request, taken)
    if taken.call.outcome == Call.Outcome.REPORTED and taken.call.case:
        return redirect("desk:case", taken.call.case.number)
    return redirect("hotline:call", taken.call.pk)


def _page(values: Any, *, began: datetime) -> dict[str, Any]:
    return {
        "key": values.get("key") or uuid4(),
        "began": began,
        "ran": int((now() - began).total_seconds()),
        "channels": [channels()[code] for code in hotlines() if code in channels()],
        "values": values,
    }


def _outcome(typed: QueryDict) -> Call.Outcome:
    try:
        return Call.Outcome(typed.get("outcome", ""))
    except ValueError:
        raise given.BrokenForm from None


def _began(typed: QueryDict) -> datetime | None:
    """As the page was given it; the action trusts it within bounds."""
    try:
        began = datetime.fromisoformat(typed.get("began", ""))
    except ValueError:
        return None
    return began if began.tzinfo else None


def _data(typed: QueryDict, at: given.Position, outcome: Call.Outcome) -> CallData:
    """Answers to the form of the class are the new case's; a call without one keeps them below what was said."""
    earlier = typed.get("case_number", "").strip() or typed.get("case", "")
    form, text, opens = form_at(typed), typed.get("text", ""), outcome is Call.Outcome.REPORTED
    if text.strip() and not opens:
        text = "\n".join([text, *in_words(form, typed)])
    return CallData(
        channel=typed.get("channel", ""), number=typed.get("number", ""), name=typed.get("name", ""),
        confidential="confidential" in typed, class_code=given.class_code(typed), text=text,
        place=typed.get("place", ""), lon=at.lon, lat=at.lat, accuracy_m=at.accuracy_m, answer=typed.get("answer", ""),
        case=earlier, began_at=_began(typed), fields=answers_of(form, typed) if opens else {},
    )  # fmt: skip


def _tell(request: HttpRequest, taken: TakenCall) -> None:
    if taken.again:
        messages.info(request, _("这通来电已记录过，重复提交没有再次记录。"))
        return
    told = {
        Call.Outcome.ANSWERED: _("来电已记录，已直接答复。"),
        Call.Outcome.REPORTED: _("来电已记录，已转为案卷。"),
        Call.Outcome.JOINED: _("来电已记录，已并入案卷。"),
    }
    messages.success(request, told[Call.Outcome(taken.call.outcome)])


@login_required
@never_cache
@require_POST
def repeated(request: HttpRequest) -> HttpResponse:
    """Earlier matters that the call may be about. A POST, because a number must not stand in an address."""
    actor, typed = actor_of(request), request.POST
    require(actor, Permission.CALL_TAKE)
    lon = lat = None
    try:
        at = given.position(typed)
        lon, lat = at.lon, at.lat
    except DomainError:
        pass  # told when it is saved
    try:
        found = repeats(
            actor, channel=typed.get("channel", ""), number=typed.get("number", ""), class_code=typed.get("class_code", ""),
            text=typed.get("text", ""), lon=lon, lat=lat, at=now(),
        )  # fmt: skip
    except DomainError as error:
        return render(request, "ui/error.html", {"error": error})
    words = {
        Why.NUMBER: _("同一号码"),
        Why.PLACE: _("同类同地点"),
        Why.NEAR: _("附近"),
        Why.TEXT: _("内容相近"),
    }
    chosen = typed.get("case", "")
    page = {
        "repeats": [(one, [words[why] for why in Why if why in one.why]) for one in found],
        "chosen": chosen,
        "kept": "" if chosen in {one.number for one in found} else chosen,
    }
    return render(request, "hotline/repeats.html", page)
