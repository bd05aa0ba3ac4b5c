# SPDX-License-Identifier: Apache-2.0
"""Office hours and legal holidays of Massachusetts, by the rule of its law.

Source: Massachusetts General Laws chapter 4 section 7 clause 18 (a holiday on a Sunday is kept on the Monday,
one on a Saturday is not moved); Juneteenth a state holiday since 2020. The days of Suffolk County alone
(17 March, 17 June) are left out: offices have had to stay open on them since 2010. Written from memory of the
law, not copied from a published calendar. Office hours are this pack's choice.
"""

from __future__ import annotations

from datetime import date, timedelta

import yaml

from packs.boston.recorded import HERE, write_csv

FIRST_YEAR, LAST_YEAR = 2015, 2027
HOURS = "08:30-17:00"
DAYS = ("mon", "tue", "wed", "thu", "fri")

FIXED = {
    (1, 1): ("元旦", "New Year's Day"),
    (6, 19): ("六月节", "Juneteenth Independence Day"),
    (7, 4): ("独立日", "Independence Day"),
    (11, 11): ("退伍军人节", "Veterans Day"),
    (12, 25): ("圣诞节", "Christmas Day"),
}
# (month, weekday 0 = Monday, which: 1.. from the front, -1 the last)
FLOATING = {
    (1, 0, 3): ("马丁·路德·金日", "Martin Luther King Day"),
    (2, 0, 3): ("华盛顿诞辰日", "Washington's Birthday"),
    (4, 0, 3): ("爱国者日", "Patriots' Day"),
    (5, 0, -1): ("阵亡将士纪念日", "Memorial Day"),
    (9, 0, 1): ("劳动节", "Labor Day"),
    (10, 0, 2): ("哥伦布日", "Columbus Day"),
    (11, 3, 4): ("感恩节", "Thanksgiving Day"),
}


def floating(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def holidays(year: int) -> list[tuple[date, str, str]]:
    days = [(floating(year, *rule), *names) for rule, names in FLOATING.items()]
    for (month, day), names in FIXED.items():
        if (month, day) != (6, 19) or year >= 2020:
            kept = date(year, month, day)
            days.append((kept + timedelta(days=kept.weekday() == 6), *names))
    return days


def write_calendar() -> None:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    rows = [(day.isoformat(), zh, en, "holiday") for year in years for day, zh, en in holidays(year)]
    write_csv("holidays.csv", ("date", "name_zh", "name_en", "kind"), rows)
    # A list of its own for each day: a shared one would come out as a YAML anchor.
    weekly: dict[str, list[str]] = {day: [HOURS] for day in DAYS} | {"sat": [], "sun": []}
    names = {"name_zh": "标准日历", "name_en": "Standard calendar"}
    standard = {"code": "standard", **names, "unit_kinds": [], "weekly": weekly}
    calendar = {"first_year": FIRST_YEAR, "last_year": LAST_YEAR, "calendars": [standard]}
    text = yaml.safe_dump(calendar, allow_unicode=True, sort_keys=False)
    (HERE / "calendar.yaml").write_text("# SPDX-License-Identifier: Apache-2.0\n" + text, encoding="utf-8")
