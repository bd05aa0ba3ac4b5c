# SPDX-License-Identifier: Apache-2.0
"""What units owe: the list, and one with its answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.organizations.access import Permission
from wangge.oversight.given import ROWS, after_of, paged, require_one, whole
from wangge.oversight.views.papers import kind_names
from wangge.supervision.access import get_demand, units_answered_for
from wangge.supervision.actions.demands import STEPS, may_take, take_demand
from wangge.supervision.actions.redacting import deleted, passages_of_demand
from wangge.supervision.queries.orders import orders_without_reply
from wangge.supervision.queries.papers import list_demands, undated_demands
from wangge.ui.signed_in import actor_of

#: orders without reply shown above what is owed on papers
MOST_ORDERS = 20


@login_required
@require_safe
def owed(request: HttpRequest) -> HttpResponse:
    """Of my unit, or of the units of my area: orders without reply and what papers ask, the earliest due first."""
    actor = actor_of(request)
    require_one(actor, Permission.OVERSIGHT_READ, Permission.DEMAND_ANSWER)
    everything = request.GET.get("all") == "1"
    rows = list_demands(actor, only_open=not everything, after=after_of(request.GET), limit=ROWS + 1)
    undated = [] if "after" in request.GET else undated_demands(actor)
    kinds = kind_names()
    page = paged(rows, request.GET, "due_at") | {
        "named": [(row, kinds[row.paper.kind]) for row in [*undated, *rows[:ROWS]]],
        "orders": orders_without_reply(actor, MOST_ORDERS),
        "all": everything,
        "tab": "owed",
        "at": now(),
        "mine": bool(units_answered_for(actor)),
    }
    return render(request, "oversight/owed.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def demand(request: HttpRequest, demand_id: int) -> HttpResponse:
    """What is asked and everything written on it; a POST answers, accepts or sends back."""
    actor, error = actor_of(request), None
    if request.method == "POST":
        try:
            seen = whole(request.POST.get("seen", ""))
            step, text = request.POST.get("step", ""), request.POST.get("text", "")
            take_demand(demand_id, step, text, actor=actor, at=now(), seen=-1 if seen is None else seen)
        except NotFound:
            raise
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("已记录。"))
            return redirect("oversight:demand", demand_id)
    found = get_demand(demand_id, actor)
    offered = [
        step
        for step, (source, _to) in STEPS.items()
        if source == found.state and may_take(found, step, actor)
    ]
    entries = [*found.entries.select_related("person").order_by("seq")]
    page = {
        "demand": found,
        "kind": kind_names()[found.paper.kind],
        "entries": entries,
        "deleted": deleted(demand=[found.pk], entry=[entry.pk for entry in entries]),
        "passages": passages_of_demand(found, actor),
        "offered": offered,
        "typed": request.POST.get("text", "") if error else "",
        "error": error,
        "at": now(),
    }
    return render(request, "oversight/demand.html", page, status=error.http_status if error else 200)
