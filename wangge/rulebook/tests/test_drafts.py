# SPDX-License-Identifier: Apache-2.0
"""A change of reference data from the draft to the row in force: checked, by two people, whole or not at all."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, DataError, OperationalError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.city import COVER, COVER_NORM, EAST, MORNING, WEST, actor
from wangge.catalog.models import Norm
from wangge.catalog.queries import catalog
from wangge.common.errors import NotFound
from wangge.notices.models import Notice
from wangge.organizations.directory import directory
from wangge.packs.loading import put_in_force
from wangge.rulebook import drafts
from wangge.rulebook.errors import (
    DraftChanged,
    DraftClosed,
    DraftEmpty,
    DueInThePast,
    KeyFixed,
    NotYourDraft,
    OutOfArea,
    OwnDraft,
    RowExists,
    RowFaulty,
    RowMissing,
)
from wangge.rulebook.laying import lay, row_of
from wangge.rulebook.models import Change, Draft, Publication
from wangge.rulebook.preview import differences, preview
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import history, row, rows
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _row(table: str, *key: str) -> dict[str, Any]:
    found = row(reference_table(table), key)
    assert found
    return found.values


def _draft(*changes: tuple[str, tuple[str, ...], dict[str, Any]], title: str = "缩短时限") -> Draft:
    """A draft of the administrator's with each row changed."""
    author = actor("administrator")
    draft = drafts.start(title, actor=author, at=MORNING)
    for table, key, values in changes:
        drafts.put_row(draft.pk, table, _row(table, *key) | values, key=key, actor=author, at=MORNING)
    return draft


def _submit(draft: Draft, login: str, *, due_at: datetime | None = None, at: datetime = MORNING) -> None:
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=due_at, actor=actor(login), at=at)


def _publish(draft: Draft, at: datetime = MORNING) -> Draft:
    _submit(draft, "leader", at=at)
    publish_due(at)
    draft.refresh_from_db()
    return draft


def _limit() -> int:
    return next(norm.limit for norm in catalog().norms_of(COVER) if norm.code == COVER_NORM)


def test_a_changed_norm_is_in_force_when_another_has_published_it() -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": "7"}))
    assert _limit() == 2
    (change,) = draft.changes.all()
    assert [(d.column, d.before, d.after) for d in differences(change)] == [("limit", 2, 7)]
    assert not preview(draft, MORNING).faults

    assert _publish(draft).state == Draft.State.PUBLISHED
    assert _limit() == 7
    new, old = history(reference_table("norms"), (COVER_NORM,))
    assert (new.values["limit"], new.valid_to, old.values["limit"], old.valid_to) == (7, None, 2, MORNING)
    assert new.publication and new.publication.draft == draft and old.publication is None
    assert Publication.objects.get().counts == {"norms": [0, 1, 0]}
    assert Norm.objects.filter(code=COVER_NORM).count() == 2


def test_a_new_row_and_an_ended_one() -> None:
    draft, author = _draft(), actor("administrator")
    new = _row("norms", COVER_NORM) | {"code": "C0101-8", "condition_zh": "其他", "condition_en": "Other"}
    drafts.put_row(draft.pk, "norms", new, key=None, actor=author, at=MORNING)
    drafts.end_row(draft.pk, "norms", ("C0101-4",), actor=author, at=MORNING)
    _publish(draft)
    codes = {norm.code for norm in catalog().norms_of(COVER)}
    assert "C0101-8" in codes and "C0101-4" not in codes


def test_what_changes_nothing_is_no_change_and_a_change_can_be_taken_back() -> None:
    draft = _draft(("norms", (COVER_NORM,), {}), ("norms", ("C0101-2",), {"limit": 9}))
    (change,) = draft.changes.all()
    assert change.key == ["C0101-2"]
    drafts.undo(draft.pk, change.pk, actor=actor("administrator"))
    with pytest.raises(DraftEmpty):
        _submit(draft, "leader")


