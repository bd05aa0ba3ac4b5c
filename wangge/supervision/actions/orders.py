# SPDX-License-Identifier: Apache-2.0
"""Supervision orders: their steps are the case's own, taken through its door; what else belongs to one is kept beside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wangge.cases.actions import StepData, Taken, take
from wangge.cases.models import SideRecord
from wangge.cases.queries import get_case
from wangge.common.errors import NotFound
from wangge.organizations.directory import Actor
from wangge.supervision.access import SUPERVISION, clerks_of, get_order, get_paper
from wangge.supervision.errors import JointNeedsTwo, SittingOver
from wangge.supervision.given import known_units
from wangge.supervision.models import OrderDetail, Paper, Sitting
from wangge.supervision.queries.papers import list_papers
from wangge.supervision.telling import tell

JOINT = "joint"
#: an order is issued in a sitting of the same day
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

    Raises JointNeedsTwo, SittingOver, NotFound and whatever the door refuses.
    """
    case = get_case(number, actor)
    second = known_units([data.second_unit])[:1] if data.mode == JOINT else []
    if data.mode == JOINT and (not second or second[0] == case.lead_unit):
        raise JointNeedsTwo
    sitting = _sitting(data.sitting, at)
    meeting = get_paper(data.meeting, actor) if data.meeting else None
    given = StepData(choices={"mode": data.mode, "cause": data.cause}, texts={"reason": data.reason.strip()})
    with transaction.atomic():
        taken = take("issue_order", case.pk, given, actor=actor, at=at, key=key)
        record = SideRecord.objects.select_related("case").get(case=case.pk, kind=SUPERVISION, seq=taken.seq)
        if not taken.again and (second or sitting or meeting):
            OrderDetail.objects.create(
                record=record, second_unit=second[0] if second else "", sitting=sitting, meeting=meeting
            )
            facts = {"number": case.number, "state": case.state}
            tell(clerks_of(second), "order_joint", facts, at=at, case_id=case.pk, but=actor.person_id)
    return record


def _sitting(sitting_id: int | None, at: datetime) -> Sitting | None:
    """Raises SittingOver."""
    if sitting_id is None:
        return None
    found = Sitting.objects.filter(pk=sitting_id, began_at__gte=at - SITTING_LASTS).first()
    if found is None:
        raise SittingOver
    return found


def open_sittings(at: datetime) -> list[Sitting]:
    """Those an order may be issued in now, newest first. One query."""
    rows = Sitting.objects.filter(began_at__gte=at - SITTING_LASTS).select_related("leader")
    return list(rows.order_by("-began_at", "-id"))


def meetings(actor: Actor) -> list[Paper]:
    """The newest special meetings an order may be given by. One query."""
    return list_papers(actor, kind=Paper.Kind.SPECIAL_MEETING, limit=20)


def take_order(
    order_id: int, step: str, text: str, *, actor: Actor, at: datetime, key: UUID, seen: int | None
) -> Taken:
    """Reply to an order, accept the reply or send it back. Raises NotFound and whatever the door refuses."""
    order = get_order(order_id, actor)
    if step not in TEXT_OF:
        raise NotFound
    texts = {TEXT_OF[step]: text.strip()} if text.strip() else {}
    return take(step, order.case_id, StepData(texts=texts), actor=actor, at=at, key=key, seen=seen)
