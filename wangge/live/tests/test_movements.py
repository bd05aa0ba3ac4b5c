# SPDX-License-Identifier: Apache-2.0
"""The log is followed exactly once, in whatever order its transactions commit."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from threading import Thread
from typing import TypeVar

import psycopg
import pytest
from psycopg import AsyncConnection

from tests.city import MORNING, actor
from wangge.cases.actions import report
from wangge.cases.models import Case
from wangge.common.clock import now
from wangge.live.movements import (
    MOST_CASES,
    MOVED,
    PLANNED_ONCE,
    Movement,
    connection_parameters,
    moved_since,
    snapshot_now,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("city")]
T = TypeVar("T")
AsRole = Callable[[str], AbstractContextManager[psycopg.Connection]]
ENTRY = """
INSERT INTO cases_logentry (case_id, seq, step, result, from_state, to_state, post, hand, origin, at, recorded_at, data,
    digest, xid)
SELECT %(case)s, %(seq)s + n, 'test', '', '', '', '', 'none', 'generated', now(), now(), '{}', sha256(''),
    coalesce(%(xid)s::xid8, pg_current_xact_id())
FROM generate_series(0, %(more)s) AS n
"""


class Reader:
    """The reader as the live process has it, one look at a time."""

    def __init__(self) -> None:
        self.since: str = self._run(snapshot_now)

    def look(self) -> Movement:
        self.since, movement = self._run(lambda connection: moved_since(connection, self.since))
        return movement

    def _run(self, question: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async def ask() -> T:
            async with await AsyncConnection.connect(
                **connection_parameters(), autocommit=True
            ) as connection:
                return await question(connection)

        return asyncio.run(ask())


@pytest.fixture
def cases() -> list[int]:
    """Three cases on record."""
    reporter = actor("operator_1")
    return [
        report(description="井盖破损", lon=120.015, lat=30.015, actor=reporter, at=MORNING).case_id
        for _ in range(3)
    ]


def write(connection: psycopg.Connection, case: int, seq: int, xid: str | None = None, more: int = 0) -> None:
    """An entry of the case, or some more in the same transaction."""
    connection.execute(ENTRY, {"case": case, "seq": seq, "xid": xid, "more": more})


def test_late_commit_is_not_missed(as_role: AsRole, cases: list[int]) -> None:
    with as_role("web") as early, as_role("web") as late:
        early.autocommit = late.autocommit = False
        reader = Reader()
        write(early, cases[0], 2)
        write(late, cases[1], 2)
        late.commit()
        assert reader.look() == Movement({cases[1]: 2}, 1)
        assert reader.look() == Movement()
        early.commit()
        assert reader.look() == Movement({cases[0]: 2}, 1)
        assert reader.look() == Movement()


def test_what_was_running_at_the_first_look_is_seen(as_role: AsRole, cases: list[int]) -> None:
    with as_role("web") as running:
        running.autocommit = False
        write(running, cases[0], 2)
        reader = Reader()
        running.commit()
        assert reader.look() == Movement({cases[0]: 2}, 1)


def test_rolled_back_step_never_shows(as_role: AsRole, cases: list[int]) -> None:
    with as_role("web") as connection:
        connection.autocommit = False
        reader = Reader()
        write(connection, cases[0], 2)
        assert reader.look() == Movement()
        connection.rollback()
        assert reader.look() == Movement()


def test_a_long_transaction_holds_up_nobody(as_role: AsRole, cases: list[int]) -> None:
    with as_role("web") as long, as_role("web") as other:
        long.autocommit = False
        reader = Reader()
        write(long, cases[0], 2)
        for seq in (2, 3):
            write(other, cases[1], seq)
            assert reader.look() == Movement({cases[1]: seq}, 1)
        long.commit()
        assert reader.look() == Movement({cases[0]: 2}, 1)


def test_restored_rows_with_numbers_of_another_server(as_role: AsRole, cases: list[int]) -> None:
    reader = Reader()
    with as_role("web") as connection:
        write(connection, cases[0], 2, xid="4000000000")
        write(connection, cases[1], 2)
    assert reader.look() == Movement({cases[1]: 2}, 1)
    assert reader.look() == Movement()


def test_steps_through_the_door_are_seen_with_their_newest_number(cases: list[int]) -> None:
    reader = Reader()
    taken = report(description="又一处", lon=120.015, lat=30.015, actor=actor("operator_1"), at=MORNING)
    assert reader.look() == Movement({taken.case_id: 1}, 1)


def test_very_many_are_not_listed(as_role: AsRole, cases: list[int]) -> None:
    reader = Reader()
    names = [str(f.column) for f in Case._meta.concrete_fields if f.column not in ("id", "number")]
    columns = ", ".join(names)
    with as_role("owner") as connection:
        connection.execute(
            f"INSERT INTO cases_case (id, number, {columns})"
            f" SELECT id + n, 'X' || n, {columns} FROM cases_case, generate_series(1, %s) n WHERE id = %s",
            [MOST_CASES + 1, max(cases)],
        )
        for n in range(1, MOST_CASES + 2):
            write(connection, max(cases) + n, 1)
    assert reader.look() == Movement(everything=True)
    assert reader.look() == Movement()


def test_a_look_does_not_read_the_log(as_role: AsRole, cases: list[int]) -> None:
    """The plan made once uses the index, whatever numbers come; a load in one transaction has left odd statistics."""
    with as_role("owner") as connection:
        write(connection, cases[0], 2, more=20_000)
        connection.execute("ANALYZE cases_logentry")
        connection.execute(PLANNED_ONCE)
        connection.execute("PREPARE look AS " + MOVED % {"xmax": "$1", "running": "$2", "most": "$3"})
        plan = "\n".join(line for (line,) in connection.execute("EXPLAIN EXECUTE look('5', '{3}', 501)"))
    month = f"cases_logentry_{now():%Y%m}"
    assert f"on {month} " in plan and "$1" in plan and "Seq Scan" not in plan, plan


def test_every_entry_once_under_load(as_role: AsRole, cases: list[int]) -> None:
    """Writers that commit in disorder or not at all, a reader that looks all the time: nothing lost, nothing twice."""
    written: list[Counter[int]] = []
    chance = random.Random(20261122)
    pauses = [[chance.random() * 0.01 for _ in range(60)] for _ in range(6)]

    def work(number: int) -> None:
        counts: Counter[int] = Counter()
        with as_role("web") as connection:
            connection.autocommit = False
            for n, pause in enumerate(pauses[number]):
                case = cases[n % 3]
                write(connection, case, 1000 + number * 100 + n)
                time.sleep(pause)
                if n % 7 == 6:
                    connection.rollback()
                elif n % 5 != 4:  # now and then two entries to a transaction
                    connection.commit()
                    counts[case] += 1
            connection.commit()
        written.append(counts)

    reader, seen = Reader(), 0
    before = _entries(as_role)
    writers = [Thread(target=work, args=[number]) for number in range(6)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen += reader.look().entries
    seen += reader.look().entries
    assert seen == _entries(as_role) - before > 200


def _entries(as_role: AsRole) -> int:
    with as_role("owner") as connection:
        row = connection.execute("SELECT count(*) FROM cases_logentry").fetchone()
    assert row
    return int(row[0])
