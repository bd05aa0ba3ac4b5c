# SPDX-License-Identifier: Apache-2.0
"""Whoever dispatched or handled a case never judges it: held by the door, by the offers, by the database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.city import MORNING, actor, person
from tests.loop import bring_to, snapshot, step
from wangge.cases.access import offered_steps
from wangge.cases.actions import take
from wangge.cases.errors import StepDenied
from wangge.cases.flow import Hand, State
from wangge.cases.models import Case, LogEntry
from wangge.cases.reference import current_flow
from wangge.organizations.directory import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


JUDGING = {
    "handled": ("send_check",), "checking": ("answer_check",), "callback": ("call_back",),
    "investigating": ("conclude",), "closing": ("close",), "closed": ("reopen",), "dispatched": ("void",),
    "filed": ("void",),
}  # fmt: skip
ACTING = {
    "accepted": ("self_handle",), "filed": ("dispatch", "transfer", "split", "assign_down"),
    "dispatched": ("sign_for", "assign", "ask_return", "ask_escalation", "ask_extension", "consult"),
    "handling": ("finish", "arrive", "make_safe", "assign", "ask_return", "ask_escalation", "ask_extension",
                 "ask_suspension", "consult"),
}  # fmt: skip


def _used_hand(case: Case, login: str, hand: str) -> None:
    """The person's entry on the case, as an earlier step of theirs would have left it."""
    _raw_entry(case, person(login).pk, hand)


def _raw_entry(case: Case, person_id: int | None, hand: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_logentry (case_id, seq, step, result, from_state, to_state, actor_id, post, hand,"
            " origin, at, recorded_at, data, digest) VALUES (%s, 900, 'x', '', %s, %s, %s, 'x', %s, 'live', now(),"
            " clock_timestamp(), '{}', %s)",
            [case.pk, case.state, case.state, person_id, hand, b"\0" * 32],
        )


@pytest.mark.parametrize(("state", "code"), [(s, c) for s, codes in JUDGING.items() for c in codes])
def test_who_acted_never_judges(both: str, state: str, code: str) -> None:
    case = bring_to(State(state))
    _used_hand(case, both, "acts")
    untouched = snapshot()
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, code, by=both, photos=())
    assert denied.value.reason == "two_hands"
    assert snapshot() == untouched
    offer = next(o for o in offered_steps(case, actor(both)) if o.step.code == code)
    assert not offer.allowed and "另一位同事" in offer.reason_zh and "someone else" in offer.reason_en


@pytest.mark.parametrize(("state", "code"), [(s, c) for s, codes in ACTING.items() for c in codes])
def test_who_judged_never_acts(both: str, state: str, code: str) -> None:
    case = bring_to(State(state))
    _used_hand(case, both, "judges")
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, code, by=both, photos=())
    assert denied.value.reason == "two_hands"


def test_the_tables_above_name_every_step_with_a_hand() -> None:
    #: these go on with a side record: see test_beside
    rulings = {s.code for s in current_flow().steps.values() if s.record and "new" not in s.record_from}
    rulings |= {"appeal_overdue", "cancel_split", "gather", "receipt"}
    named = {c for table in (JUDGING, ACTING) for codes in table.values() for c in codes}
    bound = {s.code for s in current_flow().steps.values() if s.hand is not Hand.NONE}
    assert named | (rulings & bound) == bound


def test_free_steps_bind_no_hand_and_another_person_is_not_bound(both: str) -> None:
    case = bring_to(State.REPORTED)
    for code in ("accept", "file", "dispatch", "sign_for", "finish"):
        step(case, code, by=both)
    assert {e.hand for e in LogEntry.objects.filter(case=case, actor=person(both))} == {"none", "acts"}
    step(case, "send_check")
    assert case.state == "checking"


def test_two_hats_dispatches_and_then_sends_nobody_to_check() -> None:
    case = bring_to(State.FILED)
    step(case, "dispatch", by="two_hats")
    step(case, "sign_for")
    step(case, "finish")
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "send_check", by="two_hats")
    assert denied.value.reason == "two_hands"
    step(case, "send_check", by="operator_1")
    other = bring_to(State.HANDLED)
    step(other, "send_check", by="two_hats")


def test_reworked_and_reopened_cases_remember_hands(both: str) -> None:
    case = bring_to(State.CHECKING)
    step(case, "answer_check", by=both, result="failed")
    with pytest.raises(StepDenied), transaction.atomic():
        step(case, "finish", by=both)
    for code in ("finish", "send_check", "answer_check", "close", "reopen"):
        step(case, code)
    with pytest.raises(StepDenied), transaction.atomic():
        step(case, "finish", by=both)
    for code in ("finish", "send_check"):
        step(case, code)
    step(case, "answer_check", by=both)


@pytest.mark.parametrize(("first", "second"), [("acts", "judges"), ("judges", "acts")])
def test_the_database_refuses_the_other_hand_whoever_asks(first: str, second: str) -> None:
    case, someone = bring_to(State.REPORTED), person("two_hats").pk
    _raw_entry(case, someone, first)
    with pytest.raises(DatabaseError, match="two hands"), transaction.atomic():
        _raw_entry(case, someone, second)
    _raw_entry(case, someone, first)
    _raw_entry(case, someone, "none")
    _raw_entry(case, person("chief_1").pk, second)
    _raw_entry(bring_to(State.REPORTED, at=MORNING + timedelta(days=1)), someone, second)


def test_nobody_cannot_act_live() -> None:
    case = bring_to(State.ACCEPTED)
    system = Actor(None, "", "", actor("operator_1").held, actor("operator_1").permissions)
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        take("void", case.pk, actor=system, at=MORNING)
    assert denied.value.reason == "no_person"
