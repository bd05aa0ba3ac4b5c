# SPDX-License-Identifier: Apache-2.0
"""Whose rows an administrator may change and read: those of the areas they hold the post for."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from wangge.grids.models import Grid
from wangge.grids.queries import areas, top_area_path
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.packs.contents import Key
from wangge.rulebook.errors import OutOfArea
from wangge.rulebook.tables import ReferenceTable

Rows = Collection[dict[str, Any]]


def check_area(
    actor: Actor,
    table: ReferenceTable,
    row: dict[str, Any],
    key: str,
    permission: Permission = Permission.RULEBOOK_EDIT,
) -> None:
    """Raise OutOfArea unless the row lies in an area the actor has `permission` for; what names no place is the whole
    city's. `row`: as it is, of a document as `concerned` has it."""
    if out_of_area(actor, table, {(): (row,)}, permission):
        raise OutOfArea(key=key)


def out_of_area(
    actor: Actor,
    table: ReferenceTable,
    rows: Mapping[Key, Rows],
    permission: Permission = Permission.RULEBOOK_EDIT,
) -> list[Key]:
    """The keys of which any row lies outside the areas the actor has `permission` for; one query at most, however many."""
    having = _areas_with(actor, permission)
    if top_area_path() in having:
        return []
    places = {key: [_places(table, row) for row in of_key] for key, of_key in rows.items()}
    paths = _paths({place for of_key in places.values() for named in of_key for place in named})
    return [
        key for key, of_key in places.items() if not all(_within(named, paths, having) for named in of_key)
    ]


def may_change(actor: Actor, table: ReferenceTable, key: Key) -> bool:
    """May the actor draft a change of this document: the city's, or that of an area?"""
    edits = Permission.RULEBOOK_EDIT in actor.permissions
    return edits and not out_of_area(actor, table, {key: (table.concerned(key, {}),)})


def _areas_with(actor: Actor, permission: Permission) -> list[str]:
    return [held.area_path for held in directory().held_with(actor, permission)]


def _within(places: list[str], paths: Mapping[str, str], having: Iterable[str]) -> bool:
    """Every place is known and lies in one of the areas."""
    return bool(places) and all(
        any(paths.get(place, "").startswith(area) for area in having) for place in places
    )


def _places(table: ReferenceTable, row: dict[str, Any]) -> list[str]:
    """Codes of the areas and grids a row concerns, all of which must be the actor's; none = the whole city's."""
    match table.name:
        case "units" | "profiles" | "forms":
            return [row["area"]]
        case "flow":
            return [row["area"]] if row else []
        case "people":  # a post in a unit reaches wherever the unit works, whatever area is written beside it
            unit = directory().units.get(row["unit"])
            return [row["area"], *([unit.area if unit else ""] if row["unit"] else [])]
        case "unit_hours":
            unit = directory().units.get(row["unit"])
            return [unit.area if unit else ""]
        case "duties":
            return [row["grid"]]
        case "responsibilities":
            return [row["place"]]
        case _:
            return []


def _paths(places: Collection[str]) -> dict[str, str]:
    """The area path of each place that is known."""
    known = areas()
    grids = [place for place in places if place and place not in known]
    found = {place: known[place].path for place in places if place in known}
    if grids:
        found |= dict(Grid.objects.current().filter(code__in=grids).values_list("code", "area_path"))
    return found


def readable(actor: Actor, table: ReferenceTable) -> Callable[[dict[str, Any]], bool] | None:
    """Which rows of the table the actor may read; None = all. Staff are read within the areas one reads the rules for:
    where somebody is appointed, or where their unit works."""
    if table.name != "people":
        return None
    having = _areas_with(actor, Permission.RULEBOOK_READ)
    if top_area_path() in having:
        return None

    def within(row: dict[str, Any]) -> bool:
        unit = directory().units.get(row["unit"])
        places = [row["area"], *([unit.area] if unit else [])]
        paths = [areas()[place].path for place in places if place in areas()]
        return any(path.startswith(area) for path in paths for area in having)

    return within
