# SPDX-License-Identifier: Apache-2.0
"""Report a case: the form, and the three answers it asks for while it is filled in."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.actions import Taken, report
from wangge.cases.actions.visits import report_failed
from wangge.cases.forms import form_asked
from wangge.cases.queries import duplicate_candidates, get_case
from wangge.cases.queries.visits import get_visit, reports_of
from wangge.catalog.queries import catalog, search_classes
from wangge.catalog.queries import form as form_by_id
from wangge.common.clock import now
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import BadInput, DomainError
from wangge.desk import input as given
from wangge.desk.case_page import norms_found
from wangge.desk.channels import channels_of, chosen_channel
from wangge.desk.signed_in import actor_of
from wangge.desk.views.visits import report_values
from wangge.grids.locate import grid_index
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory
from wangge.ui.fields import answers_of, field_set, form_at, strays
from wangge.ui.middleware import takes_bytes
from wangge.ui.words import said

#: grids shown for a word
MOST_GRIDS = 30


class NoPlace(BadInput):
    code = "no_place"
    zh = "请说明在哪里：在地图上点选，或在“位置说明”里写明。"
    en = "Please say where it is: pick the place on the map, or describe it under “Place”."


@takes_bytes(given.MOST_FORM)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_case(request: HttpRequest) -> HttpResponse:
    """The form; a POST opens the case and leads to its page."""
    actor = actor_of(request)
    require(actor, Permission.CASE_REPORT)
    if request.method != "POST":
        return render(request, "desk/report.html", _form(actor, request.GET.get("visit", "")))
    photos: tuple[UUID, ...] = ()
    try:
        photos = given.photos(request, actor)
        taken = _report(request, actor, photos)
    except DomainError as error:
        page = _form(actor) | {"values": request.POST, "kept": photos, "error": error}
        page["failed"] = request.POST.getlist("failed")
        form = form_at(request.POST)
        page |= {
            "fields": field_set(form, request.POST, error, "report"),
            "strays": strays(form, request.POST),
        }
        return render(request, "desk/report.html", page, status=error.http_status)
    told = (
        _("已上报过，编号 %(number)s。重复提交没有再次立卷。")
        if taken.again
        else _("已上报，编号 %(number)s。")
    )
    messages.success(request, told % {"number": taken.number})
    return redirect("desk:case", taken.number)


def _report(request: HttpRequest, actor: Actor, photos: tuple[UUID, ...]) -> Taken:
    form, at = request.POST, given.position(request.POST)
    place_text = form.get("place", "").strip()
    if at.lon is None and not place_text:
        raise NoPlace
    visit = given.whole(form.get("visit", ""))
    act = partial(report_failed, visit, form.getlist("failed")) if visit else report
    return act(
        description=form.get("description", "").strip(),
        place_text=place_text,
        lon=at.lon,
        lat=at.lat,
        accuracy_m=at.accuracy_m,
        class_code=given.class_code(form),
        channel=chosen_channel(form.get("channel", ""), actor),
        photos=photos,
        fields=answers_of(form_at(form), form),
        actor=actor,
        at=now(),
        key=given.key_of(form),
    )


@login_required
@require_safe
def form_fields(request: HttpRequest) -> HttpResponse:
    """The form of the chosen class at the pin, or for the case of ?number= that is accepted under it, with what is typed
    already; nothing new while it stays the same form."""
    number, step = request.GET.get("number", ""), "report"
    if number:
        chosen = {name: request.GET.get(name, "") for name in ("class_code", "grid_code")}
        step, form = "accept", form_asked("accept", get_case(number, actor_of(request)), **chosen)
    else:
        form = form_at(request.GET)
    if request.GET.get("form", "") == (str(form.id) if form else ""):
        return HttpResponse(status=204)
    page = {
        "fields": field_set(form, request.GET, None, step),
        "strays": strays(form, request.GET),
    }
    return render(request, "desk/form_fields.html", page)


def _form(actor: Actor, visit: str = "") -> dict[str, Any]:
    """An empty form, or one that begins with the failing items of a visit (its id)."""
    offered = channels_of(actor)
    values: dict[str, Any] = {"channel": offered[0].code} | (_from_visit(visit, actor) if visit else {})
    return {"key": uuid4(), "channels": offered, "values": values, "failed": values.get("failed", [])}


def _from_visit(visit_id: str, actor: Actor) -> dict[str, Any]:
    found = get_visit(given.whole(visit_id) or 0, actor)
    checklist = form_by_id(found.form_id)
    waiting = [name for name in found.failed if name not in reports_of(found, actor)]
    named = [said(checklist.by_name[name], "title") for name in waiting]
    return report_values(found, said(checklist, "title"), named) | {"visit": found.pk, "failed": waiting}


@login_required
@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """The grid at a pin."""
    page: dict[str, Any] = {}
    try:
        at = given.position(request.GET)
        if at.lon is not None and at.lat is not None:
            found = grid_index().locate(*to_wgs84(at.lon, at.lat, CoordinateSystem.WGS84))
            page = {"located": found, "outside": found is None}
    except given.HalfAPoint:
        pass  # the other half is still being typed
    except DomainError as error:
        page = {"error": error}
    return render(request, "desk/place.html", page)


@login_required
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Open cases of the chosen class close to the pin."""
    code = request.GET.get("class_code", "")
    found: list[Any] = []
    try:
        at = given.position(request.GET)
        if code and at.lon is not None and at.lat is not None:
            lon, lat = to_wgs84(at.lon, at.lat, CoordinateSystem.WGS84)
            found = duplicate_candidates(actor_of(request), class_code=code, lon=lon, lat=lat, at=now())
    except DomainError:
        pass  # said beside the pin already
    return render(request, "desk/duplicates.html", {"duplicates": found})


@login_required
@require_safe
def class_search(request: HttpRequest) -> HttpResponse:
    """Classes for words: the chosen one kept on top, then those the reader's areas stress."""
    words, selected = request.GET.get("class_words", "")[:50], request.GET.get("class_code", "")
    stressed = directory().stressed_by(actor_of(request))
    found = [(info, not stressed.isdisjoint(catalog().upward(info.code))) for info in search_classes(words)]
    page = {
        "found": sorted(found, key=lambda one: not one[1]),
        "words": words,
        "selected": selected if selected in catalog().classes else "",
    }
    return render(request, "desk/class_results.html", page)


@login_required
@require_safe
def norm_search(request: HttpRequest) -> HttpResponse:
    """Norms of the classes that words name, that hold in the grid, else where `?case=` lies; without one those that hold
    everywhere."""
    words, number = request.GET.get("norm_words", "").strip()[:50], request.GET.get("case", "")
    area_path = get_case(number, actor_of(request)).area_path if number else ""
    if located := grid_index().by_code(request.GET.get("grid_code", "")):
        area_path = located.area_path
    return render(request, "desk/norm_results.html", {"found": norms_found(words, area_path), "words": words})


@login_required
@require_safe
def grid_search(request: HttpRequest) -> HttpResponse:
    """Unit grids by name or beginning of code."""
    words = request.GET.get("grid_words", "").strip().lower()[:50]
    found = []
    if words:
        for grid in grid_index().unit_grids:
            if grid.code.startswith(words) or words in grid.name_zh.lower() or words in grid.name_en.lower():
                found.append(grid)
                if len(found) == MOST_GRIDS:
                    break
    return render(request, "desk/grid_results.html", {"found": found, "words": words})
