# SPDX-License-Identifier: Apache-2.0
"""领导坐席: who sat when, what was ordered, which units it concerned."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.grids.queries import city
from wangge.organizations.access import Permission, require
from wangge.oversight.given import ROWS, after_of, bounds, moment_of, paged, period, whole
from wangge.supervision.actions.sittings import leaders, record_sitting
from wangge.supervision.queries.orders import count_orders, list_sittings, ordered_in, sitting_counts
from wangge.ui.names import order_word
from wangge.ui.signed_in import actor_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sitting_list(request: HttpRequest) -> HttpResponse:
    """?since=, ?until=: sittings of the period with the counts of all, ?after= the keyset; a POST records one."""
    actor, error = actor_of(request), None
    require(actor, Permission.OVERSIGHT_READ)
    given = request.POST
    if request.method == "POST":
        try:
            record_sitting(
                whole(given.get("leader", "")) or 0, began_at=moment_of(given.get("began_at", "")),
                ended_at=moment_of(given.get("ended_at", "")), remark=given.get("remark", ""), actor=actor, at=now(),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("坐席已登记。"))
            return redirect("oversight:sittings")
    first, last = period(request.GET, now().astimezone(city().zone).date())
    since, until = bounds(first, last)
    rows = list_sittings(actor, since, until, after=after_of(request.GET), limit=ROWS + 1)
    page = paged(rows, request.GET, "began_at") | {
        "sat": ordered_in(rows[:ROWS], actor),
        "counts": sitting_counts(actor, since, until),
        "modes": [
            (order_word(mode, "mode"), count) for mode, count in count_orders(actor, since, until).modes
        ],
        "since": first.isoformat(),
        "until": last.isoformat(),
        "leaders": leaders(actor),
        "keeps": Permission.SITTING_KEEP in actor.permissions,
        "given": given,
        "error": error,
        "tab": "sittings",
    }
    return render(request, "oversight/sittings.html", page, status=error.http_status if error else 200)
