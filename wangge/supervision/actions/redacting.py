# SPDX-License-Identifier: Apache-2.0
"""A text on which somebody is told of is deleted for good; who did, when and why stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from wangge.cases.models import SideRecord
from wangge.common.errors import NotFound
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.directory import Actor
from wangge.supervision.access import get_demand, get_occasion, get_order, get_paper, reaches
from wangge.supervision.errors import NothingNamed
from wangge.supervision.given import MOST_TITLE, clean
from wangge.supervision.models import AgendaItem, Demand, DemandEntry, JointAnswer, Occasion, Paper, Redaction
from wangge.supervision.queries.occasions import agenda

#: what stands where a text was: the triggers of the tables let nothing else in
GONE = "—"
Of = Redaction.Of


@dataclass(frozen=True)
class Passage:
    """A text that may be deleted: of which row, which field, and how it begins."""

    of: str
    row: int
    field: str
    begins: str

    @property
    def code(self) -> str:
        """As forms name it."""
        return f"{self.of}:{self.row}:{self.field}"


def _passage(
    of: str, row: Paper | Demand | DemandEntry | JointAnswer | AgendaItem, field: str
) -> Passage | None:
    text: str = getattr(row, field)
    return Passage(of, row.pk, field, text[:40]) if text and text != GONE else None


def passages_of_paper(paper: Paper, actor: Actor) -> list[Passage]:
    """Of a paper that is out, and of what it asks. One query."""
    if paper.state == Paper.State.DRAFT or not reaches(actor, Permission.PAPER_ISSUE, paper.area_path):
        return []
    found = [_passage(Of.PAPER, paper, field) for field in ("title", "place", "text")]
    found += [_passage(Of.DEMAND, demand, "text") for demand in paper.demands.order_by("id")]
    return [one for one in found if one]


def passages_of_demand(demand: Demand, actor: Actor) -> list[Passage]:
    """Of what is asked, and of what was written on it. One query."""
    if not reaches(actor, Permission.PAPER_ISSUE, demand.paper.area_path):
        return []
    found = [_passage(Of.DEMAND, demand, "text")]
    found += [_passage(Of.ENTRY, entry, "text") for entry in demand.entries.order_by("seq")]
    return [one for one in found if one]


def passages_of_order(order: SideRecord, actor: Actor) -> list[Passage]:
    """Of what a second unit answered; the texts of the case's own steps are deleted on its page. One query."""
    if not reaches(actor, Permission.PAPER_ISSUE, order.case.area_path):
        return []
    found = [
        _passage(Of.JOINT, answer, "text")
        for answer in JointAnswer.objects.filter(record=order).order_by("id")
    ]
    return [one for one in found if one]


def passages_of_occasion(occasion: Occasion, actor: Actor) -> list[Passage]:
    """Of the matters before a meeting. One query."""
    if not reaches(actor, Permission.PAPER_ISSUE, occasion.area_path):
        return []
    return [one for item in agenda(occasion) if (one := _passage(Of.ITEM, item, "text"))]


@transaction.atomic
def redact(subject: str, subject_id: int, code: str, why: str, *, actor: Actor, at: datetime) -> None:
    """Delete the text `code` (see Passage) shown on the page of a paper, demand, order or occasion: by whoever issues papers.

    Raises NotFound (the page, or the text on it), PermissionMissing, NothingNamed and what is wrong with the reason.
    """
    passages = _passages(subject, subject_id, actor)
    why = clean(why, 3 * MOST_TITLE, "理由", "Reason")
    if not why:
        raise NothingNamed(zh_what="删除的理由", en_what="why it is deleted")
    passage = next((one for one in passages if one.code == code), None)
    if passage is None:
        raise NotFound
    assert actor.person_id is not None
    tables: dict[Of, Any] = {
        Of.PAPER: Paper, Of.DEMAND: Demand, Of.ENTRY: DemandEntry, Of.JOINT: JointAnswer, Of.ITEM: AgendaItem,
    }  # fmt: skip
    still_there = tables[Of(passage.of)].objects.filter(pk=passage.row).exclude(**{passage.field: GONE})
    if not still_there.update(**{passage.field: GONE}):
        raise NotFound  # sent twice at one moment
    Redaction.objects.create(
        of=passage.of, row=passage.row, field=passage.field, person_id=actor.person_id, why=why, at=at
    )


def _passages(subject: str, subject_id: int, actor: Actor) -> list[Passage]:
    """Those of the page; its text may be gone already."""
    if subject == Of.PAPER:
        paper = get_paper(subject_id, actor)
        area, found = paper.area_path, passages_of_paper(paper, actor)
    elif subject == Of.DEMAND:
        demand = get_demand(subject_id, actor)
        area, found = demand.paper.area_path, passages_of_demand(demand, actor)
    elif subject == "order":
        order = get_order(subject_id, actor)
        area, found = order.case.area_path, passages_of_order(order, actor)
    elif subject == "occasion":
        occasion = get_occasion(subject_id, actor)
        area, found = occasion.area_path, passages_of_occasion(occasion, actor)
    else:
        raise NotFound
    if not reaches(actor, Permission.PAPER_ISSUE, area):
        raise PermissionMissing(permission=Permission.PAPER_ISSUE.value)
    return found


def deleted(**rows: Iterable[int]) -> list[Redaction]:
    """What was deleted of these rows (`paper`, `demand`, `entry`, `joint`, `item`), oldest first. One query."""
    condition = Q(pk__in=[])
    for of, ids in rows.items():
        condition |= Q(of=of, row__in=[*ids])
    return [*Redaction.objects.filter(condition).select_related("person").order_by("id")]
