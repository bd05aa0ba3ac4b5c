# SPDX-License-Identifier: Apache-2.0
"""责任倒查: every hand a case went through, each with the time it took, from the log."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wangge.cases.flow import ANSWERS_BESIDE
from wangge.cases.models import Case, Dispatch
from wangge.cases.queries import TimelineItem, timeline
from wangge.organizations.access import Permission, require
from wangge.organizations.calendars import CalendarYearMissing, WorkCalendar, work_seconds_between
from wangge.organizations.directory import Actor, directory
from wangge.supervision.models import Reached


@dataclass(frozen=True)
class Hand:
    """One step: who took it, how long the case had waited for it; `working` None without calendar data."""

    item: TimelineItem
    unit: str
    waited: timedelta
    working: timedelta | None


@dataclass
class Holder:
    """What a person in a post did on a case altogether."""

    actor: str
    post: str
    unit: str
    steps: int = 0
    waited: timedelta = field(default_factory=timedelta)


@dataclass(frozen=True)
class Hands:
    hands: list[Hand]
    holders: list[Holder]
    whole: timedelta
    #: what the ladder did about the case, oldest first
    reached: list[Reached]


def hands_on(case: Case, actor: Actor, *, at: datetime) -> Hands:
    """Every hand on a case the actor has been shown, oldest first. Six queries. Raises PermissionMissing."""
    require(actor, Permission.HANDS_READ)
    items, calendar = timeline(case), directory().calendar
    dispatches = list(Dispatch.objects.filter(case=case, role="lead").order_by("dispatched_at"))
    posts = {post.code for post in directory().posts.values() if post.axis == "unit"}
    hands: list[Hand] = []
    before = case.reported_at
    for item in items:
        unit = _unit_at(dispatches, item.at) if item.post in posts else ""
        if item.step in (*ANSWERS_BESIDE, "reply_order"):  # another unit that is asked answers for itself
            unit = item.data.get("unit", unit)
        hands.append(Hand(item, unit, item.at - before, _working(calendar, before, item.at)))
        before = item.at
    reached = list(Reached.objects.filter(case=case).order_by("at", "id"))
    return Hands(hands, _holders(hands), (case.closed_at or at) - case.reported_at, reached)


def _unit_at(dispatches: list[Dispatch], at: datetime) -> str:
    """The lead unit at a moment."""
    held = [d.unit for d in dispatches if d.dispatched_at <= at and (d.ended_at is None or at <= d.ended_at)]
    return held[-1] if held else ""


def _working(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta | None:
    try:
        return timedelta(seconds=work_seconds_between(calendar, start, end))
    except CalendarYearMissing:
        return None


def _holders(hands: list[Hand]) -> list[Holder]:
    found: dict[tuple[str, str, str], Holder] = {}
    for hand in hands:
        key = hand.item.actor, hand.item.post, hand.unit
        holder = found.setdefault(key, Holder(*key))
        holder.steps += 1
        holder.waited += hand.waited
    return sorted(found.values(), key=lambda one: -one.waited)
