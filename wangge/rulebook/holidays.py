# SPDX-License-Identifier: Apache-2.0
"""The holidays of a year from their file: what they would change, year by year, and their way into a draft; at the
installation of a city, before its first case, straight into force."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from wangge.cases.models import Case
from wangge.common.errors import BadInput, Conflict
from wangge.common.fresh import forget_all, new_revision
from wangge.common.versions import alone
from wangge.organizations.directory import Actor
from wangge.packs import schema
from wangge.packs.checking import check_pack
from wangge.packs.contents import Key, Place
from wangge.packs.exporting import calendar_in_force, pack_in_force, source_of, table_in_force
from wangge.packs.faults import PackFaulty
from wangge.packs.loading import put_in_force
from wangge.packs.sheets import CellFault, read_sheet
from wangge.rulebook import drafts
from wangge.rulebook.importing import read_rows
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import note_pack
from wangge.rulebook.tables import reference_table

TABLE = "holidays"
Row = dict[str, Any]


class HolidaysFaulty(BadInput):
    """`faults`: each with its cell."""

    code = "holidays_faulty"
    zh = "{listing}\n文件没有取用，错误数：{count}。请改正后再试。"
    en = "The file was not taken; faults: {count}, listed above. Correct them and try again."

    def __init__(self, faults: list[CellFault]) -> None:
        self.faults = faults
        listing = "\n".join(f"{fault.cell}: {fault.zh} {fault.en}" for fault in faults)
        super().__init__(count=len(faults), listing=listing)


class YearTurnedBack(BadInput):
    code = "year_turned_back"
    zh = "数据截止年现在是 {held} 年，不能改为更早的 {given} 年。"
    en = "The calendar has data until {held}; that cannot be set back to {given}."


class CityAtWork(Conflict):
    code = "city_at_work"
    zh = "本市已有案卷：节假日只能由草稿经两人发布。请写明 --as 和管理员的登录名。"
    en = "This city has cases already: holidays go through a draft and two people. Name an administrator with --as."


class YearCounts(NamedTuple):
    """Days of a year: what the file changes in it, and how many it has afterwards."""

    year: str
    added: int
    changed: int
    ended: int
    same: int
    total: int


@dataclass(frozen=True)
class Holidays:
    """A file beside what is in force. `rows`: as they are to be, None = ended; only those that change."""

    rows: dict[Key, Row | None]
    before: dict[Key, Row]
    calendar: schema.Calendar
    years: list[YearCounts] = field(default_factory=list)

    @property
    def without_days(self) -> list[int]:
        """Years the calendar says it has data for, in which no day is a holiday or a make-up day."""
        there = {int(count.year) for count in self.years if count.total}
        return [
            year for year in range(self.calendar.first_year, self.calendar.last_year + 1) if year not in there
        ]

    @property
    def beyond(self) -> list[int]:
        """Years with days after the last one the calendar says it has data for: no limit is counted in them."""
        return [int(c.year) for c in self.years if c.total and int(c.year) > self.calendar.last_year]


def compare(content: bytes, *, end_missing: bool, last_year: int | None) -> Holidays:
    """What a file (CSV or xlsx, the columns of holidays.csv) would change. `end_missing`: days in force that it lacks, in
    the years it names, end; `last_year`: the calendar's data are complete until then. Raises HolidaysFaulty,
    YearTurnedBack and what a sheet is refused with."""
    table = reference_table(TABLE)
    read = read_rows(table, read_sheet(content, {name: name for name in table.columns}, table.columns))
    if read.faults:
        raise HolidaysFaulty(sorted(read.faults))
    calendar = calendar_in_force()
    if last_year is not None:
        if last_year < calendar.last_year:
            raise YearTurnedBack(held=calendar.last_year, given=last_year)
        calendar = calendar.model_copy(update={"last_year": last_year})
    before = {k: row.model_dump(mode="json", by_alias=True) for k, row in table_in_force(TABLE).rows.items()}
    named = _years(read.rows)
    missing = [key for key in before if key not in read.rows and _year(key) in named] if end_missing else []
    rows: dict[Key, Row | None] = {key: row for key, row in read.rows.items() if row != before.get(key)}
    rows |= dict.fromkeys(missing)
    return Holidays(rows, before, calendar, _counts(read.rows, rows, before))


def _year(key: Key) -> str:
    return key[0][:4]


def _years(keys: Iterable[Key]) -> Counter[str]:
    return Counter(map(_year, keys))


def _counts(
    given: Iterable[Key], rows: Mapping[Key, Row | None], before: Mapping[Key, Row]
) -> list[YearCounts]:
    named = _years(given)
    added = _years(key for key, row in rows.items() if row and key not in before)
    changed = _years(key for key, row in rows.items() if row and key in before)
    ended = _years(key for key, row in rows.items() if row is None)
    after = _years({*before, *rows} - {key for key, row in rows.items() if row is None})
    return [
        YearCounts(y, added[y], changed[y], ended[y], named[y] - added[y] - changed[y], after[y])
        for y in sorted({*named, *after})
    ]


@transaction.atomic
def put_into_draft(found: Holidays, title: str, *, actor: Actor, at: datetime) -> Draft | None:
    """A new draft of the actor's with what the file changes; None where that is nothing. Raises what a change is refused
    with."""
    in_force = calendar_in_force()
    if not found.rows and found.calendar == in_force:
        return None
    draft = drafts.start(title, actor=actor, at=at)
    drafts.check_whole_city(TABLE, actor)
    drafts.put_many(draft.pk, TABLE, found.rows, found.before, actor=actor, at=at)
    if found.calendar != in_force:
        document = found.calendar.model_dump(mode="json")
        drafts.put_row(draft.pk, "calendar", document, key=None, actor=actor, at=at)
    return draft


def load(found: Holidays, name: str, *, at: datetime) -> None:
    """Put what the file changes in force, before the city has a case. Raises CityAtWork, PackFaulty."""
    if Case.objects.exists():
        raise CityAtWork
    with alone():
        pack = pack_in_force()
        pack.calendar = found.calendar
        pack.sources["calendar.yaml"] = source_of("calendar.yaml", pack.calendar)
        for key, row in found.rows.items():
            if row is None:
                pack.holidays.rows.pop(key)
            else:
                pack.holidays.places.setdefault(key, Place("holidays.csv", len(pack.holidays.places) + 2))
                pack.holidays.rows[key] = schema.HolidayRow.model_validate(row)
        if faults := check_pack(pack, changed=()):
            raise PackFaulty(name, sorted(set(faults)))
        changes = put_in_force(pack, at=at, parts={"calendar"})
        new_revision()
        note_pack(name, changes, at)
    forget_all()
