# SPDX-License-Identifier: Apache-2.0
"""Which unit is in charge: the most specific row wins, and the case keeps why."""

import pytest

from tests.city import (
    COVER,
    EAST,
    EAST_ONE,
    GRID_EAST,
    IN_EAST,
    IN_WEST,
    STREET_EVENT,
    TEST_EVENT,
    UNIT_GRID_EAST,
    UNROUTED,
)
from tests.loop import bring_to, step
from wangge.cases.actions.placing import decide
from wangge.cases.flow import State
from wangge.cases.models import LogEntry
from wangge.cases.routing import Decision, Matrix, MatrixRow
from wangge.notices.models import Notice

KNOWN = ("anyone", "major", "minor", "street", "community", "grid", "owner", "other")
CLASSES = ("C0101", "C01", "C")
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
}


def _route(*rows: str, owner: str = "", avoid: str = "") -> Decision:
    matrix = Matrix(ROWS[name] for name in rows)
    return matrix.route(CLASSES, PLACES, owner, default="anyone", known=KNOWN, avoid=avoid)


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
        (["gone", "minor"], "minor"),
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
    assert decision.lead == "major" and decision.alternatives == (ROWS["minor"],)
    alone = _route("minor", avoid="minor")
    assert (alone.lead, alone.row, alone.alternatives) == ("anyone", None, (ROWS["minor"],))


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
            {"lead": "major", "class": "C01", "place": "", "owner": ""},
            {"lead": "anyone", "class": "", "place": "", "owner": ""},
        ],
    }  # fmt: skip


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
        decision = decide(STREET_EVENT, path, (UNIT_GRID_EAST, GRID_EAST))
        assert decision.row and (decision.row.place, decision.row.class_code) == (EAST, "E01")

    def test_outside_every_grid_only_rows_for_any_place_fire(self) -> None:
        assert decide(STREET_EVENT, "990101/", ()).row is None
        assert decide(COVER, "990101/", ()).lead == "swj"
