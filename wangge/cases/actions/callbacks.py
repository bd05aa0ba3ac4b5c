# SPDX-License-Identifier: Apache-2.0
"""回访: one call to one caller. When nobody is left to be called, what all of them said decides where the case goes.

One step is one call, in one transaction: the entry says what was answered, a row beside it, for the centre alone, by whom.
"""

from wangge.cases.actions.rounds import start_round
from wangge.cases.actions.side_records import ask_assisting
from wangge.cases.actions.work import Work
from wangge.cases.callbacks import SATISFIED, UNREACHABLE, UNSATISFIED, Owed, outcome_of, owed_by, waiting
from wangge.cases.caller_errors import CallerDone, CallerNeeded, TooSoonToTry
from wangge.cases.errors import AnswersContradict
from wangge.cases.flow import ASSISTANCE, Outcome, State, choose
from wangge.common.errors import NotFound
from wangge.grids.queries import city
from wangge.organizations.directory import directory


def call_back(work: Work) -> None:
    """What one caller said is kept; the case stays while others wait, and goes as `outcome_of` says after the last.

    A caller who is tried in vain waits on while the flow has tries left. Raises AnswersContradict, CallerNeeded, CallerDone,
    TooSoonToTry; NotFound for somebody who did not call about the case.
    """
    said = work.outcome.code
    good = bool(work.data.solved and work.data.satisfied)
    if said != UNREACHABLE and good != (said == SATISFIED):
        raise AnswersContradict
    owed = owed_by([work.case])[work.case.pk]
    one = _named(work.data.call, owed)
    again = False
    if said == UNREACHABLE:
        _check_try(work, one)
        work.guards["tries_left"] = one.tries + 1 < work.flow.callback_tries
        again = choose(work.outcome, work.holds) is State.CALLBACK
        work.set(callback_tries=work.case.callback_tries + 1)
    elif said == UNSATISFIED:
        work.set(order_owed="unsatisfied")
    others = [other for other in owed if other is not one]
    left = sum(not other.done for other in others) + again
    answers = {"solved": work.data.solved, "satisfied": work.data.satisfied}
    if said == UNREACHABLE:
        answers = dict.fromkeys(answers)  # nobody was asked
    work.facts |= answers | {"waiting": left}
    _keep(work, one, answers)
    if not left:
        # asked anew, and not reached: what they said stands
        last = one.said or said if said == UNREACHABLE else said
        _end_round(work, outcome_of([last, *(other.said for other in others)]))
    elif again:
        work.move()  # the stage has its full limit for the next try


def _named(call: int | None, owed: list[Owed]) -> Owed:
    """Whom the step was about."""
    wait = waiting(owed)
    if call is None:
        if owed[0].calls:
            raise CallerNeeded(calls=", ".join(str(one.calls[0]) for one in wait))
        return owed[0]
    found = next((one for one in owed if call in one.calls), None)
    if found is None:
        raise NotFound
    if found not in wait:
        raise CallerDone
    return found


def _check_try(work: Work, one: Owed) -> None:
    """Raise TooSoonToTry where the last try in vain is not yet as long ago as the hotline's rule asks: three tries within an
    hour are one try. What was recorded elsewhere is taken as it was."""
    after = one.next_at if work.actor.origin == "live" else None
    if after and work.at < after:
        raise TooSoonToTry(after=f"{after.astimezone(city().zone):%Y-%m-%d %H:%M}")


def _keep(work: Work, one: Owed, answers: dict[str, bool | None]) -> None:
    if one.calls and one.rang:  # told late, it still answers the last call on record
        work.writes.insert(
            "cases_callbacktry", call_id=work.data.call, case_id=work.case.pk, seq=work.seq,
            person_id=work.actor.person_id, at=max(work.at, one.rang), reached=work.outcome.code != UNREACHABLE, **answers,
        )  # fmt: skip


def _end_round(work: Work, ends: str) -> None:
    work.facts["round"] = ends
    outcome = work.step.outcome(ends)
    assert outcome
    if ends == UNSATISFIED:
        if work.case.unsatisfied_count:
            work.move(outcome)
        else:
            handle_again(work, outcome)
        work.set(unsatisfied_count=work.case.unsatisfied_count + 1, callback_tries=0)
        return
    work.move(outcome)
    if ends == UNREACHABLE:
        work.set(order_owed=work.case.order_owed or "unrated")


def handle_again(work: Work, outcome: Outcome) -> None:
    """The unit had finished and the check had passed: a further round has the full limit of its own, and whoever assists is
    asked anew."""
    if work.case.parts:
        work.move(outcome)
        return
    deadline = start_round(work)
    change = {"finished_at": None, "used_seconds": None, "due_at": deadline.due}
    work.writes.update(
        "cases_dispatch", change, "case_id = %s AND role = 'lead' AND ended_at IS NULL", work.case.pk
    )
    work.move(outcome)
    units = [unit for unit in work.assisting() if unit in directory().units]
    if ASSISTANCE in work.flow.records and units:
        work.facts["assist"] = units
        for unit in units:
            work.tell_clerks("assisting", unit)
        ask_assisting(work, units)
