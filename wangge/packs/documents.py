# SPDX-License-Identifier: Apache-2.0
"""The documents of a pack as the database keeps them, and back: city and calendar."""

from collections.abc import Sequence
from typing import Any

from wangge.grids.models import City
from wangge.organizations.models import CalendarVersion
from wangge.packs import schema
from wangge.packs.contents import Pack

#: what pack.yaml's section city and the row of City call by one name
_SAME = (
    "code",
    "name_zh",
    "name_en",
    "time_zone",
    "case_number_prefix",
    "zoom",
    "default_unit",
    "command_level",
    "demo_people",
)
_ABOUT = ("title_zh", "title_en", "licence", "notice")


def city_row(pack: Pack) -> dict[str, Any]:
    """The row of City."""
    head, outline = pack.head, pack.outline
    assert head is not None and head.city is not None and outline is not None  # a sound city pack
    city = head.city
    return {
        **city.model_dump(include={*_SAME}),
        "center_lon": city.center[0],
        "center_lat": city.center[1],
        "duplicate_metres": city.duplicate.metres,
        "duplicate_hours": city.duplicate.hours,
        "levels": [level.model_dump() for level in pack.levels],
        "outline": outline,
        "about": head.model_dump(include={*_ABOUT}),
        "pack": head.name,
        "pack_version": head.version,
    }


def head_of(city: City) -> schema.Head:
    """pack.yaml of the city as one pack of its own."""
    return schema.Head(
        name=city.pack,
        version=city.pack_version,
        base="none",
        **city.about,
        city=schema.CityHead(
            **{name: getattr(city, name) for name in _SAME},
            center=(city.center_lon, city.center_lat),
            duplicate=schema.Duplicate(metres=city.duplicate_metres, hours=city.duplicate_hours),
        ),
    )


def calendar_rows(pack: Pack) -> list[dict[str, Any]]:
    """The rows of CalendarVersion: every calendar with the exceptions all of them share."""
    assert pack.calendar is not None  # a sound pack
    exceptions = [
        {"date": row.day, "kind": row.kind.value, "name_zh": row.name_zh, "name_en": row.name_en}
        for row in pack.holidays.in_order()
    ]
    years = {"first_year": pack.calendar.first_year, "last_year": pack.calendar.last_year}
    return [row.model_dump() | years | {"exceptions": exceptions} for row in pack.calendar.calendars]


def calendar_of(rows: Sequence[CalendarVersion]) -> schema.Calendar:
    """calendar.yaml."""
    names = schema.CalendarRow.model_fields
    calendars = [schema.CalendarRow(**{name: getattr(row, name) for name in names}) for row in rows]
    return schema.Calendar(first_year=rows[0].first_year, last_year=rows[0].last_year, calendars=calendars)
