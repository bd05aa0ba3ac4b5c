# SPDX-License-Identifier: Apache-2.0
"""How a number is written, what a mask leaves, what two texts have in common, what a sealed text needs to be opened."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.city import COVER, IN_EAST, MORNING, actor
from tests.loop import bring_to
from wangge.cases.actions.calls import CallData, caller_of, take_call
from wangge.cases.actions.retention import seal_anew
from wangge.cases.caller_errors import NotAPhoneNumber
from wangge.cases.flow import State
from wangge.cases.hotlines import Caller, plain_number
from wangge.cases.models import Call, Contact
from wangge.cases.queries.calls import callback_queue, calls_of, get_call, list_calls
from wangge.cases.queries.repeats import Repeat, likeness, repeats
from wangge.common.clock import now
from wangge.common.sealing import Unreadable, keyed_digest, seal, unseal

KEYS = ["A" * 43, "C" * 43]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("13912345678", "13912345678"),
        (" 139 1234-5678 ", "13912345678"),
        ("+86 139 1234 5678", "13912345678"),
        ("0086-13912345678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
        ("(010) 6500-1234转8", "01065001234" + "8"),
        ("8613912345678", "8613912345678"),
        ("110", "110"),
        ("", ""),
    ],
)
def test_a_number_is_its_digits(written: str, plain: str) -> None:
    assert plain_number(written, "86") == plain


@pytest.mark.parametrize("written", ["12", "1" * 21, "abc", "139x", "+", "+8612", "号码 110"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(NotAPhoneNumber) as refusal:
        plain_number(written, "86")
    assert written not in str(refusal.value), "a number typed wrong is a number nearly"


@given(st.text("0123456789", min_size=7, max_size=16), st.lists(st.sampled_from(" -.()/"), max_size=6))
def test_however_it_is_written_it_is_one_number(digits: str, marks: list[str]) -> None:
    written = digits
    for place, mark in enumerate(marks):
        written = written[: place + 1] + mark + written[place + 1 :]
    if not digits.startswith("0086"):
        assert plain_number(written, "86") == digits == plain_number(digits, "86")


@given(st.text(max_size=12), st.text("0123456789", max_size=20))
def test_a_mask_leaves_four_digits_and_one_character(name: str, number: str) -> None:
    masked = Caller(name, number).masked
    assert len(masked.number) == len(number) and sum(c != "*" for c in masked.number) <= 4
    assert len(masked.name.removesuffix("**")) <= 1
    assert not name or name not in repr(Caller(name, number)).replace("Caller()", "")


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_between_none_and_one_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("幸福路口井盖破损", "幸福路口的井盖破损了", True),
        ("幸福路口井盖破损", "东风街路灯不亮", False),
        ("", "", False),
    ],
)
def test_texts_are_alike_by_their_pairs(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) > 0.3) == alike


def test_a_sealed_text_opens_with_its_key_alone(settings: LazySettings) -> None:
    settings.WANGGE_SEALING_KEYS = KEYS[:1]
    token, digest = seal("13912345678"), keyed_digest("13912345678")
    assert (
        unseal(token) == "13912345678"
        and token != seal("13912345678")
        and digest == keyed_digest("13912345678")
    )
    settings.WANGGE_SEALING_KEYS = KEYS[::-1]
    assert unseal(token) == "13912345678" and digest != keyed_digest("13912345678")
    settings.WANGGE_SEALING_KEYS = KEYS[1:]
    for broken in (token, "", "not a token", seal("x")[:-2]):
        with pytest.raises(Unreadable):
            unseal(broken)


def _call(number: str = "13912345678", **more: object) -> Call:
    data = CallData(number=number, text="井盖破损", **({"answer": "已转告"} | more))  # type: ignore[arg-type]
    outcome = Call.Outcome.JOINED if data.case else Call.Outcome.ANSWERED
    return take_call(outcome, data, actor=actor("operator_1"), at=now(), key=uuid4()).call


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_after_a_new_key_every_contact_is_sealed_by_it_and_found_again(settings: LazySettings) -> None:
    settings.WANGGE_SEALING_KEYS = KEYS[:1]
    call = _call()
    settings.WANGGE_SEALING_KEYS = KEYS[::-1]
    assert (seal_anew(), seal_anew()) == (1, 0)
    settings.WANGGE_SEALING_KEYS = KEYS[1:]  # the old key may go
    assert caller_of(Contact.objects.get()).number == "13912345678"
    assert [one.call_id for one in _repeats("13912345678")] == [call.pk]


def _repeats(number: str) -> list[Repeat]:
    return repeats(
        actor("operator_1"), channel="", number=number, class_code=COVER, text="幸福路口井盖破损", lon=IN_EAST.lon,
        lat=IN_EAST.lat, at=now(),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_pages_cost_as_many_queries_for_many_calls_as_for_few() -> None:
    by = actor("operator_1")
    first = bring_to(State.CALLBACK)
    call = _call(case=first.number)
    reads: dict[str, tuple[int, Callable[[], object]]] = {
        "list": (1, lambda: list_calls(by)),
        "call": (1, lambda: get_call(call.pk, by)),
        "of a case": (3, lambda: calls_of(first.number, by)),
        "callbacks": (6, lambda: callback_queue(by, at=MORNING)),
        "repeats": (6, lambda: _repeats("13912345678")),
    }
    for _, read in reads.values():
        read()
    few = {name: _queries(read) for name, (_, read) in reads.items()}
    assert few == {name: expected for name, (expected, _) in reads.items()}
    with transaction.atomic():
        for _ in range(6):
            _call()
            _call(case=first.number)
            _call(case=bring_to(State.CALLBACK).number)
    assert {name: _queries(read) for name, (_, read) in reads.items()} == few
    assert len(callback_queue(by, at=MORNING)) == 7 and len(list_calls(by)) == 19


def _queries(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)
