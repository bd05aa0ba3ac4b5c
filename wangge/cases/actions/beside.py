# SPDX-License-Identifier: Apache-2.0
"""What the steps of side records change: the record itself, its task, and of the case what was granted."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from wangge.cases.actions.placing import command_path_for, route_case, settle_level
from wangge.cases.actions.rounds import (
    change_stages,
    close_stages,
    resume_clock,
    retime,
    suspend_clock,
    used_seconds,
)
from wangge.cases.actions.work import Work
from wangge.cases.deadlines import Clock, Limit, due_at, limit_seconds
from wangge.cases.errors import (
    AmountOutOfRange,
    BudgetSpent,
    ExtensionTooLate,
    NothingToCorrect,
    ObjectionTooLate,
    OtherClock,
    RewardOutOfRange,
    Suspended,
    TopLevel,
    UnknownChoice,
    UnknownUnit,
    UntilOutOfRange,
)  # fmt: skip
from wangge.cases.flow import Scope, State
from wangge.cases.queries.rewards import budget_of
from wangge.catalog.queries import NormInfo, catalog
from wangge.grids.queries import city
from wangge.organizations.directory import directory

LONGEST_SUSPENSION = timedelta(days=365)


def _open(work: Work, unit: str = "", **columns: Any) -> None:
    """A record in the state the step leads to, with the task that waits for its answer."""
    unit = unit or work.case.lead_unit
    facts = _chosen(work) | columns.pop("facts", {})
    work.facts |= facts
    work.writes.insert(
        "cases_siderecord", case_id=work.case.pk, kind=work.step.record, state=work.outcome.record_to, seq=work.seq,
        unit=unit, opened_at=work.clock_at, opened_by_id=work.actor.person_id, ruling="", facts=facts, **columns,
    )  # fmt: skip
    _wait(work, unit, facts)


def _chosen(work: Work) -> dict[str, str]:
    """Codes of the record's own lists; nothing else a sender names gets into the record or the chain."""
    lists = work.flow.records[work.step.record].choices
    for name, code in work.data.choices.items():
        if code not in lists.get(name, ()):
            raise UnknownChoice(field=name, given=code, known=", ".join(lists.get(name, ())) or "—")
    return dict(work.data.choices)


def _turn(work: Work, ruling: str = "", **columns: Any) -> None:
    """The record goes on to the state the step leads to; `ruling`: what was decided on it."""
    record = work.record
    assert record
    work.facts["record"] = record.id
    ended = not work.flow.records[record.kind].states[work.outcome.record_to].open
    changes = {"state": work.outcome.record_to, "ended_at": work.at if ended else None, **columns}
    if ruling:
        changes |= {"ruling": ruling, "ruled_at": work.at, "ruled_by_id": work.actor.person_id}
    work.writes.update("cases_siderecord", changes, "id = %s", record.id)
    work.close_tasks(f"{record.kind}.{record.state}")
    _wait(work, record.unit, record.facts)


def _wait(work: Work, unit: str, facts: Any) -> None:
    """The task of the record's new state; whoever is named by it is told."""
    kind, state = work.step.record, work.outcome.record_to
    rule = work.flow.records[kind].states[state].task
    if rule is None:
        return
    limit = rule.limit
    if rule.by_choice:
        limit = work.flow.records[kind].choices[rule.by_choice][facts[rule.by_choice]].limit
    deadline = work.deadline(limit, rule.scope, addressed=unit)
    work.add_task(f"{kind}.{state}", rule, deadline, addressed=unit)


def _in_time(work: Work, since: datetime | None) -> None:
    """Raise ObjectionTooLate when the step's own limit, counted from `since`, has passed."""
    if work.step.within and since:
        calendar = work.calendar_of(Scope.UNIT)
        until = due_at(work.step.within, since, calendar)
        if work.at > until:
            raise ObjectionTooLate(until=_local(until))


def _local(moment: datetime) -> str:
    return moment.astimezone(city().zone).strftime("%Y-%m-%d %H:%M")


# -- return and escalation --------------------------------------------------------------------------------------


def _ask(work: Work) -> None:
    _open(work)


def _granted(work: Work) -> None:
    """The time used stays with the unit that had the case; the next one gets its full limit."""
    _turn(work, "granted")
    work.facts["unit"] = work.case.lead_unit
    work.writes.update(
        "cases_dispatch", {"ended_at": work.at, "used_seconds": used_seconds(work)},
        "case_id = %s AND ended_at IS NULL", work.case.pk,
    )  # fmt: skip
    work.tell_clerks("request_granted")
    close_stages(work)
    left = work.case.lead_unit
    work.set(
        lead_unit="", lead_unit_path="", handler_id=None, dispatched_at=None, yellow_at=None, due_at=None,
        clock_start=None, clock_used=0, suspended_until=None,
    )  # fmt: skip
    route_case(work, avoid=left)
    work.move()


