# SPDX-License-Identifier: Apache-2.0
"""The filters of the list of cases, as they stand in its address."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.http import QueryDict

from wangge.cases.queries import Filters
from wangge.common.errors import BadInput
from wangge.grids.queries import city


class NotADate(BadInput):
    code = "not_a_date"
    zh = "“{text}”不是日期，请写成 2026-03-15。"
    en = "“{text}” is not a date; write it as 2026-03-15."


class NotAnAnswer(BadInput):
    code = "not_an_answer"
    zh = "“{text}”不是附加字段的条件，请写成 字段:值，例如 depth_cm:50。"
    en = "“{text}” does not name a form field and its value; write field:value, such as depth_cm:50."


class WordTooShort(BadInput):
    code = "word_too_short"
    zh = "“{word}”只有一个字，无法查找；每个词至少两个字。"
    en = "“{word}” is a single character; each word of a search needs two or more."


def filters_of(given: QueryDict) -> Filters:
    """Filters from the address; `since` and `until` are whole days in the city's zone.

    Raises NotADate, WordTooShort, NotAnAnswer.
    """
    until = day_of(given.get("until", ""))
    return Filters(
        state=given.get("state", ""),
        class_code=given.get("class_code", ""),
        area=given.get("area", ""),
        grid=given.get("grid", ""),
        unit=given.get("unit", ""),
        channel=given.get("channel", ""),
        since=_midnight(day_of(given.get("since", ""))),
        until=_midnight(until + timedelta(days=1)) if until else None,
        words=words_of(given.get("words", "")),
        light=given.get("light", ""),
        only_open=given.get("open") == "1",
        answer=answer_of(given.get("field", "")),
    )


def answer_of(text: str) -> tuple[str, str] | None:
    """(field, value) of `field:value`, None when empty; raises NotAnAnswer."""
    if not text.strip():
        return None
    name, colon, value = (part.strip() for part in text.replace("：", ":", 1).partition(":"))
    if not name or not value or not colon or "\0" in text or len(text) > 300:
        raise NotAnAnswer(text=text[:40])
    return name, value


def number_of(text: str) -> str:
    """`text` as a case's number, or its last digits (four or more); "" when it is neither."""
    typed = unicodedata.normalize("NFKC", text).strip().upper()
    prefix = re.escape(city().case_number_prefix)
    return typed if re.fullmatch(rf"({prefix})?[0-9]{{4,36}}", typed) else ""


def words_of(text: str) -> str:
    """The words of a search, which goes by pairs of neighbouring characters; raises WordTooShort."""
    words = text.strip()[:100]
    for word in words.split():
        if len(word) < 2:
            raise WordTooShort(word=word)
    return words


def day_of(text: str) -> date | None:
    """A day as typed, None when empty; raises NotADate."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotADate(text=text[:20]) from None
    if not 1900 <= day.year <= 2200:  # the ends of the calendar have no day after, or none in another zone
        raise NotADate(text=text[:20])
    return day


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), city().zone) if day else None
