# SPDX-License-Identifier: Apache-2.0
"""Who is in which squad, which grids it walks, and what of that an actor may see."""

from collections import defaultdict
from collections.abc import Iterable

from wangge.grids.queries import areas, top_area_path
from wangge.inspectors.reference import current_rules
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, Held, directory
from wangge.organizations.models import Unit


def squad_codes() -> list[str]:
    """Every squad, by code."""
    return sorted(code for code, unit in directory().units.items() if unit.kind == Unit.Kind.SQUAD)


def units_by_kind() -> list[tuple[str, list[str]]]:
    """Kind -> the units of it, by code; squads first."""
    found: dict[str, list[str]] = {Unit.Kind.SQUAD: squad_codes()}
    for code, unit in sorted(directory().units.items()):
        if unit.kind != Unit.Kind.SQUAD:
            found.setdefault(unit.kind, []).append(code)
    return [(kind, units) for kind, units in found.items() if units]


def area_of(unit: str) -> str:
    """Path of the area a squad or another unit is of; one whose area is not known is the whole city's."""
    place = areas().get(directory().units[unit].area)
    return place.path if place else top_area_path()


def path_and_above(area_path: str) -> list[str]:
    """The paths of an area and of all areas that hold it, and the empty path."""
    parts = area_path.strip("/").split("/") if area_path else []
    return ["".join(f"{code}/" for code in parts[:n]) for n in range(len(parts) + 1)]


def around(area_paths: Iterable[str]) -> str:
    """The path of the smallest area that holds them all."""
    above = [set(path_and_above(path)) for path in area_paths]
    return max(set.intersection(*above), key=len)


def squads_within(area_path: str) -> list[str]:
    """The squads of an area, by code."""
    return [squad for squad in squad_codes() if area_of(squad).startswith(area_path)]


def grids_of_squads() -> dict[str, list[str]]:
    """Squad -> codes of the supervision grids it walks; squads without one are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for grid, squad in sorted(directory().squads.items()):
        found[squad].append(grid)
    return dict(found)


def members(post: str) -> dict[int, Held]:
    """Holders of `post` in a squad with that appointment; of somebody in several squads the first."""
    squads = set(squad_codes())
    found: dict[int, Held] = {}
    for person, held in directory().holding(post):
        if held.unit in squads:
            found.setdefault(person, held)
    return found


def inspectors() -> dict[int, Held]:
    """Every inspector in a squad, with the appointment."""
    return members(current_rules().rules.rotation.inspector_post)


def watched(actor: Actor, permission: Permission) -> dict[int, Held]:
    """The inspectors `actor` may look after by that permission: those of their squad, or of their area."""
    held = directory().held_with(actor, permission)
    return {
        person: their for person, their in inspectors().items() if any(_covers(mine, their) for mine in held)
    }


def _covers(mine: Held, theirs: Held) -> bool:
    """An appointment to a squad reaches its members alone, another one its area."""
    if in_squad(mine):
        return theirs.unit == mine.unit
    return theirs.area_path.startswith(mine.area_path)


def in_squad(held: Held) -> bool:
    """Is the appointment one to a squad?"""
    unit = directory().units.get(held.unit)
    return unit is not None and unit.kind == Unit.Kind.SQUAD


def names(people: Iterable[int]) -> dict[int, str]:
    """Names of those still there."""
    known = directory().people
    return {person: known[person].name for person in people if person in known}
