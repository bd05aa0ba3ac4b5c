# SPDX-License-Identifier: Apache-2.0
"""更正一步: the last step of the line taken back by two. The case stands as before it, the log keeps both entries."""

from datetime import datetime
from typing import Any

from wangge.cases.access import pool
from wangge.cases.actions.callers import stages_left
from wangge.cases.actions.rounds import give_stages
from wangge.cases.actions.side_records import open_record, tell_asker, turn_record
from wangge.cases.actions.work import Work
from wangge.cases.flow import STAGE_STEPS, WITH_UNIT, Scope, State
from wangge.cases.models import Case, LogEntry
from wangge.cases.records import LEAVING, Record
from wangge.cases.taking_back import KIND, Entry, why_not
from wangge.organizations.directory import directory
from wangge.organizations.roster import to_tell


def ask_back(work: Work) -> None:
    """The step named is kept by its entry; the line waits for the ruling."""
    assert work.data.entry is not None
    kept = _kept(work, work.data.entry)
    open_record(work, facts={"entry": kept["seq"], "step": kept["step"]})


def take_back(work: Work) -> None:
    """State, columns, tasks, dispatches and records are as before the step; its clocks ran on as if it had not been taken."""
    assert work.record
    kept = _kept(work, work.record.facts["entry"])
    turn_record(work, "granted")
    work.facts |= {"taken_back": kept["seq"], "step": kept["step"]}
    work.set(**_as_it_was(kept["was"]), last_step=None)
    # of a unit that has finished the moments stay: it was judged by them
    if (
        work.case.clock_start
        and work.case.finished_at is None
        and {"clock_start", "finished_at"} & {*kept["was"]}
    ):
        work.run_clock(work.case.clock_start, used=work.case.clock_used)
    stay = _give_records_back(work, kept["records"])
    _give_tasks_back(work, kept, stay)
    _give_dispatches_back(work, kept)
    _tell(work, kept)


def _kept(work: Work, seq: int) -> dict[str, Any]:
    """What the case keeps of the step of entry `seq`; raises why it may not be taken back."""
    rows = LogEntry.objects.of(work.case).filter(seq__gte=seq).order_by("seq")
    entries = [Entry(*row) for row in rows.values_list("seq", "step", "result", "data__taken_back")]
    kept: dict[str, Any] | None = work.case.last_step
    if refused := why_not(work.flow, entries, seq, kept):
        raise refused
    assert kept
    return kept


def _as_it_was(was: dict[str, Any]) -> dict[str, Any]:
    moments = {f.attname for f in Case._meta.concrete_fields if f.get_internal_type() == "DateTimeField"}
    return {name: datetime.fromisoformat(v) if v and name in moments else v for name, v in was.items()}


def _give_records_back(work: Work, records: list[list[Any]]) -> list[str]:
    """What fell away with the step, or was ruled on by it, runs again; the stages of those that stay ended. A wrong class
    that somebody had asked to correct is asked for anew: one correction at a time."""
    now, stay = {r.id: r for r in work.locked.records}, []
    running = {_one(work, r) for r in now.values() if not r.ended}
    for number, state, ruling, ruled_at, ruled_by in records:
        record = now[number]
        if record.kind == KIND or _one(work, record) in running:
            stay.append(f"{record.kind}.{state}")
            continue
        moment = datetime.fromisoformat(ruled_at) if ruled_at else None
        change = {
            "state": state,
            "ruling": ruling,
            "ruled_at": moment,
            "ruled_by_id": ruled_by,
            "ended_at": None,
        }
        work.writes.update("cases_siderecord", change, "id = %s", number)
    return stay


def _one(work: Work, record: Record) -> tuple[str, str]:
    """What no two open records share."""
    return record.kind, record.unit if work.flow.records[record.kind].several else ""


