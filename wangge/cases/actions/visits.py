# SPDX-License-Identifier: Apache-2.0
"""Record a visit to premises."""

from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.actions.needs import storable
from wangge.cases.errors import KeyReused, Missing, NoChecklist, TextTooLong, UnstorableText
from wangge.cases.forms import checked
from wangge.cases.models import Visit
from wangge.catalog.queries import catalog
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor

MOST_PLACE = 200


def record_visit(
    *,
    class_code: str,
    place: str,
    fields: dict[str, Any],
    actor: Actor,
    at: datetime,
    key: UUID,
    lon: float | None = None,
    lat: float | None = None,
) -> Visit:
    """The visit with the answers to the checklist of its class; sent again with the same `key`, the first one.

    `lon`, `lat` in WGS84 degrees. Raises PermissionMissing, NoChecklist, Missing, WrongFields and what `to_wgs84` refuses.
    """
    require(actor, Permission.CASE_REPORT)
    point = to_wgs84(lon, lat, CoordinateSystem.WGS84) if lon is not None and lat is not None else None
    located = grid_index().locate(*point) if point else None
    area_path = located.area_path if located else top_area_path()
    form = catalog().form_for(class_code, area_path, "visit")
    if form is None:
        raise NoChecklist(class_code=class_code)
    if not place.strip():
        raise Missing(zh_field="场所名称或门牌", en_field="the name or address of the premises")
    if len(place) > MOST_PLACE:
        raise TextTooLong(field="place", most=MOST_PLACE)
    if not storable(place):
        raise UnstorableText
    answers = checked(form, fields)
    if not answers:
        raise Missing(zh_field="检查表", en_field="the checklist")
    assert actor.person_id is not None  # only people are appointed to posts
    visit, _ = Visit.objects.get_or_create(
        key=key,
        defaults={
            "person_id": actor.person_id, "at": at, "class_code": class_code, "form_id": form.id,
            "place": place.strip(), "lon": point.lon if point else None, "lat": point.lat if point else None,
            "unit_grid_id": located.unit_grid.id if located else None, "area_path": area_path, "answers": answers,
            "failed": [field.name for field in form.asked if answers.get(field.name) is False],
        },
    )  # fmt: skip
    sent = (actor.person_id, class_code, place.strip(), answers)
    if (visit.person_id, visit.class_code, visit.place, visit.answers) != sent:
        raise KeyReused
    return visit
