# SPDX-License-Identifier: Apache-2.0
"""Supervision orders: their steps are the case's own, taken through its door; what else belongs to one is kept beside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from wangge.cases.actions import StepData, Taken, take
from wangge.cases.models import SideRecord
from wangge.cases.queries import get_case
from wangge.common.errors import NotFound
from wangge.organizations.directory import Actor
from wangge.supervision.access import SUPERVISION, get_order, get_paper, visible_sittings
from wangge.supervision.errors import NotAMeeting, OrderPast, SittingOver
from wangge.supervision.models import OrderDetail, Paper, Sitting
from wangge.supervision.queries.papers import list_papers

#: the step that issues an order
ISSUE = "issue_order"
#: an order is issued in a sitting of the same day that is not over
SITTING_LASTS = timedelta(hours=24)
#: the steps after the issue, each with the name of its text
TEXT_OF = {"reply_order": "result", "accept_order": "remark", "send_back_order": "reason"}


@dataclass(frozen=True)
class OrderData:
    """A new order. `second_unit`: of a joint order; `sitting`, `meeting`: in which it is issued, if any."""

    mode: str
    cause: str
    reason: str
    second_unit: str = ""
    sitting: int | None = None
    meeting: int | None = None


def issue_order(number: str, data: OrderData, *, actor: Actor, at: datetime, key: UUID) -> SideRecord:
    """The order as a side record of the case `number`; sent again with the same `key`, the first one.

    Raises SittingOver, NotAMeeting, NotFound and whatever the door refuses.
    """
    case = get_case(number, actor)
    sitting = _sitting(data.sitting, actor, at)
    meeting = _meeting(data.meeting, actor) if data.meeting else None
    given = StepData(
        choices={"mode": data.mode, "cause": data.cause}, unit=data.second_unit, texts={"reason": data.reason.strip()}
    )  # fmt: skip
    taken = take_order_step(case.pk, given, actor=actor, at=at, key=key, sitting=sitting, meeting=meeting)
    return SideRecord.objects.select_related("case").get(case=case.pk, kind=SUPERVISION, seq=taken.seq)


@transaction.atomic
def take_order_step(
    case: int | str, data: StepData, *, actor: Actor, at: datetime, key: UUID | None, seen: int | None = None,
    sitting: Sitting | None = None, meeting: Paper | None = None,
) -> Taken:  # fmt: skip
    """The step `issue_order` through the door, with what else belongs to an order kept beside: whichever way it comes."""
    taken = take(ISSUE, case, data, actor=actor, at=at, key=key, seen=seen)
    if not taken.again and (data.unit or sitting or meeting):
        record = SideRecord.objects.get(case=taken.case_id, kind=SUPERVISION, seq=taken.seq)
        OrderDetail.objects.create(record=record, second_unit=data.unit, sitting=sitting, meeting=meeting)
    return taken


def _sitting(sitting_id: int | None, actor: Actor, at: datetime) -> Sitting | None:
    """Raises SittingOver."""
    if sitting_id is None:
        return None
    found = _lately(actor, at).filter(pk=sitting_id).first()
    if found is None:
        raise SittingOver
    return found


def _meeting(paper_id: int, actor: Actor) -> Paper:
    """Raises NotFound, NotAMeeting."""
    paper = get_paper(paper_id, actor)
    if (paper.kind, paper.state) != (Paper.Kind.SPECIAL_MEETING, Paper.State.ISSUED):
        raise NotAMeeting
    return paper


def _lately(actor: Actor, at: datetime) -> QuerySet[Sitting]:
    runs = Q(ended_at=None) | Q(ended_at__gte=at)
    return Sitting.objects.filter(
        runs, visible_sittings(actor), began_at__gte=at - SITTING_LASTS, began_at__lte=at
    )


def open_sittings(actor: Actor, at: datetime) -> list[Sitting]:
    """Those of the actor's areas an order may be issued in now, newest first. One query."""
    return list(_lately(actor, at).select_related("leader").order_by("-began_at", "-id"))


def meetings(actor: Actor) -> list[Paper]:
    """The newest special meetings an order may be given by: their minutes are out. One query."""
    return list_papers(actor, kind=Paper.Kind.SPECIAL_MEETING, state=Paper.State.ISSUED, limit=20)


def take_order(
    order_id: int, step: str, text: str, *, actor: Actor, at: datetime, key: UUID, seen: int | None
) -> Taken:
    """Reply to an order, accept the reply or send it back. Raises NotFound, OrderPast and whatever the door refuses."""
    order = get_order(order_id, actor)
    if step not in TEXT_OF:
        raise NotFound
    # the case's own step would be taken on the newer one
    if SideRecord.objects.filter(case=order.case_id, kind=SUPERVISION, pk__gt=order.pk).exists():
        raise OrderPast
    texts = {TEXT_OF[step]: text.strip()} if text.strip() else {}
    return take(step, order.case_id, StepData(texts=texts), actor=actor, at=at, key=key, seen=seen)
