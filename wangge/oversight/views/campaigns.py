# SPDX-License-Identifier: Apache-2.0
"""专项行动: the list, setting one up, and what one found and handled."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.catalog.queries import ClassInfo, catalog
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.grids.queries import areas
from wangge.organizations.access import Permission, require
from wangge.oversight.given import ROWS, after_of, day_of, key_of, paged
from wangge.supervision.access import reaches
from wangge.supervision.actions.campaigns import set_up_campaign
from wangge.supervision.queries.campaigns import campaign_counts, get_campaign, list_campaigns
from wangge.ui.signed_in import actor_of


@login_required
@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    rows = list_campaigns(actor, after=after_of(request.GET), limit=ROWS + 1)
    page = paged(rows, request.GET, "set_at") | {
        "tab": "campaigns",
        "runs": Permission.CAMPAIGN_RUN in actor.permissions,
    }
    return render(request, "oversight/campaigns.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: HttpRequest) -> HttpResponse:
    """A POST sets one up and leads to it."""
    actor, error, typed = actor_of(request), None, request.POST
    require(actor, Permission.CAMPAIGN_RUN)
    if request.method == "POST":
        try:
            made = set_up_campaign(
                title=typed.get("title", ""), text=typed.get("text", ""), first_day=day_of(typed.get("first_day", "")),
                last_day=day_of(typed.get("last_day", "")), area_codes=typed.getlist("areas"),
                classes=[*typed.getlist("majors"), *typed.get("classes", "").replace(",", " ").replace("，", " ").split()],
                checklist=typed.get("checklist", ""), actor=actor, at=now(), key=key_of(typed),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("专项行动已设立。"))
            return redirect("oversight:campaign", made.pk)
    page = {
        "typed": typed,
        "chosen": typed.getlist("areas"),
        "chosen_majors": typed.getlist("majors"),
        "places": [
            area for area in areas().values()
            if area.path.count("/") <= 2 and reaches(actor, Permission.CAMPAIGN_RUN, area.path)
        ],
        "checklists": _checklists(),
        "majors": [
            info for info in catalog().classes.values()
            if info.path.count("/") == 1 and info.generation in catalog().filing
        ],
        "key": uuid4(),
        "error": error,
    }  # fmt: skip
    return render(request, "oversight/campaign_form.html", page, status=error.http_status if error else 200)


def _checklists() -> list[ClassInfo]:
    known = catalog().classes
    return [
        known[code]
        for code in sorted({code for code, _area, use in catalog().forms if use == "visit"})
        if code in known
    ]


@login_required
@require_safe
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Found and handled, by unit and by street."""
    actor = actor_of(request)
    require(actor, Permission.OVERSIGHT_READ)
    found = get_campaign(campaign_id, actor)
    return render(request, "oversight/campaign.html", {"campaign": found, "counts": campaign_counts(found)})
