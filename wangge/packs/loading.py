# SPDX-License-Identifier: Apache-2.0
"""Loading a pack: the rows in force become those of the pack, in one transaction; nothing official is rewritten."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from wangge.cases.jobs import defer_recomputing
from wangge.cases.models import Channel, ChannelVersion, FlowVersion
from wangge.common.fresh import forget_all, new_revision
from wangge.common.versions import Changes, alone, synchronise
from wangge.grids.models import City
from wangge.organizations.models import Appointment, CalendarVersion, Person, PersonName
from wangge.packs.checking import sound_pack
from wangge.packs.contents import RULES, Pack, RulesFile
from wangge.packs.documents import calendar_rows, city_row
from wangge.packs.faults import Fault, PackFaulty, PackOfAnotherCity
from wangge.packs.flows import whole_flows
from wangge.packs.rotated import check_rotations
from wangge.packs.schema import CityHead
from wangge.packs.stored import RULES_STORED, STORED, Stored
from wangge.packs.trees import paths
from wangge.packs.walkers import load_walkers

Progress = Callable[[str], None]
logger = logging.getLogger(__name__)
PARTS = (
    *(stored.attribute for stored in STORED),
    "people",
    "appointments",
    "walkers",
    "calendar",
    "flow",
    *(rules.name for rules in RULES),
    "city",
)
#: the calendars, and the kinds of units that say whose calendar it is
MOVING_DEADLINES = ("calendar", "units")


def load_pack(
    folder: Path,
    *,
    at: datetime,
    dry: bool = False,
    people_of_pack: bool = False,
    progress: Progress | None = None,
) -> dict[str, Changes]:
    """Make the pack in `folder` (over its base) what is in force from `at` on; returns the changes by part (PARTS).

    A changed row ends and a new version starts, so that a case keeps what it was judged by. People are added and
    renamed, never removed; appointments no longer in the pack end. The same pack again changes nothing. With `dry`
    nothing is written. `progress` hears the name of each part before it is done. Raises PackFaulty,
    PackOfAnotherCity; RotationUndone unless with `people_of_pack`.
    """
    pack = sound_pack(folder)
    city = _city_of(pack)
    with alone():
        held = City.objects.first()
        if held is not None and held.code != city.code:
            raise PackOfAnotherCity(held=held.code, given=city.code)
        if not people_of_pack:
            check_rotations(pack)
        changes = put_in_force(pack, at=at, dry=dry, progress=progress)
    forget_all()
    if not dry:
        counts = {part: (len(c.added), len(c.changed), len(c.ended)) for part, c in changes.items() if c}
        logger.info(
            "pack %s %s loaded; added, changed, ended: %s", pack.name, folder.name, counts or "nothing"
        )
    return changes


def put_in_force(
    pack: Pack,
    *,
    at: datetime,
    parts: Collection[str] = PARTS,
    dry: bool = False,
    progress: Progress | None = None,
) -> dict[str, Changes]:
    """Make these parts of a sound pack what is in force, inside `alone`; returns the changes by part.

    With `dry` nothing is written. Raises nothing of its own: the pack was checked.
    """
    changes = _Load(pack, at, dry, progress or (lambda part: None)).run(parts)
    if not dry and any(changes.get(part) for part in MOVING_DEADLINES):
        defer_recomputing()
    return changes


def _city_of(pack: Pack) -> CityHead:
    assert pack.head is not None  # a sound pack has one
    if pack.head.city is None:
        zh, en = (
            "这是基础包，没有城市；请载入城市的数据包。",
            "This is a base pack without a city; load a city's pack.",
        )
        raise PackFaulty(pack.name, [Fault(f"{pack.name}/pack.yaml", 0, zh, en)])
    return pack.head.city


class _Load:
    """One load: `changes` fills part by part."""

    def __init__(self, pack: Pack, at: datetime, dry: bool, progress: Progress) -> None:
        self.pack, self.at, self.dry, self.progress = pack, at, dry, progress
        self.changes: dict[str, Changes] = {}

    def run(self, parts: Collection[str]) -> dict[str, Changes]:
        ways: dict[str, Callable[[], Changes]] = {
            s.attribute: partial(self._channels if s.model is ChannelVersion else self._stored, s)
            for s in STORED
        }
        ways |= {
            "people": self._people, "appointments": self._appointments, "walkers": self._walkers,
            "calendar": self._calendar, "flow": self._flow, "city": self._city,
        }  # fmt: skip
        ways |= {rules.name: partial(self._rules, rules) for rules in RULES}
        for part in (part for part in PARTS if part in parts):
            self.progress(part)
            self.changes[part] = ways[part]()
        return self.changes

    def _stored(self, stored: Stored) -> Changes:
        return self._versions(stored.model, stored.rows(self.pack), stored.columns)

    def _rules(self, rules: RulesFile) -> Changes:
        document = self.pack.rules.get(rules.name)
        rows = [document.model_dump(mode="json")] if document else []
        return self._versions(
            RULES_STORED[rules.name],
            [{"code": row["code"], "document": row} for row in rows],
            ("code", "document"),
        )

    def _calendar(self) -> Changes:
        rows = calendar_rows(self.pack)
        return self._versions(CalendarVersion, rows, tuple(rows[0]))

    def _versions(self, model: Any, rows: Any, columns: tuple[str, ...]) -> Changes:
        return synchronise(model, rows, at=self.at, columns=columns, dry=self.dry)

    def _people(self) -> Changes:
        held = {person.login: person for person in Person.objects.only("login", "name", "source")}
        wanted = {row.login: row for row in self.pack.people.rows.values()}
        changes, fresh, renamed = Changes(), [], []
        unusable = make_password(None)
        for login, row in wanted.items():
            person = held.get(login)
            if person is None:
                fresh.append(Person(login=login, name=row.name, source=row.source, password=unusable))
                changes.added.append((login,))
            elif (person.name, person.source) != (row.name, row.source):
                person.name, person.source = row.name, row.source
                renamed.append(person)
                changes.changed.append((login,))
            else:
                changes.unchanged += 1
        if not self.dry:
            Person.objects.bulk_create(fresh, batch_size=2000)
            Person.objects.bulk_update(renamed, ["name", "source"], batch_size=500)
            names = ("person_id", "name", "source")
            rows = (
                dict(zip(names, row, strict=True)) for row in Person.objects.values_list("pk", *names[1:])
            )
            self._versions(PersonName, rows, names)
        return changes

    def _appointments(self) -> Changes:
        ids = dict(Person.objects.values_list("login", "pk"))
        if self.dry:  # people yet to be made stand under numbers no row has
            fresh = {row.login for row in self.pack.people.rows.values()} - ids.keys()
            ids |= {login: -number for number, login in enumerate(sorted(fresh), start=1)}
        unit, area = paths(self.pack.units), paths(self.pack.areas)
        rows = [
            {"person_id": ids[row.login], "post": row.post, "unit": row.unit, "unit_path": unit[row.unit],
             "area": row.area, "area_path": area[row.area]}
            for row in self.pack.people.rows.values()
        ]  # fmt: skip
        changes = self._versions(
            Appointment, rows, ("person_id", "post", "unit", "unit_path", "area", "area_path")
        )
        logins = {pk: login for login, pk in ids.items()}
        for keys in (changes.added, changes.changed, changes.ended):
            keys[:] = [(logins[pk], *rest) for pk, *rest in keys]
        return changes

    def _walkers(self) -> Changes:
        return load_walkers(
            self.pack, self.at.astimezone(ZoneInfo(_city_of(self.pack).time_zone)).date(), dry=self.dry
        )

    def _channels(self, stored: Stored) -> Changes:
        if not self.dry:
            codes = (Channel(code=code) for (code,) in self.pack.channels.rows)
            Channel.objects.bulk_create(codes, ignore_conflicts=True)
        return self._stored(stored)

    def _flow(self) -> Changes:
        rows = [
            {"area": area, "code": document["code"], "document": document, "said": self.pack.flows.get(area)}
            for area, document in whole_flows(self.pack).items()
        ]
        changes = self._versions(FlowVersion, rows, ("area", "code", "document", "said"))
        for keys in (changes.added, changes.changed, changes.ended):
            keys[:] = [(area or rows[0]["code"],) for (area,) in keys]
        return changes

    def _city(self) -> Changes:
        row = city_row(self.pack)
        held = City.objects.values(*row).first()
        changes = Changes(unchanged=int(held == row))
        if held != row:
            (changes.changed if held else changes.added).append((row["code"],))
        if not self.dry and (changes or any(self.changes.values())):
            City.objects.update_or_create(id=1, defaults=row)
            new_revision()
        return changes
