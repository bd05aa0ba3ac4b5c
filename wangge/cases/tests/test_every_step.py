# SPDX-License-Identifier: Apache-2.0
"""Every (state, step) and every (step, person) of the shipped flow."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.city import DISTRICT, EAST, NORM_TWO_STAGES, OUTSIDE, TEST_EVENT, actor
from tests.loop import HOTLINE, WHO, bring_to, call_about, good_data, new_case, snapshot, step, who
from wangge.cases.actions import take
from wangge.cases.correction_errors import NothingToTakeBack
from wangge.cases.errors import (
    NoRequest,
    NotOverdue,
    RequestPending,
    StageNotOpen,
    StepDenied,
    TopLevel,
    WrongState,
)  # fmt: skip
from wangge.cases.flow import ANSWERS_BESIDE, END_STATES, State
from wangge.cases.models import Case, LogEntry, Task
from wangge.cases.reference import current_flow
from wangge.cases.verification import faults_of
from wangge.common.errors import DomainError, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: the whole of the loop: in a state, a step with a result leads to a state
LEADS = {
    "reported": {"settle": "settled", "send_verify": "verifying", "accept": "accepted", "reject": "rejected", "void": "void",
                 "merge": "merged", "link": "reported"},
    "verifying": {"answer_verify:confirmed": "reported", "answer_verify:denied": "reported",
                  "answer_verify:not_found": "reported", "void": "void", "merge": "merged", "link": "verifying"},
    "accepted": {"send_verify": "verifying", "file": "filed", "reject_filing": "rejected", "void": "void", "merge": "merged",
                 "link": "accepted"},
    "filed": {"dispatch": "dispatched", "split": "split", "void": "void", "merge": "merged", "transfer": "transferred",
              "link": "filed"},
    "dispatched": {"sign_for": "handling", "assign": "handling", "void": "void", "merge": "merged",
                   "transfer": "transferred", "ask_return": "dispatched", "ask_escalation": "dispatched",
                   "link": "dispatched"},
    "handling": {"assign": "handling", "finish": "handled", "ask_return": "handling", "ask_escalation": "handling",
                 "link": "handling"},
    "handled": {"send_check": "checking", "link": "handled"},
    "checking": {"answer_check:passed": "closing", "answer_check:failed": "handling", "link": "checking"},
    "callback": {"call_back:satisfied": "closing", "call_back:unsatisfied": "handling",
                 "call_back:unreachable": "callback"},
    "investigating": {"conclude:rework": "handling", "conclude:explained": "closing"},
    "closing": {"close:solved": "closed", "close:explained": "closed", "close:forced": "closed"},
    "closed": {"reopen": "handling"},
    "split": {"split": "split", "cancel_split": "filed"},
    "rejected": {}, "void": {}, "merged": {"unmerge": "reported"}, "transferred": {"receipt": "transferred"},
    "settled": {},
}  # fmt: skip
for _state, _leads in LEADS.items():
    _leads["redact"] = _state
for _state in ("dispatched", "handling"):
    LEADS[_state]["urge"] = _state
#: the steps that open a side record, and the states of the case they are taken in; the state stays
OPENING = {
    "ask_return": ("dispatched", "handling"), "ask_escalation": ("dispatched", "handling"),
    "ask_extension": ("dispatched", "handling"), "ask_suspension": ("handling",), "consult": ("dispatched", "handling"),
    "issue_order": ("dispatched", "handling", "handled", "checking", "callback", "investigating", "closing"),
    "ask_correction": ("verifying", "accepted", "filed", "dispatched", "handling", "handled", "checking", "callback",
                       "investigating", "closing"),
    "propose_reward": ("closed", "settled"),
}  # fmt: skip
for _code, _states in OPENING.items():
    for _state in _states:
        LEADS[_state][_code] = _state
#: the steps before one that goes on with a side record
BEFORE = {
    "return": ("ask_return",), "refuse_return": ("ask_return",), "object_return": ("ask_return", "refuse_return"),
    "rule_return": ("ask_return", "refuse_return", "object_return"), "escalate": ("ask_escalation",),
    "refuse_escalation": ("ask_escalation",), "extend": ("ask_extension",), "refuse_extension": ("ask_extension",),
    "suspend": ("ask_suspension",), "refuse_suspension": ("ask_suspension",), "resume": ("ask_suspension", "suspend"),
    "answer_consultation": ("consult",), "reply_order": ("issue_order",), "accept_order": ("issue_order", "reply_order"),
    "send_back_order": ("issue_order", "reply_order"), "review_appeal": ("appeal_overdue",),
    "decide_appeal": ("appeal_overdue", "review_appeal"), "correct": ("ask_correction",),
    "refuse_correction": ("ask_correction",), "grant_reward": ("propose_reward",), "refuse_reward": ("propose_reward",),
    "pay_reward": ("propose_reward", "grant_reward"),
    "withdraw_reward": ("propose_reward", "grant_reward"), "answer_assistance": (),
}  # fmt: skip
#: only where something has come before: see test_tree
LINKABLE = ("reported", "verifying", "accepted", "filed", "dispatched", "handling", "handled", "checking")
LATER = {"gather": ("split",), "unlink": LINKABLE, "assign_down": ("filed",), "self_handle": ("accepted",)}
#: only of a case that was overdue
OVERDUE = ("appeal_overdue", "review_appeal", "decide_appeal")
#: possible in the state, but only where the norm asks for it, or somebody called
STAGED = {state: ("arrive", "make_safe", "contact") for state in ("dispatched", "handling")}
UNIT_STEPS = ("sign_for", "assign", "finish", "ask_return", "object_return", "ask_escalation", "arrive", "make_safe",
              "ask_extension", "ask_suspension", "consult", "answer_consultation", "reply_order", "appeal_overdue",
              "self_handle", "contact", "answer_assistance")  # fmt: skip


def test_the_table_names_every_state_and_step() -> None:
    """A state or step added to the flow must come into the table above."""
    assert set(LEADS) == set(State)
    flow = current_flow()
    named = {name.partition(":")[0] for steps in LEADS.values() for name in steps}
    assert (
        named | set(BEFORE) | set(OVERDUE) | set(LATER) | set(STAGED["handling"]) | {"report"}
        == set(flow.steps)
        == set(WHO) | {"report"}
    )
    for code, of_step in flow.steps.items():
        results = {
            n.partition(":")[2] for steps in LEADS.values() for n in steps if n.partition(":")[0] == code
        }
        assert not results or results == {o.code for o in of_step.outcomes}, code


@pytest.mark.parametrize("state", list(State))
def test_steps_possible_in_a_state_lead_where_the_table_says(state: State) -> None:
    case = bring_to(state)
    for name, leads_to in LEADS[state].items():
        code, _, result = name.partition(":")
        with transaction.atomic():
            before, entries = case.log_seq, LogEntry.objects.count()
            made = {"split": 2, "cancel_split": 2}.get(code, 0)  # of the parts
            target = new_case() if code in ("merge", "link") else None
            more: dict[str, Any] = {"target": target.number} if target else {}
            taken = step(case, code, **more | ({"result": result} if result else {}))
            assert (case.state, taken.state, taken.seq) == (leads_to, leads_to, before + 1), name
            assert LogEntry.objects.count() == entries + 1 + bool(target) + made, name
            beside = [f"{one.kind}.{one.state}" for one in case.side_records.filter(ended_at=None)]
            assert bool(beside) == (code in OPENING)
            stages = sorted(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
            assert stages == sorted([leads_to] * (leads_to not in END_STATES) + beside), name
            assert faults_of(case) == [], name
            transaction.set_rollback(True)
        case.refresh_from_db()


@pytest.mark.parametrize("state", list(State))
def test_steps_impossible_in_a_state_are_refused_and_write_nothing(state: State) -> None:
    case = bring_to(state)
    possible = {name.partition(":")[0] for name in LEADS[state]}
    possible |= {code for code, states in LATER.items() if state in states}
    for code in sorted(set(WHO) - possible):
        data = good_data(code, case)
        taker = actor(who(code, case)).marked("replayed")
        untouched = snapshot()
        never_theirs = code in UNIT_STEPS and not case.dispatches.exists()
        never_theirs |= code in ANSWERS_BESIDE  # by a unit nobody has asked
        ruled = code in BEFORE and state in current_flow().steps[code].sources
        expected: type[DomainError] = NotFound if never_theirs else NoRequest if ruled else WrongState
        if code == "appeal_overdue" and state == State.CLOSED:
            expected = NotOverdue
        if code in STAGED.get(state, ()):
            expected = StageNotOpen
        if code == "ask_correction" and state in (State.REPORTED, State.SPLIT):
            expected = NothingToTakeBack
        with pytest.raises(expected) as refused, transaction.atomic():
            take(code, case.pk, data, actor=taker, at=case.last_at)
        assert type(refused.value) is expected, code
        assert refused.value.message("zh") and refused.value.message("en")
        assert snapshot() == untouched, code


@pytest.mark.parametrize("state", ["dispatched", "handling"])
@pytest.mark.parametrize("ask", ["ask_return", "ask_escalation"])
def test_a_request_waits_for_its_own_ruling(state: str, ask: str) -> None:
    case = bring_to(State(state))
    step(case, ask)
    outcomes = {}
    for code in (
        "return", "escalate", "refuse_return", "refuse_escalation", "ask_return", "ask_escalation", "finish",
    ):  # fmt: skip
        with transaction.atomic():
            try:
                outcomes[code] = str(step(case, code).state)
            except DomainError as error:
                outcomes[code] = type(error).__name__
            transaction.set_rollback(True)
        case.refresh_from_db()
    none, pending = NoRequest.__name__, RequestPending.__name__
    granted = {"return": "filed", "refuse_return": state, "escalate": none, "refuse_escalation": none}
    if ask == "ask_escalation":
        granted = {"return": none, "refuse_return": none, "escalate": "filed", "refuse_escalation": state}
    assert outcomes == granted | {
        "ask_return": pending, "ask_escalation": pending,
        "finish": pending if state == "handling" else WrongState.__name__,
    }  # fmt: skip


def test_escalation_takes_a_case_to_the_level_above_and_stops_at_the_top() -> None:
    case = bring_to(State.HANDLING)
    assert case.command_path == f"{DISTRICT}/{EAST}/"
    step(case, "ask_escalation")
    step(case, "escalate", by="dispatcher_east")
    assert (case.state, case.command_path, case.lead_unit) == ("filed", f"{DISTRICT}/", "")
    with pytest.raises(StepDenied) as denied:
        step(case, "dispatch", by="dispatcher_east")
    assert denied.value.reason == "out_of_scope"
    for code in ("dispatch", "sign_for", "ask_escalation"):
        step(case, code)
    untouched = snapshot()
    with pytest.raises(TopLevel), transaction.atomic():
        step(case, "escalate")
    assert snapshot() == untouched
    step(case, "refuse_escalation")


def overdue() -> Case:
    """A closed case that was finished too late."""
    case = bring_to(State.HANDLING)
    assert case.due_at
    step(case, "finish", at=case.due_at + timedelta(hours=1))
    for code in ("send_check", "answer_check", "close"):
        step(case, code)
    return case


def _place_for(code: str) -> Case:
    """A case on which the step may be taken now."""
    if code in OVERDUE:
        case = overdue()
        for before in BEFORE.get(code, ()):
            step(case, before)
        return case
    if code == "answer_assistance":
        case = bring_to(State.FILED)
        step(case, "dispatch", assist=("csgl",))
        return case
    if code in BEFORE:
        case = bring_to(State.CLOSED if "reward" in code else State.HANDLING)
        for before in BEFORE[code]:
            step(case, before)
        return case
    if code == "contact":
        case = bring_to(State.FILED, channel=HOTLINE)
        call_about(case)
        step(case, "dispatch")
        return case
    if code in STAGED["handling"]:
        case = bring_to(State.FILED, class_code=TEST_EVENT, norm=NORM_TWO_STAGES)
        step(case, "dispatch", unit="swj")
        return case
    if code == "gather":
        case = bring_to(State.SPLIT)
        for child in case.children.all():
            step(child, "void")
        return case
    if code == "unlink":
        case = bring_to(State.REPORTED)
        step(case, "link")
        return case
    if code == "assign_down":
        case = bring_to(State.HANDLING)
        for before in ("ask_escalation", "escalate"):
            step(case, before)
        return case
    if code == "self_handle":
        return bring_to(State.ACCEPTED, reporter="clerk_swj")
    return bring_to(
        next(State(s) for s, steps in LEADS.items() if any(n.partition(":")[0] == code for n in steps))
    )


#: one or two people of every post, of the whole city, of the east, of the west, of the unit in charge and of others
EVERYONE = (
    "operator_1", "operator_east", "operator_west", "inspector_east_2", "inspector_west", "chief_2", "chief_east",
    "chief_west", "evaluator", "dispatcher_2", "dispatcher_east",
    "dispatcher_west", "coordinator", "leader", "clerk_swj", "handler_swj",
    "clerk_csgl", "handler_csgl", "clerk_xijie", "administrator", "outsider",
)  # fmt: skip
#: the case lies in the east and is with swj: who sees nothing of it, whatever the step
BLIND = {"operator_west", "inspector_west", "chief_west", "dispatcher_west", "clerk_csgl", "handler_csgl",
         "clerk_xijie", "administrator", "outsider"}  # fmt: skip
POSTS = {
    "operator": {"send_verify", "accept", "reject", "send_check", "call_back", "merge", "link", "unlink", "unmerge"},
    "inspector": {"answer_verify", "answer_check", "settle", "ask_correction"},
    "chief": {"unlink", "unmerge", "gather",
              "file", "reject_filing", "conclude", "close", "void", "reopen", "link", "redact", "issue_order",
              "accept_order", "send_back_order", "review_appeal", "ask_correction", "correct", "refuse_correction"},
    "dispatcher": {"split", "cancel_split", "assign_down", "receipt",
                   "dispatch", "transfer", "return", "escalate", "refuse_return", "refuse_escalation", "extend",
                   "refuse_extension", "suspend", "refuse_suspension", "resume", "consult", "ask_correction"},
    "clerk": {"self_handle",
              "sign_for", "assign", "finish", "ask_return", "object_return", "ask_escalation", "arrive", "make_safe",
              "ask_extension", "ask_suspension", "resume", "consult", "answer_consultation", "reply_order",
              "appeal_overdue", "contact", "answer_assistance", "ask_correction"},
    "handler": {"self_handle", "finish", "arrive", "make_safe", "contact", "ask_correction"},
    "coordinator": {"rule_return", "consult"},
    "evaluator": {"issue_order", "accept_order", "send_back_order", "decide_appeal", "pay_reward", "withdraw_reward"},
    "leader": {"issue_order", "grant_reward", "refuse_reward"},
}  # fmt: skip
POSTS["operator"] |= {"ask_correction", "propose_reward"}
POSTS["chief"].add("propose_reward")
for _post in ("operator", "dispatcher", "chief", "evaluator", "leader"):
    POSTS[_post].add("urge")


@pytest.mark.parametrize("code", sorted(WHO))
def test_only_the_right_post_in_the_right_place_takes_a_step(code: str) -> None:
    case = _place_for(code)
    with_unit = case.dispatches.exists()
    for login in EVERYONE:
        may = code in POSTS.get(login.partition("_")[0], ())
        blind = login in BLIND or (not with_unit and login in ("clerk_swj", "handler_swj"))
        if code == "self_handle" and login == "clerk_swj":
            blind = False  # who reported it
        if code in ANSWERS_BESIDE and login.endswith("csgl"):
            blind = False  # the unit that is asked
        data = good_data(code, case, by=login if may and not blind else "")
        untouched = snapshot()
        with transaction.atomic():
            try:
                take(code, case.pk, data, actor=actor(login).marked("replayed"), at=case.last_at)
                outcome = "taken"
            except StepDenied as denied:
                outcome = denied.reason
            except DomainError as error:
                outcome = type(error).__name__
            if outcome != "taken":
                assert snapshot() == untouched, login
            transaction.set_rollback(True)
        expected = "NotFound" if blind else "taken" if may else "wrong_post"
        if code in ANSWERS_BESIDE and login == "clerk_swj":
            expected = "out_of_scope"
        if code == "assign_down" and login == "dispatcher_east":
            expected = "out_of_scope"  # the district has it now
        if code == "contact" and login in ("operator_1", "operator_east"):
            expected = "unit_contacts"
        assert outcome == expected, (code, login)


def test_a_case_outside_every_grid_is_out_of_reach_of_a_street() -> None:
    case = new_case(where=OUTSIDE)
    assert (case.outside, case.unit_grid_id, case.state) == (True, None, "reported")
    with pytest.raises(NotFound):
        step(case, "accept", by="operator_east")
    with pytest.raises(DomainError, match="unit grid"):
        step(case, "accept", grid_code="")
    step(case, "accept")
    case = Case.objects.get(pk=case.pk)
    assert not case.outside and case.unit_grid_id
