# SPDX-License-Identifier: Apache-2.0
"""Any steps by anybody, in any order, doubled: the log explains the state, the chain holds, two hands hold."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.city import MORNING, actor
from tests.loop import HOTLINE, WHO, bring_to, good_data, new_case, snapshot, who
from wangge.cases.actions import take
from wangge.cases.flow import END_STATES, OPEN_STATES, Hand, State
from wangge.cases.models import Case, Dispatch, LogEntry, Task
from wangge.cases.reference import current_flow
from wangge.cases.verification import faults_of
from wangge.common.errors import DomainError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: "" = who should; `both` may take any step but for two hands
PEOPLE = ("", "", "", "", "both", "both", "both", "both", "two_hats", "inspector_west", "chief_2", "outsider")
RESULTS = ("", "", "", "", "failed", "unsatisfied", "unreachable", "rework", "denied")


@st.composite
def moves(draw: st.DrawFn) -> tuple[int, int, str, str, bool, int]:
    """(which case, which of the steps possible there, by whom, with what result, sent twice, minutes later)."""
    return (
        draw(st.integers(0, 1)), draw(st.integers(0, 1000)), draw(st.sampled_from(PEOPLE)),
        draw(st.sampled_from(RESULTS)), draw(st.booleans()), draw(st.integers(-5, 3000)),
    )  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)  # fmt: skip
@given(start=st.sampled_from(OPEN_STATES), run=st.lists(moves(), min_size=25, max_size=45))
def test_no_order_of_steps_breaks_a_case(
    both: str, start: State, run: list[tuple[int, int, str, str, bool, int]]
) -> None:
    with transaction.atomic():
        cases = [new_case(channel=HOTLINE), bring_to(start, at=MORNING + timedelta(minutes=1))]
        for move in run:
            which = move[0]
            event(_move(cases[which], cases[1 - which], *move[1:]))
            _check(cases[which])
        event(f"ended: {sum(not c.is_open for c in cases)}")
        event(f"longest log: {max(c.log_seq for c in cases) // 5 * 5}+")
        transaction.set_rollback(True)


def _move(case: Case, other: Case, step: int, login: str, result: str, doubled: bool, minutes: int) -> str:
    """One try; a refusal must write nothing, a doubled one must answer the same and write nothing more."""
    code = _choose(case.state, step)
    login = login or who(code, case)
    fits = result and current_flow().steps[code].outcome(result)
    changes: dict[str, Any] = {"result": result} if fits else {}
    if code in ("merge", "link"):
        changes["target"] = other.number
    data = good_data(code, case, by=login if login != "outsider" else "", **changes)
    taker, key = actor(login).marked("replayed"), uuid4()
    at, untouched = case.last_at + timedelta(minutes=minutes), snapshot()
    try:
        with transaction.atomic():
            taken = take(code, case.pk, data, actor=taker, at=at, key=key)
    except DomainError as refused:
        assert snapshot() == untouched
        return getattr(refused, "reason", refused.code)
    if doubled:
        once = snapshot()
        again = take(code, case.pk, data, actor=taker, at=at + timedelta(minutes=1), key=key)
        assert (again.seq, again.state, again.again) == (taken.seq, taken.state, True)
        assert snapshot() == once
    case.refresh_from_db()
    assert taken.state == case.state
    return "taken"


#: these end a case before it is handled or turn in a circle: taken now and then only, or no run would get far
SELDOM = {"reject", "reject_filing", "void", "merge", "transfer", "link", "send_verify", "ask_return",
          "ask_escalation", "return", "escalate", "refuse_request"}  # fmt: skip


def _choose(state: str, number: int) -> str:
    """Mostly a step that is possible and leads on; one in seven is any step at all."""
    possible = [s.code for s in current_flow().steps_from(state)]
    onward = [code for code in possible if code not in SELDOM]
    among = sorted(WHO) if number % 7 == 0 else possible if number % 4 == 0 else onward
    return (among or sorted(WHO))[number % len(among or WHO)]


def _check(case: Case) -> None:
    assert faults_of(case) == []
    entries = list(LogEntry.objects.filter(case=case).order_by("seq"))
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    hands = defaultdict(set)
    for entry in entries:
        hands[entry.actor_id].add(entry.hand)
        step = current_flow().steps[entry.step]
        outcome = step.outcome(entry.result)
        assert outcome and (entry.from_state in step.sources)
        reachable = {b.to for b in outcome.branches} if not step.beside else {entry.from_state}
        assert entry.to_state in reachable
    assert not [used for used in hands.values() if {Hand.ACTS, Hand.JUDGES} <= used]
    _check_work(case)


def _check_work(case: Case) -> None:
    stages = sorted(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    asked = list(case.unit_requests.filter(ruling="").values_list("kind", flat=True))
    assert stages == sorted([case.state] * (case.state not in END_STATES) + asked)
    leads = Dispatch.objects.filter(case=case, role="lead", ended_at=None)
    with_unit = case.state in (
        "dispatched",
        "handling",
        "handled",
        "checking",
        "callback",
        "investigating",
        "closing",
    )
    assert [d.unit for d in leads] == ([case.lead_unit] if with_unit else [])
    assert (case.finished_at is None) or case.state not in ("dispatched", "handling", "filed")
    assert (case.closed_at is not None) == (case.state == "closed")
    assert case.log_seq == LogEntry.objects.filter(case=case).count()
