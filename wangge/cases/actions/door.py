# SPDX-License-Identifier: Apache-2.0
"""The door: every change of a case goes through here, in one transaction, and leaves one log entry.

One statement reads and locks the case, one writes all rows. Between them, in this order: is the case visible, does the
step exist in its state, may this person take it, is the page they saw still true, is everything needed given.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from wangge.cases.access import can_take_step, needs_of, reaching
from wangge.cases.actions.locks import lock_along, lock_both, lock_photos
from wangge.cases.actions.needs import check_given
from wangge.cases.actions.once import KeyKnown, Sent, Taken, once
from wangge.cases.actions.work import Locked, Work
from wangge.cases.callbacks import CALL_BACK
from wangge.cases.errors import (
    StageNotOpen,
    StalePage,
    StepDenied,
    UnknownResult,
    UnknownStep,
    WrongState,
)  # fmt: skip
from wangge.cases.flow import WAITING_STEPS, Flow, Outcome, Step
from wangge.cases.models import Case, LogEntry, Task
from wangge.cases.records import Record, acted_on, refusal
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import is_visible
from wangge.common.errors import NotFound
from wangge.organizations.access import Denied
from wangge.organizations.directory import Actor, Held


@dataclass(frozen=True)
class StepData:
    """What a step may be given; which of it is needed is the flow's.

    `texts`: see needs.TEXTS. `fields`: answers to the form of the class, see cases.forms.

    `owner`: unit that owns the component, if known. `passage`: "<seq>:<field>", the text to delete. `call`: the one whose
    caller was called back. `amount`: units of the norm's clock. `until`: the last day of a suspension. `choices`: by the
    name of the list, see flow.RecordRule; `grade` of the filing, see flow.Grade.
    `entry`: seq of the log entry a correction takes back. `area`: code of the area a case is assigned down to. `parts`: what
    each part of a split case is about.
    """

    result: str = ""
    class_code: str = ""
    norm_id: int | None = None
    grid_code: str = ""
    unit: str = ""
    assist: tuple[str, ...] = ()
    handler_id: int | None = None
    owner: str = ""
    target: str = ""
    passage: str = ""
    call: int | None = None
    entry: int | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    photos: tuple[UUID, ...] = ()
    amount: int | None = None
    until: date | None = None
    choices: dict[str, str] = field(default_factory=dict)
    area: str = ""
    parts: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


def take(
    step_code: str,
    case: int | str,
    data: StepData | None = None,
    *,
    actor: Actor,
    at: datetime,
    key: UUID | None = None,
    seen: int | None = None,
) -> Taken:
    """Take a step on `case` (its id or its number) at `at` (when it happened).

    `key`: a repeated call with the same key gives the first result and does nothing. `seen`: the log_seq the person
    looked at; refused when the case has moved on. Raises a DomainError naming what is wrong; then nothing is written.
    """
    data = data or StepData()
    check_given(data, step_code)
    sent = Sent.of(key, actor, [step_code, case, data])
    return once(sent, lambda: _take(step_code, case, data, actor, at, sent, seen))


def _take(
    step_code: str,
    which: int | str,
    data: StepData,
    actor: Actor,
    at: datetime,
    sent: Sent | None,
    seen: int | None,
) -> Taken:
    from wangge.cases.actions.effects import EFFECTS

    locked = _lock(step_code, which, actor, data, sent)
    case, flow = locked.case, flow_by_id(locked.case.flow_id)
    if not is_visible(case, actor):
        raise NotFound
    if locked.target and not any(locked.target["area_path"].startswith(h.area_path) for h in actor.held):
        locked.target = None
    step = flow.steps.get(step_code)
    if step is None or step_code == "report":
        raise UnknownStep(step=step_code, known=", ".join(s for s in flow.steps if s != "report"))
    _check_state(flow, step, case)
    side = acted_on(step, case, locked.records, reaching(actor, step, locked.case)) if step.record else None
    answer, held = can_take_step(flow, case, step, actor, locked.hands, side)
    if isinstance(answer, Denied) or held is None:
        assert isinstance(answer, Denied)
        raise StepDenied(answer.code, answer.zh, answer.en)
    if seen is not None and seen != case.log_seq and not _still_true(step, case, data, seen):
        raise StalePage(number=case.number)
    _check_beside(flow, step, locked, data.unit)
    outcome = _outcome(step, data)
    work = Work(locked, flow, step, outcome, data, actor, held, sent=sent, claimed_at=at, record=side)
    work.check_needs(needs_of(step, outcome))
    work.check_fields()
    EFFECTS[step.code](work)
    return record(work)


def take_by_itself(step_code: str, case_id: int, *, at: datetime) -> bool:
    """Take a step nobody takes because its moment has come; False when the case has moved on meanwhile."""
    from wangge.cases.actions.effects import EFFECTS

    with transaction.atomic():
        nobody = Actor(None, "", "", ())
        locked = _lock(step_code, case_id, nobody, StepData(), None)
        nobody = nobody.marked(locked.case.origin)
        flow = flow_by_id(locked.case.flow_id)
        step = flow.steps.get(step_code)
        if (
            step is None
            or locked.case.state not in step.sources
            or refusal(flow, step, locked.case, locked.records, ())
        ):
            return False
        held = Held("", "", "", "", "")
        work = Work(
            locked, flow, step, step.outcomes[0], StepData(), nobody, held, sent=None, claimed_at=at,
            record=acted_on(step, locked.case, locked.records),
        )  # fmt: skip
        EFFECTS[step.code](work)
        record(work)
        return True


def record(work: Work, *, opening: bool = False) -> Taken:
    """Write everything the step collected; `opening`: the case's own row is new."""
    work.finish(opening=opening)
    try:
        work.writes.run()
    except IntegrityError as error:
        if "cases_idempotencykey_pkey" in str(error):  # its other sender was quicker
            raise KeyKnown from error
        if "cases_two_hands" in str(error):  # the database's own guard; the check above normally speaks first
            raise StepDenied(
                "two_hands", "同一人不能既办理又评判一个案卷。", "One person cannot act on and judge a case."
            ) from error
        raise
    return Taken(work.case.pk, work.case.number, work.case.log_seq, work.case.state)


