# SPDX-License-Identifier: Apache-2.0
"""What a form or an address of this room holds, as the actions take it; keyset paging."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.http import QueryDict

from wangge.common.errors import BadInput

ROWS = 30
#: the largest id there can be
_MOST = 2**63 - 1
T = TypeVar("T")


class FormIncomplete(BadInput):
    code = "form_incomplete"
    zh = "页面提交的内容不完整，请刷新页面后重试。"
    en = "The page sent something incomplete; reload it and try again."


class NotADay(BadInput):
    code = "not_a_day"
    zh = "“{text}”不是日期，请按 2026-11-22 的形式填写。"
    en = "“{text}” is no date; write it like 2026-11-22."


def key_of(given: QueryDict) -> UUID:
    """The key the page was given. Raises FormIncomplete."""
    try:
        return UUID(given.get("key", ""))
    except ValueError:
        raise FormIncomplete from None


def whole(text: str) -> int | None:
    """A number from 0 on, None when empty; raises FormIncomplete."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > _MOST:
        raise FormIncomplete
    return int(text)


def day_of(text: str) -> date:
    """Raises NotADay, for an empty text too."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotADay(text=text[:20]) from None
    if not 1900 <= day.year <= 2200:  # the ends of the calendar have no day before or after
        raise NotADay(text=text[:20])
    return day


def month_of(text: str, today: date) -> date:
    """The first day of a month written 2026-11; of the present one when empty. Raises NotADay."""
    return day_of(f"{text}-01") if text else today.replace(day=1)


def after_of(given: QueryDict) -> tuple[datetime, int] | None:
    """The keyset of `?after=moment,id`; raises FormIncomplete."""
    text = given.get("after", "")
    if not text:
        return None
    moment, _, row = text.partition(",")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise FormIncomplete from None
    number = whole(row)
    if at.tzinfo is None or number is None or not 1900 < at.year < 9000:
        raise FormIncomplete
    return at, number


def page_of(rows: Sequence[T], given: QueryDict, sort: str) -> tuple[Sequence[T], str]:
    """The first ROWS of `rows` (asked for one more), and the query of the next page or ""."""
    if len(rows) <= ROWS:
        return rows, ""
    last = rows[ROWS - 1]
    key = str(last.pk)  # type: ignore[attr-defined]
    query = given.copy()
    query["after"] = f"{getattr(last, sort).isoformat()},{key}" if sort else key
    return rows[:ROWS], query.urlencode()


def first_query(given: QueryDict) -> str:
    """The query of the first page: the same without the keyset."""
    query = given.copy()
    query.pop("after", None)
    return query.urlencode()
