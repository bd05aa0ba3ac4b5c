# SPDX-License-Identifier: Apache-2.0
"""Working hours, holidays and make-up working days."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from wangge.organizations.calendars import DayKind
from wangge.packs.schema.fields import Row, UnitKind, coded, iso_date, named


class HolidayRow(Row):
    day: Annotated[str, BeforeValidator(iso_date)] = Field(alias="date")
    name_zh: str = named(100)
    name_en: str = named(100)
    kind: DayKind


class Week(Row):
    """Working intervals "08:00-12:00" of each weekday."""

    mon: list[str]
    tue: list[str]
    wed: list[str]
    thu: list[str]
    fri: list[str]
    sat: list[str]
    sun: list[str]


class Season(Row):
    """Other hours from `first` to `last` ("MM-DD", both included; across New Year where first comes after last)."""

    first: str = Field(pattern=r"^\d\d-\d\d$")
    last: str = Field(pattern=r"^\d\d-\d\d$")
    weekly: Week


class CalendarRow(Row):
    """The work calendar of the units of these kinds; "standard", with no kinds, is everybody else's."""

    code: str = coded(30)
    name_zh: str = named(50)
    name_en: str = named(50)
    unit_kinds: list[UnitKind]
    weekly: Week
    seasons: list[Season] = []


class Calendar(Row):
    """calendar.yaml."""

    first_year: int = Field(ge=1900, le=2200)
    last_year: int = Field(ge=1900, le=2200)
    calendars: list[CalendarRow] = Field(min_length=1)
