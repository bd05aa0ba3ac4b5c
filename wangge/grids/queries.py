# SPDX-License-Identifier: Apache-2.0
"""The city and its areas, held in memory."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from wangge.common.errors import Conflict
from wangge.common.fresh import Fresh
from wangge.grids.models import Area, City


class NoCity(Conflict):
    code = "no_city"
    http_status = 503
    zh = "数据库里还没有城市数据，请先运行 wangge pack load。"
    en = "No city is loaded; run `wangge pack load` first."


@dataclass(frozen=True)
class AreaInfo:
    code: str
    name_zh: str
    name_en: str
    level: str
    parent: str
    path: str
    grade: str


@dataclass(frozen=True)
class CityInfo:
    """The row of City, as loaded."""

    code: str
    name_zh: str
    name_en: str
    time_zone: str
    case_number_prefix: str
    center_lon: float
    center_lat: float
    zoom: float
    default_unit: str
    command_level: str
    duplicate_metres: int
    duplicate_hours: int
    levels: list[dict[str, str]]
    outline: dict[str, Any]
    pack: str
    pack_version: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def _load_city() -> CityInfo:
    row = City.objects.values(*(f.name for f in fields(CityInfo))).first()
    if row is None:
        raise NoCity
    return CityInfo(**row)


def _load_areas() -> dict[str, AreaInfo]:
    rows = Area.objects.current().values_list(
        "code", "name_zh", "name_en", "level", "parent", "path", "grade"
    )
    return {row[0]: AreaInfo(*row) for row in rows}


city = Fresh(_load_city)
areas = Fresh(_load_areas)


def command_path_of(area_path: str, level: str = "") -> str:
    """Path of the area that commands a case in `area_path`: its part at `level` (the city's command level when empty),
    else the whole."""
    path = ""
    for code in area_path.strip("/").split("/"):
        path += f"{code}/"
        if code in areas() and areas()[code].level == (level or city().command_level):
            return path
    return top_area_path()


def grade_of(area_path: str) -> str:
    """The grade of the nearest graded area of a path (街面等级, say), "" for none: norms may be for one grade only."""
    nearest_first = area_path.strip("/").split("/")[::-1]
    return next(
        (areas()[code].grade for code in nearest_first if code in areas() and areas()[code].grade), ""
    )


def top_area_path() -> str:
    """Path of the whole city."""
    return next((a.path for a in areas().values() if not a.parent), "")
