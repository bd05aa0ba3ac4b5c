# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a notice. Notices about a case are written by the step that causes them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from wangge.notices.models import Notice
from wangge.organizations.access import Permission
from wangge.organizations.directory import directory

CALENDAR_WARNING = timedelta(days=60)  # before the last day the work calendar covers


def mark_read(person_id: int | None, newest: int, *, at: datetime) -> int:
    """The person has seen their notices up to the one of id `newest`; how many were new to them."""
    unread = Notice.objects.filter(
        recipient_id=person_id, channel=Notice.Channel.IN_APP, read_at__isnull=True, pk__lte=newest
    )
    return unread.update(read_at=at, state=Notice.State.DELIVERED)


def tell(facts: Mapping[int, Mapping[str, Any]], template: str, *, at: datetime) -> None:
    """Write a notice to each person with the facts of its sentence (ids and codes, no free text). One statement."""
    Notice.objects.bulk_create(
        Notice(
            recipient_id=person, template=template, facts=dict(one), state=Notice.State.SENT, created_at=at,
            sent_at=at, tries=1,
        )
        for person, one in facts.items()
    )  # fmt: skip


def announce_calendar_end(*, at: datetime) -> int:
    """Tell who minds the calendars that its data end within 60 days, or have ended; once for each last year.

    How many were told now.
    """
    calendar = directory().calendar
    ending = date(calendar.last_year, 12, 31) - at.astimezone(calendar.zone).date()
    if ending > CALENDAR_WARNING:
        return 0
    minders = (
        person for person in directory().people
        if Permission.CALENDAR_READ in directory().actor(person).permissions
    )  # fmt: skip
    return _tell_once(minders, "calendar_ending", {"year": calendar.last_year}, at)


def _tell_once(people: Iterable[int], template: str, facts: dict[str, int], at: datetime) -> int:
    """Write the notice to everybody who has not had it, whatever happens at the same time elsewhere."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"notices.{template}"])
        told = set(
            Notice.objects.filter(template=template, facts=facts).values_list("recipient_id", flat=True)
        )
        untold = {person: facts for person in people if person not in told}
        tell(untold, template, at=at)
    return len(untold)
