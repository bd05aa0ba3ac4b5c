# SPDX-License-Identifier: Apache-2.0
"""Supervision orders and leaders' sittings, in lists and counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery

from wangge.cases.models import CaseText, LogEntry, SideRecord, Task
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.supervision.access import (
    SUPERVISION,
    areas_with,
    visible_orders,
    visible_sittings,
)
from wangge.supervision.models import JointAnswer, Sitting

#: the stage at which an order waits for the replies
_ISSUED = f"{SUPERVISION}.issued"


def number_of(order: SideRecord) -> str:
    """The number of an order: of its case, and the entry of the log it was issued by."""
    return f"{order.case.number}-{order.seq}"


def list_orders(
    actor: Actor,
    *,
    mode: str = "",
    cause: str = "",
    state: str = "",
    unit: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[SideRecord]:
    """At most `limit` visible orders, newest first, after the keyset (opened_at, id). `unit`: in charge, or the second one;
    issued from `since` on and before `until`. One query."""
    rows = SideRecord.objects.filter(visible_orders(actor)).select_related("case", "order_detail")
    rows = rows.order_by("-opened_at", "-id")
    exact = {
        "facts__mode": mode,
        "facts__cause": cause,
        "state": state,
        "opened_at__gte": since,
        "opened_at__lt": until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if unit:
        rows = rows.filter(Q(unit=unit) | Q(order_detail__second_unit=unit))
    if state == "issued":
        rows = rows.filter(ended_at=None)
    if after:
        rows = rows.filter(
            Q(opened_at__lt=after[0]) | Q(opened_at=after[0], id__lt=after[1]), opened_at__lte=after[0]
        )
    return list(rows[:limit])


@dataclass(frozen=True)
class Awaited:
    """An order that waits for a reply, with the moment by which the first of those units owes it; None = nobody can tell."""

    order: SideRecord
    due_at: datetime | None

    @property
    def waits(self) -> list[str]:
        return still_to_reply(self.order)


def orders_without_reply(actor: Actor, limit: int) -> list[Awaited]:
    """At most `limit`, newest first: those that wait for a unit the actor answers for, or for any in the areas they watch.

    A joint order waits for each of its units until that one has replied. One query.
    """
    mine = Q(pk__in=[])
    for held in directory().held_with(actor, Permission.DEMAND_ANSWER):
        if held.unit_path:
            mine |= Q(unit_path__startswith=held.unit_path)
    for path in areas_with(actor, Permission.OVERSIGHT_READ):
        mine |= Q(case__area_path__startswith=path)
    waiting = Task.objects.filter(mine, stage=_ISSUED, closed_at=None)
    first = waiting.filter(case=OuterRef("case_id")).order_by("due_at").values("due_at")[:1]
    rows = SideRecord.objects.filter(case__in=waiting.values("case"), kind=SUPERVISION, ended_at=None)
    rows = rows.select_related("case", "order_detail").annotate(due_at=Subquery(first))
    return [Awaited(row, row.due_at) for row in rows.order_by("-opened_at", "-id")[:limit]]


def orders_of(case_id: int, actor: Actor) -> list[SideRecord]:
    """The orders on a case, the newest first. One query."""
    rows = SideRecord.objects.filter(visible_orders(actor), case=case_id).select_related(
        "case", "order_detail"
    )
    return list(rows.order_by("-id"))


@dataclass(frozen=True)
class OrderEntry:
    """A step of an order as the log has it; `unit`: of a joint order the one that replied; a text deleted from the record is
    None."""

    step: str
    person: str
    post: str
    at: datetime
    text: str | None
    unit: str = ""


_STEPS = ("issue_order", "reply_order", "accept_order", "send_back_order")


def order_entries(order: SideRecord) -> list[OrderEntry]:
    """The steps of one order with what a second unit answered, oldest first. Three queries."""
    entries = list(
        LogEntry.objects.of(order.case).filter(step__in=_STEPS, seq__gte=order.seq).select_related("actor").order_by("seq")
    )  # fmt: skip
    later = [entry.seq for entry in entries if entry.step == "issue_order" and entry.seq > order.seq]
    entries = [entry for entry in entries if not later or entry.seq < later[0]]
    texts = dict(
        CaseText.objects.filter(case=order.case_id, seq__in=[entry.seq for entry in entries]).values_list(
            "seq", "text"
        )
    )
    found = [
        OrderEntry(e.step, e.actor.name if e.actor else "", e.post, e.at, texts.get(e.seq, ""), _replier(e))
        for e in entries
    ]
    answers = JointAnswer.objects.filter(record=order).select_related("person").order_by("id")
    found += [OrderEntry("answer_jointly", a.person.name, "", a.at, a.text, a.unit) for a in answers]
    return sorted(found, key=lambda one: one.at)


def _replier(entry: LogEntry) -> str:
    """The unit a reply to a joint order is of; "" of any other step."""
    return str(entry.data.get("unit", "")) if entry.step == "reply_order" else ""


def reply_due(order: SideRecord) -> datetime | None:
    """When the first open task of the order is due. One query."""
    waiting = Task.objects.filter(case=order.case_id, stage=f"{SUPERVISION}.{order.state}", closed_at=None)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


@dataclass(frozen=True)
class OrderCounts:
    """Orders of some days; `by`: how many of a mode and a cause."""

    by: Mapping[tuple[str, str], int]

    @property
    def total(self) -> int:
        return sum(self.by.values())

    @property
    def modes(self) -> list[tuple[str, int]]:
        """Codes of modes, the most frequent first."""
        found = Counter[str]()
        for (mode, _), count in self.by.items():
            found[mode] += count
        return found.most_common()

    @property
    def causes(self) -> list[tuple[str, int]]:
        """Codes of causes, the most frequent first."""
        found = Counter[str]()
        for (_, cause), count in self.by.items():
            found[cause] += count
        return found.most_common()


def count_orders(actor: Actor, since: datetime, until: datetime) -> OrderCounts:
    """Issued from `since` on and before `until`. One query."""
    rows = SideRecord.objects.filter(visible_orders(actor), opened_at__gte=since, opened_at__lt=until)
    counted = rows.order_by().values_list("facts__mode", "facts__cause").annotate(Count("pk"))
    return OrderCounts({(mode or "", cause or ""): count for mode, cause, count in counted})


@dataclass(frozen=True)
class Sat:
    """A sitting with the orders issued in it and the units they were to."""

    sitting: Sitting
    orders: list[SideRecord]

    @property
    def units(self) -> list[str]:
        return sorted({unit for order in self.orders for unit in units_of(order)})


def still_to_reply(order: SideRecord) -> list[str]:
    """Codes of the units an order waits for."""
    return (
        (order.facts.get("waits") or [order.unit]) if order.state == "issued" and not order.ended_at else []
    )


def units_of(order: SideRecord) -> list[str]:
    """Whom an order is to: the unit in charge, and the second one of a joint order."""
    detail = getattr(order, "order_detail", None)
    return [order.unit, *([detail.second_unit] if detail and detail.second_unit else [])]


@dataclass(frozen=True)
class SittingCounts:
    """Of all sittings of some days: how many, the orders issued in them, the units those are to."""

    sittings: int
    orders: int
    units: int


def sitting_counts(actor: Actor, since: datetime, until: datetime) -> SittingCounts:
    """Of those that began from `since` on and before `until`. Two queries."""
    held = Sitting.objects.filter(visible_sittings(actor), began_at__gte=since, began_at__lt=until)
    given = SideRecord.objects.filter(visible_orders(actor), order_detail__sitting__in=held)
    rows = given.values_list("unit", "order_detail__second_unit").annotate(Count("pk")).order_by()
    pairs = list(rows)
    units = {unit for first, second, _ in pairs for unit in (first, second) if unit}
    return SittingCounts(held.count(), sum(count for _, _, count in pairs), len(units))


def list_sittings(
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Sitting]:
    """At most `limit` of those that began from `since` on and before `until`, newest first, after the keyset
    (began_at, id). One query."""
    rows = Sitting.objects.filter(visible_sittings(actor), began_at__gte=since, began_at__lt=until)
    if after:
        rows = rows.filter(
            Q(began_at__lt=after[0]) | Q(began_at=after[0], id__lt=after[1]), began_at__lte=after[0]
        )
    return list(rows.select_related("leader").order_by("-began_at", "-id")[:limit])


def ordered_in(sittings: Sequence[Sitting], actor: Actor) -> list[Sat]:
    """Each with what was ordered in it. One query."""
    orders: dict[int, list[SideRecord]] = {}
    found = SideRecord.objects.filter(visible_orders(actor), order_detail__sitting__in=sittings)
    for order in found.select_related("case", "order_detail").order_by("id"):
        orders.setdefault(order.order_detail.sitting_id or 0, []).append(order)
    return [Sat(row, orders.get(row.pk, [])) for row in sittings]