def test_what_another_row_needs_cannot_end() -> None:
    draft = _draft()
    drafts.end_row(draft.pk, "units", ("swj",), actor=actor("administrator"), at=MORNING)
    found = preview(draft, MORNING)
    assert found.faults and {fault.file for fault in found.faults} >= {"people.csv", "responsibility.csv"}
    laid = lay(draft)
    tables = {where[0] for fault in laid.faults if (where := row_of(laid.pack, fault))}
    assert {"people", "responsibilities"} <= tables

    refused = _publish(draft)
    assert refused.state == Draft.State.OPEN and refused.publisher is None
    assert any("swj" in reason["zh"] for reason in refused.refusal)
    assert "swj" in directory().units and not Publication.objects.exists()


def test_of_two_drafts_of_one_row_the_second_is_told() -> None:
    first = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    second = _draft(("norms", (COVER_NORM,), {"limit": 8}), ("norms", ("C0101-2",), {"limit": 8}))
    _publish(first)
    late = _publish(second, MORNING + timedelta(minutes=1))
    assert late.state == Draft.State.OPEN and COVER_NORM in late.refusal[0]["en"]
    told = Notice.objects.filter(template="draft_refused", facts={"draft": second.pk})
    assert {one.recipient.login for one in told} == {"administrator", "leader"}
    assert _limit() == 7 and _row("norms", "C0101-2")["limit"] == 4


def test_a_draft_takes_effect_at_its_moment() -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    later = MORNING + timedelta(days=1)
    _submit(draft, "leader", due_at=later)
    assert publish_due(later - timedelta(seconds=1)) == 0 and _limit() == 2
    assert publish_due(later) == 1 and _limit() == 7
    assert publish_due(later) == 0


def test_a_withdrawn_draft_is_edited_again() -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    _submit(draft, "leader")
    drafts.withdraw(draft.pk, actor=actor("administrator"))
    assert publish_due(MORNING) == 0
    drafts.discard(draft.pk, actor=actor("administrator"), at=MORNING)
    with pytest.raises(DraftClosed):
        drafts.end_row(draft.pk, "norms", (COVER_NORM,), actor=actor("administrator"), at=MORNING)


def test_who_may_not() -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    with pytest.raises(OwnDraft):
        _submit(draft, "administrator")
    with pytest.raises(DueInThePast):
        _submit(draft, "leader", due_at=MORNING - timedelta(hours=1))
    other = actor("administrator_east")
    with pytest.raises(NotYourDraft):
        drafts.undo(draft.pk, draft.changes.get().pk, actor=other)
    own = drafts.start("东街", actor=other, at=MORNING)
    with pytest.raises(OutOfArea):
        drafts.end_row(own.pk, "norms", (COVER_NORM,), actor=other, at=MORNING)
    east = _row("responsibilities", "E01", EAST, "*", "")
    drafts.put_row(
        own.pk,
        "responsibilities",
        east | {"lead": "csgl"},
        key=("E01", EAST, "*", ""),
        actor=other,
        at=MORNING,
    )
    with pytest.raises(OutOfArea):  # not out of the area either
        drafts.end_row(own.pk, "responsibilities", ("C01", "*", "*", ""), actor=other, at=MORNING)


def test_a_row_that_cannot_be_is_told_field_by_field() -> None:
    draft, author = _draft(), actor("administrator")
    values = _row("norms", COVER_NORM)
    with pytest.raises(RowFaulty) as told:
        drafts.put_row(
            draft.pk,
            "norms",
            values | {"limit": "soon", "clock": "lunch"},
            key=(COVER_NORM,),
            actor=author,
            at=MORNING,
        )
    assert len(told.value.faults) == 2
    with pytest.raises(KeyFixed):
        drafts.put_row(
            draft.pk, "norms", values | {"code": "C0101-7"}, key=(COVER_NORM,), actor=author, at=MORNING
        )
    with pytest.raises(RowExists):
        drafts.put_row(draft.pk, "norms", values, key=None, actor=author, at=MORNING)
    with pytest.raises(RowMissing):
        drafts.end_row(draft.pk, "norms", ("C9999-1",), actor=author, at=MORNING)
    assert not draft.changes.exists()


def test_what_was_published_cannot_be_rewritten_even_in_the_database() -> None:
    draft = _publish(_draft(("norms", (COVER_NORM,), {"limit": 7})))
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(draft=draft).update(row={})
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(draft=draft).delete()


