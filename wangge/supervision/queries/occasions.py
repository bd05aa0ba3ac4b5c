# SPDX-License-Identifier: Apache-2.0
"""例会日程 as read: what came round, what a meeting has to decide, what earlier ones decided and is not done."""

from datetime import date, datetime

from django.db.models import Prefetch, Q

from wangge.organizations.directory import Actor
from wangge.supervision.access import visible_demands, visible_occasions, visible_papers
from wangge.supervision.models import AgendaItem, Demand, Occasion, Paper

#: what earlier meetings asked for and is shown with a meeting; the rest stands in the list of all that is owed
MOST = 200


def list_occasions(
    actor: Actor, *, area_path: str = "", after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Occasion]:
    """At most `limit`, newest first, after the keyset (opened_at, id), of one area where it is given; `paper_list`: its
    paper. Two queries."""
    papers = Paper.objects.filter(visible_papers(actor)).exclude(state=Paper.State.DISCARDED)
    rows = Occasion.objects.filter(visible_occasions(actor)).prefetch_related(
        Prefetch("papers", queryset=papers, to_attr="paper_list")
    )
    if area_path:
        rows = rows.filter(area_path=area_path)
    if after:
        rows = rows.filter(
            Q(opened_at__lt=after[0]) | Q(opened_at=after[0], id__lt=after[1]), opened_at__lte=after[0]
        )
    return list(rows.order_by("-opened_at", "-id")[:limit])


def agenda(occasion: Occasion, *, after: int = 0, limit: int | None = None) -> list[AgendaItem]:
    """What the meeting had to decide: raised for it, or left by those before; oldest first, after the id `after`: at most
    `limit`, all without one. One query."""
    rows = AgendaItem.objects.filter(
        Q(decided_in=None) | Q(decided_in__planned_day__gte=occasion.planned_day),
        series=occasion.series, occasion__area_path=occasion.area_path,
        occasion__planned_day__lte=occasion.planned_day, pk__gt=after,
    )  # fmt: skip
    return list(rows.select_related("occasion", "case", "raised_by", "decided_by").order_by("id")[:limit])


def undone(occasion: Occasion, actor: Actor) -> list[Demand]:
    """What earlier meetings of the series in its area asked of units and is not accepted yet: the MOST earliest due, and one
    more where there are. One query."""
    rows = Demand.objects.filter(
        visible_demands(actor), paper__occasion__series=occasion.series, state__in=[Demand.State.OPEN, Demand.State.ANSWERED],
        paper__occasion__area_path=occasion.area_path, paper__occasion__planned_day__lt=occasion.planned_day,
    )  # fmt: skip
    return list(rows.select_related("paper").order_by("due_at", "id")[: MOST + 1])


def paper_of(occasion: Occasion, actor: Actor) -> Paper | None:
    """Its minutes or bulletin, as far as the actor may see it. One query."""
    rows = Paper.objects.filter(visible_papers(actor), occasion=occasion)
    return rows.exclude(state=Paper.State.DISCARDED).first()


def is_over(occasion: Occasion, today: date) -> bool:
    """Has the day of a later one of the series in its area come? The next may be open long before it sits. One query."""
    others = Occasion.objects.filter(series=occasion.series, area_path=occasion.area_path)
    return others.filter(planned_day__gt=occasion.planned_day, day__lte=today).exists()
