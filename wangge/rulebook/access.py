# SPDX-License-Identifier: Apache-2.0
"""Whose rows an administrator may change: those of the areas they hold the post for."""

from typing import Any

from wangge.grids.models import Grid
from wangge.grids.queries import areas, top_area_path
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.rulebook.errors import OutOfArea
from wangge.rulebook.tables import ReferenceTable


def check_area(actor: Actor, table: ReferenceTable, row: dict[str, Any], key: str) -> None:
    """Raise OutOfArea unless the row lies in an area the actor edits for; what names no place is the whole city's."""
    path = _area_path(table, row)
    for held in actor.held:
        post = directory().posts.get(held.post)
        edits = post is not None and Permission.RULEBOOK_EDIT in post.permissions
        if edits and (held.area_path == top_area_path() or path.startswith(held.area_path)):
            return
    raise OutOfArea(key=key)


def _area_path(table: ReferenceTable, row: dict[str, Any]) -> str:
    """The path of the area a row concerns; "" where it names none."""
    match table.name:
        case "units" | "people" | "profiles" | "forms":
            place = row["area"]
        case "duties":
            place = row["grid"]
        case "responsibilities":
            place = row["place"]
        case _:
            return ""
    if place in areas():
        return areas()[place].path
    return Grid.objects.current().filter(code=place).values_list("area_path", flat=True).first() or ""