def _check_state(flow: Flow, step: Step, case: Case) -> None:
    if case.state not in step.sources:
        label = flow.states[case.state].label  # type: ignore[index]
        raise WrongState(
            number=case.number,
            state_zh=label.zh,
            state_en=label.en,
            step_zh=step.label.zh,
            step_en=step.label.en,
        )


def _still_true(step: Step, case: Case, data: StepData, seen: int) -> bool:
    """A callback is about what one caller says of the handling: that others were called meanwhile, or that something ran beside
    the line, changes nothing of it while the case has not left the state. Where nobody left a number there are no others."""
    if step.code != CALL_BACK or data.call is None or not 0 < seen < case.log_seq:
        return False
    since = LogEntry.objects.of(case).filter(seq__gt=seen)
    return not since.exclude(from_state=case.state, to_state=case.state).exists()


def _check_beside(flow: Flow, step: Step, locked: Locked, unit: str) -> None:
    """Do the stages the norm asks for, the wish to speak to a caller and the side records of the case allow the step?"""
    stages: set[str] = set()
    if step.code in WAITING_STEPS or step.code == "ask_suspension":
        waiting = Task.objects.filter(case=locked.case.pk, stage__in=WAITING_STEPS, closed_at=None)
        stages = set(waiting.values_list("stage", flat=True))
    if step.code in WAITING_STEPS and step.code not in stages:
        raise StageNotOpen(step_zh=step.label.zh, step_en=step.label.en)
    if refused := refusal(flow, step, locked.case, locked.records, stages, unit):
        raise refused


def _outcome(step: Step, data: StepData) -> Outcome:
    outcome = step.outcome(data.result)
    if outcome is None:
        raise UnknownResult(result=data.result, known=", ".join(o.code for o in step.outcomes) or "—")
    return outcome


_CASE_FIELDS = [f.attname for f in Case._meta.concrete_fields]
_CASE_COLUMNS = ", ".join(f"c.{f.column}" for f in Case._meta.concrete_fields)
# The sub-selects read the statement's snapshot, the locked row its newest version: when the lock had to be waited for
# they differ, `seen_seq` tells, and the statement is run again.
_READ_BY = f"""
SELECT {_CASE_COLUMNS}, clock_timestamp(),
    EXISTS (SELECT FROM cases_idempotencykey k WHERE k.key = %s) AS known,
    (SELECT x.log_seq FROM cases_case x WHERE x.id = c.id) AS seen_seq,
    (SELECT array_agg(DISTINCT l.hand) FROM cases_logentry l
        WHERE l.case_id = c.id AND l.recorded_at >= c.reported_at AND l.actor_id = %s),
    (SELECT json_agg(json_build_object('id', r.id, 'kind', r.kind, 'state', r.state, 'unit', r.unit,
            'opened_at', r.opened_at, 'opened_by', r.opened_by_id, 'ruling', r.ruling, 'ruled_at', r.ruled_at,
            'ruled_by', r.ruled_by_id, 'ended', r.ended_at IS NOT NULL, 'amount', r.amount, 'until', r.until,
            'facts', r.facts) ORDER BY r.id)
        FROM cases_siderecord r WHERE r.case_id = c.id),
    (SELECT json_build_object('id', t.id, 'number', t.number, 'state', t.state, 'area_path', t.area_path,
            'reporter_id', t.reporter_id)
        FROM cases_case t WHERE t.number = %s AND t.id <> c.id)
FROM cases_case c WHERE c.{{column}} = %s FOR NO KEY UPDATE OF c
"""
_READ = {column: _READ_BY.format(column=column) for column in ("id", "number")}


#: steps after which a case is no longer what it was to others, or again
ALONG = ("reopen", "unmerge")


def _lock(step: str, which: int | str, actor: Actor, data: StepData, sent: Sent | None) -> Locked:
    column = "id" if isinstance(which, int) else "number"
    key = sent.key if sent else None
    arguments = [key, actor.person_id, data.target, which]
    if step in ALONG:
        lock_along(which)
    elif data.target or data.photos:
        lock_both(which, data.target)
    photos = lock_photos(data.photos, actor)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_READ[column], arguments)
            row = cursor.fetchone()
            if row is None:  # a used key is told first, or it would tell an invisible case from none
                cursor.execute("SELECT FROM cases_idempotencykey WHERE key = %s", [key])
                raise KeyKnown if cursor.rowcount else NotFound
            n = len(_CASE_FIELDS)
            case = Case.from_db("default", _CASE_FIELDS, _convert(row[:n]))
            now, known, seen_seq, hands, records, target = row[n:]
            if known:
                raise KeyKnown
            if seen_seq == case.log_seq:
                found = [Record.read(record) for record in _json(records) or ()]
                return Locked(case, now, set(hands or ()), photos, found, _json(target))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


_CONVERTERS: list[tuple[int, Callable[[Any], Any]]] = [
    (n, _json) for n, f in enumerate(Case._meta.concrete_fields) if f.get_internal_type() == "JSONField"
] + [(n, bytes) for n, f in enumerate(Case._meta.concrete_fields) if f.get_internal_type() == "BinaryField"]


def _convert(values: tuple[Any, ...]) -> list[Any]:
    row = list(values)
    for position, convert in _CONVERTERS:
        row[position] = convert(row[position]) if row[position] is not None else None
    return row
