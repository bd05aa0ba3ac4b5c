# SPDX-License-Identifier: Apache-2.0
"""Our deadlines against what the record says of itself: pure counting, no database.

Should be closed = cases whose deadline by our norm lies before the moment the file was taken. Closing rate and on-time
rate both divide by it. Only whole numbers are counted; a rate is made of two of them, once, exactly.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Ours(StrEnum):
    """How a case stands by our norm at the moment the file was taken."""

    ON_TIME = "on time"
    LATE = "late"
    UNCLOSED = "overdue, not closed"
    NOT_DUE = "not due yet"


@dataclass(frozen=True)
class Compared:
    """One case with its request: our deadline and end, the record's target, end (`closed`) and own flag."""

    department: str
    class_code: str
    opened: datetime
    due: datetime
    finished: datetime | None
    target: datetime | None
    closed: datetime | None
    flag: str


def standing(case: Compared, taken_on: datetime) -> Ours:
    """Doing it at the due moment is on time."""
    if case.due > taken_on:
        return Ours.NOT_DUE
    if case.finished is None or case.finished > taken_on:
        return Ours.UNCLOSED
    return Ours.ON_TIME if case.finished <= case.due else Ours.LATE


@dataclass
class Counts:
    """Whole numbers of one department or of all; `flags` counts (on time by our norm?, the record's flag)."""

    should_be_closed: int = 0
    closed: int = 0
    on_time: int = 0
    flags: Counter[tuple[bool, str]] = field(default_factory=Counter)

    def add(self, ours: Ours, flag: str) -> None:
        self.should_be_closed += 1
        self.closed += ours is not Ours.UNCLOSED
        self.on_time += ours is Ours.ON_TIME
        self.flags[ours is Ours.ON_TIME, flag] += 1


@dataclass(frozen=True)
class Comparison:
    total: Counts
    departments: dict[str, Counts]
    not_due: Counter[str]
    differences: Counter[str]


def compare(
    cases: Iterable[Compared], taken_on: datetime, workdays: Callable[[datetime, datetime], int]
) -> Comparison:
    """Count everything. `workdays(a, b)` = working days between the dates of two moments, to explain differences."""
    cases = list(cases)
    usual = usual_promises(cases, workdays)
    answer = Comparison(Counts(), {}, Counter(), Counter())
    for case in cases:
        ours = standing(case, taken_on)
        if ours is Ours.NOT_DUE:
            answer.not_due["closed" if case.finished else "open"] += 1
            continue
        for counts in (answer.total, answer.departments.setdefault(case.department, Counts())):
            counts.add(ours, case.flag)
        if (reason := difference(case, ours, taken_on)) is not None:
            if reason in (SHORTER, LONGER) and case.target:
                kept = workdays(case.opened, case.target) == usual.get(case.class_code)
                reason += KEPT if kept else OTHER
            answer.differences[reason] += 1
    return answer


NO_TARGET = "late by us, ONTIME there: no target was recorded, and such a request is never called overdue"
SHORTER = "late by us, ONTIME there: our limit ends before the request's own target"
LONGER = "on time by us, OVERDUE there: our limit ends after the request's own target"
FLAG_LATE = (
    "on time by us, OVERDUE there: closed by its own target (or none), so the flag contradicts its record"
)
FLAG_ON_TIME = (
    "late by us, ONTIME there: its own target was missed as well, so the flag contradicts its record"
)
KEPT = "; its promise is the usual one of its class in working days: weekends and holidays move it, our days are natural"
OTHER = "; its promise is not the usual one of its class, our limit is one for the class"


def difference(case: Compared, ours: Ours, taken_on: datetime) -> str | None:
    """Why the two judge differently; None where they agree or the record says nothing."""
    on_time = ours is Ours.ON_TIME
    if case.flag not in ("ONTIME", "OVERDUE") or on_time == (case.flag == "ONTIME"):
        return None
    missed = case.target is not None and (case.closed or taken_on) > case.target
    if on_time:
        return LONGER if missed else FLAG_LATE
    if case.target is None:
        return NO_TARGET
    return FLAG_ON_TIME if missed else SHORTER


def usual_promises(
    cases: Iterable[Compared], workdays: Callable[[datetime, datetime], int]
) -> dict[str, int]:
    """The commonest promise of each class in working days; the shorter of two equally common."""
    promises: dict[str, Counter[int]] = {}
    for case in cases:
        if case.target:
            promises.setdefault(case.class_code, Counter())[workdays(case.opened, case.target)] += 1
    return {code: min(found, key=lambda days: (-found[days], days)) for code, found in promises.items()}


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in percent, two places, halves up; "—" (no figure) where there is nothing to divide by."""
    if whole == 0:
        return "—"
    hundredths = (2 * 10_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
