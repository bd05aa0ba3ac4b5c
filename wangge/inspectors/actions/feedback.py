# SPDX-License-Identifier: Apache-2.0
"""社会监督: feedback from the public on the work of staff, taken at the hotline and answered within a limit."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wangge.cases.deadlines import Clock, Limit, due_at
from wangge.cases.models import Case
from wangge.common.errors import NotFound
from wangge.common.numbers import personal_number
from wangge.inspectors.actions.entering import enter
from wangge.inspectors.errors import AboutYourself, FeedbackAnswered, NoSubject, NotAnInspector, NumberInText
from wangge.inspectors.feedback import feedback_to
from wangge.inspectors.models import LedgerEntry, StaffFeedback
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.squads import area_of, inspectors
from wangge.inspectors.texts import named_case, person_of, said, sent_once
from wangge.notices.actions import tell
from wangge.organizations.access import Permission, require
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import Actor, directory
from wangge.organizations.models import Unit

DAY = timedelta(days=1)


@transaction.atomic
def take_feedback(
    kind: str, *, text: str, number: str = "", unit: str = "", actor: Actor, at: datetime, key: UUID
) -> StaffFeedback:
    """A complaint or praise about the work of `unit`'s people, in a case or at large; of a case alone, of its inspectors.
    Who gave it is kept nowhere.

    Sent again with the same `key`, the first. Raises PermissionMissing, NoSubject, NotFound (the case), NumberInText,
    WordsMissing.
    """
    require(actor, Permission.FEEDBACK_TAKE)
    text = said(text, "反馈内容", "what was said")
    if personal_number(text):
        raise NumberInText
    case = named_case(number, actor) if number.strip() else None
    unit = unit or (case.squad if case else "")
    if kind not in StaffFeedback.Kind.values or unit not in directory().units:
        raise NoSubject
    return sent_once(
        StaffFeedback.objects.all(), key, lambda: _taken(kind, text, case, unit, actor, at, key),
        kind=kind, text=text, unit=unit, taken_by_id=actor.person_id,
    )  # fmt: skip


def _taken(
    kind: str, text: str, case: Case | None, unit: str, actor: Actor, at: datetime, key: UUID
) -> StaffFeedback:
    """The row; whoever answers is told."""
    rules = current_rules().rules
    row = StaffFeedback.objects.create(
        kind=kind, case=case, unit=unit, area_path=_area_of(case, unit), text=text, taken_by_id=person_of(actor),
        taken_at=at, due_at=_due(rules.feedback.limit, at), key=key,
        delete_on=local_day(at) + rules.ledger.keep_days * DAY,
    )  # fmt: skip
    answering = directory().permitted(Permission.FEEDBACK_ANSWER, area_path=row.area_path)
    tell({person: {"squad": unit} for person in answering}, "feedback_taken", at=at)
    return row


def _area_of(case: Case | None, unit: str) -> str:
    """Where whoever answers must work: the case's place, the area of the squad's people, or of the unit."""
    if case is not None:
        return case.area_path
    return next((held.area_path for held in inspectors().values() if held.unit == unit), area_of(unit))


def _due(days: int, at: datetime) -> datetime | None:
    try:
        return due_at(Limit(days, Clock.WORK_DAY), at, directory().calendar)
    except CalendarYearMissing:
        return None


@transaction.atomic
def answer_feedback(
    feedback_id: int, *, upheld: bool, answer: str, person_id: int | None = None, actor: Actor, at: datetime
) -> StaffFeedback:
    """What was found and said. Upheld and about one inspector, it comes into their ledger, about another unit it is told to
    whoever answers for that; `person_id` None = about nobody alone.

    Raises PermissionMissing, NotFound, FeedbackAnswered, NotAnInspector, AboutYourself, NumberInText, WordsMissing.
    """
    require(actor, Permission.FEEDBACK_ANSWER)
    row = StaffFeedback.objects.select_for_update().filter(feedback_to(actor), pk=feedback_id).first()
    if row is None:
        raise NotFound
    if row.answered_at is not None:
        raise FeedbackAnswered
    if person_id == actor.person_id or (_of_kind(row.unit) != Unit.Kind.CENTRE and _is_in(actor, row.unit)):
        raise AboutYourself
    row.answer = said(answer, "答复内容", "the answer")
    if personal_number(row.answer):
        raise NumberInText
    row.upheld, row.answered_by_id, row.answered_at = upheld, person_of(actor), at
    row.save(update_fields=["answer", "upheld", "answered_by", "answered_at"])
    if person_id is not None:
        their = inspectors().get(person_id)
        if their is None or their.unit != row.unit:
            raise NotAnInspector
        if upheld:
            entry = LedgerEntry(
                person_id=person_id, kind=row.kind, case_id=row.case_id, feedback=row, reason=row.answer
            )
            enter(entry, squad=row.unit, actor=actor, at=at)
    elif upheld:
        _tell_unit(row, at)
    return row


def _tell_unit(row: StaffFeedback, at: datetime) -> None:
    """Whoever answers for a unit learns what was found to be true of its work."""
    facts = {"unit": row.unit, "why": row.kind}
    actors = {person: directory().actor(person) for person in directory().people}
    answering = {
        person: facts for person, one in actors.items()
        if any(held.unit == row.unit for held in directory().held_with(one, Permission.DEMAND_ANSWER))
    }  # fmt: skip
    tell(answering, "feedback_upheld", at=at)


def _of_kind(unit: str) -> str:
    """Of what kind a unit is; "" of one that is no more."""
    known = directory().units.get(unit)
    return known.kind if known else ""


def _is_in(actor: Actor, unit: str) -> bool:
    return any(held.unit == unit for held in actor.held)
