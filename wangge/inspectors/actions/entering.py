# SPDX-License-Identifier: Apache-2.0
"""台账: entries about inspectors, their appeals and rulings; deletion on time."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from wangge.common.errors import NotFound
from wangge.inspectors.errors import (
    AboutYourself,
    AppealTooLate,
    EntryDecided,
    NotAnInspector,
    NotYourEntry,
    OwnEntry,
)
from wangge.inspectors.ledger import entries_to
from wangge.inspectors.models import Draw, LedgerEntry, Sample, StaffFeedback
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.squads import inspectors, watched
from wangge.inspectors.texts import named_case, person_of, said, sent_once
from wangge.notices.actions import tell
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory

DAY = timedelta(days=1)
State = LedgerEntry.State


def enter(entry: LedgerEntry, *, squad: str, actor: Actor, at: datetime) -> LedgerEntry:
    """Write an entry by the rules in force; its person is told. Raises AboutYourself."""
    if entry.person_id == actor.person_id:
        raise AboutYourself
    held, today = current_rules(), local_day(at)
    ledger = held.rules.ledger
    their = inspectors().get(entry.person_id)
    entry.squad = squad
    entry.area_path = their.area_path if their else actor.held[0].area_path
    entry.rules_id, entry.entered_by_id, entry.entered_at = held.id, person_of(actor), at
    entry.appeal_until = today + ledger.appeal_days * DAY
    entry.delete_on = today + ledger.keep_days * DAY
    entry.save(force_insert=True)
    tell({entry.person_id: {"until": entry.appeal_until.isoformat()}}, "ledger_entered", at=at)
    return entry


@transaction.atomic
def enter_missed(
    person_id: int, number: str, *, reason: str, actor: Actor, at: datetime, key: UUID
) -> LedgerEntry:
    """A matter found on patrol that an inspector had missed, reported as case `number`.

    Sent again with the same `key`, the first entry. Raises PermissionMissing, NotAnInspector, NotFound, AboutYourself,
    WordsMissing.
    """
    require(actor, Permission.LEDGER_ENTER)
    their = watched(actor, Permission.LEDGER_ENTER).get(person_id)
    if their is None:
        raise NotAnInspector
    case, reason = named_case(number, actor), said(reason, "理由", "a reason")
    entry = LedgerEntry(person_id=person_id, kind=LedgerEntry.Kind.MISSED, case=case, reason=reason, key=key)
    return sent_once(
        LedgerEntry.objects.all(), key, lambda: enter(entry, squad=their.unit, actor=actor, at=at),
        person_id=person_id, case_id=case.pk, reason=reason, entered_by_id=actor.person_id,
    )  # fmt: skip


@transaction.atomic
def appeal(entry_id: int, text: str, *, actor: Actor, at: datetime) -> LedgerEntry:
    """The person an entry is about disagrees; whoever decides is told.

    Raises NotFound, NotYourEntry, EntryDecided, AppealTooLate, WordsMissing.
    """
    entry = _locked(entry_id, actor)
    if entry.person_id != actor.person_id:
        raise NotYourEntry
    _check_state(entry, State.STANDING)
    if local_day(at) > entry.appeal_until:
        raise AppealTooLate(until=entry.appeal_until.isoformat())
    entry.appeal = said(text, "申诉理由", "why you disagree")
    entry.state, entry.appealed_at = State.APPEALED, at
    entry.save(update_fields=["state", "appeal", "appealed_at"])
    deciding = directory().permitted(Permission.LEDGER_RULE, area_path=entry.area_path)
    tell(
        {p: {} for p in deciding if p not in (entry.entered_by_id, entry.person_id)}, "ledger_appealed", at=at
    )
    return entry


@transaction.atomic
def rule(entry_id: int, *, granted: bool, reason: str, actor: Actor, at: datetime) -> LedgerEntry:
    """Decide an appeal: granted, the entry is cancelled; else it stands. Never by whoever made the entry, nor by the
    person it is about.

    Raises PermissionMissing, NotFound, AboutYourself, OwnEntry, EntryDecided, WordsMissing.
    """
    require(actor, Permission.LEDGER_RULE)
    entry = _locked(entry_id, actor)
    if entry.person_id == actor.person_id:
        raise AboutYourself
    if entry.entered_by_id == actor.person_id:
        raise OwnEntry
    _check_state(entry, State.APPEALED)
    entry.ruling = said(reason, "裁定理由", "the reason of the ruling")
    entry.state = State.CANCELLED if granted else State.CONFIRMED
    entry.ruled_by_id, entry.ruled_at = person_of(actor), at
    entry.save(update_fields=["state", "ruling", "ruled_by", "ruled_at"])
    tell({entry.person_id: {}}, "ledger_ruled", at=at)
    return entry


def _locked(entry_id: int, actor: Actor) -> LedgerEntry:
    entry = LedgerEntry.objects.select_for_update().filter(entries_to(actor), pk=entry_id).first()
    if entry is None:
        raise NotFound
    return entry


def _check_state(entry: LedgerEntry, state: str) -> None:
    if entry.state != state:
        raise EntryDecided(state_zh=entry.get_state_display(), state_en=LedgerEntry.STATES_EN[entry.state])


def purge(today: date) -> int:
    """What is kept no longer goes: entries, then the samples, draws and feedback no entry needs; how many rows. An appeal is
    decided first."""
    past = LedgerEntry.objects.filter(delete_on__lt=today).exclude(state=State.APPEALED)
    gone = past.delete()[0]
    gone += Sample.objects.filter(draw__delete_on__lt=today, entry__isnull=True).delete()[0]
    gone += Draw.objects.filter(delete_on__lt=today, samples__isnull=True).delete()[0]
    return gone + StaffFeedback.objects.filter(delete_on__lt=today, entry__isnull=True).delete()[0]
