# SPDX-License-Identifier: Apache-2.0
"""What somebody holds is seen by whoever waited for it; and no two wait for each other."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from tests.city import actor
from tests.loop import bring_to, call_about, good_data, new_case, step
from wangge.cases.actions import Taken, take
from wangge.cases.flow import State
from wangge.cases.models import Case, Task
from wangge.cases.queries.calls import still_to_call
from wangge.cases.verification import faults_of
from wangge.common.clock import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("city")]


def waits(do: Callable[[], Any]) -> Callable[[], Any]:
    """Begin `do` beside a transaction that holds what it needs; back once it waits. What is given tells how it ended."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(do())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    def ended() -> Any:
        thread.join(timeout=20)
        assert not thread.is_alive()
        return answers[0]

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 20
    while not _someone_waits():
        assert time.monotonic() < deadline and not answers, answers
        time.sleep(0.01)
    return ended


def _someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def _taking(code: str, case: Case, login: str, **given: Any) -> Callable[[], Taken]:
    by = actor(login) if case.origin == "live" else actor(login).marked("replayed")
    at = now() if case.origin == "live" else case.last_at
    return partial(take, code, case.pk, good_data(code, case, **given), actor=by, at=at)


def _contact_waits(case: Case) -> bool:
    return Task.objects.filter(case=case, stage="contact", closed_at=None).exists()


def _is_free(case: Case) -> bool:
    return Case.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=case.pk).exists()


def test_who_waited_for_the_lock_sees_what_the_other_did() -> None:
    case = bring_to(State.DISPATCHED)
    with transaction.atomic():
        _taking("ask_return", case, "clerk_swj")()
        other = waits(_taking("void", case, "chief_1"))
    assert other().seq == case.log_seq + 2
    assert case.side_records.get().ruling == "lapsed", "a request made while it waited is settled too"
    case.refresh_from_db()
    assert faults_of(case) == []


def test_who_rings_while_a_merge_is_undone_is_spoken_to_first() -> None:
    merged, kept = new_case(at=None, channel="inspector"), bring_to(State.FILED, at=None, channel="inspector")
    call_about(merged, number="13900000001")
    step(merged, "merge", target=kept.number)
    step(kept, "dispatch")
    assert _contact_waits(kept)
    with transaction.atomic():
        call_about(kept, number="13900000002")
        other = waits(_taking("unmerge", merged, "operator_1"))
    assert isinstance(other(), Taken) and _contact_waits(kept)


def test_who_rings_while_the_case_is_merged_is_a_caller_of_the_other() -> None:
    merged, kept = (
        new_case(at=None, channel="inspector"),
        bring_to(State.DISPATCHED, at=None, channel="inspector"),
    )
    assert not _contact_waits(kept)
    with transaction.atomic():
        _taking("merge", merged, "operator_1", target=kept.number)()
        other = waits(partial(call_about, merged, number="13900000001", answer=""))
    assert other().case_id == merged.pk and _contact_waits(kept)


def test_a_no_said_while_a_merge_is_undone_owes_no_order_of_another_s() -> None:
    merged, kept = new_case(at=None, channel="hotline"), bring_to(State.HANDLING, at=None, channel="hotline")
    call_about(merged, number="13900000001")
    call_about(kept, number="13900000002")
    step(merged, "merge", target=kept.number)
    for code in ("finish", "send_check", "answer_check"):
        step(kept, code)
    theirs = still_to_call(kept)[0]
    with transaction.atomic():
        _taking("call_back", kept, "operator_1", result="unsatisfied", call=theirs)()
        other = waits(_taking("unmerge", merged, "operator_2"))
    assert isinstance(other(), Taken)
    kept.refresh_from_db()
    assert kept.order_owed == ""


def test_undoing_a_merge_waits_for_the_older_case_before_it_holds_the_newer() -> None:
    kept, merged = new_case(at=None), new_case(at=None)
    step(merged, "merge", target=kept.number)
    with transaction.atomic():
        assert _is_free(kept)
        other = waits(_taking("unmerge", merged, "operator_1"))
        assert _is_free(merged), "whoever holds the one and wants the other would wait for ever"
    assert isinstance(other(), Taken)


def test_a_part_is_not_held_while_the_whole_is_waited_for() -> None:
    whole = bring_to(State.SPLIT)
    part = whole.children.order_by("id")[0]
    step(part, "merge", target=new_case().number)
    with transaction.atomic():
        assert _is_free(whole)
        other = waits(_taking("unmerge", part, "operator_1"))
        assert _is_free(part)
    assert isinstance(other(), Taken)


def test_what_a_case_was_merged_into_meanwhile_is_locked_too() -> None:
    merged, between, kept = (new_case(at=None) for _ in range(3))
    step(merged, "merge", target=between.number)
    with transaction.atomic():
        _taking("merge", between, "operator_1", target=kept.number)()
        other = waits(_taking("unmerge", merged, "operator_2"))
    assert isinstance(other(), Taken)
    merged.refresh_from_db()
    assert merged.merged_into is None
