# SPDX-License-Identifier: Apache-2.0
"""Papers: drafted, edited, issued by a second person, or discarded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from wangge.cases.deadlines import Limit, due_at
from wangge.cases.errors import KeyReused
from wangge.cases.models import Case
from wangge.cases.visibility import visible_to
from wangge.grids.queries import city
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import Actor, directory
from wangge.supervision.access import clerks_of, get_occasion, get_paper, own_area, reaches
from wangge.supervision.errors import (
    DaysWrong,
    NotADraft,
    NothingNamed,
    OccasionDrafted,
    PaperMoved,
    SecondPerson,
    TooManyCases,
    UnknownCase,
)
from wangge.supervision.given import (
    MOST_LINE,
    MOST_TEXT,
    MOST_TITLE,
    check_days,
    clean,
    known_units,
    named_units,
)
from wangge.supervision.models import Demand, DemandEntry, Paper, PaperCase
from wangge.supervision.reference import oversight
from wangge.supervision.rules import Span
from wangge.supervision.telling import tell

MOST_CASES = 200
#: papers on which every unit named owes a written explanation
EXPLAINED = (Paper.Kind.BULLETIN, Paper.Kind.ACCOUNTABILITY)


@dataclass(frozen=True)
class Asked:
    """A decision or finding: what a unit is to do; without a day the limit of the kind of paper counts."""

    unit: str
    text: str
    due_day: date | None = None


@dataclass(frozen=True)
class Content:
    """What a paper holds. `cases`: {number: why}, why empty where it was chosen by hand."""

    title: str
    first_day: date
    last_day: date
    text: str = ""
    place: str = ""
    units: tuple[str, ...] = ()
    cases: tuple[tuple[str, str], ...] = ()
    asked: tuple[Asked, ...] = ()


def draft_paper(
    kind: str, content: Content, *, actor: Actor, at: datetime, key: UUID, occasion_id: int | None = None
) -> Paper:
    """A new draft; sent again with the same `key`, the first one. `occasion_id`: the meeting or week it is of, whose area is
    then the paper's.

    Raises NotFound, PermissionMissing, OccasionDrafted and what is wrong with the content.
    """
    area_path = own_area(actor, Permission.PAPER_DRAFT)
    if occasion_id is not None:
        area_path = _area_of(occasion_id, kind, actor, key)
    try:
        return _drafted(kind, content, area_path, actor, at, key, occasion_id)
    except IntegrityError as error:  # another was quicker
        if occasion_id is None:
            raise
        raise OccasionDrafted from error


def _drafted(
    kind: str,
    content: Content,
    area_path: str,
    actor: Actor,
    at: datetime,
    key: UUID,
    occasion_id: int | None,
) -> Paper:
    assert actor.person_id is not None  # only people are appointed to posts
    with transaction.atomic():
        paper, made = Paper.objects.get_or_create(
            key=key,
            defaults={
                "kind": Paper.Kind(kind), "title": "-", "first_day": content.first_day, "last_day": max(content.last_day,
                content.first_day), "area_path": area_path, "drafted_by_id": actor.person_id, "drafted_at": at,
                "occasion_id": occasion_id,
            },
        )  # fmt: skip
        if made:
            _write(paper, content, actor, at)
        elif (paper.drafted_by_id, paper.kind) != (actor.person_id, kind):
            raise KeyReused
    return paper


def _area_of(occasion_id: int, kind: str, actor: Actor, key: UUID) -> str:
    """The area of the occasion. Raises NotFound, PermissionMissing, OccasionDrafted."""
    occasion = get_occasion(occasion_id, actor)
    if occasion.kind != kind or not reaches(actor, Permission.PAPER_DRAFT, occasion.area_path):
        raise PermissionMissing(permission=Permission.PAPER_DRAFT.value)
    others = Paper.objects.filter(occasion=occasion).exclude(key=key).exclude(state=Paper.State.DISCARDED)
    if others.exists():
        raise OccasionDrafted
    return occasion.area_path


def edit_paper(paper_id: int, content: Content, *, actor: Actor, at: datetime, edition: int) -> Paper:
    """The draft with another content. `edition`: the one that was looked at.

    Raises NotFound, PermissionMissing, NotADraft, PaperMoved and what is wrong with the content.
    """
    with transaction.atomic():
        paper = _locked(paper_id, Permission.PAPER_DRAFT, actor, edition)
        paper.edition += 1
        _write(paper, content, actor, at)
    return paper


def issue_paper(paper_id: int, *, actor: Actor, at: datetime, edition: int) -> Paper:
    """Issued as it was seen, by somebody who has not written on it; each unit named owes its answer from now.

    Raises NotFound, PermissionMissing, NotADraft, PaperMoved, SecondPerson, NothingNamed; DaysWrong where a day to be done by
    passed meanwhile.
    """
    with transaction.atomic():
        paper = _locked(paper_id, Permission.PAPER_ISSUE, actor, edition)
        if actor.person_id in (paper.drafted_by_id, *paper.editors):
            raise SecondPerson
        if not paper.units:
            raise NothingNamed(zh_what="单位", en_what="the units")
        demands = _demands_due(paper, at)
        paper.state, paper.issued_by_id, paper.issued_at = Paper.State.ISSUED, actor.person_id, at
        paper.save(update_fields=["state", "issued_by", "issued_at"])
        facts = {"id": paper.pk, "kind": paper.kind}
        owing = {demand.unit for demand in demands}
        others = [unit for unit in paper.units if unit not in owing]
        tell(clerks_of(sorted(owing)), "demand", facts, at=at, but=actor.person_id)
        tell(clerks_of(others), "paper_issued", facts, at=at, but=actor.person_id)
    return paper


def discard_paper(paper_id: int, *, actor: Actor, edition: int) -> None:
    """A draft nobody needs: it stays, marked. Raises NotFound, PermissionMissing, NotADraft, PaperMoved."""
    with transaction.atomic():
        paper = _locked(paper_id, Permission.PAPER_DRAFT, actor, edition)
        paper.state = Paper.State.DISCARDED
        paper.save(update_fields=["state"])


def _locked(paper_id: int, permission: Permission, actor: Actor, edition: int) -> Paper:
    get_paper(paper_id, actor)  # absent and invisible are the same
    paper = Paper.objects.select_for_update(no_key=True).get(pk=paper_id)
    if not reaches(actor, permission, paper.area_path):
        raise PermissionMissing(permission=permission.value)
    if paper.state != Paper.State.DRAFT:
        raise NotADraft
    if paper.edition != edition:
        raise PaperMoved
    return paper


def _write(paper: Paper, content: Content, actor: Actor, at: datetime) -> None:
    """The whole content, checked."""
    paper.title = clean(content.title, MOST_TITLE, "标题", "Title")
    if not paper.title:
        raise NothingNamed(zh_what="标题", en_what="the title")
    paper.text = clean(content.text, MOST_TEXT, "正文", "Text")
    paper.place = clean(content.place, MOST_TITLE, "地点", "Place")
    check_days(content.first_day, content.last_day)
    paper.first_day, paper.last_day = content.first_day, content.last_day
    cited = _cited(paper, content.cases, actor)
    asked = _asked(content.asked, at)
    units = [*content.units, *(unit for _, unit, _ in cited), *(one.unit for one in asked)]
    others = [unit for _, unit, _ in cited] + (paper.occasion.units if paper.occasion else [])
    paper.units = named_units(units, area_path=paper.area_path, others=others)
    if actor.person_id is not None and actor.person_id not in paper.editors:
        paper.editors = [*paper.editors, actor.person_id]
    paper.save()
    PaperCase.objects.filter(paper=paper).delete()
    PaperCase.objects.bulk_create(
        PaperCase(paper=paper, case_id=case, unit=unit, why=why) for case, unit, why in cited
    )
    Demand.objects.filter(paper=paper).delete()
    Demand.objects.bulk_create(
        Demand(paper=paper, unit=one.unit, text=one.text, due_day=one.due_day) for one in asked
    )


def _cited(paper: Paper, cases: Iterable[tuple[str, str]], actor: Actor) -> list[tuple[int, str, str]]:
    """(case, its lead unit, why) of the numbers given. Raises TooManyCases, UnknownCase. One query."""
    wanted = {number.strip().upper(): why for number, why in cases if number.strip()}
    numbers = list(wanted)
    if len(numbers) > MOST_CASES:
        raise TooManyCases(most=MOST_CASES, count=len(numbers))
    rows = Case.objects.filter(visible_to(actor) | Q(pk__in=_already(paper)), number__in=numbers)
    found = {number: (pk, unit) for pk, number, unit in rows.values_list("pk", "number", "lead_unit")}
    for number in numbers:
        if number not in found:
            raise UnknownCase(number=number[:40])
    units = directory().units
    return [(found[n][0], found[n][1] if found[n][1] in units else "", wanted[n]) for n in numbers]


def _already(paper: Paper) -> list[int]:
    """Cases somebody else cited on it: who edits it may not see them, and takes nothing away."""
    return list(PaperCase.objects.filter(paper=paper).values_list("case_id", flat=True))


def _asked(asked: Iterable[Asked], at: datetime) -> list[Asked]:
    today, found = _day(at), []
    for one in asked:
        text = clean(one.text, MOST_LINE, "议定事项", "Decision")
        if not text and not one.unit:
            continue
        if not text or not one.unit:
            raise NothingNamed(
                zh_what="议定事项的内容和责任单位", en_what="what is decided, and the unit it is for"
            )
        if one.due_day is not None and one.due_day < today:
            raise DaysWrong
        found.append(Asked(known_units([one.unit])[0], text, one.due_day))
    return found


def _day(at: datetime) -> date:
    return at.astimezone(city().zone).date()


def _demands_due(paper: Paper, at: datetime) -> list[Demand]:
    """What the units owe from now on, with its moment, if the calendar reaches so far. Raises DaysWrong: nothing is owed
    before it was asked."""
    demands = list(paper.demands.all())
    if any(demand.due_day and demand.due_day < _day(at) for demand in demands):
        raise DaysWrong
    if paper.kind in EXPLAINED:
        owing = {demand.unit for demand in demands}
        demands += [Demand(paper=paper, unit=unit) for unit in paper.units if unit not in owing]
    span = getattr(oversight().replies, paper.kind)
    for demand in demands:
        demand.state = Demand.State.OPEN
        demand.due_at = due_of(demand, span, at)
        demand.save()
    return demands


def due_of(demand: Demand, span: Span, at: datetime) -> datetime | None:
    """When what is asked at `at`, for the first time or again, is due: at the end of the day named, else, and once that day
    has passed, by the limit of the kind of paper; None where the calendar ends before."""
    if demand.due_day and demand.due_day >= _day(at):
        return datetime.combine(demand.due_day, time(23, 59, 59), city().zone)
    kind = directory().units[demand.unit].kind if demand.unit in directory().units else ""
    try:
        return due_at(Limit(span.value, span.clock), at, directory().calendar_of(kind))
    except CalendarYearMissing:
        return None


def date_demands() -> int:
    """What was issued without a moment, because the calendar ended before it, gets one once the calendar goes on; how many."""
    waiting = Demand.objects.filter(
        due_at__isnull=True, state__in=[Demand.State.OPEN, Demand.State.ANSWERED]
    ).select_related("paper")
    dated = 0
    for demand in waiting:
        back = demand.entries.filter(step=DemandEntry.Step.SEND_BACK).order_by("-seq").first()
        since = back.at if back else demand.paper.issued_at
        assert since
        due = due_of(demand, getattr(oversight().replies, demand.paper.kind), since)
        if due is not None:
            dated += Demand.objects.filter(pk=demand.pk, due_at__isnull=True).update(due_at=due)
    return dated
