# SPDX-License-Identifier: Apache-2.0
"""The way into the room: my grid and ledger and the reports I file; who has nothing of their own goes to the first section."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from wangge.common.clock import now
from wangge.inspectors.daily import units_filed_by
from wangge.inspectors.ledger import own_counts
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.rotation import move_coming, own_grids
from wangge.organizations.access import Permission, require
from wangge.squads.sections import has_own, sections
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Nobody's figures but my own stand here."""
    actor, at = actor_of(request), now()
    require(actor, Permission.DAILY_REPORT_READ)
    if not has_own(actor):
        return redirect(sections(actor)[0][1])
    today = local_day(at)
    inspects = current_rules().rules.rotation.inspector_post in actor.posts
    page = {
        "sections": sections(actor),
        "inspects": inspects,
        "duties": own_grids(actor, at),
        "coming": move_coming(actor.person_id or 0, today) if inspects else None,
        "counts": own_counts(actor.person_id) if inspects else {},
        "units": units_filed_by(actor),
        "today": today,
    }
    return render(request, "squads/overview.html", page)
