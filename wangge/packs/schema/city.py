# SPDX-License-Identifier: Apache-2.0
"""The city, its areas, grids, units, posts and people."""

import re
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from wangge.packs.schema.fields import MOST, CodeOrNull, Row, UnitKind, YesNo, coded, named, said


class Duplicate(Row):
    """A report of the same class within `metres` and `hours` is a duplicate candidate."""

    metres: int = Field(gt=0)
    hours: int = Field(gt=0)


class CityHead(Row):
    """The section `city` of a city pack's pack.yaml."""

    code: str = coded(20)
    name_zh: str = named(100)
    name_en: str = named(100)
    time_zone: str
    case_number_prefix: str = Field(pattern=r"^[A-Z][A-Z0-9]*$", max_length=10)
    center: tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
    zoom: float = Field(gt=0, le=22)
    default_unit: str = coded(50)
    #: the level at which cases are dispatched first; a case goes up from there by escalation
    command_level: str = coded(20)
    duplicate: Duplicate
    #: the people are invented: a demonstration may give them passwords and act in their names
    demo_people: bool

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise PydanticCustomError("time_zone", "unknown time zone")
        return value


class Head(Row):
    """pack.yaml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)
    title_zh: str = named(200)
    title_en: str = named(200)
    version: str = named(50)
    base: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)
    licence: str = named(500)
    notice: list[str]
    #: files of rows taken whole, or not at all where the pack has none, instead of row by row over the base's: there is
    #: no row that says "not in this city"
    replaces: list[str] = []
    city: CityHead | None = None


class LevelRow(Row):
    code: str = coded(20)
    name_zh: str = named(50)
    name_en: str = named(50)


class AreaRow(Row):
    code: str = coded(20)
    name_zh: str = named(100)
    name_en: str = named(200)
    level: str = coded(20)
    parent: str = coded(20, empty=True)
    grade: str = Field("", max_length=30)
    source: str = said(300)


class LayerRow(Row):
    code: str = coded(30)
    name_zh: str = named(100)
    name_en: str = named(100)


class GridRow(Row):
    """A line of grids/<layer>.geojsonl: its properties, with the layer and the geometry beside them."""

    layer: str = coded(30)
    code: str = coded(30)
    name_zh: str = named(100)
    name_en: str = named(200)
    area: str = coded(20)
    parent: CodeOrNull = coded(30, empty=True)
    source: str = said(300)
    boundary: dict[str, Any]


class UnitRow(Row):
    code: str = coded(50)
    name_zh: str = named(100)
    name_en: str = named(200)
    kind: UnitKind
    parent: str = coded(50, empty=True)
    area: str = coded(20, empty=True)
    source: str = said(300)


class UnitHoursRow(Row):
    """unit_hours.csv: when a unit is on duty, on the city's wall clock as 08:00; past midnight where `ends` comes before
    `begins`. For its people without hours of their own, and for units below it without any; without a row: always."""

    unit: str = coded(50)
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    begins: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    ends: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    source: str = said(300)


class PostRow(Row):
    code: str = coded(30)
    name_zh: str = named(50)
    name_en: str = named(50)
    axis: Literal["supervision", "command", "unit", "none"]
    permissions: list[str]


class PersonRow(Row):
    """One appointment. Nothing else about a person has a place here."""

    login: str = coded(60)
    name: str = named(100)
    post: str = coded(30)
    unit: str = coded(50, empty=True)
    area: str = coded(20)
    source: str = said(300)

    @field_validator("name")
    @classmethod
    def _no_number(cls, value: str) -> str:
        if re.search(r"\d{7}", value):
            raise PydanticCustomError("personal_number", "looks like a telephone or identity number")
        return value


class DutyRow(Row):
    """supervision.csv: the squad that walks a supervision grid."""

    grid: str = coded(30)
    unit: str = coded(50)
    source: str = said(300)


class WalkerRow(Row):
    """walkers.csv, where there is one: the supervision grid an inspector of its squad walks at the start. Rotation plans say
    it from then on."""

    login: str = coded(60)
    grid: str = coded(30)
    source: str = said(300)


class ChannelRow(Row):
    code: str = coded(30)
    name_zh: str = named(50)
    name_en: str = named(50)
    callback: YesNo
    external: YesNo


class HotlineRow(Row):
    """hotlines.csv: a channel that is a telephone. `calling_code`: of the country, left out of a number.

    Earlier calls from a number, and like matters, are shown `repeat_days` back; a caller not reached is tried again after
    `retry_hours`; the contact is deleted `contact_days` after the matter has ended, the texts of a call answered at once
    after `answered_days`, the texts and photos of a visit to premises after the longest `answered_days`, counted from the end of
    the last case reported from it.
    """

    channel: str = coded(30)
    calling_code: str = Field(pattern=r"^[1-9]\d{0,3}$")
    repeat_days: int = Field(gt=0, le=MOST)
    retry_hours: int = Field(gt=0, le=MOST)
    contact_days: int = Field(gt=0, le=MOST)
    answered_days: int = Field(gt=0, le=MOST)
    source: str = said(300)
