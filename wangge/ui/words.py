# SPDX-License-Identifier: Apache-2.0
"""Words in the reader's language: labels that come from data, moments, lengths of time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from wangge.grids.queries import city


def language() -> str:
    """ "zh" or "en": the active language as the suffix of data columns."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def said(thing: Any, field: str = "name") -> str:
    """`thing`'s text `field` (`field_zh`, `field_en`) in the active language; English missing falls back to Chinese."""
    if thing is None:
        return ""
    label = getattr(thing, "label", None)
    if field == "name" and hasattr(label, "zh"):
        thing = label
    if hasattr(thing, "zh") and hasattr(thing, "en"):
        return str(getattr(thing, language()) or thing.zh)
    read = thing.get if isinstance(thing, Mapping) else lambda name, default="": getattr(thing, name, default)
    return str(read(f"{field}_{language()}", "") or read(f"{field}_zh", ""))


def city_zone() -> ZoneInfo:
    """The zone in which every page shows moments."""
    return city().zone


def moment_text(at: datetime, now: datetime) -> str:
    """`at` in the city's zone: time alone today, with month and day this year, else with the year."""
    zone = city_zone()
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return _("今天 %(time)s") % {"time": f"{local:%H:%M}"}
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def length_text(length: timedelta) -> str:
    """A length of time in its two largest parts: days and hours, or hours and minutes, or minutes."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d 分") % {"minutes": minutes}


def left_text(due: datetime, now: datetime) -> str:
    """How long until `due`, or how long it has passed."""
    length = {"length": length_text(due - now)}
    return _("还剩 %(length)s") % length if due > now else _("已超 %(length)s") % length


def weekdays() -> list[str]:
    """Monday to Sunday."""
    return [_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日")]


def limit_text(value: int, clock: str) -> str:
    """A limit as people write it: 4 工作时, 4 working hours."""
    count = {"n": value}
    match clock:
        case "urgent_minute":
            return ngettext("%(n)d 紧急分钟", "%(n)d 紧急分钟", value) % count
        case "urgent_hour":
            return ngettext("%(n)d 紧急工作时", "%(n)d 紧急工作时", value) % count
        case "urgent_day":
            return ngettext("%(n)d 紧急工作日", "%(n)d 紧急工作日", value) % count
        case "work_hour":
            return ngettext("%(n)d 工作时", "%(n)d 工作时", value) % count
        case "work_day":
            return ngettext("%(n)d 工作日", "%(n)d 工作日", value) % count
    return ngettext("%(n)d 自然日", "%(n)d 自然日", value) % count