def _refused(work: Work) -> None:
    _turn(work, "refused")
    assert work.record
    work.tell_clerks("record_refused", work.record.unit, kind=work.step.record)


def _turn_refused(work: Work) -> None:
    _turn(work, "refused")


def _return(work: Work) -> None:
    work.set(return_count=work.case.return_count + 1)
    _granted(work)


def _escalate(work: Work) -> None:
    codes = work.case.command_path.strip("/").split("/")
    if len(codes) < 2:
        raise TopLevel
    work.set(command_path="/".join(codes[:-1]) + "/")
    _granted(work)


def _object(work: Work) -> None:
    assert work.record
    _in_time(work, work.record.ruled_at)
    _turn(work)


def _rule_finally(work: Work) -> None:
    if work.outcome.code == "granted":
        _return(work)
        return
    _turn(work, "final")
    work.tell_clerks("record_refused", kind=work.step.record)


# -- extension and suspension -----------------------------------------------------------------------------------


def _ask_extension(work: Work) -> None:
    assert work.norm
    amount, most = work.data.amount or 0, work.norm.limit
    if not 1 <= amount <= most:
        raise AmountOutOfRange(most=most)
    if work.case.due_at and work.at >= work.case.due_at:
        raise ExtensionTooLate(due=_local(work.case.due_at))
    work.facts["amount"] = amount
    _open(work, amount=amount)


def _extend(work: Work) -> None:
    """The case clock is given the seconds asked for: of working days, as many as the unit's normal day has."""
    assert work.record and work.norm and work.record.amount
    calendar = work.calendar_of(Scope.UNIT)
    seconds = limit_seconds(Limit(work.record.amount, Clock(work.norm.clock)), calendar)
    work.facts["seconds"] = seconds
    _turn(work, "granted", facts={**work.record.facts, "seconds": seconds})
    work.run_clock(work.case.clock_start, used=work.case.clock_used - seconds)
    retime(work)
    work.tell_clerks("record_granted", kind=work.step.record)


def _ask_suspension(work: Work) -> None:
    today = work.recorded_at.astimezone(city().zone).date()
    last = today + LONGEST_SUSPENSION
    day = work.data.until
    if day is None or not today <= day <= last:
        raise UntilOutOfRange(first=today, last=last)
    ends = datetime.combine(day + timedelta(days=1), time(), city().zone)
    work.facts["until"] = day.isoformat()
    _open(work, until=ends)


def _suspend(work: Work) -> None:
    assert work.record
    _turn(work, "granted")
    suspend_clock(work)
    work.set(suspended_until=work.record.until)
    retime(work)
    work.tell_clerks("record_granted", kind=work.step.record)


def _resume(work: Work) -> None:
    _turn(work)
    resume_clock(work)
    retime(work)
    work.tell_clerks("resumed")


# -- consultation, supervision, appeal, correction ---------------------------------------------------------------


def _consult(work: Work) -> None:
    """The unit that is asked sees the case from now on."""
    work.facts["unit"] = work.data.unit
    _show_to(work, work.data.unit)
    _open(work, work.data.unit)
    work.tell_clerks("consulted", work.data.unit)


def _show_to(work: Work, code: str) -> None:
    unit = directory().units[code]
    work.set(units=sorted({*work.case.units, *unit.path.strip("/").split("/")}))


def _answer_consultation(work: Work) -> None:
    _turn(work)
    work.tell_clerks("consultation_answered")


def _issue_order(work: Work) -> None:
    """To the unit in charge; of a joint order the second unit sees the case as well."""
    work.facts["unit"] = work.case.lead_unit
    if second := work.data.unit:
        if second not in directory().units:
            raise UnknownUnit(unit=second)
        work.facts["second"] = second
        _show_to(work, second)
    _open(work)
    work.tell_clerks("order_issued")


def _reply_order(work: Work) -> None:
    _turn(work)


def _accept_order(work: Work) -> None:
    assert work.record
    _turn(work, "granted")
    work.tell_clerks("order_accepted", work.record.unit)


def _send_back_order(work: Work) -> None:
    assert work.record
    _turn(work)
    work.tell_clerks("order_sent_back", work.record.unit)


def _appeal(work: Work) -> None:
    _in_time(work, work.case.closed_at)
    _open(work)


def _review_appeal(work: Work) -> None:
    if work.outcome.code == "refused":
        _refused(work)
        return
    assert work.record
    # who passed it on is kept: the second review is somebody else's
    _turn(work, ruled_by_id=work.actor.person_id)


