# SPDX-License-Identifier: Apache-2.0
"""Who is there: absences with their substitutes, and the hours people are on duty. Everything that reads and writes them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from wangge.common.errors import BadInput, NotFound, Refused
from wangge.grids.queries import city
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, Held, Hours, PersonInfo, UnitInfo, directory
from wangge.organizations.models import Absence, DutyHours, RosterEntry

#: the longest absence, and how long one is kept after its last day; who entered it is kept for the former
LONGEST, KEPT = timedelta(days=366), timedelta(days=30)
What = RosterEntry.What


class NotYourRoster(Refused):
    code = "not_your_roster"
    zh = "您只能登记自己的外出；他人的请由其单位经办员或系统管理员登记。"
    en = "You may enter your own absence; others' are entered by the clerk of their unit or an administrator."


class DaysTurnedRound(BadInput):
    code = "days_turned_round"
    zh = "最后一天应在第一天之后，且不早于今天，全程不超过一年。请检查日期。"
    en = "The last day comes after the first, not before today, and within a year. Check the dates."


class NotASubstitute(BadInput):
    code = "not_a_substitute"
    zh = "代办人应在同一单位担任同一岗位。请从列表中选择，或不指定代办人。"
    en = "A substitute holds the same post in the same unit. Choose one from the list, or none."


class NoHours(BadInput):
    code = "no_hours"
    zh = "请至少选一个星期几，并填写不同的开始和结束时间，例如 08:00 至 17:30。"
    en = "Choose at least one weekday, and a beginning and an end that differ, such as 08:00 to 17:30."


@dataclass(frozen=True)
class Presence:
    """Whether somebody can be given work now: `absent`, else `off_duty` by their hours, else there."""

    absent: bool
    off_duty: bool

    @property
    def there(self) -> bool:
        return not (self.absent or self.off_duty)


def colleagues(actor: Actor) -> list[PersonInfo]:
    """Whose roster `actor` keeps: their own first, then those of their unit or area, by name."""
    known = directory().people
    others = [
        person for person in known.values() if person.id != actor.person_id and _keeps(actor, person.id)
    ]
    own = [known[actor.person_id]] if actor.person_id in known else []
    return own + sorted(others, key=lambda person: (person.name, person.id))


def substitutes(person_id: int) -> list[PersonInfo]:
    """Who may stand in for somebody: the holders of one of their posts in the same unit."""
    posts = {_place(held) for held in directory().actor(person_id).held}
    return [
        person for person in directory().people.values()
        if person.id != person_id and posts & {_place(held) for held in directory().actor(person.id).held}
    ]  # fmt: skip


def _place(held: Held) -> tuple[str, str, str]:
    return held.post, held.unit, held.area


def _keeps(actor: Actor, person_id: int) -> bool:
    if person_id == actor.person_id:
        return True
    return any(
        theirs.unit_path.startswith(held.unit_path) and theirs.area_path.startswith(held.area_path)
        for held in directory().held_with(actor, Permission.ROSTER_KEEP)
        for theirs in directory().actor(person_id).held
    )


def absences(people: Collection[PersonInfo]) -> list[Absence]:
    """Theirs, running and coming, by day. One query."""
    rows = Absence.objects.filter(person__in=[person.id for person in people]).select_related(
        "person", "substitute"
    )
    return [*rows.order_by("last_day", "id")]


def duty_hours(people: Collection[PersonInfo]) -> list[DutyHours]:
    """Theirs, by name. One query."""
    rows = DutyHours.objects.filter(person__in=[person.id for person in people]).select_related("person")
    return [*rows.order_by("person__name", "person_id", "weekday", "begins")]


def beside(person: PersonInfo, people: Collection[PersonInfo]) -> list[PersonInfo]:
    """Of `people`, the person and those of a unit of theirs."""
    units = {held.unit for held in directory().actor(person.id).held if held.unit}
    return [
        one for one in people
        if one == person or any(held.unit in units for held in directory().actor(one.id).held)
    ]  # fmt: skip


def unit_hours(people: Collection[PersonInfo]) -> list[tuple[UnitInfo, tuple[Hours, ...]]]:
    """The units these people work in that have duty hours, each with those that hold in it. From memory."""
    known = directory()
    codes = sorted({held.unit for person in people for held in known.actor(person.id).held if held.unit})
    units = [known.units[code] for code in codes if code in known.units]
    return [(unit, hours) for unit in units if (hours := known.hours_at(unit.path))]


@transaction.atomic
def set_absence(
    person_id: int, *, first_day: date, last_day: date, substitute_id: int | None, actor: Actor, at: datetime
) -> Absence:
    """Raises NotYourRoster, DaysTurnedRound, NotASubstitute."""
    keeper = _check(actor, person_id)
    today = at.astimezone(city().zone).date()
    if not max(first_day, today) <= last_day <= first_day + LONGEST:
        raise DaysTurnedRound
    if substitute_id is not None and substitute_id not in {one.id for one in substitutes(person_id)}:
        raise NotASubstitute
    row = Absence(
        person_id=person_id, first_day=first_day, last_day=last_day, substitute_id=substitute_id,
        set_by_id=keeper,
    )  # fmt: skip
    row.save(force_insert=True)
    _note_absence(What.ABSENCE_SET, row, actor, at)
    return row


@transaction.atomic
def end_absence(absence_id: int, *, actor: Actor, at: datetime) -> None:
    """Back already, or never gone: it goes; who took it back stays."""
    row = Absence.objects.filter(pk=absence_id).first()
    if row is None or not _keeps(actor, row.person_id):
        raise NotFound
    if Absence.objects.filter(pk=absence_id).delete()[0]:  # once, of two at the same time
        _note_absence(What.ABSENCE_ENDED, row, actor, at)


@transaction.atomic
def add_hours(
    person_id: int, weekdays: Collection[int], begins: time, ends: time, *, actor: Actor, at: datetime
) -> None:
    """Raises NotYourRoster, NoHours. Hours that begin at the same time end as said last."""
    keeper = _check(actor, person_id)
    if not weekdays or not set(weekdays) <= set(range(7)) or begins == ends:
        raise NoHours
    rows = [DutyHours(person_id=person_id, weekday=day, begins=begins, ends=ends) for day in weekdays]
    DutyHours.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "weekday", "begins"], update_fields=["ends"]
    )
    RosterEntry.objects.create(
        person_id=person_id, what=What.HOURS_ADDED, weekdays=sorted(weekdays), begins=begins, ends=ends,
        by_id=keeper, at=at,
    )  # fmt: skip


@transaction.atomic
def remove_hours(hours_id: int, *, actor: Actor, at: datetime) -> None:
    """They go; who removed them stays."""
    row = DutyHours.objects.filter(pk=hours_id).first()
    assert actor.person_id is not None  # the system keeps no roster
    if row is None or not _keeps(actor, row.person_id):
        raise NotFound
    if DutyHours.objects.filter(pk=hours_id).delete()[0]:
        RosterEntry.objects.create(
            person_id=row.person_id, what=What.HOURS_REMOVED, weekdays=[row.weekday], begins=row.begins, ends=row.ends,
            by_id=actor.person_id, at=at,
        )  # fmt: skip


def _note_absence(what: str, row: Absence, actor: Actor, at: datetime) -> None:
    assert actor.person_id is not None  # the system keeps no roster
    RosterEntry.objects.create(
        person_id=row.person_id, what=what, first_day=row.first_day, last_day=row.last_day,
        substitute_id=row.substitute_id, by_id=actor.person_id, at=at,
    )  # fmt: skip


def entries(people: Collection[PersonInfo], *, limit: int = 30) -> list[RosterEntry]:
    """The newest of what was entered and taken back for these people. One query."""
    rows = RosterEntry.objects.filter(person__in=[person.id for person in people])
    return [*rows.select_related("person", "substitute", "by").order_by("-at", "-id")[:limit]]


def _check(actor: Actor, person_id: int) -> int:
    """Id of the person who makes the entry."""
    if actor.person_id is None or not _keeps(actor, person_id) or person_id not in directory().people:
        raise NotYourRoster
    return actor.person_id


def stood_in_for(person_id: int | None) -> "QuerySet[Absence, int]":
    """Ids of those whose substitute the person is today; for use inside another query."""
    return Absence.objects.today().filter(substitute=person_id).values_list("person_id", flat=True)


def presences(people: Iterable[int], at: datetime) -> dict[int, Presence]:
    """Of each of `people` at a moment, by their own hours, else by those of their units. Two queries."""
    asked, local = list(people), at.astimezone(city().zone)
    day = local.date()
    rows = Absence.objects.filter(person__in=asked, first_day__lte=day, last_day__gte=day)
    absent = set(rows.values_list("person_id", flat=True))
    hours: dict[int, list[Hours]] = {}
    for row in DutyHours.objects.filter(person__in=asked):
        hours.setdefault(row.person_id, []).append(Hours(row.weekday, row.begins, row.ends))
    return {
        person: Presence(
            person in absent,
            not any(
                _staffed(ranges, local)
                for ranges in ([hours[person]] if person in hours else _of_units(person))
            ),
        )
        for person in asked
    }


def _of_units(person_id: int) -> list[Collection[Hours]]:
    """The duty hours at each of somebody's appointments; none = always."""
    known = directory()
    return [known.hours_at(held.unit_path) for held in known.actor(person_id).held] or [()]


