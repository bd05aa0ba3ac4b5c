# SPDX-License-Identifier: Apache-2.0
"""Who is who now: units, posts, people and appointments, held in memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from wangge.common.fresh import Fresh
from wangge.grids.queries import city
from wangge.organizations.calendars import DayKind, Interval, Season, Week, WorkCalendar
from wangge.organizations.models import (
    Appointment,
    AreaProfile,
    CalendarVersion,
    CommandLevel,
    Person,
    Post,
    SupervisionDuty,
    Unit,
    UnitHours,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class UnitInfo:
    code: str
    name_zh: str
    name_en: str
    kind: str
    path: str
    area: str


@dataclass(frozen=True)
class PostInfo:
    code: str
    name_zh: str
    name_en: str
    axis: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class PersonInfo:
    id: int
    login: str
    name: str


class Hours(NamedTuple):
    """On duty on a weekday (0 = Monday) from `begins` to `ends`, past midnight where these come first."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True)
class Held:
    """One appointment: a post with its scope (paths of a unit and an area; an empty unit path = any unit)."""

    post: str
    unit: str
    unit_path: str
    area: str
    area_path: str


@dataclass(frozen=True)
class Actor:
    """Who does something: a person with their appointments, or the system (no person)."""

    person_id: int | None
    login: str
    name: str
    held: tuple[Held, ...]
    permissions: frozenset[str] = frozenset()
    origin: str = "live"

    @property
    def posts(self) -> frozenset[str]:
        return frozenset(h.post for h in self.held)

    def marked(self, origin: str) -> "Actor":
        """The same person acting in a replay or a generated day."""
        return replace(self, origin=origin)


@dataclass(frozen=True)
class Directory:
    units: dict[str, UnitInfo]
    posts: dict[str, PostInfo]
    people: dict[int, PersonInfo]
    squads: dict[str, str]
    #: area -> the classes it stresses
    stressed: dict[str, list[str]]
    #: class -> the level that dispatches it first, where that is not the city's
    command_levels: dict[str, str]
    _held: dict[int, tuple[Held, ...]]
    #: work calendars by kind of unit; "" = everybody else's
    calendars: dict[str, WorkCalendar] = field(repr=False)
    #: unit -> when it is on duty; units without are not in it
    hours: dict[str, tuple[Hours, ...]] = field(default_factory=dict)

    @property
    def calendar(self) -> WorkCalendar:
        """The work calendar of everybody whose kind of unit has none of its own."""
        return self.calendars[""]

    def calendar_of(self, kind: str) -> WorkCalendar:
        """The work calendar of a kind of unit."""
        return self.calendars.get(kind, self.calendar)

    def hours_at(self, unit_path: str) -> tuple[Hours, ...]:
        """The duty hours of the unit at the end of a path: its own, else those of the nearest unit above that has any."""
        codes = unit_path.strip("/").split("/")[::-1]
        return next((self.hours[code] for code in codes if code in self.hours), ())

    def stressed_by(self, actor: Actor) -> set[str]:
        """The classes stressed by the areas the actor works in, and by those above them."""
        areas = {code for held in actor.held for code in held.area_path.split("/")}
        return {code for area in areas for code in self.stressed.get(area, ())}

    def squad_of(self, grid_code: str) -> str:
        """Unit code of the squad that walks a supervision grid; empty when none does."""
        return self.squads.get(grid_code, "")

    def actor(self, person_id: int) -> Actor:
        """The person as an actor; an inactive or unknown person holds nothing."""
        person = self.people.get(person_id)
        if person is None:
            return Actor(person_id, "", "", ())
        held = self._held.get(person_id, ())
        known = [self.posts[h.post].permissions for h in held if h.post in self.posts]
        return Actor(person_id, person.login, person.name, held, frozenset().union(*known))

    @cached_property
    def _by_post(self) -> dict[str, list[tuple[int, Held]]]:
        table: dict[str, list[tuple[int, Held]]] = defaultdict(list)
        for person_id, held in self._held.items():
            for one in held:
                table[one.post].append((person_id, one))
        return table

    def holders(self, post: str, *, unit_path: str, area_path: str) -> tuple[int, ...]:
        """People whose pool holds a task for `post` at `unit_path` (may be empty) in `area_path`."""
        return tuple(p for p, held in self._by_post.get(post, ()) if holds(held, post, unit_path, area_path))

    def holding(self, post: str) -> list[tuple[int, Held]]:
        """Everybody with an appointment to `post`."""
        return self._by_post.get(post, [])

    def held_with(self, actor: Actor, permission: str) -> list[Held]:
        """The actor's appointments to posts of that permission."""
        known = ((held, self.posts.get(held.post)) for held in actor.held)
        return [held for held, post in known if post and permission in post.permissions]

    def permitted(self, permission: str, *, area_path: str) -> tuple[int, ...]:
        """People with a post of that permission over `area_path`."""
        posts = [code for code, post in self.posts.items() if permission in post.permissions]
        found = (
            person for post in posts for person, held in self._by_post.get(post, ())
            if area_path.startswith(held.area_path)
        )  # fmt: skip
        return tuple(dict.fromkeys(found))


