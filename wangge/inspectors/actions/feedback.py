# SPDX-License-Identifier: Apache-2.0
"""社会监督: feedback from the public on inspectors' work, taken at the hotline and answered within a limit."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wangge.cases.deadlines import Clock, Limit, due_at
from wangge.cases.models import Case
from wangge.common.errors import NotFound
from wangge.common.numbers import personal_number
from wangge.grids.queries import top_area_path
from wangge.inspectors.actions.entering import enter
from wangge.inspectors.errors import AboutYourself, FeedbackAnswered, NoSubject, NotAnInspector, NumberInText
from wangge.inspectors.feedback import feedback_to
from wangge.inspectors.models import LedgerEntry, StaffFeedback
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.squads import inspectors, squad_codes
from wangge.inspectors.texts import named_case, person_of, said, sent_once
from wangge.notices.actions import tell
from wangge.organizations.access import Permission, require
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import Actor, directory

DAY = timedelta(days=1)


@transaction.atomic
def take_feedback(
    kind: str, *, text: str, number: str = "", squad: str = "", actor: Actor, at: datetime, key: UUID
) -> StaffFeedback:
    """A complaint or praise about a case (whose squad it is about then) or a squad. Who gave it is kept nowhere.

    Sent again with the same `key`, the first. Raises PermissionMissing, NoSubject, NotFound (the case), NumberInText,
    WordsMissing.
    """
    require(actor, Permission.FEEDBACK_TAKE)
    text = said(text, "反馈内容", "what was said")
    if personal_number(text):
        raise NumberInText
    case = named_case(number, actor) if number.strip() else None
    squad = case.squad if case else squad
    if kind not in StaffFeedback.Kind.values or squad not in squad_codes():
        raise NoSubject
    return sent_once(
        StaffFeedback.objects.all(), key, lambda: _taken(kind, text, case, squad, actor, at, key),
        kind=kind, text=text, squad=squad, taken_by_id=actor.person_id,
    )  # fmt: skip


def _taken(
    kind: str, text: str, case: Case | None, squad: str, actor: Actor, at: datetime, key: UUID
) -> StaffFeedback:
    """The row; whoever answers is told."""
    rules = current_rules().rules
    row = StaffFeedback.objects.create(
        kind=kind, case=case, squad=squad, area_path=_area_of(case, squad), text=text, taken_by_id=person_of(actor),
        taken_at=at, due_at=_due(rules.feedback.limit, at), key=key,
        delete_on=local_day(at) + rules.ledger.keep_days * DAY,
    )  # fmt: skip
    answering = directory().permitted(Permission.FEEDBACK_ANSWER, area_path=row.area_path)
    tell({person: {"squad": squad} for person in answering}, "feedback_taken", at=at)
    return row


def _area_of(case: Case | None, squad: str) -> str:
    """Where whoever answers must work: the case's place, or the area of the squad's people."""
    if case is not None:
        return case.area_path
    return next((held.area_path for held in inspectors().values() if held.unit == squad), top_area_path())


def _due(days: int, at: datetime) -> datetime | None:
    try:
        return due_at(Limit(days, Clock.WORK_DAY), at, directory().calendar)
    except CalendarYearMissing:
        return None


@transaction.atomic
def answer_feedback(
    feedback_id: int, *, upheld: bool, answer: str, person_id: int | None = None, actor: Actor, at: datetime
) -> StaffFeedback:
    """What was found and said. Upheld and about one inspector, it comes into their ledger; `person_id` None = about
    nobody alone.

    Raises PermissionMissing, NotFound, FeedbackAnswered, NotAnInspector, AboutYourself, NumberInText, WordsMissing.
    """
    require(actor, Permission.FEEDBACK_ANSWER)
    row = StaffFeedback.objects.select_for_update().filter(feedback_to(actor), pk=feedback_id).first()
    if row is None:
        raise NotFound
    if row.answered_at is not None:
        raise FeedbackAnswered
    if any(held.unit == row.squad for held in actor.held) or person_id == actor.person_id:
        raise AboutYourself
    row.answer = said(answer, "答复内容", "the answer")
    if personal_number(row.answer):
        raise NumberInText
    row.upheld, row.answered_by_id, row.answered_at = upheld, person_of(actor), at
    row.save(update_fields=["answer", "upheld", "answered_by", "answered_at"])
    if person_id is not None:
        their = inspectors().get(person_id)
        if their is None or their.unit != row.squad:
            raise NotAnInspector
        if upheld:
            entry = LedgerEntry(
                person_id=person_id, kind=row.kind, case_id=row.case_id, feedback=row, reason=row.answer
            )
            enter(entry, squad=row.squad, actor=actor, at=at)
    return row
