# SPDX-License-Identifier: Apache-2.0
"""Visits to premises: the list, the checklist to fill in, one visit and what of it becomes a report."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.cases.actions.visits import record_visit, report_failed
from wangge.cases.actions.visits import redact_visit as delete_texts
from wangge.cases.hotlines import redacts_in
from wangge.cases.models import Visit
from wangge.cases.queries.visits import get_visit, list_visits, photos_of, reports_of
from wangge.catalog.forms import FormInfo
from wangge.catalog.queries import ClassInfo, catalog, form
from wangge.common.clock import now
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import DomainError, NotFound
from wangge.desk import input as given
from wangge.desk.channels import channel_of
from wangge.desk.signed_in import actor_of
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.ui.fields import answers_of, field_set, strays
from wangge.ui.middleware import takes_bytes
from wangge.ui.paging import ROWS, after_of, first_query, page_of
from wangge.ui.words import said


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


@takes_bytes(given.MOST_FORM)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: HttpRequest) -> HttpResponse:
    """The checklist of the class in `?class_code=`; a POST records the visit and leads to it."""
    actor = actor_of(request)
    require(actor, Permission.CASE_REPORT)
    typed = request.POST if request.method == "POST" else request.GET
    checklist, error = _checklist(typed), None
    photos: tuple[UUID, ...] = ()
    if request.method == "POST":
        try:
            photos = given.photos(request, actor)
            at = given.position(typed)
            visit = record_visit(
                class_code=typed.get("class_code", ""), place=typed.get("place", ""), lon=at.lon, lat=at.lat,
                fields=answers_of(checklist, typed), actor=actor, at=now(), key=given.key_of(typed),
                photos=photos,
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
        "kept": photos,
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
    return render(request, "desk/visit.html", _visit_page(get_visit(visit_id, actor), actor))


def _visit_page(found: Visit, actor: Actor) -> dict[str, Any]:
    checklist, reported = form(found.form_id), reports_of(found, actor)
    waiting = [checklist.by_name[name] for name in found.failed if name not in reported]
    return {
        "visit": found,
        "form": checklist,
        "said": [
            (one, one.name in found.failed, one.name in reported, reported.get(one.name, ""))
            for one in checklist.read(found.answers)
        ],
        "photos": photos_of(found),
        "waiting": waiting,
        "may_report": bool(waiting) and Permission.CASE_REPORT in actor.permissions,
        "may_redact": not (found.redacted_at or found.texts_gone_at) and redacts_in(found.area_path, actor),
        "key": uuid4(),
    }


@login_required
@require_POST
def redact_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Its texts go for good."""
    delete_texts(visit_id, request.POST.get("reason", ""), actor=actor_of(request), at=now())
    messages.success(request, _("文字已删除，不能恢复。"))
    return redirect("desk:visit", visit_id)


@login_required
@require_POST
def report_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Make the chosen failing items a case at once, and lead to it; refused, with the reason and what was chosen."""
    actor = actor_of(request)
    found = get_visit(visit_id, actor)
    checklist, chosen = form(found.form_id), request.POST.getlist("failed")
    named = [said(checklist.by_name[name], "title") for name in chosen if name in checklist.by_name]
    begun = report_values(found, said(checklist, "title"), named)
    try:
        taken = report_failed(
            visit_id, chosen, actor=actor, at=now(), key=given.key_of(request.POST), channel=channel_of(actor),
            description=begun["description"], place_text=begun["place"], class_code=begun["class_code"],
            lon=found.lon, lat=found.lat,
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        page = _visit_page(found, actor) | {"error": error, "chosen": chosen}
        return render(request, "desk/visit.html", page, status=error.http_status)
    messages.success(request, _("已上报，编号 %(number)s。") % {"number": taken.number})
    return redirect("desk:case", taken.number)


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
