# SPDX-License-Identifier: Apache-2.0
"""The door for many cases at once, for the one thing no person does: deadlines that run follow the calendar in force.

As at the door, each case is locked, written together with its log entry, and chained. A case whose deadlines stay the
same gets no entry, so it is safe to run again, or to be killed between two batches.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from wangge.cases.actions.writes import Writes, plain
from wangge.cases.flow import OPEN_STATES, Hand
from wangge.cases.recomputing import CASE_CLOCK, Move, computed, moment_of, open_cases, parts, running
from wangge.common.chain import link
from wangge.organizations.calendar_arrays import MISSING
from wangge.organizations.directory import directory

STEP = "recompute"
#: cases looked at together, and of those that move how many are locked together: whoever takes a step waits that long
LOOKED_AT, LOCKED = 20_000, 500


def recompute(*, at: datetime) -> int:
    """Move every deadline that runs to where the calendars in force put it; how many entries that made.

    Runs until a whole pass finds nothing: a step begun before the calendar changed may be recorded behind a pass.
    """
    made = 0
    while moved := sum(_part(ids, at) for ids in parts(open_cases(), LOOKED_AT)):
        made += moved
    return made


def _part(ids: Sequence[int], at: datetime) -> int:
    found = {move.deadline.case for move in computed(running(ids), directory().calendars) if move.moved}
    return sum(_locked(part, at) for part in parts(sorted(found), LOCKED))


_LOCK = """
SELECT id, state, origin, log_seq, log_digest, last_at, clock_start, yellow_at, due_at, clock_timestamp()
FROM cases_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


@dataclass
class _Case:
    """A locked case and what its deadlines become."""

    id: int
    state: str
    origin: str
    log_seq: int
    log_digest: bytes
    last_at: datetime
    clock_start: datetime | None
    yellow_at: datetime | None
    due_at: datetime | None
    now: datetime
    moves: list[Move] = field(default_factory=list)


@transaction.atomic
def _locked(ids: Sequence[int], at: datetime) -> int:
    """Cases first and in one order, as the door locks them; then their deadlines are read again, now for certain."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(ids)])
        cases = {row[0]: _Case(*row) for row in cursor.fetchall()}
    for move in computed(running(list(cases)), directory().calendars):
        cases[move.deadline.case].moves.append(move)
    moved = [case for case in cases.values() if any(move.moved for move in case.moves)]
    if moved:
        _write(moved, at)
    return len(moved)


_CASE = """
UPDATE cases_case c SET yellow_at = n.yellow_at, due_at = n.due_at, calendar_missing = n.calendar_missing,
    log_seq = n.log_seq, log_digest = n.log_digest, last_at = n.last_at
FROM json_populate_recordset(NULL::cases_case, %s::json) n WHERE c.id = n.id
"""
_TASK = """
UPDATE cases_task t SET yellow_at = n.yellow_at, due_at = n.due_at
FROM json_populate_recordset(NULL::cases_task, %s::json) n WHERE t.id = n.id
"""
# The lead unit's dispatch has the moment of the case; an assisting one's too, unless a further round has begun since.
_DISPATCH = """
UPDATE cases_dispatch d SET due_at = n.due_at
FROM json_to_recordset(%s::json) AS n(id bigint, before timestamptz, due_at timestamptz)
WHERE d.case_id = n.id AND d.ended_at IS NULL AND d.due_at IS NOT DISTINCT FROM n.before
"""


def _write(cases: list[_Case], at: datetime) -> None:
    writes = Writes()
    rows: dict[str, list[dict[str, Any]]] = {_CASE: [], _TASK: [], _DISPATCH: []}
    for case in cases:
        facts = {}
        for move in case.moves:
            if not move.moved:
                continue
            yellow, due, old = moment_of(move.yellow), moment_of(move.due), move.deadline
            facts[old.stage or "case"] = [_text(moment_of(old.due)), _text(due)]
            if old.stage == CASE_CLOCK:
                rows[_DISPATCH].append({"id": case.id, "before": case.due_at, "due_at": due})
                case.yellow_at, case.due_at = yellow, due
            else:
                rows[_TASK].append({"id": old.task, "yellow_at": yellow, "due_at": due})
        writes.insert("cases_logentry", **_entry(case, {"due": facts}, at))
        rows[_CASE].append(_row(case))
    for statement, given in rows.items():
        writes.also(statement, json.dumps([{k: plain(v) for k, v in row.items()} for row in given]))
    writes.run()


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _entry(case: _Case, facts: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The next entry of the case's log, by nobody; the case stands at it afterwards."""
    case.log_seq, case.last_at = case.log_seq + 1, max(at.astimezone(UTC), case.last_at)
    entry = {
        "case_id": case.id, "seq": case.log_seq, "step": STEP, "result": "", "from_state": case.state,
        "to_state": case.state, "actor_id": None, "post": "", "hand": Hand.NONE.value, "origin": case.origin,
        "at": case.last_at.isoformat(), "recorded_at": max(case.now, case.last_at).isoformat(), "data": facts,
    }  # fmt: skip
    case.log_digest = link(bytes(case.log_digest), entry)
    return entry | {"digest": case.log_digest}


def _row(case: _Case) -> dict[str, Any]:
    missing = any(move.due == MISSING for move in case.moves)
    return {
        "id": case.id, "yellow_at": case.yellow_at, "due_at": case.due_at, "log_seq": case.log_seq,
        "log_digest": case.log_digest, "last_at": case.last_at,
        "calendar_missing": missing or (case.state in OPEN_STATES and case.clock_start is not None and case.due_at is None),
    }  # fmt: skip
