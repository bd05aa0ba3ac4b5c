# SPDX-License-Identifier: Apache-2.0
"""What a value in a pack's file may be, and how it stands in the file and in the database."""

import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError


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
#: a date as 2026-11-22, or nothing
Day = Annotated[
    date | None,
    BeforeValidator(lambda v: _day(v)),
    PlainSerializer(lambda v: v.isoformat() if v else "", when_used="json"),
]
#: the largest number a limit may be: beyond every real one, and within the columns of the database
MOST = 100_000
#: a limit: a whole number above nothing, or none
NumberOrNone = Annotated[
    Annotated[int, Field(gt=0, le=MOST)] | None,
    BeforeValidator(lambda v: None if v == "" else v),
    PlainSerializer(lambda v: "" if v is None else str(v), when_used="json"),
]
#: JSON's null is the empty text
CodeOrNull = Annotated[
    str, BeforeValidator(lambda v: v or ""), PlainSerializer(lambda v: v or None, when_used="json")
]


def _day(value: Any) -> Any:
    if value in ("", None) or isinstance(value, date):
        return value or None
    return date.fromisoformat(iso_date(value))


def iso_date(value: Any) -> str:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            date.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise PydanticCustomError("iso_date", "not a date")


Kind = Literal["component", "event", "service", "hazard", "dispute", "campaign"]
UnitKind = Literal["centre", "department", "street", "station", "squad", "company"]
UnitKinds = Annotated[
    list[UnitKind],
    BeforeValidator(lambda v: [c for c in v.split(";") if c] if isinstance(v, str) else v),
    PlainSerializer(";".join, when_used="json"),
]


#: the clock of a limit a norm may lack
OtherClock = Literal["", "urgent_minute", "urgent_hour", "urgent_day", "work_hour", "work_day", "natural_day"]


class Row(BaseModel):
    """A row: nothing but the columns named, nothing missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@cache
def columns(row: type[Row]) -> tuple[str, ...]:
    """The columns of `row` as the file names them, in order."""
    return tuple(field.alias or name for name, field in row.model_fields.items())


@cache
def optional(row: type[Row]) -> frozenset[str]:
    """The columns of `row` a file may leave out."""
    return frozenset(f.alias or name for name, f in row.model_fields.items() if not f.is_required())
