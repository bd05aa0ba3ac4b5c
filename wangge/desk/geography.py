# SPDX-License-Identifier: Apache-2.0
"""The city's outline and grids as GeoJSON for the maps, held in memory until the city's revision changes."""

import json
from dataclasses import dataclass
from typing import Any

from wangge.common.errors import NotFound
from wangge.common.fresh import Fresh
from wangge.grids.locate import SUPERVISION, UNIT_GRID
from wangge.grids.models import Grid
from wangge.grids.queries import city


@dataclass(frozen=True)
class GridName:
    code: str
    name_zh: str
    name_en: str


def _feature(code: str, name: str, boundary: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": boundary}


@dataclass(frozen=True)
class _Supervision:
    names: dict[int, GridName]
    geojson: dict[str, str]


def _load() -> _Supervision:
    rows = list(
        Grid.objects.current()
        .filter(layer=SUPERVISION)
        .order_by("code")
        .values_list("id", "code", "name_zh", "name_en", "boundary")
    )
    geojson = {
        language: json.dumps(
            {"type": "FeatureCollection", "features": [_feature(r[1], r[column], r[4]) for r in rows]},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for language, column in (("zh", 2), ("en", 3))
    }
    return _Supervision({r[0]: GridName(*r[1:4]) for r in rows}, geojson)


_supervision = Fresh(_load)


def supervision_geojson(language: str) -> str:
    """FeatureCollection of the supervision grids in force: properties {code, name}, WGS84."""
    return _supervision().geojson[language]


def supervision_grids() -> dict[int, GridName]:
    """Code and names of the supervision grids in force, by id."""
    return _supervision().names


def outline_geojson() -> str:
    """Feature of the city's outline, WGS84."""
    return json.dumps(city().outline, ensure_ascii=False, separators=(",", ":"))


def grid_geojson(code: str) -> str:
    """Feature of one unit grid in force; raises NotFound."""
    row = (
        Grid.objects.current()
        .filter(layer=UNIT_GRID, code=code)
        .values_list("code", "name_zh", "boundary")
        .first()
    )
    if row is None:
        raise NotFound
    return json.dumps(_feature(*row), ensure_ascii=False, separators=(",", ":"))
