# SPDX-License-Identifier: Apache-2.0
"""What other calendars would make of the deadlines that run: only open cases and tasks, in batches, nothing is written.

A deadline is its limit from its start on the calendar of whoever has to keep it, as the door computes it. Urgent and
natural clocks ask no calendar and are never read. A case whose unit has finished keeps its due moment: it was judged by
it. `actions.recompute` makes it so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

import numpy as np
from django.db import connection

from wangge.cases.access import calendar_kind
from wangge.cases.deadlines import Clock, LightThresholds, due_many, yellow_many
from wangge.cases.flow import OPEN_STATES, STAGE_STEPS, Scope
from wangge.cases.models import Case
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import visible_to
from wangge.organizations.calendar_arrays import MISSING, Seconds
from wangge.organizations.calendars import WorkCalendar, second_of
from wangge.organizations.directory import Actor, directory

Kind = Callable[[Scope, str], str]
#: by kind of unit; "" = everybody else's
Calendars = Mapping[str, WorkCalendar]
#: the clocks a calendar moves
CLOCKS = [Clock.WORK_HOUR.value, Clock.WORK_DAY.value]
#: `stage` of the case clock
CASE_CLOCK = ""
MOST_EXAMPLES = 100
_READ_AT_ONCE = 20_000


class Deadline(NamedTuple):
    """One that runs. Moments in whole UTC seconds, MISSING = none; `task` 0 = the clock of the case itself.

    `used`: seconds of the limit gone before `start`, see deadlines.due_at.
    """

    case: int
    task: int
    stage: str
    unit: str
    kind: str
    clock: str
    value: int
    used: int
    start: int
    yellow: int
    due: int
    lights: LightThresholds


class Move(NamedTuple):
    """A deadline and what it would be."""

    deadline: Deadline
    yellow: int
    due: int

    @property
    def moved(self) -> bool:
        """Is it another one?"""
        return (self.yellow, self.due) != (self.deadline.yellow, self.deadline.due)

    @property
    def way(self) -> str:
        """Of one that moved: earlier, later, gained (had none for want of data), lost (would have none)."""
        old = self.deadline
        if MISSING in (self.due, old.due):
            return "lost" if self.due == MISSING else "gained"
        return "earlier" if (self.due, self.yellow) < (old.due, old.yellow) else "later"


@dataclass
class Count:
    """How many deadlines would move, and which way: see Move.way."""

    earlier: int = 0
    later: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, way: str) -> None:
        setattr(self, way, getattr(self, way) + 1)

    @property
    def all(self) -> int:
        return self.earlier + self.later + self.gained + self.lost


@dataclass(frozen=True)
class Example:
    """A deadline that would move; `stage` CASE_CLOCK = the case's own; None = no moment for want of calendar data."""

    number: str
    stage: str
    unit: str
    due_before: datetime | None
    due_after: datetime | None


@dataclass
class Preview:
    """What would move: `cases` with any deadline that does, `deadlines` of all, and of each unit ("" = the centre).

    `overdue`, `relieved`: deadlines that would have passed at the moment asked for and have not, and the other way round.
    The numbers are of the whole city; `examples` only of cases the reader may see.
    """

    open_cases: int = 0
    cases: int = 0
    deadlines: Count = field(default_factory=Count)
    units: dict[str, Count] = field(default_factory=dict)
    overdue: int = 0
    relieved: int = 0
    examples: list[Example] = field(default_factory=list)


def preview(at: datetime, calendars: Calendars | None = None, *, reader: Actor | None = None) -> Preview:
    """What `calendars` (default: those in force) would move now; at most MOST_EXAMPLES examples, the oldest cases that
    `reader` may see, none without one."""
    calendars = calendars or directory().calendars
    found, moment = Preview(), second_of(at)
    for ids in parts(open_cases(), _READ_AT_ONCE):
        found.open_cases += len(ids)
        moves = [move for move in computed(running(ids), calendars) if move.moved]
        found.cases += len({move.deadline.case for move in moves})
        for move in moves:
            way = move.way
            found.deadlines.add(way)
            found.units.setdefault(move.deadline.unit, Count()).add(way)
            before, after = (MISSING < due <= moment for due in (move.deadline.due, move.due))
            found.overdue += after and not before
            found.relieved += before and not after
        if reader and moves and (left := MOST_EXAMPLES - len(found.examples)):
            found.examples += _examples(moves, reader)[:left]
    return found


def _examples(moves: Sequence[Move], reader: Actor) -> list[Example]:
    """Of the oldest cases `reader` may see. One query."""
    seen = Case.objects.filter(visible_to(reader), pk__in={move.deadline.case for move in moves})
    numbers = dict(seen.order_by("pk").values_list("pk", "number")[:MOST_EXAMPLES])
    return [_example(m, numbers[m.deadline.case]) for m in moves if m.deadline.case in numbers]