def holds(held: Held, post: str, unit_path: str, area_path: str) -> bool:
    """The appointment covers a task for `post`, `unit_path`, `area_path`. An empty path
    asks nothing: a task of no squad is the area's, a unit's task is the unit's wherever the case lies."""
    return (
        held.post == post
        and (not area_path or area_path.startswith(held.area_path))
        and (not unit_path or not held.unit_path or unit_path.startswith(held.unit_path))
    )


def _intervals(texts: list[str]) -> tuple[Interval, ...]:
    return tuple(Interval(*(time.fromisoformat(part.strip()) for part in text.split("-"))) for text in texts)


def _week(texts: dict[str, list[str]]) -> Week:
    return tuple(_intervals(texts[day]) for day in WEEKDAYS)


def calendars_by_kind(rows: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> dict[str, WorkCalendar]:
    """The calendars that rows of CalendarVersion make, by kind of unit; "" = everybody else's."""
    found: dict[str, WorkCalendar] = {}
    for row in rows:
        calendar = WorkCalendar(
            zone=zone,
            weekly=_week(row["weekly"]),
            exceptions={date.fromisoformat(e["date"]): DayKind(e["kind"]) for e in row["exceptions"]},
            first_year=row["first_year"],
            last_year=row["last_year"],
            seasons=tuple(Season(s["first"], s["last"], _week(s["weekly"])) for s in row["seasons"]),
        )
        found |= dict.fromkeys(row["unit_kinds"] or [""], calendar)
    return found


def _load() -> Directory:
    held: dict[int, list[Held]] = defaultdict(list)
    rows = Appointment.objects.current().filter(person__is_active=True).order_by("id")
    units = list(Unit.objects.current().values_list("code", "name_zh", "name_en", "kind", "path", "area"))
    paths = {row[0]: row[4] for row in units}  # a unit may hang elsewhere since the appointment
    for person_id, *one in rows.values_list("person_id", "post", "unit", "unit_path", "area", "area_path"):
        one[2] = paths.get(one[1], one[2])
        held[person_id].append(Held(*one))
    posts: Any = Post.objects.current().values("code", "name_zh", "name_en", "axis", "permissions")
    people = Person.objects.filter(is_active=True).values_list("id", "login", "name")
    calendars: Any = CalendarVersion.objects.current().values()
    return Directory(
        units={row[0]: UnitInfo(*row) for row in units},
        posts={p["code"]: PostInfo(**p | {"permissions": frozenset(p["permissions"])}) for p in posts},
        people={row[0]: PersonInfo(*row) for row in people},
        stressed=dict(AreaProfile.objects.current().values_list("area", "classes")),
        command_levels=dict(CommandLevel.objects.current().values_list("class_code", "level")),
        squads=dict(SupervisionDuty.objects.current().values_list("grid", "unit")),
        _held={k: tuple(v) for k, v in held.items()},
        calendars=calendars_by_kind(calendars, city().zone),
        hours=_unit_hours(),
    )


def _unit_hours() -> dict[str, tuple[Hours, ...]]:
    found: dict[str, list[Hours]] = defaultdict(list)
    rows = UnitHours.objects.current().values_list("unit", "weekday", "begins", "ends")
    for unit, weekday, begins, ends in rows:
        hours = Hours(WEEKDAYS.index(weekday), time.fromisoformat(begins), time.fromisoformat(ends))
        found[unit].append(hours)
    return {unit: tuple(sorted(hours)) for unit, hours in found.items()}


directory = Fresh(_load)


def actor_for(person_id: int) -> Actor:
    """The signed-in person as an actor."""
    return directory().actor(person_id)
