# SPDX-License-Identifier: Apache-2.0
"""Rulings on who is in charge: found by word and class, and made into rows of the matrix."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.cases.queries import Precedent, precedents, reach
from wangge.desk.filters import words_of
from wangge.desk.route_card import RESPONSIBILITIES
from wangge.desk.signed_in import actor_of
from wangge.organizations.access import Permission, require
from wangge.ui.paging import ROWS, after_of, first_query, page_of


@login_required
@require_safe
def precedent_list(request: HttpRequest) -> HttpResponse:
    """?words=, ?class_code=, and the keyset."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    words, after = words_of(request.GET.get("words", "")), after_of(request.GET)
    class_code = request.GET.get("class_code", "")
    rows = precedents(actor, words=words, class_code=class_code, after=after, limit=ROWS + 1)
    found, following = page_of(rows, request.GET, "at")
    edits = Permission.RULEBOOK_EDIT in actor.permissions
    page = {
        "found": [(row, _new_row(row) if edits else "") for row in found],
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
        "words": words,
        "reach": reach(words),
        "class_code": class_code,
    }
    return render(request, "desk/precedents.html", page)


def _new_row(precedent: Precedent) -> str:
    """The address of a new row of the matrix filled in with the ruling: its class, its street, the unit it named."""
    areas = precedent.area_path.strip("/").split("/")
    named = {
        "class": precedent.class_code,
        "place": areas[1] if len(areas) > 1 else "*",
        "lead": precedent.after,
    }
    return f"{RESPONSIBILITIES}/edit/?{urlencode(named)}"
