# SPDX-License-Identifier: Apache-2.0
"""Whose rows an administrator may change: those of the areas they hold the post for."""

from typing import Any

from wangge.grids.models import Grid
from wangge.grids.queries import areas, top_area_path
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.rulebook.errors import OutOfArea
from wangge.rulebook.tables import ReferenceTable


def check_area(
    actor: Actor,
    table: ReferenceTable,
    row: dict[str, Any],
    key: str,
    permission: Permission = Permission.RULEBOOK_EDIT,
) -> None:
    """Raise OutOfArea unless the row lies in an area the actor has `permission` for; what names no place is the whole
    city's."""
    having = [held.area_path for held in directory().held_with(actor, permission)]
    if top_area_path() in having:
        return
    paths = _area_paths(table, row)
    if not paths or not all(any(path.startswith(area) for area in having) for path in paths):
        raise OutOfArea(key=key)


def _area_paths(table: ReferenceTable, row: dict[str, Any]) -> list[str]:
    """The paths of the areas a row concerns, all of which must be the actor's; "" = the whole city's."""
    match table.name:
        case "units" | "profiles" | "forms":
            places = [row["area"]]
        case "people":  # a post in a unit reaches wherever the unit works, whatever area is written beside it
            unit = directory().units.get(row["unit"])
            places = [row["area"], *([unit.area if unit else ""] if row["unit"] else [])]
        case "duties":
            places = [row["grid"]]
        case "responsibilities":
            places = [row["place"]]
        case _:
            places = []
    return [_path(place) for place in places]


def _path(place: str) -> str:
    if place in areas():
        return areas()[place].path
    return Grid.objects.current().filter(code=place).values_list("area_path", flat=True).first() or ""