_REOPEN = """
UPDATE cases_task SET closed_at = NULL, closed_by_id = NULL, closed_seq = NULL,
    yellow_at = CASE WHEN stage = ANY(%s) THEN %s::timestamptz ELSE yellow_at END,
    due_at = CASE WHEN stage = ANY(%s) THEN %s::timestamptz ELSE due_at END,
    unit_path = CASE WHEN unit_path = '' THEN '' WHEN stage = ANY(%s) THEN %s WHEN stage = ANY(%s) THEN %s ELSE unit_path END,
    area_path = CASE WHEN area_path = '' THEN '' WHEN stage = ANY(%s) THEN %s ELSE %s END
WHERE case_id = %s AND closed_seq = %s AND stage <> ALL(%s)
"""


def _give_tasks_back(work: Work, kept: dict[str, Any], stay: list[str]) -> None:
    """What waits now waits no more, and what the step closed waits again for whom it did, where that is now."""
    if "state" not in kept["was"]:
        return  # a callback while others wait: it closed nothing
    case, flow, state = work.case, work.flow, State(work.case.state)
    with_unit = state in WITH_UNIT, work.from_state in WITH_UNIT
    work.close_tasks(*stages_left(work, state), *(STAGE_STEPS if with_unit == (False, True) else ()))
    work.lapse(
        [r for r in work.locked.records if not r.ended and r != work.record and not r.runs_on(flow, state)]
    )
    if all(with_unit) and "handler_id" in kept["was"]:
        give_stages(work)
    clock = flow.stages_by_case_clock()
    unit, squad, command = (flow.stages_in(scope) for scope in (Scope.UNIT, Scope.SQUAD, Scope.COMMAND))
    work.writes.afterwards(
        _REOPEN, clock, case.yellow_at, clock, case.due_at, unit, case.lead_unit_path, squad, pool(Scope.SQUAD, case)[0],
        command, case.command_path, case.area_path, case.pk, kept["seq"], stay,
    )  # fmt: skip


_NEWEST = "case_id = %s AND seq = (SELECT max(seq) FROM cases_dispatch WHERE case_id = %s AND role = 'lead')"


def _give_dispatches_back(work: Work, kept: dict[str, Any]) -> None:
    """A unit that was given the case by mistake is charged with nothing; one it was taken from by mistake has it still."""
    case, table = work.case, "cases_dispatch"
    if kept["step"] == "dispatch":
        change: dict[str, Any] = {"ended_at": work.at, "mistaken": True}
        work.writes.update(table, change, "case_id = %s AND seq = %s", case.pk, kept["seq"])
        return
    if work.flow.steps[kept["step"]].record in LEAVING:
        change = {"ended_at": None, "used_seconds": None, "due_at": case.due_at}
        work.writes.update(table, change, _NEWEST, case.pk, case.pk)
        return
    change = {"due_at": case.due_at} if "clock_start" in kept["was"] else {}
    if "finished_at" in kept["was"]:
        change |= {"finished_at": case.finished_at, "due_at": case.due_at}
        change["used_seconds"] = kept.get("used_seconds")
    if work.from_state in WITH_UNIT and case.state == State.DISPATCHED:
        change["signed_at"] = None
    work.writes.update(table, change, "case_id = %s AND role = 'lead' AND ended_at IS NULL", case.pk)


def _tell(work: Work, kept: dict[str, Any]) -> None:
    """Whoever asked; whoever took the step or was told of it; whoever has the case again."""
    tell_asker(work, "record_granted")
    assert work.record
    taker = LogEntry.objects.of(work.case).get(seq=kept["seq"]).actor_id
    people = {*kept["told"], taker, *_holding(work)} - {work.record.opened_by, None}
    label = work.flow.steps[kept["step"]].label
    work.tell(tuple(sorted(people)), "taken_back", step_zh=label.zh, step_en=label.en)


def _holding(work: Work) -> set[int | None]:
    """Those in the unit that has the case."""
    if work.case.state not in WITH_UNIT:
        return set()
    known = [
        directory().holders(post, unit_path=work.case.lead_unit_path, area_path="")
        for post in work.flow.steps["sign_for"].posts
    ]
    return {work.case.handler_id, *(one for people in known for one in to_tell(people, work.recorded_at))}
