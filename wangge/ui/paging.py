# SPDX-License-Identifier: Apache-2.0
"""Keyset paging: the address of the next page names the last row of this one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.http import QueryDict

from wangge.ui.input import BrokenForm

ROWS = 30
T = TypeVar("T")


def after_of(given: QueryDict) -> tuple[datetime, int] | None:
    """The keyset of `?after=moment,id`; raises BrokenForm."""
    text = given.get("after", "")
    if not text:
        return None
    try:
        moment, row = text.split(",")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError
        return at, int(row)
    except ValueError:
        raise BrokenForm from None


def id_of(given: QueryDict, name: str) -> int | None:
    """The keyset of an address that names a row by its id alone; raises BrokenForm."""
    text = given.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BrokenForm
    return int(text)


def first_query(given: QueryDict) -> str:
    """The query of the first page: the same without the keyset."""
    query = given.copy()
    query.pop("after", None)
    return query.urlencode()


def page_of(rows: Sequence[T], given: QueryDict, sort: str) -> tuple[Sequence[T], str]:
    """The first ROWS of `rows` (asked for one more), and the query of the next page or ""."""
    if len(rows) <= ROWS:
        return rows, ""
    last: Any = rows[ROWS - 1]
    return rows[:ROWS], query_after(given, getattr(last, sort), last.id)


def query_after(given: QueryDict, moment: datetime, row: int) -> str:
    """The query of the page that begins after the keyset."""
    query = given.copy()
    query["after"] = f"{moment.isoformat()},{row}"
    return query.urlencode()
