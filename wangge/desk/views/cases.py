# SPDX-License-Identifier: Apache-2.0
"""Lists of cases, and one case with the steps on it."""

from dataclasses import asdict, replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.actions import take
from wangge.cases.errors import UnknownStep
from wangge.cases.forms import form_asked
from wangge.cases.queries import CaseRow, Filters, get_case, list_cases
from wangge.cases.queries.cases import MOST_PASSED
from wangge.cases.reference import channels, flow_by_id, states_in_use
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.desk import input as given
from wangge.desk.case_page import case_page
from wangge.desk.filters import filters_of, number_of
from wangge.desk.panel import Tried, units_in_charge
from wangge.desk.signed_in import actor_of
from wangge.grids.queries import areas
from wangge.organizations.access import Permission, require
from wangge.supervision.actions.orders import ISSUE, take_order_step
from wangge.ui.fields import answers_of, search_terms
from wangge.ui.middleware import takes_bytes
from wangge.ui.paging import ROWS, after_of, first_query, page_of, query_after
from wangge.ui.words import said


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Visible cases, newest first; filters and keyset in the address. A whole number leads to its case."""
    actor = actor_of(request)
    require(actor, Permission.CASE_READ)
    filters, after = filters_of(request.GET), after_of(request.GET)
    by_number = Filters(number=number_of(filters.words))
    rows, looked_to = list[CaseRow](), None
    if by_number.number:
        rows = list_cases(actor, by_number, at=now(), after=after, limit=ROWS + 1).rows
    if len(rows) == 1 and rows[0].number == by_number.number:
        return redirect("desk:case", rows[0].number)
    if rows:  # the other conditions stand aside for a number
        filters = replace(by_number, words=filters.words)
    else:
        listed = list_cases(actor, filters, at=now(), after=after, limit=ROWS + 1)
        rows, looked_to = listed.rows, listed.looked_to
    found, following = page_of(rows, request.GET, "reported_at")
    page = {
        "cases": found,
        "next": following,
        "looked_to": looked_to,
        "onward": query_after(request.GET, *looked_to) if looked_to else "",
        "passed": MOST_PASSED,
        "first": after is None,
        "first_query": first_query(request.GET),
        "filters": asdict(filters)
        | {
            "field": request.GET.get("field", ""),
            "since": request.GET.get("since", ""),
            "until": request.GET.get("until", ""),
        },
        "answers": search_terms(),
        "states": states_in_use(),
        "streets": [area for area in areas().values() if area.path.count("/") == 2],
        "units": units_in_charge(),
        "channels": channels().values(),
        "reads_rewards": Permission.REWARD_READ in actor.permissions,
        "reads_rules": Permission.RULEBOOK_READ in actor.permissions,
    }
    return render(request, "desk/cases.html", page)


@login_required
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one case, and what I may do now."""
    actor = actor_of(request)
    return render(request, "desk/case.html", case_page(get_case(number, actor), actor, now()))


@takes_bytes(given.MOST_FORM)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: str, step_code: str) -> HttpResponse:
    """Take a step; refused, the case page comes back with the reason and what was typed. Its address alone leads to the case."""
    if request.method != "POST":
        return redirect("desk:case", number)
    actor = actor_of(request)
    found = get_case(number, actor)
    photos: tuple[UUID, ...] = ()
    try:
        photos = given.photos(request, actor)
        chosen = {name: request.POST.get(name, "") for name in ("class_code", "grid_code")}
        form = form_asked(step_code, found, **chosen)
        data = replace(given.step_data(request.POST, photos), fields=answers_of(form, request.POST))
        key, seen = given.key_of(request.POST), given.whole(request.POST.get("seen", ""))
        if step_code == ISSUE:
            taken = take_order_step(found.pk, data, actor=actor, at=now(), key=key, seen=seen)
        else:
            taken = take(step_code, found.pk, data, actor=actor, at=now(), key=key, seen=seen)
    except (NotFound, UnknownStep):
        raise
    except DomainError as error:
        # What was refused may be so because the case has moved: show it as it is now.
        tried = Tried(step_code, request.POST, photos, error)
        page = case_page(get_case(number, actor), actor, now(), tried)
        return render(request, "desk/case.html", page, status=error.http_status)
    label = said(flow_by_id(found.flow_id).steps[step_code])
    told = _("已办过：%(step)s。重复提交没有再次办理。") if taken.again else _("已办：%(step)s。")
    messages.success(request, told % {"step": label})
    return redirect("desk:case", number)