def test_rows_are_found_by_words_in_any_column() -> None:
    table = reference_table("norms")
    assert [r.key for r in rows(table, "C0101 4 工作")] == []
    assert (COVER_NORM,) in [r.key for r in rows(table, "c0101 紧急") or rows(table, "c0101")]
    assert {r.values["class"] for r in rows(table, "上水井盖")} >= {COVER}, "by the name of what a code names"


def test_a_holiday_queues_what_its_deadlines_follow_in_the_transaction_that_publishes_it() -> None:
    waiting = ProcrastinateJob.objects.filter(task_name="wangge.cases.jobs.follow_calendars")
    waiting.delete()  # of the city itself
    _publish(_draft(("norms", (COVER_NORM,), {"limit": 7})))
    assert not waiting.exists()
    draft, author = _draft(), actor("administrator")
    off = {"date": "2026-03-13", "name_zh": "市庆", "name_en": "City day", "kind": "holiday"}
    drafts.put_row(draft.pk, "holidays", off, key=None, actor=author, at=MORNING)
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        assert _publish(draft).state == Draft.State.PUBLISHED  # where the worker's own connection is not open
    assert waiting.count() == 1


@pytest.mark.parametrize("table", ["calendar", "flow"])
def test_a_document_is_published_whole(table: str) -> None:
    from wangge.rulebook.queries import document_in_force

    draft, author = _draft(), actor("administrator")
    held = document_in_force(table)
    changed = held | ({"last_year": 2025} if table == "calendar" else {"callback_tries": 5})
    drafts.put_row(draft.pk, table, changed, key=None, actor=author, at=MORNING)
    assert not preview(draft, MORNING).faults
    assert _publish(draft).state == Draft.State.PUBLISHED
    assert document_in_force(table) == changed


def test_a_draft_of_before_is_given_the_figures_a_flow_now_needs() -> None:
    from wangge.rulebook.queries import document_in_force

    draft, author = _draft(), actor("administrator")
    flow = document_in_force("flow")
    drafts.put_row(draft.pk, "flow", flow | {"callback_tries": 5}, key=None, actor=author, at=MORNING)
    change = Change.objects.get()
    for document in filter(None, (change.row, change.before)):
        del document["records"]["extension"]["most"]
    change.save()
    assert preview(draft, MORNING).faults
    import_module("wangge.rulebook.migrations.0004_figures_of_records").write_figures(apps, None)
    assert not preview(draft, MORNING).faults
    assert _publish(draft).state == Draft.State.PUBLISHED


def test_the_order_of_a_document_and_of_the_fields_of_a_form_is_kept() -> None:
    from wangge.rulebook.queries import document_in_force

    draft, author = _draft(), actor("administrator")
    flow = document_in_force("flow")
    drafts.put_row(draft.pk, "flow", flow | {"callback_tries": 5}, key=None, actor=author, at=MORNING)
    form = rows(reference_table("forms"))[0]
    properties = form.values["fields"]["properties"]
    turned = dict(reversed(properties.items()))
    values = form.values | {"fields": form.values["fields"] | {"properties": turned}, "title_zh": "新表"}
    drafts.put_row(draft.pk, "forms", values, key=form.key, actor=author, at=MORNING)
    assert _publish(draft).state == Draft.State.PUBLISHED
    assert list(document_in_force("flow")["steps"]) == list(flow["steps"])
    assert list(_row("forms", *form.key)["fields"]["properties"]) == list(turned) != list(properties)


def test_a_calendar_without_work_time_and_a_flow_without_end_are_refused() -> None:
    from wangge.rulebook.queries import document_in_force

    draft, author = _draft(), actor("administrator")
    calendar = document_in_force("calendar")
    empty: dict[str, list[str]] = {day: [] for day in calendar["calendars"][0]["weekly"]}
    calendar["calendars"][0]["weekly"] = empty
    drafts.put_row(draft.pk, "calendar", calendar, key=None, actor=author, at=MORNING)
    flow = document_in_force("flow")
    flow["steps"]["close"]["from"] = ["handled"]
    drafts.put_row(draft.pk, "flow", flow, key=None, actor=author, at=MORNING)
    assert {fault.file for fault in preview(draft, MORNING).faults} == {"calendar.yaml", "flow.yaml"}