def _decide_appeal(work: Work) -> None:
    if work.outcome.code == "refused":
        _refused(work)
        return
    _turn(work, "granted")
    work.set(overdue_exempt=True)
    work.tell_clerks("record_granted", kind=work.step.record)


def _ask_correction(work: Work) -> None:
    """What is right is kept as codes; the norm by the id of its version."""
    code = work.data.class_code or work.case.class_code
    norm_id = work.data.norm_id
    if (code, norm_id) == (work.case.class_code, work.case.norm_id) or norm_id is None:
        raise NothingToCorrect
    _open(work, facts={"class": code, "norm_id": norm_id})


def _correct(work: Work) -> None:
    """The case is judged by the right norm from its dispatch on; what was wrong stands in the log."""
    assert work.record
    right, old = work.record.facts, work.norm
    known = catalog().classes.get(right["class"])
    if known is None or right["norm_id"] not in {n.id for n in catalog().norms_of(right["class"])}:
        raise NothingToCorrect
    if work.case.suspended_until:
        raise Suspended
    _turn(work, "granted")
    was = work.case.class_code
    work.facts["was"] = {"class": work.case.class_code, "norm": old.code if old else ""}
    work.set(class_code=right["class"], class_version_id=known.id, norm_id=right["norm_id"])
    assert work.norm
    work.facts |= {"class": right["class"], "norm": work.norm.code}
    if work.case.state == State.FILED:
        _filed_anew(work, was)
    elif work.case.dispatched_at and work.case.finished_at is None:
        _judged_anew(work, old)


def _filed_anew(work: Work, was: str) -> None:
    """Another class may go to another level, and to another unit; one that was escalated stays where it is."""
    before, area = work.case.command_path, work.case.area_path
    if command_path_for(was, area) != command_path_for(work.case.class_code, area):
        settle_level(work)
    route_case(work)
    rule = work.flow.states[State.FILED].task
    if rule and work.case.command_path != before:
        work.close_tasks(State.FILED)
        work.open_task(State.FILED, rule)


def _judged_anew(work: Work, old: NormInfo | None) -> None:
    """The right limit from the dispatch on, less what stood still and more what was granted on the same clock."""
    assert work.norm
    same_clock = old is not None and old.clock == work.norm.clock
    if not same_clock and work.case.clock_used:
        raise OtherClock
    work.facts["clock_anew"] = not same_clock
    start = work.case.clock_start if same_clock else work.case.dispatched_at
    work.run_clock(start, used=work.case.clock_used)
    retime(work)
    change_stages(work, old)
    work.lapse([r for r in work.locked.records if r.kind == "extension" and not r.ended])


# -- rewards ------------------------------------------------------------------------------------------------------


def _propose_reward(work: Work) -> None:
    amount, most = work.data.amount or 0, work.flow.records["reward"].most
    if not 1 <= amount <= most:
        raise RewardOutOfRange(most=most)
    work.facts["yuan"] = amount
    _open(work, unit=work.held.unit, amount=amount)


def _grant_reward(work: Work) -> None:
    """Within the year's budget: whoever grants meanwhile waits."""
    assert work.record and work.record.amount
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.rewards'))")
    year = work.recorded_at.astimezone(city().zone).year
    left = budget_of(year).left
    if work.record.amount > left:
        raise BudgetSpent(left=left, year=year)
    work.facts["yuan"] = work.record.amount
    _turn(work, "granted")


RECORD_EFFECTS: dict[str, Callable[[Work], None]] = {
    "ask_return": _ask,
    "return": _return,
    "refuse_return": _refused,
    "object_return": _object,
    "rule_return": _rule_finally,
    "ask_escalation": _ask,
    "escalate": _escalate,
    "refuse_escalation": _refused,
    "ask_extension": _ask_extension,
    "extend": _extend,
    "refuse_extension": _refused,
    "ask_suspension": _ask_suspension,
    "suspend": _suspend,
    "refuse_suspension": _refused,
    "resume": _resume,
    "consult": _consult,
    "answer_consultation": _answer_consultation,
    "issue_order": _issue_order,
    "reply_order": _reply_order,
    "accept_order": _accept_order,
    "send_back_order": _send_back_order,
    "appeal_overdue": _appeal,
    "review_appeal": _review_appeal,
    "decide_appeal": _decide_appeal,
    "ask_correction": _ask_correction,
    "correct": _correct,
    "refuse_correction": _refused,
    "propose_reward": _propose_reward,
    "grant_reward": _grant_reward,
    "refuse_reward": _turn_refused,
    "pay_reward": _turn,
}
