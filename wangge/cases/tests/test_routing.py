# SPDX-License-Identifier: Apache-2.0
"""Which unit is in charge: the most specific row wins, and the case keeps why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.city import (
    COVER,
    EAST,
    EAST_ONE,
    GRID_EAST,
    IN_EAST,
    IN_WEST,
    LOADED_AT,
    STREET_EVENT,
    TEST_EVENT,
    UNIT_GRID_EAST,
    UNROUTED,
)
from tests.loop import bring_to, step
from wangge.cases.actions.placing import decide
from wangge.cases.flow import State
from wangge.cases.models import LogEntry
from wangge.cases.routing import Alternative, Decision, Lost, Matrix, MatrixRow, why_lost
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.notices.templates import say
from wangge.organizations.models import Responsibility, Unit

KNOWN = ("anyone", "major", "minor", "street", "community", "grid", "owner", "other")
CLASSES = ("C0101", "C01", "C")
DAY = date(2026, 3, 11)
PLACES = ("G1", "S1", "K1", "STREET", "CITY")


def _row(number: int, class_code: str, place: str, owner: str, lead: str) -> MatrixRow:
    return MatrixRow(number, class_code, place, owner, lead, assist=("other", "gone"))


ROWS = {
    "anyone": _row(1, "", "", "", "anyone"),
    "major": _row(2, "C01", "", "", "major"),
    "minor": _row(3, "C0101", "", "", "minor"),
    "minor_street": _row(4, "C0101", "STREET", "", "street"),
    "minor_grid": _row(5, "C0101", "G1", "", "grid"),
    "major_grid": _row(6, "C01", "G1", "", "grid"),
    "any_grid": _row(7, "", "G1", "", "grid"),
    "any_community": _row(8, "", "K1", "", "community"),
    "owner_any": _row(9, "", "", "water", "owner"),
    "gone": _row(10, "C0101", "S1", "", "gone"),
    "other_class": _row(11, "E0101", "", "", "other"),
    "other_place": _row(12, "C0101", "ELSEWHERE", "", "other"),
    "summer": replace(_row(13, "C0101", "", "", "other"), first_day=date(2026, 3, 1), last_day=DAY),
    "winter": replace(_row(14, "C0101", "", "", "other"), last_day=date(2026, 3, 10)),
}


def _route(*rows: str, owner: str = "", avoid: str = "") -> Decision:
    matrix = Matrix(ROWS[name] for name in rows)
    return matrix.route(CLASSES, PLACES, owner, default="anyone", known=KNOWN, day=DAY, avoid={avoid})


@pytest.mark.parametrize(
    ("rows", "fires"),
    [
        (["anyone"], "anyone"),
        (["anyone", "major"], "major"),
        (["major", "minor"], "minor"),
        (["minor", "minor_street"], "minor_street"),
        (["minor_street", "minor_grid"], "minor_grid"),
        (["any_grid", "major"], "major"),
        (["major_grid", "minor"], "minor"),
        (["any_community", "any_grid"], "any_grid"),
        (["other_class", "other_place", "anyone"], "anyone"),
    ],
)
def test_the_nearer_class_then_the_nearer_place(rows: list[str], fires: str) -> None:
    for order in (rows, rows[::-1]):
        decision = _route(*order)
        assert decision.row == ROWS[fires]
        assert decision.lead == ROWS[fires].lead and decision.assist == ("other",)


def test_a_named_owner_beats_everything_else_for_its_own_components_only() -> None:
    assert _route("owner_any", "minor_grid", owner="water").lead == "owner"
    assert _route("owner_any", "minor_grid", owner="power").lead == "grid"
    assert _route("owner_any", "minor_grid").lead == "grid"


def test_the_unit_that_returned_a_case_is_passed_over_while_another_row_fits() -> None:
    decision = _route("minor", "major", avoid="minor")
    returned = (Alternative(ROWS["minor"], Lost.RETURNED),)
    assert decision.lead == "major" and decision.alternatives == returned
    assert _route("minor", "winter", avoid="minor").broken is None  # a season that is over is not to blame
    alone = _route("minor", avoid="minor")
    assert (alone.lead, alone.row, alone.alternatives, alone.broken) == ("anyone", None, returned, None)


def test_nothing_fits_and_the_default_unit_takes_it() -> None:
    decision = _route("other_class", "gone")
    assert (decision.lead, decision.assist, decision.row) == ("anyone", (), None)
    told = decision.as_dict()
    assert (told["default"], told["rule"], told["class"], told["place"]) == (True, None, "", "")


def test_the_decision_says_why() -> None:
    told = _route("minor", "major", "anyone").as_dict()
    assert told == {
        "lead": "minor", "assist": ["other"], "default": False, "rule": 3, "class": "C0101", "place": "", "owner": "",
        "basis_zh": "", "basis_en": "",
        "alternatives": [
            {"lead": "major", "class": "C01", "place": "", "owner": "", "why": "class"},
            {"lead": "anyone", "class": "", "place": "", "owner": "", "why": "class"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "owner", "why"),
    [
        (["owner_any", "minor"], "water", [Lost.OWNER]),
        (["minor", "major_grid", "anyone"], "", [Lost.CLASS, Lost.CLASS]),
        (["minor_grid", "minor_street", "minor"], "", [Lost.PLACE, Lost.PLACE]),
        (["summer", "minor"], "", [Lost.PERIOD]),
        (["winter", "minor"], "", [Lost.NOT_IN_FORCE]),
    ],
)
def test_every_other_row_says_why_it_lost(rows: list[str], owner: str, why: list[Lost]) -> None:
    decision = _route(*rows, owner=owner)
    assert decision.row and [other.why for other in decision.alternatives] == why
    kept = decision.as_dict()
    assert [why_lost(kept, other) for other in kept["alternatives"]] == why


def test_a_case_of_before_reasons_were_kept_is_told_by_comparison() -> None:
    kept = _route("minor_street", "minor", "major_grid").as_dict()
    for other in kept["alternatives"]:
        del other["why"]
    assert [why_lost(kept, other) for other in kept["alternatives"]] == [Lost.PLACE, Lost.CLASS]


@pytest.mark.parametrize(
    ("rows", "broken", "lead"),
    [
        (["gone", "minor"], "gone", "anyone"),  # nobody decides instead of the row that should have won
        (["minor_grid", "gone"], None, "grid"),  # it would not have won anyway
        (["winter"], "winter", "anyone"),
        (["winter", "major"], None, "major"),  # periods come and go
        (["other_class"], None, "anyone"),
    ],
)
def test_the_row_that_should_have_fired_is_named(rows: list[str], broken: str | None, lead: str) -> None:
    decision = _route(*rows)
    assert (decision.broken.row if decision.broken else None) == (ROWS[broken] if broken else None)
    assert decision.lead == lead and (decision.row is None) == (lead == "anyone")


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
class TestOnTheCase:
    @pytest.mark.parametrize(
        ("class_code", "where", "lead", "assist"),
        [
            (COVER, IN_EAST, "swj", ["csgl"]),
            (STREET_EVENT, IN_EAST, "dongjie", []),
            (STREET_EVENT, IN_WEST, "xijie", []),
            (TEST_EVENT, IN_WEST, "csgl", ["swj", "dongjie"]),
        ],
    )
    def test_a_filed_case_keeps_the_row_that_fired(
        self, class_code: str, where: object, lead: str, assist: list[str]
    ) -> None:
        case = bring_to(State.ACCEPTED, class_code=class_code, where=where)  # type: ignore[arg-type]

        step(case, "file")
        assert case.route and (case.route["lead"], case.route["assist"], case.route["default"]) == (
            lead,
            assist,
            False,
        )
        entry = LogEntry.objects.get(case=case, step="file")
        assert entry.data["route"] == lead and entry.data["rule"] == case.route["rule"] is not None
        step(case, "dispatch")
        assert case.lead_unit == lead
        assert LogEntry.objects.get(case=case, step="dispatch").data["as_routed"] is True

    def test_without_a_row_the_default_unit_takes_it_and_the_dispatchers_are_told(self) -> None:
        case = bring_to(State.ACCEPTED, class_code=UNROUTED, at=None)
        Notice.objects.all().delete()
        step(case, "file")
        assert case.route and (case.route["lead"], case.route["default"], case.route["rule"]) == (
            "csgl",
            True,
            None,
        )
        told = Notice.objects.filter(template="unrouted", case_id=case.pk)
        assert {n.recipient.login for n in told} == {
            "dispatcher_1",
            "dispatcher_2",
            "dispatcher_east",
            "two_hats",
        }
        routed = bring_to(State.FILED, at=None)
        assert not Notice.objects.filter(template="unrouted", case_id=routed.pk).exists()

    def test_a_row_that_can_no_longer_fire_is_told_to_its_editors_once_a_day(self) -> None:
        Unit.objects.filter(code="swj").update(valid_to=LOADED_AT)
        forget_all()
        first, second = (bring_to(State.FILED, at=None) for _ in range(2))
        for case in (first, second):
            assert case.route and (case.route["lead"], case.route["default"]) == ("csgl", True)
            assert (
                case.route["alternatives"][0] | {"lead": "swj", "why": "unit_ended"}
                == case.route["alternatives"][0]
            )
            assert Notice.objects.filter(template="unrouted", case_id=case.pk).exists()
        told = Notice.objects.filter(template="row_invalid")
        assert sorted(n.recipient.login for n in told) == ["administrator", "administrator_east"]
        assert "swj" in say("row_invalid", told[0].facts).en

    @pytest.mark.parametrize(
        ("first", "last", "zh", "en"),
        [
            (1, None, "还没有开始生效", "has not begun yet"),
            (-9, -1, "已不能生效", "its period is over"),
        ],
    )
    def test_a_row_yet_to_begin_is_not_told_as_one_that_is_over(
        self, first: int, last: int | None, zh: str, en: str
    ) -> None:
        today = now().astimezone(city().zone).date()
        row = Responsibility(
            class_code=UNROUTED, lead="swj", valid_from=LOADED_AT, first_day=today + timedelta(days=first)
        )
        row.last_day = None if last is None else today + timedelta(days=last)
        row.save()
        forget_all()
        bring_to(State.FILED, class_code=UNROUTED, at=None)
        told = Notice.objects.filter(template="row_invalid").first()
        assert told and zh in say("row_invalid", told.facts).zh and en in say("row_invalid", told.facts).en

    def test_a_dispatcher_may_decide_otherwise_and_the_log_says_so(self) -> None:
        case = bring_to(State.FILED)
        step(case, "dispatch", unit="dongjie", assist=("swj", "dongjie"))
        entry = LogEntry.objects.get(case=case, step="dispatch")
        assert (entry.data["as_routed"], entry.data["assist"]) == (False, ["swj", "dongjie"])
        roles = dict(case.dispatches.values_list("unit", "role"))
        assert roles == {"dongjie": "lead", "swj": "assist"}

    def test_a_granted_return_suggests_another_unit(self) -> None:
        case = bring_to(State.HANDLING, class_code=TEST_EVENT)
        assert case.lead_unit == "csgl"
        step(case, "ask_return")
        step(case, "return")
        assert case.route and case.route["lead"] != "csgl"
        assert case.route["lead"] in ("dongjie", "swj")

    def test_places_are_tried_from_the_grid_up(self) -> None:
        path = f"990101/{EAST}/{EAST_ONE}/"
        decision = decide(STREET_EVENT, path, (UNIT_GRID_EAST, GRID_EAST), day=DAY)
        assert decision.row and (decision.row.place, decision.row.class_code) == (EAST, "E01")

    def test_outside_every_grid_only_rows_for_any_place_fire(self) -> None:
        assert decide(STREET_EVENT, "990101/", (), day=DAY).row is None
        assert decide(COVER, "990101/", (), day=DAY).lead == "swj"
