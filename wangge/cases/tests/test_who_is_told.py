# SPDX-License-Identifier: Apache-2.0
"""Who is told of what was decided on a request: whoever asked, and whomever it concerns."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.city import person
from tests.loop import bring_to, new_case, step
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.notices.models import Notice
from wangge.notices.templates import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def told(case: Case, *templates: str) -> set[tuple[str, str]]:
    rows = Notice.objects.filter(case_id=case.pk, template__in=templates)
    for row in rows:
        assert say(row.template, row.facts).zh
    return set(rows.values_list("recipient__login", "template"))


def test_a_corrected_norm_is_told_to_the_unit_and_to_whoever_asked() -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "ask_correction")
    step(case, "correct")
    assert told(case, "record_granted", "corrected") == {
        ("operator_1", "record_granted"), ("clerk_swj", "corrected")
    }  # fmt: skip
    other = bring_to(State.HANDLING, at=None)
    step(other, "ask_correction")
    step(other, "refuse_correction")
    assert told(other, "record_refused") == {("operator_1", "record_refused")}


def test_a_reward_is_told_to_whoever_proposed_it_and_to_whoever_found_the_hazard() -> None:
    case = bring_to(State.CLOSED, at=None, reporter="inspector_east")
    step(case, "propose_reward")
    step(case, "refuse_reward")
    assert told(case, "record_refused", "rewarded") == {("operator_1", "record_refused")}
    step(case, "propose_reward")
    step(case, "grant_reward")
    assert told(case, "record_granted", "rewarded") == {
        ("operator_1", "record_granted"), ("inspector_east", "rewarded")
    }  # fmt: skip


def test_reporters_hear_of_a_link_of_its_undoing_and_of_a_case_opened_again() -> None:
    case = new_case(at=None, reporter="inspector_east")
    other = new_case(at=None, reporter="inspector_east_2")
    step(case, "link", target=other.number)
    step(case, "unlink", target=other.number)
    for template in ("linked", "unlinked"):
        rows = Notice.objects.filter(template=template).values_list("recipient__login", "facts__number")
        assert {*rows} == {("inspector_east", case.number), ("inspector_east_2", other.number)}
    case = bring_to(State.CLOSED, at=None, reporter="inspector_east")
    step(case, "reopen")
    assert told(case, "reopened") == {("inspector_east", "reopened")}


def test_a_unit_is_urged_by_hand() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    step(case, "assign")
    step(case, "urge")
    assert told(case, "urged") == {("clerk_swj", "urged"), ("handler_swj", "urged")}


def test_assisting_units_are_told_have_the_case_in_their_list_and_hear_when_it_leaves() -> None:
    case = bring_to(State.FILED, at=None)
    step(case, "dispatch", unit="swj", assist=("csgl",))
    assert told(case, "assisting") == {("clerk_csgl", "assisting")}
    clerk = Client()
    clerk.force_login(person("clerk_csgl"))
    assert case.number in clerk.get(reverse("desk:cases")).content.decode()
    step(case, "ask_return")
    step(case, "return")
    assert told(case, "assisting_over") == {("clerk_csgl", "assisting_over")}
    other = bring_to(State.FILED, at=None)
    step(other, "dispatch", unit="swj", assist=("csgl",))
    step(other, "void")
    assert told(other, "assisting_over") == {("clerk_csgl", "assisting_over")}
    assert not told(other, "asked_lapsed") | told(case, "asked_lapsed"), "that it is over is told once"


def test_who_has_not_answered_when_the_case_goes_on_is_told_that_nobody_waits() -> None:
    case = bring_to(State.HANDLING, at=None, assist=("xijie", "dongjie"))
    step(case, "consult", unit="csgl")
    step(case, "answer_assistance", by="clerk_xijie")
    step(case, "finish")
    assert told(case, "asked_lapsed") == {("clerk_csgl", "asked_lapsed"), ("clerk_dongjie", "asked_lapsed")}
