# SPDX-License-Identifier: Apache-2.0
"""Which cases a person may see: the same rule for one case and, as a condition, for lists."""

from typing import Any

from django.db.models import Q, Value
from psycopg import sql

from wangge.cases.models import Case
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, Held, directory
from wangge.organizations.models import Post, Unit


def _reading(actor: Actor) -> list[tuple[str, Held]]:
    """The appointments that may read cases, each with its kind of scope: unit, squad or area."""
    found = []
    for held in actor.held:
        post = directory().posts.get(held.post)
        if post is None or Permission.CASE_READ not in post.permissions:
            continue
        unit = directory().units.get(held.unit)
        squad = unit is not None and unit.kind == Unit.Kind.SQUAD
        found.append(("unit" if post.axis == Post.Axis.UNIT else "squad" if squad else "area", held))
    return found


def areas_read(actor: Actor) -> list[str]:
    """Paths of the areas all of which `actor` may read."""
    return [held.area_path for scope, held in _reading(actor) if scope == "area"]


def is_visible(case: Case, actor: Actor) -> bool:
    """May `actor` see the case?"""
    reading = _reading(actor)
    if reading and actor.person_id is not None and case.reporter_id == actor.person_id:
        return True
    for scope, held in reading:
        match scope:
            case "area":
                seen = case.area_path.startswith(held.area_path)
            case "squad":
                walked_by = case.squad if case.squad in directory().units else ""
                seen = walked_by == held.unit or (not walked_by and case.area_path.startswith(held.area_path))
            case _:
                seen = held.unit in case.units
        if seen:
            return True
    return False


class _Written(Value):
    """A code of a unit or a person as part of the statement itself. As a parameter it would be planned for any, and the list
    of one who has few cases, or none, would look for them through all."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        written = sql.Literal(self.value).as_string(connection.connection)
        cast = "varchar[]" if isinstance(self.value, list) else "bigint"
        return f"{written}::{cast}".replace("%", "%%"), ()


def _unwalked() -> Q:
    """No squad walks the case's grid, or the one that did is no more: it is the area's."""
    squads = [unit.code for unit in directory().units.values() if unit.kind == Unit.Kind.SQUAD]
    return ~Q(squad__in=squads)


def visible_to(actor: Actor) -> Q:
    """The condition on Case for lists. An actor without a reading post sees nothing."""
    condition = Q(pk__in=[])
    reading = _reading(actor)
    for scope, held in reading:
        match scope:
            case "area":
                condition |= Q(area_path__startswith=held.area_path)
            case "squad":
                condition |= Q(squad=held.unit) | (_unwalked() & Q(area_path__startswith=held.area_path))
            case _:
                condition |= Q(units__contains=_Written([held.unit]))
    if reading and actor.person_id is not None:
        condition |= Q(reporter_id=_Written(actor.person_id))
    return condition


def visits_visible_to(actor: Actor) -> Q:
    """One's own visits to premises, and those in the areas one watches over."""
    condition = Q(person_id=actor.person_id)
    for path in areas_read(actor):
        condition |= Q(area_path__startswith=path)
    return condition
