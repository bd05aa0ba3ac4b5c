# SPDX-License-Identifier: Apache-2.0
"""Two people, one case, one moment: one wins, the other is told; nothing is done twice, nothing is torn."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests.city import COVER, IN_EAST, MORNING, actor
from tests.loop import bring_to, call_about, good_data, new_case, photo, step
from wangge.cases.actions import StepData, Taken, report, take
from wangge.cases.actions.photos import purge_waiting_photos
from wangge.cases.errors import MergeTargetClosed, PhotoUnavailable, StalePage, WrongState
from wangge.cases.flow import State
from wangge.cases.models import CallbackTry, Case, LogEntry, Photo, Task
from wangge.cases.queries.calls import still_to_call
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.errors import DomainError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("city")]


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or the DomainError it raised; any other exception fails the test."""
    answers: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls), timeout=20)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            answers[number] = call()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    unexpected = [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)]
    assert not unexpected, unexpected
    return answers


def _sound(*cases: Case) -> None:
    for case in cases:
        case.refresh_from_db()
        assert faults_of(case) == []
        stages = list(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
        assert stages == ([case.state] if case.is_open else [])


@pytest.mark.parametrize("round_", range(4))
def test_two_people_take_one_step_and_one_wins(round_: int) -> None:
    case = bring_to(State.FILED)
    data = good_data("dispatch", case)
    at = case.last_at + timedelta(minutes=1)
    takers = [actor(f"dispatcher_{n}").marked("replayed") for n in (1, 2)]
    answers = _at_once(*(partial(take, "dispatch", case.pk, data, actor=a, at=at) for a in takers))
    assert sorted(type(a).__name__ for a in answers) == [Taken.__name__, WrongState.__name__]
    assert LogEntry.objects.filter(case=case, step="dispatch").count() == 1
    assert case.dispatches.count() == 1
    _sound(case)


def test_different_steps_from_one_page_and_one_wins() -> None:
    case = bring_to(State.ACCEPTED)
    by = actor("chief_1").marked("replayed")
    answers = _at_once(
        *(
            partial(take, code, case.pk, good_data(code, case), actor=by, at=case.last_at, seen=case.log_seq)
            for code in ("file", "reject_filing", "void", "file")
        )
    )
    assert sum(isinstance(a, Taken) for a in answers) == 1
    assert {type(a) for a in answers if not isinstance(a, Taken)} <= {WrongState, StalePage}
    _sound(case)


def test_steps_beside_the_line_queue_up_and_break_nothing() -> None:
    case = bring_to(State.HANDLING)
    others = [new_case() for _ in range(4)]
    by = actor("operator_1").marked("replayed")
    answers = _at_once(
        *(
            partial(take, "link", case.pk, StepData(target=o.number), actor=by, at=case.last_at)
            for o in others
        )
    )
    assert sorted(a.seq for a in answers) == [6, 7, 8, 9]
    _sound(case)


def test_one_key_sent_at_once_is_one_report() -> None:
    key, by = uuid4(), actor("operator_1")

    def send() -> Taken:
        return report(
            description="井盖破损", lon=IN_EAST.lon, lat=IN_EAST.lat, class_code=COVER, actor=by, at=now(), key=key
        )  # fmt: skip

    before = Case.objects.count()
    answers = _at_once(send, send, send, send)
    assert len({a.case_id for a in answers}) == 1 and Case.objects.count() == before + 1
    assert sorted(a.again for a in answers) == [False, True, True, True]


def test_one_report_with_a_number_from_outside_sent_at_once_is_one() -> None:
    for number in range(4):
        send = partial(
            report, description="井盖破损", lon=IN_EAST.lon, lat=IN_EAST.lat, class_code=COVER, channel="hotline",
            external_id=f"12345-{number}", actor=actor("operator_1"), at=now(), key=uuid4(),
        )  # fmt: skip
        answers = _at_once(send, send, send, send)
        assert sorted(a.again for a in answers) == [False, True, True, True]


def test_one_key_sent_at_once_is_one_step() -> None:
    case, key = new_case(), uuid4()
    by = actor("operator_1").marked("replayed")
    calls = [partial(take, "accept", case.pk, StepData(), actor=by, at=MORNING, key=key, seen=1)] * 3
    answers = _at_once(*calls)
    assert {(a.seq, a.state) for a in answers} == {(2, "accepted")}
    assert sorted(a.again for a in answers) == [False, True, True]
    _sound(case)


def test_two_cases_merged_into_each_other_keep_one() -> None:
    for _ in range(3):
        one, two = new_case(), new_case()
        by = actor("operator_1").marked("replayed")
        answers = _at_once(
            partial(take, "merge", one.pk, StepData(target=two.number), actor=by, at=MORNING),
            partial(take, "merge", two.pk, StepData(target=one.number), actor=by, at=MORNING),
        )
        assert sorted(type(a).__name__ for a in answers) == [MergeTargetClosed.__name__, Taken.__name__]
        _sound(one, two)
        assert {one.state, two.state} == {"merged", "reported"}


def test_one_photo_named_by_two_cases_belongs_to_one() -> None:
    for _ in range(3):
        one, two = bring_to(State.HANDLING), bring_to(State.HANDLING)
        own = photo("handler_swj")
        by = actor("handler_swj").marked("replayed")
        answers = _at_once(
            *(
                partial(take, "finish", c.pk, good_data("finish", c, photos=(own,)), actor=by, at=c.last_at)
                for c in (one, two)
            )
        )
        assert sorted(type(a).__name__ for a in answers) == [PhotoUnavailable.__name__, Taken.__name__]
        _sound(one, two)


def test_a_photo_is_purged_or_used_never_both() -> None:
    for _ in range(3):
        case, own = bring_to(State.HANDLING), photo("handler_swj")
        by, data = actor("handler_swj").marked("replayed"), good_data("finish", case, photos=(own,))
        later = now() + timedelta(hours=1)
        answers = _at_once(
            partial(take, "finish", case.pk, data, actor=by, at=case.last_at),
            partial(purge_waiting_photos, later),
        )
        kept = Photo.objects.filter(pk=own, case=case).exists()
        assert isinstance(answers[0], Taken) is kept
        assert kept or isinstance(answers[0], PhotoUnavailable)
        _sound(case)


def test_callers_called_at_one_moment_have_all_answered() -> None:
    case = bring_to(State.HANDLING, at=None, channel="hotline")
    for number in range(3):
        call_about(case, number=f"1391234567{number}")
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    said = zip(still_to_call(case), ("satisfied", "unsatisfied", "satisfied"), strict=True)
    calls = [
        partial(
            take, "call_back", case.pk, good_data("call_back", case, call=call, result=result), seen=case.log_seq,
            actor=actor(f"operator_{1 + n % 2}"), at=now(), key=uuid4(),
        )
        for n, (call, result) in enumerate(said)
    ]  # fmt: skip
    answers = _at_once(*calls, calls[0])
    assert [type(answer) for answer in answers] == [Taken] * 4
    assert CallbackTry.objects.filter(case=case).count() == 3
    case.refresh_from_db()
    assert (case.state, case.unsatisfied_count, faults_of(case)) == ("handling", 1, [])
