# SPDX-License-Identifier: Apache-2.0
"""What stands in an address or was typed into a form of these pages, as the actions take it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.http import QueryDict

from wangge.common.errors import BadInput
from wangge.grids.queries import city
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.directory import Actor

ROWS = 30
T = TypeVar("T")


class NoDay(BadInput):
    code = "oversight_no_day"
    zh = "“{text}”不是日期，请写成 2026-03-15；时间写成 2026-03-15 09:00。"
    en = "“{text}” is not a date; write it as 2026-03-15, a moment as 2026-03-15 09:00."


class FormBroken(BadInput):
    code = "oversight_form_broken"
    zh = "页面提交的内容不完整，请刷新页面后重试。"
    en = "The page sent something incomplete; reload it and try again."


def require_one(actor: Actor, *permissions: Permission) -> None:
    """Raise PermissionMissing unless the actor has one of them."""
    if not any(permission in actor.permissions for permission in permissions):
        raise PermissionMissing(permission=permissions[0].value)


def day_of(text: str) -> date | None:
    """A day as typed, None when empty; raises NoDay."""
    text = text.strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoDay(text=text[:20]) from None
    if not 1900 <= day.year <= 2200:  # the ends of the calendar have no day after
        raise NoDay(text=text[:20])
    return day


def moment_of(text: str) -> datetime | None:
    """A moment of the city's clock as typed, None when empty; raises NoDay."""
    text = text.strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NoDay(text=text[:20]) from None
    if not 1900 <= at.year <= 2200 or at.tzinfo is not None:
        raise NoDay(text=text[:20])
    return at.replace(tzinfo=city().zone)


def period(given: QueryDict, today: date) -> tuple[date, date]:
    """`?since=` and `?until=`, both included; this year without them. Raises NoDay."""
    since, until = day_of(given.get("since", "")), day_of(given.get("until", ""))
    return since or date(today.year, 1, 1), until or today


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments a period begins with, and those after it begin with, in the city's zone."""
    zone = city().zone
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def whole(text: str) -> int | None:
    """A number the page itself put into the form, None when empty; raises FormBroken."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise FormBroken
    return int(text)


def key_of(given: QueryDict) -> UUID:
    """The key the page was given; raises FormBroken."""
    try:
        return UUID(given.get("key", ""))
    except ValueError:
        raise FormBroken from None


def after_of(given: QueryDict) -> tuple[datetime, int] | None:
    """The keyset of `?after=moment,id`; raises FormBroken."""
    text = given.get("after", "")
    if not text:
        return None
    moment, _, row = text.partition(",")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise FormBroken from None
    if at.tzinfo is None or not 1900 <= at.year <= 2200 or not row:
        raise FormBroken
    return at, whole(row) or 0


def paged(rows: Sequence[T], given: QueryDict, sort: str) -> dict[str, object]:
    """`rows` (asked for one more than ROWS), `next` and `first` for oversight/more.html."""
    query = given.copy()
    query.pop("after", None)
    page: dict[str, object] = {
        "rows": rows[:ROWS],
        "next": "",
        "first": "after" not in given,
        "first_query": query.urlencode(),
    }
    if len(rows) > ROWS:
        last = rows[ROWS - 1]
        query["after"] = f"{getattr(last, sort).isoformat()},{last.id}"  # type: ignore[attr-defined]
        page["next"] = query.urlencode()
    return page