def parts(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """`ids` in pieces of `size`."""
    return (ids[n : n + size] for n in range(0, len(ids), size))


def _example(move: Move, number: str) -> Example:
    old = move.deadline
    return Example(number, old.stage, old.unit, moment_of(old.due), moment_of(move.due))


def moment_of(second: int) -> datetime | None:
    """None for MISSING."""
    return None if second == MISSING else datetime.fromtimestamp(second, UTC)


def open_cases() -> list[int]:
    """Ids of those that are open or have an open task, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_RUN)
        return [row[0] for row in cursor.fetchall()]


_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)  # as the partial index says it
# of a case that has ended, what is asked of it still: an appeal, a reward
_MAY_RUN = f"""
SELECT id FROM cases_case WHERE state IN ({_OPEN})
UNION SELECT case_id FROM cases_task WHERE closed_at IS NULL ORDER BY 1
"""
_SECOND = "floor(extract(epoch FROM {}))::bigint"
_CASES = f"""
SELECT c.id, c.flow_id, c.lead_unit, n.clock, n."limit", c.clock_used, {_SECOND.format("c.clock_start")},
    {_SECOND.format("c.yellow_at")}, {_SECOND.format("c.due_at")}
FROM cases_case c JOIN catalog_norm n ON n.id = c.norm_id
WHERE c.id = ANY(%s) AND c.state IN ({_OPEN}) AND c.clock_start IS NOT NULL AND c.finished_at IS NULL AND n.clock = ANY(%s)
ORDER BY c.id
"""
# a stage counts from the dispatch, one added by a correction too
_TASKS = f"""
SELECT t.case_id, t.id, t.stage, t.unit_path, c.flow_id, c.lead_unit, c.squad, t.limit_clock, t.limit_value,
    {_SECOND.format("coalesce(CASE WHEN t.stage = ANY(%s) THEN c.dispatched_at END, t.opened_at)")}, c.clock_used,
    {_SECOND.format("c.clock_start")},
    {_SECOND.format("t.yellow_at")}, {_SECOND.format("t.due_at")}
FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE t.case_id = ANY(%s) AND t.closed_at IS NULL AND t.limit_clock = ANY(%s)
ORDER BY t.case_id, t.id
"""


def running(cases: Sequence[int]) -> list[Deadline]:
    """The deadlines of these open cases that hang on a calendar, by case."""
    kind = cache(calendar_kind)  # few units, many deadlines
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [list(cases), CLOCKS])
        found = [_of_case(kind, *row) for row in cursor.fetchall()]
        cursor.execute(_TASKS, [list(STAGE_STEPS), list(cases), CLOCKS])
        found += [one for row in cursor.fetchall() if (one := _of_task(kind, *row))]
    return sorted(found, key=lambda one: (one.case, one.task))


def _of_case(
    kind: Kind, case: int, flow_id: int, unit: str, clock: str, value: int, used: int, start: int, yellow: int | None,
    due: int | None,
) -> Deadline:  # fmt: skip
    return Deadline(
        case,
        0,
        CASE_CLOCK,
        unit,
        kind(Scope.UNIT, unit),
        clock,
        value,
        used,
        start,
        _or_missing(yellow),
        _or_missing(due),
        flow_by_id(flow_id).lights,
    )


def _of_task(
    kind: Kind, case: int, task: int, stage: str, unit_path: str, flow_id: int, lead: str, squad: str, clock: str,
    value: int, opened: int, used: int, clock_start: int | None, yellow: int | None, due: int | None,
) -> Deadline | None:  # fmt: skip
    """None where the clock of the case, which is the task's, stands still."""
    scope, with_case = _whose(flow_id, stage)
    if with_case and clock_start is None:
        return None
    addressed = unit_path.rstrip("/").rpartition("/")[2]
    unit = {Scope.UNIT: lead, Scope.SQUAD: squad, Scope.RECORD: addressed}.get(scope, "")
    start, gone = (clock_start, used) if with_case and clock_start is not None else (opened, 0)
    of = addressed if scope is Scope.RECORD and not with_case else lead
    kind_of = kind(Scope.UNIT if with_case else scope, of)
    return Deadline(
        case, task, stage, unit, kind_of, clock, value, gone, start, _or_missing(yellow), _or_missing(due),
        flow_by_id(flow_id).lights,
    )  # fmt: skip


def _or_missing(second: int | None) -> int:
    return int(MISSING) if second is None else second


@cache
def _whose(flow_id: int, stage: str) -> tuple[Scope, bool]:
    """Of a task: whose it is, and whether its clock is the case's."""
    flow = flow_by_id(flow_id)
    rule = flow.task_of(stage)
    assert rule
    return rule.scope, flow.by_case_clock(stage)


def computed(deadlines: Sequence[Deadline], calendars: Calendars) -> Iterator[Move]:
    """Each with what it is by `calendars`, in the same order."""
    by_kind: dict[tuple[str, LightThresholds], list[int]] = {}
    for n, deadline in enumerate(deadlines):
        kind = deadline.kind if deadline.kind in calendars else ""
        by_kind.setdefault((kind, deadline.lights), []).append(n)
    yellow, due = (np.full(len(deadlines), MISSING, dtype=np.int64) for _ in range(2))
    for (kind, lights), rows in by_kind.items():
        mine = [deadlines[n] for n in rows]
        given = (
            [d.clock for d in mine],
            [d.value for d in mine],
            [d.start for d in mine],
            [d.used for d in mine],
        )
        yellow[rows], due[rows] = _whole(*given, calendars[kind], lights)
    return map(Move, deadlines, yellow.tolist(), due.tolist())


def _whole(
    clocks: Sequence[str],
    values: Sequence[int],
    starts: Sequence[int],
    used: Sequence[int],
    calendar: WorkCalendar,
    lights: LightThresholds,
) -> tuple[Seconds, Seconds]:
    """Yellow and due, both missing where the due moment is."""
    due = due_many(clocks, values, starts, calendar, used=used)
    yellow = yellow_many(clocks, values, starts, calendar, lights, used=used)
    return np.where(due == MISSING, MISSING, yellow), due
