# SPDX-License-Identifier: Apache-2.0
"""责任倒查: every hand a case went through."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.cases.queries import get_case
from wangge.common.clock import now
from wangge.organizations.access import Permission, require
from wangge.supervision.queries.hands import hands_on
from wangge.supervision.queries.orders import orders_of
from wangge.supervision.reference import oversight
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def hands(request: HttpRequest, number: str) -> HttpResponse:
    """Each step with person, post, unit and the time the case had waited."""
    actor = actor_of(request)
    require(actor, Permission.HANDS_READ)
    case = get_case(number, actor)
    found, rungs = hands_on(case, actor, at=now()), {rung.code: rung for rung in oversight().rungs}
    page = {
        "case": case,
        "found": found,
        "reached": [(row, rungs.get(row.rung)) for row in found.reached],
        "orders": orders_of(case.pk, actor),
    }
    return render(request, "oversight/hands.html", page)
