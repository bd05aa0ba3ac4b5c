# SPDX-License-Identifier: Apache-2.0
"""What people wrote, checked before it is kept."""

from collections.abc import Iterable
from datetime import date, timedelta

from wangge.cases.actions.needs import storable
from wangge.cases.errors import UnstorableText
from wangge.common.numbers import personal_number
from wangge.grids.queries import areas
from wangge.organizations.directory import UnitInfo, directory
from wangge.supervision.errors import DaysWrong, LongText, PersonalNumber, UnitOutside, UnknownUnit

MOST_TITLE, MOST_TEXT, MOST_LINE = 100, 20_000, 500
LONGEST = timedelta(days=731)


def clean(text: str, most: int, zh_field: str, en_field: str) -> str:
    """The text without blanks around it. Raises LongText, UnstorableText, PersonalNumber."""
    text = text.strip().replace("\r\n", "\n")
    if not storable(text):
        raise UnstorableText
    if len(text) > most:
        raise LongText(zh_field=zh_field, en_field=en_field, most=most)
    if personal_number(text):
        raise PersonalNumber
    return text


def known_units(codes: Iterable[str]) -> list[str]:
    """Each once, in order. Raises UnknownUnit."""
    found = list(dict.fromkeys(code for code in codes if code))
    for code in found:
        if code not in directory().units:
            raise UnknownUnit(unit=code[:50])
    return found


def units_within(area_path: str) -> list[UnitInfo]:
    """The units whose own area lies within that one, by code."""
    known = areas()
    found = (
        unit for unit in directory().units.values()
        if unit.area in known and known[unit.area].path.startswith(area_path)
    )  # fmt: skip
    return sorted(found, key=lambda unit: unit.code)


def named_units(codes: Iterable[str], *, area_path: str, others: Iterable[str]) -> list[str]:
    """Units a paper of that area may name: those within it, and `others` (in charge of a case it cites, called to its
    meeting); each once, in order.

    Raises UnknownUnit, UnitOutside.
    """
    found = known_units(codes)
    allowed = {unit.code for unit in units_within(area_path)} | set(others)
    for code in found:
        if code not in allowed:
            raise UnitOutside(unit=directory().units[code].name_zh, en_unit=directory().units[code].name_en)
    return found


def check_days(first: date, last: date) -> None:
    """Raises DaysWrong."""
    if not first <= last <= first + LONGEST:
        raise DaysWrong
