# SPDX-License-Identifier: Apache-2.0
"""What the steps of side records change: the record itself, its task, and of the case what was granted."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.db.models import F, Q

from wangge.cases.access import pool, reaching
from wangge.cases.actions.correcting import ask_correction, correct
from wangge.cases.actions.placing import route_case
from wangge.cases.actions.rewarding import grant_reward, propose_reward, withdraw_reward
from wangge.cases.actions.rounds import (
    close_stages,
    resume_clock,
    retime,
    suspend_clock,
    used_seconds,
)
from wangge.cases.actions.side_records import (
    await_answer,
    in_time,
    local,
    open_record,
    refuse_record,
    refuse_to_asker,
    turn_record,
)  # fmt: skip
from wangge.cases.actions.work import Work
from wangge.cases.deadlines import Clock, Limit, limit_seconds
from wangge.cases.errors import AmountOutOfRange, ExtensionTooLate, TopLevel, UnknownUnit, UntilOutOfRange
from wangge.cases.flow import JOINT, Scope
from wangge.cases.models import LogEntry, SideRecord
from wangge.cases.order_errors import JointNeedsTwo, OneUnitOnly
from wangge.cases.records import LEAVING
from wangge.grids.queries import city
from wangge.organizations.directory import directory

# -- return and escalation --------------------------------------------------------------------------------------


def _granted(work: Work) -> None:
    """The time used stays with the unit that had the case; the next one gets its full limit, and is none that gave the
    case back or up before."""
    turn_record(work, "granted")
    work.facts["unit"] = work.case.lead_unit
    work.writes.update(
        "cases_dispatch", {"ended_at": work.at, "used_seconds": used_seconds(work)},
        "case_id = %s AND ended_at IS NULL", work.case.pk,
    )  # fmt: skip
    work.tell_clerks("request_granted")
    work.tell_assisting("assisting_over")
    close_stages(work)
    left = {r.unit for r in work.locked.records if r.kind in LEAVING and r.ruling == "granted"}
    left.add(work.case.lead_unit)
    work.set(
        lead_unit="", lead_unit_path="", handler_id=None, dispatched_at=None, yellow_at=None, due_at=None,
        clock_start=None, clock_used=0, suspended_until=None,
    )  # fmt: skip
    route_case(work, avoid=left)
    work.move()


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
    in_time(work, work.record.ruled_at)
    turn_record(work)


def _rule_finally(work: Work) -> None:
    if work.outcome.code == "granted":
        _return(work)
        return
    turn_record(work, "final")
    work.tell_clerks("record_refused", kind=work.step.record)


# -- extension and suspension -----------------------------------------------------------------------------------


def _ask_extension(work: Work) -> None:
    assert work.norm
    amount, most = work.data.amount or 0, work.norm.limit
    if not 1 <= amount <= most:
        raise AmountOutOfRange(most=most)
    if work.case.due_at and work.at >= work.case.due_at:
        raise ExtensionTooLate(due=local(work.case.due_at))
    work.facts["amount"] = amount
    open_record(work, amount=amount)


def _extend(work: Work) -> None:
    """The case clock is given the seconds asked for: of working days, as many as the unit's normal day has."""
    assert work.record and work.norm and work.record.amount
    calendar = work.calendar_of(Scope.UNIT)
    seconds = limit_seconds(Limit(work.record.amount, Clock(work.norm.clock)), calendar)
    work.facts["seconds"] = seconds
    turn_record(work, "granted", facts={**work.record.facts, "seconds": seconds})
    work.run_clock(work.case.clock_start, used=work.case.clock_used - seconds)
    retime(work)
    work.tell_clerks("record_granted", kind=work.step.record)


def _ask_suspension(work: Work) -> None:
    today = work.recorded_at.astimezone(city().zone).date()
    most = work.flow.records["suspension"].most
    last = today + timedelta(days=most)
    day = work.data.until
    if day is None or not today <= day <= last:
        raise UntilOutOfRange(first=today, last=last, most=most)
    ends = datetime.combine(day + timedelta(days=1), time(), city().zone)
    work.facts["until"] = day.isoformat()
    open_record(work, until=ends)


def _suspend(work: Work) -> None:
    assert work.record
    turn_record(work, "granted")
    suspend_clock(work)
    work.set(suspended_until=work.record.until)
    retime(work)
    work.tell_clerks("record_granted", kind=work.step.record)


def _resume(work: Work) -> None:
    turn_record(work)
    resume_clock(work)
    retime(work)
    work.tell_clerks("resumed")


# -- consultation, supervision, appeal ----------------------------------------------------------------------------


def _consult(work: Work) -> None:
    """The unit that is asked sees the case from now on."""
    work.facts["unit"] = work.data.unit
    _show_to(work, work.data.unit)
    open_record(work, work.data.unit)
    work.tell_clerks("consulted", work.data.unit)


def _show_to(work: Work, code: str) -> None:
    unit = directory().units[code]
    work.set(units=sorted({*work.case.units, *unit.path.strip("/").split("/")}))


def _answer(template: str) -> Callable[[Work], None]:
    """A unit that is asked beside the one in charge answers; the latter is told by the notice `template`."""

    def answer(work: Work) -> None:
        assert work.record
        work.facts["unit"] = work.record.unit
        turn_record(work)
        work.tell_clerks(template)

    return answer


