# SPDX-License-Identifier: Apache-2.0
"""办事规程: everything the rules say about one matter, on a sheet that can be printed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.cases.actions.placing import decide
from wangge.cases.reference import flow_at
from wangge.catalog.queries import ClassInfo, catalog, mappings_of
from wangge.common.clock import now
from wangge.common.errors import NotFound
from wangge.desk.signed_in import actor_of
from wangge.grids.queries import areas, city, top_area_path
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor


@login_required
@require_safe
def procedure_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a class in force; `?area=` names the place whose rows of the matrix count, else the reader's own."""
    actor = actor_of(request)
    require(actor, Permission.CASE_READ)
    info = catalog().classes.get(code)
    if info is None:
        raise NotFound
    area = areas().get(request.GET.get("area", ""))
    return render(request, "desk/procedure.html", _sheet(info, area.path if area else _area_of(actor)))


def _area_of(actor: Actor) -> str:
    return next((held.area_path for held in actor.held if held.area_path), top_area_path())


def _sheet(info: ClassInfo, area_path: str) -> dict[str, Any]:
    rules, flow = catalog(), flow_at(area_path)
    day = now().astimezone(city().zone).date()
    route = decide(info.code, area_path, (), day=day)
    return {
        "class": info,
        "chain": [rules.classes[code] for code in rules.upward(info.code)[::-1] if code in rules.classes],
        "module": rules.modules.get(info.module),
        "norms": rules.norms_of(info.code),
        "procedure": rules.procedure_of(info.code),
        "forms": [
            form for form in rules.forms_of(info.code) if not form.area or f"{form.area}/" in area_path
        ],
        "mappings": mappings_of(info.code),
        "route": route.as_dict() if rules.fileable(info.code) else None,
        "area_path": area_path,
        "area_code": area_path.strip("/").rpartition("/")[2],
        "places": [area for area in areas().values() if area.path.count("/") <= 2 or area.path == area_path],
        "flow": flow,
        "stages": [rule for rule in flow.states.values() if rule.task],
        "day": day.isoformat(),
    }
