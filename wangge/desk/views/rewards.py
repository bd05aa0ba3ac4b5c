# SPDX-License-Identifier: Apache-2.0
"""The ledger of hazard rewards."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.cases.queries.rewards import budget_of, payees, rewards
from wangge.cases.reference import current_flow, flow_by_id
from wangge.common.clock import now
from wangge.desk.signed_in import actor_of
from wangge.grids.queries import city
from wangge.organizations.access import Permission, require
from wangge.ui.paging import ROWS, after_of, first_query, page_of


@login_required
@require_safe
def reward_list(request: HttpRequest) -> HttpResponse:
    """This year's budget and every reward, newest first."""
    actor = actor_of(request)
    require(actor, Permission.REWARD_READ)
    after = after_of(request.GET)
    found, following = page_of(rewards(actor, after=after, limit=ROWS + 1), request.GET, "opened_at")
    who = payees(found)
    page = {
        "budget": budget_of(now().astimezone(city().zone).year),
        "illustrated": current_flow().illustrated("records.reward"),
        "found": [
            (row, flow_by_id(row.case.flow_id).records["reward"].states[row.state].label, who[row.pk])
            for row in found
        ],
        "reads_calls": Permission.CONTACT_READ in actor.permissions,
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
    }
    return render(request, "desk/rewards.html", page)
