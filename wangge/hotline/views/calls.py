# SPDX-License-Identifier: Apache-2.0
"""Calls taken: the list, one of them, those of a case; who called, masked until somebody says why they must know."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from wangge.cases.actions.calls import read_contact, redact_call
from wangge.cases.hotlines import Caller, may_read, may_redact
from wangge.cases.models import Call, ContactReading
from wangge.cases.queries.calls import calls_of, get_call, list_calls, masked, seen_case, tries_of
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Denied, Permission, require
from wangge.organizations.directory import Actor
from wangge.ui.paging import ROWS, after_of, first_query, page_of
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The calls of my areas, newest first; `?outcome=` = with that outcome."""
    actor = actor_of(request)
    require(actor, Permission.CALL_TAKE)
    after, outcome = after_of(request.GET), request.GET.get("outcome", "")
    outcome = outcome if outcome in Call.Outcome.values else ""
    rows = list_calls(actor, outcome=outcome, after=after, limit=ROWS + 1)
    found, following = page_of(rows, request.GET, "taken_at")
    page: dict[str, Any] = {
        "calls": [(one, seen_case(one, actor)) for one in found],
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
        "outcome": outcome,
    }
    return render(request, "hotline/calls.html", page)


@login_required
@never_cache
@require_safe
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call, who called masked."""
    return render(request, "hotline/call.html", _page(call_id, actor_of(request)))


@login_required
@never_cache
@require_POST
def contact(request: HttpRequest, call_id: int) -> HttpResponse:
    """The same page with who called in clear, once: going back or loading anew asks again."""
    actor = actor_of(request)
    page = _page(call_id, actor)
    try:
        caller = read_contact(call_id, request.POST.get("reason", ""), actor=actor, at=now())
    except DomainError as error:
        page |= {"error": error, "reason": request.POST.get("reason", "")}
        return render(request, "hotline/call.html", page, status=error.http_status)
    page |= {"caller": caller, "clear": True, "readings": _readings(page["call"])}
    return render(request, "hotline/call.html", page)


@login_required
@require_POST
def redact(request: HttpRequest, call_id: int) -> HttpResponse:
    """Delete the texts of a call for good."""
    actor = actor_of(request)
    page = _page(call_id, actor)
    try:
        redact_call(call_id, request.POST.get("why", ""), actor=actor, at=now())
    except DomainError as error:
        return render(request, "hotline/call.html", page | {"error": error}, status=error.http_status)
    return redirect("hotline:call", call_id)


def _page(call_id: int, actor: Actor) -> dict[str, Any]:
    found = get_call(call_id, actor)
    page: dict[str, Any] = {
        "call": found,
        "case": seen_case(found, actor),
        "readings": _readings(found),
        "may_redact": may_redact(found, actor),
    }
    if Permission.CALL_TAKE in actor.permissions:
        page["tries"] = tries_of([found]).get(found.pk)
    return page | shown_caller(found, actor)


def shown_caller(found: Call, actor: Actor) -> dict[str, Any]:
    """`caller` masked, or None; `denied` why it is not to be read, None where it may be."""
    answer = may_read(found, actor)
    caller: Caller | None = masked(found)
    return {"caller": caller, "denied": answer if isinstance(answer, Denied) else None}


def _readings(found: Call) -> list[ContactReading]:
    """Who has read it, the newest first."""
    return list(
        ContactReading.objects.filter(call=found).select_related("person").order_by("-at", "-pk")[:20]
    )


@login_required
@never_cache
@require_safe
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The calls behind a case, for whoever has it in hand."""
    actor = actor_of(request)
    require(actor, Permission.CONTACT_READ)
    case, found = calls_of(number, actor)
    page = {"case": case, "calls": [{"call": one} | shown_caller(one, actor) for one in found]}
    return render(request, "hotline/of_case.html", page)
