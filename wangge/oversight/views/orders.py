# SPDX-License-Identifier: Apache-2.0
"""Supervision orders: lists, issuing one, one with its steps, and its sheet to print."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.cases.access import offered_steps
from wangge.cases.flow import RecordRule
from wangge.cases.models import SideRecord
from wangge.cases.queries import get_case
from wangge.cases.reference import current_flow, flow_by_id
from wangge.cases.visibility import is_visible
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.grids.queries import city
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.oversight.given import ROWS, after_of, bounds, key_of, paged, period, require_one, whole
from wangge.supervision.access import SUPERVISION, get_order
from wangge.supervision.actions.orders import (
    TEXT_OF,
    OrderData,
    issue_order,
    meetings,
    open_sittings,
    take_order,
)
from wangge.supervision.actions.redacting import deleted, passages_of_order
from wangge.supervision.queries.orders import (
    OrderCounts,
    count_orders,
    list_orders,
    number_of,
    order_entries,
    reply_due,
    still_to_reply,
)
from wangge.ui.signed_in import actor_of


def _rule() -> RecordRule | None:
    """How orders run by the flow in force; None in a city whose flow has none."""
    return current_flow().records.get(SUPERVISION)


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """?mode=, ?cause=, ?state=, ?unit=, ?since=, ?until= filter; newest first, with the counts of the period (this year)."""
    actor, given = actor_of(request), request.GET
    require_one(actor, Permission.OVERSIGHT_READ, Permission.DEMAND_ANSWER)
    chosen = {name: given.get(name, "") for name in ("mode", "cause", "state", "unit")}
    first, last = period(given, now().astimezone(city().zone).date())
    since, until = bounds(first, last)
    rows = list_orders(
        actor, **chosen, since=since if given.get("since") else None, until=until if given.get("until") else None,
        after=after_of(given), limit=ROWS + 1,
    )  # fmt: skip
    counts = count_orders(actor, since, until)
    page = (
        paged(rows, given, "opened_at")
        | chosen
        | {
            "rule": (rule := _rule()),
            "illustrated": current_flow().illustrated(f"records.{SUPERVISION}.choices.cause"),
            "counts": counts,
            "counted": _counted(counts, rule),
            "from_day": first.isoformat(),
            "to_day": last.isoformat(),
            "since": given.get("since", ""),
            "until": given.get("until", ""),
            "tab": "orders",
        }
    )
    return render(request, "oversight/orders.html", page)


def _counted(counts: OrderCounts, rule: RecordRule | None) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Each cause of the flow, and each of older orders: how many, and how many by each mode there is."""
    causes = [*(rule.choices.get("cause", {}) if rule else {})]
    causes += [code for code, _ in counts.causes if code not in causes]
    total = dict(counts.causes)
    return [
        (cause, total.get(cause, 0), [(mode, counts.by.get((mode, cause), 0)) for mode, _ in counts.modes])
        for cause in causes
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """?case= the number, ?cause= what is proposed; a POST issues the order and leads to it."""
    actor, error = actor_of(request), None
    typed = request.POST if request.method == "POST" else request.GET
    case = get_case(typed.get("case", ""), actor)
    if request.method == "POST":
        try:
            data = OrderData(
                mode=typed.get("mode", ""), cause=typed.get("cause", ""), reason=typed.get("reason", ""),
                second_unit=typed.get("second_unit", ""), sitting=whole(typed.get("sitting", "")),
                meeting=whole(typed.get("meeting", "")),
            )  # fmt: skip
            made = issue_order(case.number, data, actor=actor, at=now(), key=key_of(typed))
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("督办单已下达，责任单位已收到通知。"))
            return redirect("oversight:order", made.pk)
    offer = next((one for one in offered_steps(case, actor) if one.step.code == "issue_order"), None)
    page = {
        "case": case,
        "offer": offer,
        "rule": flow_by_id(case.flow_id).records.get(SUPERVISION),
        "illustrated": flow_by_id(case.flow_id).illustrated(f"records.{SUPERVISION}.choices.cause"),
        "typed": typed,
        "known_units": sorted(directory().units.values(), key=lambda unit: unit.code),
        "sittings": open_sittings(actor, now()),
        "meetings": meetings(actor),
        "key": uuid4(),
        "error": error,
    }
    return render(request, "oversight/order_form.html", page, status=error.http_status if error else 200)


@login_required
@require_safe
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what was ordered, replied and judged, and what I may do now."""
    return _order(request, actor_of(request), order_id)


def _order(
    request: HttpRequest, actor: Actor, order_id: int, error: DomainError | None = None
) -> HttpResponse:
    found = get_order(order_id, actor)
    visible = is_visible(found.case, actor)
    offers = offered_steps(found.case, actor) if visible and found.ended_at is None else []
    page = _shown(found) | {
        "visible": visible,
        "offers": [one for one in offers if one.step.code in TEXT_OF],
        "deleted": deleted(joint=found.joint_answers.values_list("pk", flat=True)),
        "passages": passages_of_order(found, actor),
        "typed": request.POST.get("text", "") if error else "",
        "key": uuid4(),
        "error": error,
    }
    return render(request, "oversight/order.html", page, status=error.http_status if error else 200)


def _shown(found: SideRecord) -> dict[str, Any]:
    rule = flow_by_id(found.case.flow_id).records[SUPERVISION]
    return {
        "order": found,
        "number": number_of(found),
        "rule": rule,
        "mode": rule.choices["mode"].get(found.facts.get("mode", "")),
        "cause": rule.choices["cause"].get(found.facts.get("cause", "")),
        "state": rule.states.get(found.state),
        "detail": getattr(found, "order_detail", None),
        "entries": order_entries(found),
        "due": reply_due(found),
        "waits": still_to_reply(found),
    }


@login_required
@require_safe
def sheet(request: HttpRequest, order_id: int) -> HttpResponse:
    """The order as a sheet of paper."""
    return render(request, "oversight/order_sheet.html", _shown(get_order(order_id, actor_of(request))))


@login_required
@require_POST
def act(request: HttpRequest, order_id: int, step: str) -> HttpResponse:
    """Reply, accept, send back; refused, the page comes back with the reason and what was typed."""
    actor, given = actor_of(request), request.POST
    text = given.get("text", "")
    try:
        seen = whole(given.get("seen", ""))
        take_order(order_id, step, text, actor=actor, at=now(), key=key_of(given), seen=seen)
    except NotFound:
        raise
    except DomainError as error:
        return _order(request, actor, order_id, error)
    messages.success(request, _("已记录。"))
    return redirect("oversight:order", order_id)
