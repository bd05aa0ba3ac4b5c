# SPDX-License-Identifier: Apache-2.0
"""Where the rules of the city are found, and what is being changed in them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wangge.administration.columns import GROUPS, TABLES
from wangge.administration.drafting import open_drafts
from wangge.organizations.access import Permission, require
from wangge.rulebook.models import Draft
from wangge.rulebook.queries import drafts, publications, rows
from wangge.rulebook.tables import REFERENCE_TABLES
from wangge.ui.paging import id_of
from wangge.ui.signed_in import actor_of

LATEST = 5


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The tables in groups, my drafts, those that wait, and what was published last; ?published= an id is its keyset."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    before = id_of(request.GET, "published")
    published = [*publications(LATEST + 1, before=before)]
    page = {
        "groups": [(words, [_entry(name) for name in names]) for words, names in GROUPS],
        "own": open_drafts(actor),
        "waiting": drafts(state=Draft.State.SUBMITTED),
        "publications": published[:LATEST],
        "older": published[LATEST - 1].pk if len(published) > LATEST else None,
        "newest": before is None,
    }
    return render(request, "administration/overview.html", page)


def _entry(name: str) -> dict[str, Any]:
    table = REFERENCE_TABLES[name]
    if not table.key:
        return {"words": TABLES[name], "url": reverse(f"administration:{name}"), "count": None}
    url = reverse("administration:browse", args=[name])
    return {"words": TABLES[name], "url": url, "count": len(rows(table))}
