# SPDX-License-Identifier: Apache-2.0
"""A side record as its steps find and leave it: opened, taken further, refused, each with the task that waits for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wangge.cases.access import pool
from wangge.cases.actions.work import Deadline, Work
from wangge.cases.errors import ObjectionTooLate, UnknownChoice
from wangge.cases.flow import ASSISTANCE, Scope
from wangge.cases.records import Record
from wangge.grids.queries import city


def open_record(work: Work, unit: str = "", **columns: Any) -> None:
    """A record in the state the step leads to, with the task that waits for its answer."""
    unit = unit or work.case.lead_unit
    facts = _chosen(work) | columns.pop("facts", {})
    work.facts |= facts
    _add(work, work.step.record, work.outcome.record_to, unit, facts, **columns)


def ask_assisting(work: Work, units: Iterable[str]) -> None:
    """Each of `units`, which assist, is to say what it did, where the flow opens that by this step. Called after `move`."""
    rule = work.flow.records.get(ASSISTANCE)
    state = rule.opened_in(work.step.code) if rule else ""
    if state and work.flow.runs_in(ASSISTANCE, work.case.state):
        for unit in units:
            _add(work, ASSISTANCE, state, unit, {})


def _add(work: Work, kind: str, state: str, unit: str, facts: dict[str, Any], **columns: Any) -> None:
    work.writes.insert(
        "cases_siderecord", case_id=work.case.pk, kind=kind, state=state, seq=work.seq, unit=unit,
        opened_at=work.clock_at, opened_by_id=work.actor.person_id, ruling="", facts=facts, **columns,
    )  # fmt: skip
    await_answer(work, kind, state, unit, facts)


def _chosen(work: Work) -> dict[str, str]:
    """Codes of the record's own lists; nothing else a sender names gets into the record or the chain."""
    lists = work.flow.records[work.step.record].choices
    for name, code in work.data.choices.items():
        if code not in lists.get(name, ()):
            raise UnknownChoice(field=name, given=code, known=", ".join(lists.get(name, ())) or "—")
    return dict(work.data.choices)


def turn_record(work: Work, ruling: str = "", **columns: Any) -> None:
    """The record goes on to the state the step leads to; `ruling`: what was decided on it."""
    record = work.record
    assert record
    work.facts["record"] = record.id
    ended = not work.flow.records[record.kind].states[work.outcome.record_to].open
    changes = {"state": work.outcome.record_to, "ended_at": work.at if ended else None, **columns}
    if ruling:
        changes |= {"ruling": ruling, "ruled_at": work.at, "ruled_by_id": work.actor.person_id}
    work.writes.update("cases_siderecord", changes, "id = %s", record.id)
    _done_waiting(work, record)
    await_answer(work, record.kind, work.outcome.record_to, record.unit, record.facts)


def _done_waiting(work: Work, record: Record) -> None:
    """Its task is closed; where others of its kind wait in the same state for their units, only this unit's."""
    stage, rule = f"{record.kind}.{record.state}", work.flow.records[record.kind].states[record.state].task
    same = [
        r for r in work.locked.records if (r.kind, r.state, r.ended) == (record.kind, record.state, False)
    ]
    if rule is None or len(same) < 2:
        work.close_tasks(stage)
    else:
        work.close_tasks(stage, unit_path=pool(rule.scope, work.case, record.unit)[0])


def await_answer(work: Work, kind: str, state: str, unit: str, facts: Any) -> None:
    """The task of the record's new state for `unit`, by the limit of the flow, of what was chosen, or the clock of the case."""
    rule = work.flow.records[kind].states[state].task
    if rule is None:
        return
    limit = rule.limit
    if rule.by_choice:
        limit = work.flow.records[kind].choices[rule.by_choice][facts[rule.by_choice]].limit
    deadline = work.deadline(limit, rule.scope, addressed=unit)
    if rule.by_norm:
        deadline = Deadline(work.case.yellow_at, work.case.due_at, work.norm_limit())
    work.add_task(f"{kind}.{state}", rule, deadline, addressed=unit)


def in_time(work: Work, since: datetime | None) -> None:
    """Raise ObjectionTooLate when the step's own limit, counted from `since`, has passed.

    Where the calendar of its year is not there yet nobody knows the limit: then it has not passed, and the case is marked.
    """
    if work.step.within and since:
        until = work.deadline(work.step.within, Scope.UNIT, start=since).due
        if until and work.at > until:
            raise ObjectionTooLate(until=local(until))


def local(moment: datetime) -> str:
    return moment.astimezone(city().zone).strftime("%Y-%m-%d %H:%M")


def tell_asker(work: Work, template: str) -> None:
    """The person who asked, where it was not for a unit."""
    assert work.record
    if work.record.opened_by:
        work.tell((work.record.opened_by,), template, kind=work.step.record)


def refuse_to_asker(work: Work) -> None:
    turn_record(work, "refused")
    tell_asker(work, "record_refused")


def refuse_record(work: Work) -> None:
    turn_record(work, "refused")
    assert work.record
    work.tell_clerks("record_refused", work.record.unit, kind=work.step.record)
