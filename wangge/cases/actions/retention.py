# SPDX-License-Identifier: Apache-2.0
"""What is kept of callers and of visits no longer than the hotline's rule says, and by which key callers are sealed."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from wangge.cases.actions.calls import caller_of
from wangge.cases.actions.visits import without_texts
from wangge.cases.flow import END_STATES
from wangge.cases.merged import matter_of
from wangge.cases.models import Call, Case, Contact, HotlineRule, Photo, SideRecord, Visit, VisitReport
from wangge.cases.recomputing import parts
from wangge.common.sealing import Unreadable, keyed_digest, newest_key, seal

log = logging.getLogger(__name__)

#: ids a statement is given: one bears 65,535 values
AT_ONCE = 10_000
_ENDED = [state.value for state in END_STATES]


def _over(before: datetime, case: str) -> Q:
    """The call was taken, and its matter ended, before that moment: a merged case with the one it went into, a call without
    a case at once. Who called about a case that had ended long ago is kept as long as anybody."""
    alone, into = {f"{case}__state__in": _ENDED}, {f"{case}__merged_into__state__in": _ENDED}
    ended = Q(**alone, ended_at__lt=before) & ~Q(**{f"{case}__state": "merged"})
    merged = Q(**{f"{case}__state": "merged"}, **into, into_ended_at__lt=before)
    return Q(taken_at__lt=before) & (ended | merged | Q(**{f"{case}__isnull": True}))


def _moments(case: str) -> dict[str, Coalesce]:
    """When a case ended, and the one it was merged into."""
    into = f"{case}__merged_into"
    return {
        "ended_at": Coalesce(f"{case}__closed_at", f"{case}__last_at"),
        "into_ended_at": Coalesce(f"{into}__closed_at", f"{into}__last_at"),
    }


def newest_rules() -> list[HotlineRule]:
    """The newest rule of every channel there ever was one for: what it took in is still kept."""
    return list(HotlineRule.objects.order_by("channel", "-valid_from", "-pk").distinct("channel"))


def delete_overdue(at: datetime) -> tuple[int, int]:
    """Contacts, and texts of calls, whose time is over at `at`: (contacts deleted, calls whose texts were)."""
    contacts = texts = 0
    for rule in newest_rules():
        for part in parts(contacts_due(rule.channel, rule.contact_days, at), AT_ONCE):
            contacts += _delete_contacts(part, at)
        for part in parts(texts_due(rule.channel, rule.answered_days, at), AT_ONCE):
            texts += Call.objects.filter(pk__in=part).update(text=None, place=None, answer=None)
    return contacts, texts


def contacts_due(channel: str, days: int, at: datetime) -> list[int]:
    """Calls of the channel whose contact, kept for `days`, would be over at `at`: not of who waits for a reward."""
    rewards = SideRecord.objects.filter(kind="reward", ended_at=None, facts__has_key="payee_call")
    waiting = [*rewards.values_list("facts__payee_call", flat=True)]
    found = Contact.objects.filter(call__channel=channel).exclude(pk__in=waiting)
    return _due(found, "call__case", at - timedelta(days=days))


def texts_due(channel: str, days: int, at: datetime) -> list[int]:
    """Calls of the channel whose texts, kept for `days`, would be over at `at`."""
    calls = Call.objects.filter(channel=channel, text__isnull=False)
    return _due(calls, "case", at - timedelta(days=days))


def delete_overdue_visits(at: datetime) -> int:
    """Texts and photos of visits go as the texts of calls do: as long after the visit, and after every case that was reported
    from it has ended, as the longest `answered_days` says. How many visits. What was found and who went stays."""
    days = max((rule.answered_days for rule in newest_rules()), default=None)
    if days is None:
        return 0
    found = visits_due(days, at)
    for visit in (visit for part in parts(found, AT_ONCE) for visit in Visit.objects.filter(pk__in=part)):
        with transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**without_texts(visit), texts_gone_at=at)
            Photo.objects.filter(visit=visit).update(
                visit=None
            )  # it waits for nothing: it is purged as those that wait
    return len(found)


def visits_due(days: int, at: datetime) -> list[int]:
    """Ids of visits whose texts, kept for `days`, would be over at `at`."""
    before = at - timedelta(days=days)
    reported = VisitReport.objects.filter(visit__at__lt=before, visit__texts_gone_at=None)
    over = {*_due(reported.annotate(taken_at=F("visit__at")), "case", before)}
    running = {visit for pk, visit in reported.values_list("pk", "visit") if pk not in over}
    due = Visit.objects.filter(at__lt=before, texts_gone_at=None).values_list("pk", flat=True)
    return [visit for visit in due if visit not in running]


def _due(rows: QuerySet[Any], case: str, before: datetime) -> list[int]:
    """Ids of the rows whose matter ended before that moment, however often it was merged."""
    found = rows.annotate(**_moments(case)).filter(_over(before, case))
    further = found.values_list("pk", f"{case}__merged_into__merged_into")
    return [pk for pk, into in further if into is None or _ended_before(into, before)]


def _ended_before(case_id: int, before: datetime) -> bool:
    case = matter_of(Case.objects.get(pk=case_id))
    return case.state in _ENDED and (case.closed_at or case.last_at) < before


@transaction.atomic
def _delete_contacts(calls: Sequence[int], at: datetime) -> int:
    """The row goes, with it the token and the digest of the number; the call says when."""
    Call.objects.filter(pk__in=calls).update(contact_gone_at=at)
    return Contact.objects.filter(pk__in=calls).delete()[0]


def seal_anew() -> int:
    """Contacts sealed by an older key are sealed by the newest; how many that were."""
    made = 0
    old = Contact.objects.exclude(sealed_with=newest_key()).values_list("pk", flat=True)
    for pk in list(old):
        with transaction.atomic():
            contact = Contact.objects.select_for_update().filter(pk=pk).first()
            if contact is None:
                continue  # its time was over meanwhile
            try:
                caller = caller_of(contact)
            except Unreadable:
                log.error("a contact is sealed with key %s, which is not here", contact.sealed_with)
                continue
            contact.sealed = seal(json.dumps({"name": caller.name, "number": caller.number}))
            contact.sealed_with = newest_key()
            contact.number_digest = keyed_digest(caller.number) if caller.number else ""
            contact.save(update_fields=["sealed", "sealed_with", "number_digest"])
            made += 1
    return made
