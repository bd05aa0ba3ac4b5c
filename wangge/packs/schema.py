# SPDX-License-Identifier: Apache-2.0
"""The files of a pack as pydantic models: what each row holds, in the names of the file.

Python names are the columns of the database; where the file says otherwise (`class`) an alias does. Dumped in
mode "json" and by alias a row is what stands in the file; dumped plainly it is what stands in the database.
Longest texts are those of the database's columns.
"""

import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from wangge.cases.deadlines import Clock
from wangge.organizations.calendars import DayKind


def coded(longest: int, *, empty: bool = False, alias: str | None = None) -> Any:
    """A field holding a code: letters, digits and `. _ -` (a path joins codes by "/")."""
    return Field(pattern=rf"^[\w.\-]{'*' if empty else '+'}$", max_length=longest, alias=alias)


def named(longest: int) -> Any:
    """A field holding a name: not empty, one line, no blanks at its ends."""
    return Field(pattern=r"^\S(.*\S)?$", max_length=longest)


def said(longest: int) -> Any:
    """A field holding any text, or none."""
    return Field(max_length=longest)


#: context of a validation whose values come from the database
IN_DATABASE = "database"


def _yes_no(value: Any) -> Any:
    if value in ("yes", "no"):
        return value == "yes"
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("yes_no", "write yes or no")


def _any_code(value: Any, info: ValidationInfo) -> Any:
    if value == "" and info.context != IN_DATABASE:
        raise PydanticCustomError("star", "write * for any")
    return "" if value == "*" else value


YesNo = Annotated[
    bool, BeforeValidator(_yes_no), PlainSerializer(lambda v: "yes" if v else "no", when_used="json")
]
Codes = Annotated[
    list[str],
    BeforeValidator(lambda v: [c for c in v.split(";") if c] if isinstance(v, str) else v),
    PlainSerializer(";".join, when_used="json"),
]
#: a code, or "*" for any, which the database keeps as empty
AnyCode = Annotated[str, BeforeValidator(_any_code), PlainSerializer(lambda v: v or "*", when_used="json")]
#: JSON's null is the empty text
CodeOrNull = Annotated[
    str, BeforeValidator(lambda v: v or ""), PlainSerializer(lambda v: v or None, when_used="json")
]


class Row(BaseModel):
    """A row: nothing but the columns named, nothing missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


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
    #: files taken whole instead of row by row over the base's: there is no row that says "not in this city"
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
    kind: Literal["centre", "department", "street", "station", "squad", "company"]
    parent: str = coded(50, empty=True)
    area: str = coded(20, empty=True)
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


class ResponsibilityRow(Row):
    class_code: AnyCode = coded(30, empty=True, alias="class")
    place: AnyCode = coded(30, empty=True)
    owner: AnyCode = coded(50, empty=True)
    lead: str = coded(50)
    assist: Codes
    basis_zh: str = said(300)
    basis_en: str = said(300)
    source: str = said(300)


class ClassRow(Row):
    code: str = coded(30)
    parent: str = coded(30, empty=True)
    level: Literal["major", "minor", "detail"]
    kind: Literal["component", "event"]
    module: str = named(50)
    name_zh: str = named(200)
    name_en: str = named(200)
    source: str = said(300)
    confidence: str = said(50)


class NormRow(Row):
    code: str = coded(40)
    class_code: str = coded(30, alias="class")
    condition_zh: str = named(500)
    condition_en: str = named(500)
    limit: int = Field(gt=0)
    clock: Clock
    closing_zh: str = said(300)
    closing_en: str = said(300)
    photos_report: int = Field(ge=0, le=20)
    photos_handle: int = Field(ge=0, le=20)
    photos_check: int = Field(ge=0, le=20)
    area_grade: str = said(30)
    legal_basis: str = said(300)
    source: str = said(300)
    local: YesNo


class HolidayRow(Row):
    day: str = Field(alias="date")
    name_zh: str = named(100)
    name_en: str = named(100)
    kind: DayKind

    @field_validator("day")
    @classmethod
    def _iso(cls, value: str) -> str:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise PydanticCustomError("iso_date", "not a date")
        try:
            date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("iso_date", "not a date") from None
        return value


class ChannelRow(Row):
    code: str = coded(30)
    name_zh: str = named(50)
    name_en: str = named(50)
    callback: YesNo
    external: YesNo


class Week(Row):
    """Working intervals "08:00-12:00" of each weekday."""

    mon: list[str]
    tue: list[str]
    wed: list[str]
    thu: list[str]
    fri: list[str]
    sat: list[str]
    sun: list[str]


class Calendar(Row):
    """calendar.yaml."""

    weekly: Week
    first_year: int = Field(ge=1900, le=2200)
    last_year: int = Field(ge=1900, le=2200)


@cache
def columns(row: type[Row]) -> tuple[str, ...]:
    """The columns of `row` as the file names them, in order."""
    return tuple(field.alias or name for name, field in row.model_fields.items())
