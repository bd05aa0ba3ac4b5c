# SPDX-License-Identifier: Apache-2.0
"""The work calendar as a form, and a year of it as months."""

import re
import unicodedata
from calendar import Calendar as Months
from collections.abc import Mapping
from datetime import date
from itertools import count, takewhile
from typing import Any, NamedTuple

from django.http import QueryDict

from wangge.organizations.calendars import DayKind, in_season
from wangge.organizations.directory import WEEKDAYS
from wangge.packs import schema
from wangge.packs.contents import Pack
from wangge.packs.exporting import source_of
from wangge.packs.hours import calendar_faults
from wangge.ui.words import language


def typed_calendar(given: QueryDict) -> dict[str, Any]:
    """What the form sent as calendar.yaml says it; a calendar marked to go, and a new one without a name, are left out."""
    calendars = []
    for number in takewhile(lambda number: f"{number}-code" in given, count()):
        code = given.get(f"{number}-code", "").strip()
        if code and f"{number}-remove" not in given:
            calendars.append(
                {
                    "code": code,
                    "name_zh": given.get(f"{number}-name_zh", "").strip(),
                    "name_en": given.get(f"{number}-name_en", "").strip(),
                    "unit_kinds": given.getlist(f"{number}-unit_kinds"),
                    "weekly": _week(given, f"{number}"),
                    "seasons": _seasons(given, f"{number}"),
                }
            )
    years = {name: whole(given.get(name, "")) for name in ("first_year", "last_year")}
    return {**years, "calendars": calendars}


def _seasons(given: QueryDict, prefix: str) -> list[dict[str, Any]]:
    found, number = [], 0
    while f"{prefix}-{number}-first" in given:
        here = f"{prefix}-{number}"
        first, last = (given.get(f"{here}-{edge}", "").strip() for edge in ("first", "last"))
        if first or last:
            found.append({"first": first, "last": last, "weekly": _week(given, here)})
        number += 1
    return found


def _week(given: QueryDict, prefix: str) -> dict[str, list[str]]:
    return {day: intervals(given.get(f"{prefix}-{day}", "")) for day in WEEKDAYS}


def intervals(text: str) -> list[str]:
    """Intervals as people type them: "8:00－12:00，14:00-18:00" -> 08:00-12:00, 14:00-18:00."""
    plain = re.sub(r"\s*[-–—~至]\s*", "-", unicodedata.normalize("NFKC", text))
    return [re.sub(r"\b(\d):", r"0\1:", part) for part in re.split(r"[\s,;、]+", plain) if part]


def whole(text: str, digits: int = 6) -> int | str:
    """A whole number typed, or what was typed instead."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return int(plain) if re.fullmatch(rf"\d{{1,{digits}}}", plain, re.ASCII) else plain


def faults_of(document: dict[str, Any]) -> list[str]:
    """What is wrong with its hours, in the reader's language; a document of another shape raises ValidationError."""
    pack = Pack("calendar", calendar=schema.Calendar.model_validate(document))
    pack.sources["calendar.yaml"] = source_of("calendar.yaml", document)
    return [fault.zh if language() == "zh" else fault.en for fault in calendar_faults(pack)]


class Day(NamedTuple):
    """A day of a month; `kind`: work, rest, holiday or makeup; `drafted`: my draft makes it so."""

    day: date
    kind: str
    name: str = ""
    drafted: bool = False


Exceptions = Mapping[str, tuple[str, str, bool]]


def year_of(
    year: int, calendar: dict[str, Any], exceptions: Exceptions
) -> list[tuple[date, list[list[Day | None]]]]:
    """(first day, weeks) of each month; a day of another month is None. `exceptions`: date -> kind, name, drafted."""
    return [
        (
            date(year, month, 1),
            [
                [_day(day, calendar, exceptions) if day.month == month else None for day in week]
                for week in Months().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _day(day: date, calendar: dict[str, Any], exceptions: Exceptions) -> Day:
    if found := exceptions.get(day.isoformat()):
        kind, name, drafted = found
        return Day(day, "makeup" if kind == DayKind.MAKEUP_WORKDAY else "holiday", name, drafted)
    text = f"{day:%m-%d}"
    seasons = (s["weekly"] for s in calendar["seasons"] if in_season(text, s["first"], s["last"]))
    week = next(seasons, calendar["weekly"])
    return Day(day, "work" if week[WEEKDAYS[day.weekday()]] else "rest")