def _staffed(hours: Collection[Hours], local: datetime) -> bool:
    return not hours or any(on_duty(one, local.weekday(), local.time()) for one in hours)


def to_tell(people: tuple[int, ...], at: datetime) -> tuple[int, ...]:
    """Of those something could be told, whom: whoever is on duty; everybody, where nobody is there. Somebody away stays
    among them, for the sake of who stands in. Two queries, none where there is no choice."""
    if len(people) < 2:
        return people
    known = presences(people, at)
    if not any(one.there for one in known.values()):
        return people
    return tuple(person for person in people if not known[person].off_duty)


def on_duty(hours: Hours | DutyHours, weekday: int, clock: time) -> bool:
    """Whether the hours cover a time of a weekday, on the city's wall clock."""
    if hours.begins < hours.ends:
        return hours.weekday == weekday and hours.begins <= clock < hours.ends
    if hours.weekday == weekday:
        return clock >= hours.begins
    return hours.weekday == (weekday - 1) % 7 and clock < hours.ends


def purge_absences(today: date) -> int:
    """Those long over go, and who entered them a year after; how many rows."""
    gone = RosterEntry.objects.filter(at__lt=datetime.combine(today - LONGEST, time(), city().zone)).delete()[
        0
    ]
    return gone + Absence.objects.filter(last_day__lt=today - KEPT).delete()[0]
