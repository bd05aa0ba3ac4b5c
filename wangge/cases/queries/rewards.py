# SPDX-License-Identifier: Apache-2.0
"""The ledger of rewards: what was proposed, granted and paid, against the year's budget. Nobody's contact is in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from wangge.cases.models import SideRecord
from wangge.cases.reference import current_flow
from wangge.cases.visibility import areas_read
from wangge.grids.queries import city
from wangge.organizations.directory import Actor
from wangge.organizations.models import Person


@dataclass(frozen=True)
class Budget:
    """Yuan of one calendar year: `spent` was granted, `paid` of it is paid."""

    year: int
    whole: int
    spent: int
    paid: int

    @property
    def left(self) -> int:
        return max(0, self.whole - self.spent)

    @property
    def percent(self) -> int:
        return min(100, self.spent * 100 // self.whole) if self.whole else 100


def budget_of(year: int) -> Budget:
    """One query."""
    begin, end = (datetime(y, 1, 1, tzinfo=city().zone) for y in (year, year + 1))
    rows = SideRecord.objects.filter(kind="reward", ruling="granted", ruled_at__gte=begin, ruled_at__lt=end)
    found = rows.aggregate(spent=Sum("amount"), paid=Sum("amount", filter=Q(ended_at__isnull=False)))
    rule = current_flow().records.get("reward")
    return Budget(year, rule.budget if rule else 0, found["spent"] or 0, found["paid"] or 0)


@dataclass(frozen=True)
class Payee:
    """Who gets a reward: a member of staff by name, or whoever rang by call `call`. Neither: proposed before it was kept."""

    name: str = ""
    call: int | None = None


def payees(rows: Iterable[SideRecord]) -> dict[int, Payee]:
    """Of each reward, by its id. One query."""
    held = {row.pk: row.facts for row in rows}
    people = {facts["payee"] for facts in held.values() if "payee" in facts}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return {
        pk: Payee(names.get(facts.get("payee"), ""), facts.get("payee_call")) for pk, facts in held.items()
    }


def rewards(actor: Actor, *, after: tuple[datetime, int] | None = None, limit: int = 50) -> list[SideRecord]:
    """At most `limit` in the areas `actor` reads, newest first, after the keyset (opened_at, id). One query."""
    mine = Q(pk__in=[])
    for path in areas_read(actor):
        mine |= Q(case__area_path__startswith=path)
    rows = SideRecord.objects.filter(mine, kind="reward").select_related("case", "opened_by", "ruled_by")
    if after:
        at, row = after
        rows = rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, id__lt=row), opened_at__lte=at)
    return list(rows.order_by("-opened_at", "-id")[:limit])
