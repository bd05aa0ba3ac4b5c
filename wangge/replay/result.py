# SPDX-License-Identifier: Apache-2.0
"""What a replay came to: counted from the database and the file, told as Markdown in both languages."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from wangge.cases.models import Case
from wangge.cases.models.case import Origin
from wangge.organizations.calendars import WorkCalendar
from wangge.organizations.directory import directory
from wangge.replay.comparison import Compared, Comparison, Counts, compare, percent
from wangge.replay.recorded import Cause, channels_by_source, place_all
from wangge.replay.recording import Recording

#: departments with fewer cases that should be closed are told together: few cases make no rate
FEWEST = 20

_CAUSES = {
    Cause.THROUGH: "进入流程 through the loop",
    Cause.NO_POSITION: "没有位置，待受理员补充 no position: waits for an operator to place it",
    Cause.OUTSIDE: "位置在所有网格之外，待受理员处理 outside every grid: waits for an operator",
    Cause.UNKNOWN_CLASS: "类别未知，待受理员分类 unknown class: waits for an operator to class it",
    Cause.CLOSED_BEFORE_OPENED: "办结早于受理，不予受理 closed before opened: rejected",
}
_SOURCE = "其中来源未知，记为受理员登记 of these: unknown source, taken as the operator's"
_UNIT = "其中单位未知，按权责清单派遣 of these: unknown unit, dispatched by the matrix"


@dataclass(frozen=True)
class Result:
    """`states` counts (cause, state now; empty = not taken yet); `routed` = cases whose unit the matrix named;
    `notes` = words of the record this city does not know."""

    read: int
    unreadable: Counter[str]
    taken_on: datetime
    states: Counter[tuple[Cause, str]]
    notes: Counter[str]
    routed: int
    dispatched: int
    comparison: Comparison


def gather(recording: Recording) -> Result:
    """Compare the replayed cases in the database with the requests they came from."""
    fields = ("state", "class_code", "due_at", "finished_at", "lead_unit", "route")
    rows = (
        Case.objects.filter(origin=Origin.REPLAYED)
        .exclude(external_id="")
        .values_list("external_id", *fields)
    )
    cases = {external: rest for external, *rest in rows.iterator()}
    sources = channels_by_source()
    states: Counter[tuple[Cause, str]] = Counter()
    notes: Counter[str] = Counter()
    compared, routed = [], 0
    for placed in place_all(recording):
        row = placed.row
        state, class_code, due, finished, unit, route = cases.get(row.id, ("", "", None, None, "", None))
        states[placed.cause, state] += 1
        notes[_SOURCE] += row.source not in sources
        notes[_UNIT] += row.department not in directory().units
        if due is not None:
            routed += bool(route) and route["lead"] == unit
            compared.append(
                Compared(
                    row.department, class_code, row.opened, due, finished, row.target, row.closed, row.flag
                )
            )
    return Result(
        len(recording.rows) + len(recording.rejects), Counter(reject.reason for reject in recording.rejects),
        recording.taken_on, states, notes, routed, len(compared),
        compare(compared, recording.taken_on, workdays_of(directory().calendar)),
    )  # fmt: skip


def workdays_of(calendar: WorkCalendar) -> Callable[[datetime, datetime], int]:
    """A function counting the working days after the local date of one moment up to that of another.

    A date outside the calendar's years counts as the nearest inside.
    """
    first, last = date(calendar.first_year, 1, 1), date(calendar.last_year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    before = list(accumulate(bool(calendar.intervals_on(day)) for day in days))

    def position(moment: datetime) -> int:
        day = moment.astimezone(calendar.zone).date()
        return (min(max(day, first), last) - first).days

    return lambda a, b: before[position(b)] - before[position(a)]


def as_markdown(result: Result) -> str:
    """The whole result as tables."""
    parts = [
        *_input(result),
        *_rates(result),
        *_agreement(result.comparison),
        *_departments(result.comparison),
    ]
    return "\n".join([*parts, *_differences(result.comparison)]) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [" | ".join(header), " | ".join(["---", *["---:"] * (len(header) - 1)])]
    lines += [" | ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in row) for row in rows]
    return ["", *(f"| {line} |" for line in lines), ""]


def _input(result: Result) -> list[str]:
    counts: Counter[Cause] = Counter()
    for (cause, _), number in result.states.items():
        counts[cause] += number
    rows: list[Sequence[object]] = []
    for cause, label in _CAUSES.items():
        now = sorted((s or "not taken yet", n) for (c, s), n in result.states.items() if c is cause)
        if now:
            rows.append((label, counts[cause], ", ".join(f"{state} {n:,}" for state, n in now)))
    rows += [(f"无法读取 unreadable: {reason}", n, "—") for reason, n in sorted(result.unreadable.items())]
    rows.append(("**合计 read in all**", result.read, ""))
    rows += [(note, n, "") for note, n in sorted(result.notes.items()) if n]
    return ["## 输入 Input", *_table(("", "行 rows", "现在状态 state now"), rows)]


def _rates(result: Result) -> list[str]:
    total, not_due = result.comparison.total, result.comparison.not_due
    rows = [
        ("应结案 should be closed", total.should_be_closed, ""),
        ("其中已结案 of these closed", total.closed, percent(total.closed, total.should_be_closed)),
        ("其中按期 of these on time by our norm", total.on_time, percent(total.on_time, total.should_be_closed)),
        ("期限在截止时刻之后，已结案 deadline after the file was taken: closed", not_due["closed"], ""),
        ("期限在截止时刻之后，未结案 deadline after the file was taken: open", not_due["open"], ""),
        ("权责清单指向原责任单位 matrix names the recorded unit", result.routed,
         percent(result.routed, result.dispatched)),
    ]  # fmt: skip
    moment = result.taken_on.astimezone(directory().calendar.zone)
    return [f"## 结案率 Rates at {moment:%Y-%m-%d %H:%M}, when the file was taken",
            *_table(("", "案卷 cases", "比率 rate"), rows)]  # fmt: skip


def _agreement(comparison: Comparison) -> list[str]:
    flags = comparison.total.flags
    rows = [
        (label, flags[ours, "ONTIME"], flags[ours, "OVERDUE"], _unflagged(comparison.total, ours))
        for label, ours in (
            ("按期 on time by our norm", True),
            ("超期 late or not closed by our norm", False),
        )
    ]
    header = ("", "原标记 flag ONTIME", "flag OVERDUE", "无标记 no flag")
    return ["## 与原标记对照 Our norm against the record's own flag", *_table(header, rows)]


def _unflagged(counts: Counts, ours: bool) -> int:
    return sum(
        n
        for (on_time, flag), n in counts.flags.items()
        if on_time is ours and flag not in ("ONTIME", "OVERDUE")
    )


def _departments(comparison: Comparison) -> list[str]:
    told: dict[str, Counts] = {}
    for name, counts in sorted(comparison.departments.items()):
        few = counts.should_be_closed < FEWEST
        _join(told.setdefault("其他 others" if few else name, Counts()), counts)
    rows = []
    for name, counts in sorted(told.items(), key=lambda item: -item[1].should_be_closed):
        flags, should = counts.flags, counts.should_be_closed
        rows.append(
            (name, should, counts.closed, percent(counts.closed, should), counts.on_time, percent(counts.on_time, should),
             flags[True, "ONTIME"], flags[True, "OVERDUE"], flags[False, "ONTIME"], flags[False, "OVERDUE"],
             _unflagged(counts, True) + _unflagged(counts, False))
        )  # fmt: skip
    header = (
        "单位 unit", "应结案 should be closed", "结案 closed", "结案率 closing rate", "按期 on time", "按期结案率 on-time rate",
        "on time / ONTIME", "on time / OVERDUE", "late / ONTIME", "late / OVERDUE", "no flag",
    )  # fmt: skip
    note = f"不足 {FEWEST} 件的单位合并。 Units with fewer than {FEWEST} cases are told together."
    return ["## 按单位 By unit", "", note, *_table(header, rows)]


def _join(into: Counts, counts: Counts) -> None:
    into.should_be_closed += counts.should_be_closed
    into.closed += counts.closed
    into.on_time += counts.on_time
    into.flags += counts.flags


def _differences(comparison: Comparison) -> list[str]:
    rows = [(reason, n) for reason, n in comparison.differences.most_common()]
    rows.append(("**合计 in all**", comparison.differences.total()))
    return ["## 差异的原因 Why the two judge differently", *_table(("", "案卷 cases"), rows)]
