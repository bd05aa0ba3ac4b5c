# SPDX-License-Identifier: Apache-2.0
"""Working hours of a pack's calendar."""

from collections.abc import Iterator
from datetime import time
from itertools import pairwise

from wangge.organizations.calendars import Interval
from wangge.packs.contents import Pack, Source
from wangge.packs.faults import Fault
from wangge.packs.schema import Week


def calendar_faults(pack: Pack) -> Iterator[Fault]:
    """Hours that cannot be read, overlap, or are none at all; years in the wrong order."""
    source, calendar = pack.sources.get("calendar.yaml"), pack.calendar
    if source is None or calendar is None:
        return
    if calendar.first_year > calendar.last_year:
        zh, en = "first_year 晚于 last_year，请改正。", "first_year comes after last_year; correct them."
        yield source.fault(("first_year",), zh, en)
    days = {day: getattr(calendar.weekly, day) for day in Week.model_fields}
    for day, texts in days.items():
        yield from _day_faults(source, day, texts)
    if not any(days.values()):
        zh, en = (
            "一周没有任何工作时间，时限将无法计算。",
            "The week has no working time, so no limit could be computed.",
        )
        yield source.fault(("weekly",), zh, en)


def _day_faults(source: Source, day: str, texts: list[str]) -> Iterator[Fault]:
    intervals: list[Interval] = []
    for index, text in enumerate(texts):
        try:
            intervals.append(read_interval(text))
        except ValueError:
            yield source.fault(
                ("weekly", day, index),
                f'“{text}”不是工作时段，应写成 "08:00-12:00"，起早于止；到午夜写 00:00。',
                f'“{text}” is no working interval: write "08:00-12:00", start before end; midnight is 00:00.',
            )
    for one, two in pairwise(intervals):
        if one.seconds[1] > two.seconds[0]:
            zh, en = (
                "工作时段重叠或次序颠倒，请改正。",
                "Working intervals overlap or are out of order; correct them.",
            )
            yield source.fault(("weekly", day), zh, en)


def read_interval(text: str) -> Interval:
    """ "08:00-12:00" as an interval; raises ValueError."""
    start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    return Interval(start, end)