def _issue_order(work: Work) -> None:
    """To the unit that answers for the case; of a joint order the second unit sees the case as well, and is to reply by the
    same limit."""
    work.facts["unit"] = unit = work.case.answerable_unit
    second = _second_unit(work, unit)
    if unit != work.case.lead_unit:
        _show_to(work, unit)
    if not second:
        open_record(work, unit)
        work.tell_clerks("order_issued", unit)
        return
    _show_to(work, second)
    open_record(work, unit, facts={"second": second, "waits": [unit, second]})
    await_answer(work, work.step.record, work.outcome.record_to, second, work.facts)
    work.tell_clerks("order_issued", unit)
    work.tell_clerks("order_joint", second)


def _reply_order(work: Work) -> None:
    """Of a joint order each unit replies for itself; it goes to whoever judges once both have."""
    record = work.record
    assert record
    if "second" not in record.facts:
        turn_record(work)
        return
    reaches = reaching(work.actor, work.step, work.case)
    unit = next((one for one in record.waits_for if reaches(one)), record.unit)
    left = [one for one in record.waits_for if one != unit]
    work.facts["unit"], facts = unit, {**record.facts, "waits": left}
    if not left:
        turn_record(work, facts=facts)
        return
    work.facts["record"] = record.id
    work.writes.update("cases_siderecord", {"facts": facts}, "id = %s", record.id)
    work.close_tasks(f"{record.kind}.{record.state}", unit_path=pool(Scope.RECORD, work.case, unit)[0])
    if record.opened_by:
        work.tell((record.opened_by,), "order_joint_answered")


def _second_unit(work: Work, first: str) -> str:
    """The other unit of a joint order, "" of any other. Raises JointNeedsTwo, OneUnitOnly, UnknownUnit."""
    second: str = work.data.unit
    if work.data.choices["mode"] == JOINT:
        if second in ("", first):
            raise JointNeedsTwo
    elif second:
        raise OneUnitOnly
    if second and (second not in directory().units or directory().units[second].kind in ("centre", "squad")):
        raise UnknownUnit(unit=second)
    return second


def _accept_order(work: Work) -> None:
    """It answers a callback it came after: one that came before answers something else."""
    assert work.record
    turn_record(work, "granted")
    if work.case.order_owed and not _called_back_since(work, work.record.id):
        work.set(order_owed="")
    for unit in (work.record.unit, *filter(None, [work.record.facts.get("second")])):
        work.tell_clerks("order_accepted", unit)


def _called_back_since(work: Work, order: int) -> bool:
    """Has a callback ended badly since the order was issued?"""
    issued = SideRecord.objects.filter(pk=order).values("seq")
    unrated = (
        Q(result="unreachable")
        & ~Q(to_state=F("from_state"))
        & (Q(data__round__isnull=True) | Q(data__round="unreachable"))
    )
    bad = Q(result="unsatisfied") | unrated
    return LogEntry.objects.of(work.case).standing().filter(bad, step="call_back", seq__gt=issued).exists()


def _send_back_order(work: Work) -> None:
    """Whoever it is to replies anew: of a joint order both."""
    record = work.record
    assert record
    second = record.facts.get("second")
    if not second:
        turn_record(work)
    else:
        turn_record(work, facts={**record.facts, "waits": [record.unit, second]})
        await_answer(work, record.kind, work.outcome.record_to, second, record.facts)
        work.tell_clerks("order_sent_back", second)
    work.tell_clerks("order_sent_back", record.unit)


def _appeal(work: Work) -> None:
    in_time(work, work.case.closed_at)
    open_record(work)


def _review_appeal(work: Work) -> None:
    if work.outcome.code == "refused":
        refuse_record(work)
        return
    assert work.record
    # who passed it on is kept: the second review is somebody else's
    turn_record(work, ruled_by_id=work.actor.person_id)


def _decide_appeal(work: Work) -> None:
    if work.outcome.code == "refused":
        refuse_record(work)
        return
    turn_record(work, "granted")
    work.set(overdue_exempt=True)
    work.tell_clerks("record_granted", kind=work.step.record)


RECORD_EFFECTS: dict[str, Callable[[Work], None]] = {
    "ask_return": open_record,
    "return": _return,
    "refuse_return": refuse_record,
    "object_return": _object,
    "rule_return": _rule_finally,
    "ask_escalation": open_record,
    "escalate": _escalate,
    "refuse_escalation": refuse_record,
    "ask_extension": _ask_extension,
    "extend": _extend,
    "refuse_extension": refuse_record,
    "ask_suspension": _ask_suspension,
    "suspend": _suspend,
    "refuse_suspension": refuse_record,
    "resume": _resume,
    "consult": _consult,
    "answer_consultation": _answer("consultation_answered"),
    "answer_assistance": _answer("assistance_answered"),
    "issue_order": _issue_order,
    "reply_order": _reply_order,
    "accept_order": _accept_order,
    "send_back_order": _send_back_order,
    "appeal_overdue": _appeal,
    "review_appeal": _review_appeal,
    "decide_appeal": _decide_appeal,
    "ask_correction": ask_correction,
    "correct": correct,
    "refuse_correction": refuse_to_asker,
    "propose_reward": propose_reward,
    "grant_reward": grant_reward,
    "refuse_reward": refuse_to_asker,
    "pay_reward": turn_record,
    "withdraw_reward": withdraw_reward,
}
