# SPDX-License-Identifier: Apache-2.0
"""Who reads the ledger: the inspector, their squad's leader and the evaluator, nobody else; entries and sums."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from wangge.common.errors import NotFound
from wangge.inspectors.models import LedgerEntry
from wangge.inspectors.reference import rules_by_id
from wangge.inspectors.rules import Consequence
from wangge.inspectors.squads import in_squad, inspectors
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory


def entries_to(actor: Actor) -> Q:
    """The condition on LedgerEntry for what `actor` may read: about themselves; about those now in the squad they lead; for
    an evaluator, of their area."""
    condition = Q(person_id=actor.person_id)
    for held in directory().held_with(actor, Permission.LEDGER_READ):
        if in_squad(held):
            condition |= Q(person_id__in=[p for p, their in inspectors().items() if their.unit == held.unit])
        else:
            condition |= Q(area_path__startswith=held.area_path)
    return condition


def list_entries(
    actor: Actor,
    *,
    person_id: int | None = None,
    state: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[LedgerEntry]:
    """At most `limit` readable entries, newest first, after the keyset (entered_at, id). One query."""
    rows = LedgerEntry.objects.filter(entries_to(actor)).select_related("person", "case", "entered_by")
    if person_id is not None:
        rows = rows.filter(person=person_id)
    if state:
        rows = rows.filter(state=state)
    if after:
        at, entry_id = after
        rows = rows.filter(Q(entered_at__lt=at) | Q(entered_at=at, id__lt=entry_id), entered_at__lte=at)
    return [*rows.order_by("-entered_at", "-id")[:limit]]


def get_entry(entry_id: int, actor: Actor) -> LedgerEntry:
    """Absent and unreadable both raise NotFound."""
    rows = LedgerEntry.objects.filter(entries_to(actor), pk=entry_id)
    entry = rows.select_related("person", "case", "entered_by", "ruled_by", "sample", "feedback").first()
    if entry is None:
        raise NotFound
    return entry


def consequence_of(entry: LedgerEntry) -> Consequence:
    """What the entry entails, by the rules it was made under."""
    found: Consequence = getattr(rules_by_id(entry.rules_id).ledger.consequences, entry.kind)
    return found


def own_counts(person_id: int | None) -> dict[str, int]:
    """Standing entries about a person by kind. One query."""
    rows: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(person=person_id)
    rows = rows.exclude(state=LedgerEntry.State.CANCELLED)
    return {row["kind"]: row["n"] for row in rows.values("kind").annotate(n=Count("pk")).order_by("kind")}
