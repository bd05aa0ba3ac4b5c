# SPDX-License-Identifier: Apache-2.0
"""What units owe on papers: answered by the unit, accepted or sent back by the centre."""

from datetime import datetime

from django.db import transaction

from wangge.common.errors import BadInput
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory
from wangge.supervision.access import clerks_of, get_demand, reaches, units_answered_for
from wangge.supervision.actions.papers import due_of
from wangge.supervision.errors import DemandElsewhere, NothingNamed, NotYourDemand, OwnAnswer
from wangge.supervision.given import MOST_TEXT, clean
from wangge.supervision.models import Demand, DemandEntry
from wangge.supervision.reference import oversight
from wangge.supervision.telling import tell

#: the state each step starts from, and the one it leads to
STEPS = {
    "answer": (Demand.State.OPEN, Demand.State.ANSWERED),
    "accept": (Demand.State.ANSWERED, Demand.State.ACCEPTED),
    "send_back": (Demand.State.ANSWERED, Demand.State.OPEN),
}


class NoSuchStep(BadInput):
    code = "demand_step_unknown"
    zh = "没有这一步，请刷新页面后重试。"
    en = "There is no such step; reload the page and try again."


def may_take(demand: Demand, step: str, actor: Actor) -> bool:
    """Whose step it is: the unit answers, the centre of the area judges."""
    if step == "answer":
        return demand.unit in units_answered_for(actor)
    return reaches(actor, Permission.DEMAND_JUDGE, demand.paper.area_path)


def take_demand(demand_id: int, step: str, text: str, *, actor: Actor, at: datetime, seen: int) -> Demand:
    """Answer, accept or send back, with a new limit. `seen`: the number of the entry that was looked at.

    Raises NotFound, NoSuchStep, NotYourDemand, DemandElsewhere, OwnAnswer, NothingNamed and what is wrong with the text.
    """
    if step not in STEPS:
        raise NoSuchStep
    get_demand(demand_id, actor)
    with transaction.atomic():
        demand = (
            Demand.objects.select_for_update(no_key=True, of=("self",))
            .select_related("paper")
            .get(pk=demand_id)
        )
        source, target = STEPS[step]
        if demand.seq != seen or demand.state != source:
            raise DemandElsewhere
        if not may_take(demand, step, actor):
            who = ("责任单位", "the unit") if step == "answer" else ("中心", "the centre")
            raise NotYourDemand(zh_who=who[0], en_who=who[1])
        text = clean(text, MOST_TEXT, "说明", "Text")
        if not text and step != "accept":
            raise NothingNamed(zh_what="说明", en_what="the text")
        if step != "answer" and demand.entries.filter(step="answer", person=actor.person_id).exists():
            raise OwnAnswer
        demand.state, demand.seq = target, demand.seq + 1
        demand.accepted_at = at if step == "accept" else None
        if step == "send_back":
            span = getattr(oversight().replies, demand.paper.kind)
            demand.due_at, demand.urged_at = due_of(demand, span, at), None
        demand.save(update_fields=["state", "seq", "accepted_at", "due_at", "urged_at"])
        assert actor.person_id is not None
        DemandEntry.objects.create(
            demand=demand, seq=demand.seq, step=step, text=text, person_id=actor.person_id, at=at
        )
        _tell(demand, step, actor, at)
    return demand


def _tell(demand: Demand, step: str, actor: Actor, at: datetime) -> None:
    facts = {"id": demand.pk, "unit": demand.unit}
    if step == "answer":
        judges = directory().permitted(Permission.DEMAND_JUDGE, area_path=demand.paper.area_path)
        tell(judges, "demand_answered", facts, at=at, but=actor.person_id)
    else:
        template = "demand_accepted" if step == "accept" else "demand_sent_back"
        tell(clerks_of([demand.unit]), template, facts, at=at, but=actor.person_id)
