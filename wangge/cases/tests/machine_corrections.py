# SPDX-License-Identifier: Apache-2.0
"""Corrections of the machine: what is held to be wrong, why it is not corrected, and a step taken back as the log tells it."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from tests.city import UNIT_GRID_EAST, UNIT_GRID_EAST_2, UNIT_GRID_WEST
from wangge.cases.actions import StepData
from wangge.cases.errors import NothingToCorrect, OtherClock, Suspended
from wangge.cases.flow import CORRECTED_IN
from wangge.cases.models import Case, LogEntry
from wangge.cases.reference import flow_by_id
from wangge.cases.taking_back import Entry, why_not
from wangge.catalog.queries import norm as norm_by_id
from wangge.common.errors import DomainError
from wangge.grids.locate import grid_index

#: what no correction takes back: what was written, who was told, and the records, which it goes through one by one
KEPT = ("seq", "last_at", "open", "last", "ended", "consulted", "unlinked", "leads", "given", "rounds", "links", "redacted",
        "hands", "order_seq", "joint", "replies", "asked", "line", "rang", "mixed")  # fmt: skip


def wrong(case: Case, which: int, result: int) -> dict[str, Any]:
    """What is to be corrected: the last step of the line, any step at all, the place, or (as good data) the class."""
    kind = result % 6
    if kind < 3 and case.last_step:
        return {"entry": case.last_step["seq"], "class_code": "", "norm_id": None}
    if kind == 3:
        return {"entry": 1 + which % case.log_seq, "class_code": "", "norm_id": None}
    if kind == 4 and case.state in CORRECTED_IN:
        grid = (UNIT_GRID_EAST, UNIT_GRID_EAST_2, UNIT_GRID_WEST)[which % 3]
        return {"grid_code": grid} | ({} if which % 2 else {"norm_id": None})
    return {}


def not_corrected(code: str, case: Case, data: StepData) -> type[DomainError] | None:
    """Why what was asked for, or is asked for now, is not corrected."""
    if code == "correct":
        asked = case.side_records.get(kind="correction", ended_at=None).facts
        return _not_taken_back(case, asked["entry"]) if "entry" in asked else _unmovable(case, asked)
    if data.entry is not None:
        return _not_taken_back(case, data.entry)
    grid = grid_index().code_of(case.unit_grid_id) if case.unit_grid_id else ""
    same_class = (data.class_code or case.class_code, data.norm_id) == (case.class_code, case.norm_id)
    right = (data.norm_id is None or same_class) and data.grid_code in ("", grid)
    return NothingToCorrect if right else None


def _not_taken_back(case: Case, seq: int) -> type[DomainError] | None:
    """Only the last step of the line, as long as the clock, the class and what is owed are as it left them."""
    rows = case.log.filter(seq__gte=seq).order_by("seq")
    entries = [Entry(*row) for row in rows.values_list("seq", "step", "result", "data__taken_back")]
    refused = why_not(flow_by_id(case.flow_id), entries, seq, case.last_step)
    return type(refused) if refused else None


def _unmovable(case: Case, asked: Mapping[str, Any]) -> type[DomainError] | None:
    """Why the clock of a case in hand cannot go over to the norm a correction asks for."""
    if "class" not in asked:
        return None
    if case.suspended_until:
        return Suspended
    clocks = {norm_by_id(n).clock for n in (case.norm_id, asked["norm_id"]) if n}
    in_hand = case.state != "filed" and case.dispatched_at and case.finished_at is None
    return OtherClock if in_hand and case.clock_used and len(clocks) > 1 else None


def take_back(told: Any, entry: LogEntry) -> str:
    """What the last step of the line changed is as before it; records it ended run again, but for corrections."""
    assert told.line, entry
    seq, before, after = told.line
    assert entry.data["taken_back"] == seq, entry
    for name in (f.name for f in fields(told) if f.name not in KEPT):
        if getattr(before, name) != getattr(after, name):
            setattr(told, name, getattr(before, name))
    for one, state in before.open.items():
        kind = one.partition("/")[0]
        if after.open.get(one) != state and kind != "correction":
            told.ended.remove((kind, after.last.get(one, state)))
            told.open[one] = told.last[one] = state
    told.line = None
    return str(before.state)


def server_moment(entry: LogEntry) -> datetime:
    """The moment a deadline runs from."""
    return max(entry.at, entry.recorded_at) if entry.origin == "live" else entry.at