def test_an_area_s_administrator_neither_edits_nor_publishes_what_is_the_city_s() -> None:
    from wangge.rulebook.queries import document_in_force

    east = actor("administrator_east")
    own = drafts.start("流程", actor=east, at=MORNING)
    flow = document_in_force("flow") | {"callback_tries": 5}
    for whole in (flow, flow | {"area": EAST}):  # what a document says of itself does not count
        with pytest.raises(OutOfArea):
            drafts.put_row(own.pk, "flow", whole, key=None, actor=east, at=MORNING)
    for key in ((WEST,), ("990101",)):
        with pytest.raises(OutOfArea):
            drafts.put_row(own.pk, "flow", {"name_zh": "流程"}, key=key, actor=east, at=MORNING)
    for no_key in (("990109",), (EAST, WEST)):
        with pytest.raises(NotFound):
            drafts.put_row(own.pk, "flow", {"name_zh": "流程"}, key=no_key, actor=east, at=MORNING)
    with pytest.raises(NotFound):  # only of the flow areas have their own
        drafts.put_row(own.pk, "calendar", document_in_force("calendar"), key=(EAST,), actor=east, at=MORNING)
    drafts.put_row(own.pk, "flow", {"name_zh": "流程"}, key=(EAST,), actor=east, at=MORNING)
    west = drafts.start("西街", actor=actor("administrator"), at=MORNING)
    drafts.put_row(
        west.pk, "flow", {"name_zh": "流程"}, key=(WEST,), actor=actor("administrator"), at=MORNING
    )
    whole_city = drafts.start("全市", actor=actor("administrator"), at=MORNING)
    drafts.put_row(
        whole_city.pk, "flow", flow | {"area": EAST}, key=None, actor=actor("administrator"), at=MORNING
    )
    for beyond in (west, whole_city):
        with pytest.raises(OutOfArea):
            _submit(beyond, "administrator_east")
    # a clerk of a unit that works in the whole city, written beside the street
    clerk = {"login": "new", "name": "新人", "post": "unit_clerk", "unit": "swj", "area": EAST, "source": ""}
    with pytest.raises(OutOfArea):
        drafts.put_row(own.pk, "people", clerk, key=None, actor=east, at=MORNING)
    with pytest.raises(OutOfArea):
        _submit(_draft(("norms", (COVER_NORM,), {"limit": 7})), "administrator_east")


def test_what_is_published_is_what_was_looked_at() -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    looked_at = drafts.seen(draft.pk)
    author = actor("administrator")
    drafts.put_row(
        draft.pk, "norms", _row("norms", "C0101-2") | {"limit": 9}, key=("C0101-2",), actor=author, at=MORNING
    )
    with pytest.raises(DraftChanged):
        drafts.submit(draft.pk, looked_at=looked_at, due_at=None, actor=actor("leader"), at=MORNING)


@pytest.mark.parametrize("fault", [DataError("integer out of range"), KeyError("nobody foresaw")])
def test_a_draft_that_fails_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    bad = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    good = _draft(("norms", ("C0101-2",), {"limit": 9}))

    def failing(pack: Any, **rest: Any) -> Any:
        if pack.norms.rows[COVER_NORM,].limit == 7:
            raise fault
        return put_in_force(pack, **rest)

    monkeypatch.setattr("wangge.rulebook.publishing.put_in_force", failing)
    for draft in (bad, good):
        _submit(draft, "leader")
    assert publish_due(MORNING) == 1
    for draft in (bad, good):
        draft.refresh_from_db()
    assert (bad.state, good.state) == (Draft.State.OPEN, Draft.State.PUBLISHED) and bad.refusal


def test_a_draft_that_is_due_while_the_database_is_away_is_due_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = _draft(("norms", (COVER_NORM,), {"limit": 7}))
    _submit(draft, "leader")

    def away(pack: Any, **rest: Any) -> Any:
        raise OperationalError("terminating connection due to administrator command")

    with monkeypatch.context() as patch:
        patch.setattr("wangge.rulebook.publishing.put_in_force", away)
        with pytest.raises(OperationalError):
            publish_due(MORNING)
    assert publish_due(MORNING) == 1
    draft.refresh_from_db()
    assert draft.state == Draft.State.PUBLISHED
