# SPDX-License-Identifier: Apache-2.0
"""What asks for supervision: proposed orders, cases that must be supervised, matters that recur."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.common.clock import now
from wangge.organizations.access import Permission, require
from wangge.oversight.given import ROWS, after_of, paged
from wangge.supervision.queries.watching import must_be_supervised, proposals, recurrences, without_receipt
from wangge.supervision.reference import oversight
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def proposed(request: HttpRequest) -> HttpResponse:
    """Cases still overdue after they were urged, newest first."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    rows = proposals(actor, at=now(), after=after_of(request.GET), limit=ROWS + 1)
    return render(request, "oversight/proposals.html", paged(rows, request.GET, "at") | {"tab": "proposals"})


@login_required
@require_safe
def must(request: HttpRequest) -> HttpResponse:
    """Unsatisfied and unrated cases with what is missing of their supervision."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    rules = oversight()
    rows = must_be_supervised(rules, actor, at=now(), after=after_of(request.GET), limit=ROWS + 1)
    page = paged(rows, request.GET, "reported_at") | {"tab": "must", "days": rules.must_days}
    return render(request, "oversight/must.html", page)


@login_required
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """Cases transferred outside from which nobody has heard since."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    rules = oversight()
    rows = without_receipt(rules, actor, at=now(), after=after_of(request.GET), limit=ROWS + 1)
    page = paged(rows, request.GET, "reported_at") | {"tab": "receipts", "days": rules.receipt_days}
    return render(request, "oversight/receipts.html", page)


@login_required
@require_safe
def repeats(request: HttpRequest) -> HttpResponse:
    """The same matter again and again, as found within the last hour."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    page = {"rows": recurrences(actor), "rule": oversight().repeats, "tab": "repeats"}
    return render(request, "oversight/repeats.html", page)
