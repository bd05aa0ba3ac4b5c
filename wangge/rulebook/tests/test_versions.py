# SPDX-License-Identifier: Apache-2.0
"""Whatever drafts are laid, in whatever order they come into force: of a row there is one version at a moment."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.city import COVER_NORM, MORNING, actor
from wangge.catalog.models import Norm
from wangge.common.errors import DomainError
from wangge.common.fresh import forget_all
from wangge.organizations.models import CalendarVersion, UnitHours
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import document_in_force, row
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NEW = "C0101-7"
HOURS = {"unit": "swj", "weekday": "mon", "begins": "08:00", "ends": "12:00", "source": ""}
#: two drafts, so that one is overtaken by the other
WHICH = st.integers(0, 1)
MOVES = st.one_of(
    st.tuples(st.just("put"), WHICH, st.sampled_from([COVER_NORM, NEW]), st.integers(1, 9)),
    st.tuples(st.just("end"), WHICH, st.sampled_from([COVER_NORM, NEW, "C0101-2"])),
    st.tuples(st.just("hours"), WHICH, st.sampled_from(["12:00", "16:00", ""])),
    st.tuples(st.just("years"), WHICH, st.integers(2026, 2028)),
    st.tuples(st.just("undo"), WHICH),
    st.tuples(st.just("publish"), WHICH, st.sampled_from([0, 0, 1, 30])),
    st.tuples(st.just("wait"), st.integers(0, 40)),
)


class Office:
    """Two authors' drafts and a clock of minutes."""

    def __init__(self) -> None:
        self.at = MORNING
        self.author, self.publisher = actor("administrator"), actor("leader")
        self.drafts: list[Draft | None] = [None, None]
        self.published = 0

    def draft(self, which: int) -> int:
        held = self.drafts[which]
        if held:
            held.refresh_from_db()
        if held is None or held.state in (Draft.State.PUBLISHED, Draft.State.DISCARDED):
            held = self.drafts[which] = drafts.start("x", actor=self.author, at=self.at)
        return held.pk

    def move(self, name: str, *given: Any) -> None:
        """One move; what is refused has changed nothing."""
        held = [*self.drafts]
        try:
            with transaction.atomic():
                getattr(self, name)(*given)
        except DomainError:
            self.drafts = held  # one begun for it is gone

    def put(self, which: int, code: str, limit: int) -> None:
        table, held = reference_table("norms"), row(reference_table("norms"), (code,))
        like = held or row(table, (COVER_NORM,)) or row(table, ("C0101-3",))
        assert like
        values = like.values | {"code": code, "limit": limit}
        self._put(which, "norms", values, (code,) if held else None)

    def hours(self, which: int, ends: str) -> None:
        key = ("swj", "mon", "08:00")
        held = row(reference_table("unit_hours"), key)
        if ends:
            self._put(which, "unit_hours", HOURS | {"ends": ends}, key if held else None)
        else:
            drafts.end_row(self.draft(which), "unit_hours", key, actor=self.author, at=self.at)

    def years(self, which: int, last: int) -> None:
        self._put(which, "calendar", document_in_force("calendar") | {"last_year": last}, None)

    def _put(self, which: int, table: str, values: dict[str, Any], key: tuple[str, ...] | None) -> None:
        drafts.put_row(self.draft(which), table, values, key=key, actor=self.author, at=self.at)

    def end(self, which: int, code: str) -> None:
        drafts.end_row(self.draft(which), "norms", (code,), actor=self.author, at=self.at)

    def undo(self, which: int) -> None:
        held = Draft.objects.get(pk=self.draft(which)).changes.order_by("-pk").first()
        if held:
            drafts.undo(held.draft_id, held.pk, actor=self.author)

    def publish(self, which: int, minutes: int) -> None:
        due = self.at + timedelta(minutes=minutes) if minutes else None
        found = self.draft(which)
        drafts.submit(found, looked_at=drafts.seen(found), due_at=due, actor=self.publisher, at=self.at)
        self.published += publish_due(self.at)

    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.published += publish_due(self.at)


def _check(model: Any, *key: str) -> None:
    versions: dict[tuple[str, ...], list[Any]] = {}
    for one in model.objects.order_by("valid_from", "pk"):
        versions.setdefault(tuple(getattr(one, name) for name in key), []).append(one)
    for found in versions.values():
        assert all(one.valid_to is None or one.valid_from < one.valid_to for one in found), "of no length"
        for one, two in pairwise(found):
            assert one.valid_to is not None and one.valid_to <= two.valid_from, "two at a moment"


#: whatever chance brings: one overtakes another, one waits, one follows in the same minute
SURE = [
    ("put", 0, COVER_NORM, 3), ("publish", 0, 0), ("put", 0, COVER_NORM, 5), ("publish", 0, 0),
    ("hours", 1, "12:00"), ("publish", 1, 0), ("put", 0, NEW, 2), ("publish", 0, 30),
    ("put", 1, COVER_NORM, 7), ("publish", 1, 1), ("wait", 40),
]  # fmt: skip
published = [0]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(moves=SURE)
@given(moves=st.lists(MOVES, min_size=6, max_size=16))
def test_versions_of_a_row_never_overlap(moves: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        office = Office()
        for name, *given_to in moves:
            office.move(name, *given_to)
        for minutes in (0, 60):
            office.wait(minutes)
        _check(Norm, "code")
        _check(CalendarVersion, "code")
        _check(UnitHours, "unit", "weekday", "begins")
        published[0] += office.published
        transaction.set_rollback(True)
    forget_all()


def test_enough_was_published_to_prove_something() -> None:
    assert published[0] >= 5
