# SPDX-License-Identifier: Apache-2.0
"""Working hours of a pack's calendar."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import pairwise

from wangge.organizations.calendars import Interval, in_season
from wangge.packs.contents import Pack, Source
from wangge.packs.faults import Fault
from wangge.packs.lines import Path as KeyPath
from wangge.packs.schema import Calendar, Season, Week


def calendar_faults(pack: Pack) -> Iterator[Fault]:
    """Hours that cannot be read, overlap, or are none at all; years or calendars that do not fit together."""
    source, calendar = pack.sources.get("calendar.yaml"), pack.calendar
    if source is None or calendar is None:
        return
    if calendar.first_year > calendar.last_year:
        zh, en = "first_year 晚于 last_year，请改正。", "first_year comes after last_year; correct them."
        yield source.fault(("first_year",), zh, en)
    yield from _kinds(source, calendar)
    for n, one in enumerate(calendar.calendars):
        where: KeyPath = ("calendars", n)
        yield from _week_faults(source, (*where, "weekly"), one.weekly)
        for k, season in enumerate(one.seasons):
            here = (*where, "seasons", k)
            yield from _week_faults(source, (*here, "weekly"), season.weekly)
            for edge in ("first", "last"):
                if not _is_day(getattr(season, edge)):
                    yield source.fault(
                        (*here, edge),
                        f"“{getattr(season, edge)}”不是月-日，应写成 06-01。",
                        f"“{getattr(season, edge)}” is no day of the year; write 06-01.",
                    )
        yield from _season_faults(source, where, one.seasons)


def _kinds(source: Source, calendar: Calendar) -> Iterator[Fault]:
    """The first calendar is everybody's; each kind of unit has one at most."""
    first = calendar.calendars[0]
    if first.code != "standard" or first.unit_kinds:
        zh = "第一个日历应为 standard，且不写 unit_kinds：没有自己日历的单位都用它。"
        en = "The first calendar must be “standard”, without unit_kinds: it serves everybody without one of their own."
        yield source.fault(("calendars", 0), zh, en)
    codes: set[str] = set()
    taken: dict[str, str] = {}
    for n, one in enumerate(calendar.calendars):
        if one.code in codes:
            zh, en = f"日历“{one.code}”有两个。", f"Calendar “{one.code}” stands twice."
            yield source.fault(("calendars", n), zh, en)
        codes.add(one.code)
        for kind in one.unit_kinds:
            if taken.setdefault(kind, one.code) != one.code:
                yield source.fault(
                    ("calendars", n, "unit_kinds"),
                    f"{kind} 已使用日历“{taken[kind]}”，一类单位只有一个日历。",
                    f"{kind} already has calendar “{taken[kind]}”; a kind of unit has one.",
                )


def _season_faults(source: Source, where: KeyPath, seasons: list[Season]) -> Iterator[Fault]:
    """No day of the year lies in two seasons."""
    days: set[str] = set()
    for k, season in enumerate(seasons):
        if not (_is_day(season.first) and _is_day(season.last)):
            continue
        mine = {day for day in _YEAR if in_season(day, season.first, season.last)}
        if mine & days:
            zh, en = "与另一时令重叠，请改正起止。", "Overlaps another season; correct first or last."
            yield source.fault((*where, "seasons", k), zh, en)
        days |= mine


#: every day of a leap year as "MM-DD"
_YEAR = tuple(f"{date(2024, 1, 1) + timedelta(days=n):%m-%d}" for n in range(366))


def _is_day(text: str) -> bool:
    return text in _YEAR


def _week_faults(source: Source, where: KeyPath, week: Week) -> Iterator[Fault]:
    days = {day: getattr(week, day) for day in Week.model_fields}
    for day, texts in days.items():
        yield from _day_faults(source, (*where, day), texts)
    if not any(days.values()):
        zh, en = (
            "一周没有任何工作时间，时限将无法计算。",
            "The week has no working time, so no limit could be computed.",
        )
        yield source.fault(where, zh, en)


def _day_faults(source: Source, where: KeyPath, texts: list[str]) -> Iterator[Fault]:
    intervals: list[Interval] = []
    for index, text in enumerate(texts):
        try:
            intervals.append(read_interval(text))
        except ValueError:
            yield source.fault(
                (*where, index),
                f'“{text}”不是工作时段，应写成 "08:00-12:00"，起早于止；到午夜写 00:00。',
                f'“{text}” is no working interval: write "08:00-12:00", start before end; midnight is 00:00.',
            )
    for one, two in pairwise(intervals):
        if one.seconds[1] > two.seconds[0]:
            zh, en = (
                "工作时段重叠或次序颠倒，请改正。",
                "Working intervals overlap or are out of order; correct them.",
            )
            yield source.fault(where, zh, en)


def read_interval(text: str) -> Interval:
    """ "08:00-12:00" as an interval; raises ValueError."""
    start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    return Interval(start, end)
