# SPDX-License-Identifier: Apache-2.0
"""Visits to premises: the list, the checklist to fill in, one visit and what of it becomes a report."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.actions.visits import record_visit
from wangge.cases.models import Visit
from wangge.cases.queries.visits import get_visit, list_visits
from wangge.catalog.forms import FormInfo
from wangge.catalog.queries import ClassInfo, catalog, form
from wangge.common.clock import now
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import DomainError
from wangge.desk import input as given
from wangge.desk.fields import answers_of, field_set, strays
from wangge.desk.paging import ROWS, after_of, first_query, page_of
from wangge.desk.signed_in import actor_of
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.organizations.access import Permission, require


@login_required
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Mine and those of my area, newest first; `?failed=1` = with a failing item."""
    actor = actor_of(request)
    require(actor, Permission.CASE_READ)
    after, failed = after_of(request.GET), request.GET.get("failed") == "1"
    rows = list_visits(actor, after=after, failed=failed, limit=ROWS + 1)
    found, following = page_of(rows, request.GET, "at")
    page = {
        "visits": found,
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
        "failed": failed,
        "may_visit": Permission.CASE_REPORT in actor.permissions,
    }
    return render(request, "desk/visits.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: HttpRequest) -> HttpResponse:
    """The checklist of the class in `?class_code=`; a POST records the visit and leads to it."""
    actor = actor_of(request)
    require(actor, Permission.CASE_REPORT)
    typed = request.POST if request.method == "POST" else request.GET
    checklist, error = _checklist(typed), None
    if request.method == "POST":
        try:
            at = given.position(typed)
            visit = record_visit(
                class_code=typed.get("class_code", ""), place=typed.get("place", ""), lon=at.lon, lat=at.lat,
                fields=answers_of(checklist, typed), actor=actor, at=now(), key=given.key_of(typed),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("检查结果已保存。"))
            return redirect("desk:visit", visit.pk)
    page = {
        "key": uuid4(),
        "classes": _visited(),
        "chosen": typed.get("class_code", "") if checklist else "",
        "values": typed,
        "fields": field_set(checklist, typed, error, "visit"),
        "strays": strays(checklist, typed),
        "error": error,
    }
    return render(request, "desk/new_visit.html", page, status=error.http_status if error else 200)


def _checklist(typed: Any) -> FormInfo | None:
    """The checklist of the chosen class at the place, as the record will look for it."""
    located = None
    try:
        at = given.position(typed)
        if at.lon is not None and at.lat is not None:
            located = grid_index().locate(*to_wgs84(at.lon, at.lat, CoordinateSystem.WGS84))
    except DomainError:
        pass  # told when it is sent
    path = located.area_path if located else top_area_path()
    return catalog().form_for(typed.get("class_code", ""), path, "visit")


def _visited() -> list[ClassInfo]:
    """The classes with a checklist of their own."""
    known = catalog().classes
    codes = {code for code, _, use in catalog().forms if use == "visit"}
    return [known[code] for code in sorted(codes) if code in known]


@login_required
@require_safe
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit: what was found, and the way to report what failed."""
    actor = actor_of(request)
    found = get_visit(visit_id, actor)
    said = form(found.form_id).read(found.answers)
    page = {
        "visit": found,
        "form": form(found.form_id),
        "said": [(one, one.name in found.failed) for one in said],
        "may_report": bool(found.failed) and Permission.CASE_REPORT in actor.permissions,
    }
    return render(request, "desk/visit.html", page)


def report_values(found: Visit, checklist: str, failed: list[str]) -> dict[str, Any]:
    """What the report of the failing items of a visit begins with."""
    told = {"what": checklist, "place": found.place, "failed": _("、").join(failed)}
    return {
        "description": _("%(what)s，%(place)s。不合格：%(failed)s。") % told,
        "place": found.place,
        "class_code": found.class_code if catalog().fileable(found.class_code) else "",
        "lon": found.lon if found.lon is not None else "",
        "lat": found.lat if found.lat is not None else "",
    }
