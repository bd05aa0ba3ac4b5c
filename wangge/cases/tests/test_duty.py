# SPDX-License-Identifier: Apache-2.0
"""Who is in charge: in charge handles; crossing duties have a lead; where it is unclear the dispatcher designates."""

from typing import Any

import pytest

from tests.city import COVER_NORM, TEST_EVENT, change_row
from tests.loop import bring_to, snapshot, step
from wangge.cases.errors import KindNotAllowed, WrongState
from wangge.cases.flow import State
from wangge.cases.models import Case, CaseText, LogEntry
from wangge.catalog.models import Norm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def filed() -> Case:
    """A cover whose norm wants a department to lead and a street to assist: swj is the one, dongjie the other."""
    norm = Norm.objects.get(code=COVER_NORM, valid_to=None)
    change_row(norm, lead_kinds=["department"], assist_kinds=["street"])
    return bring_to(State.FILED, at=None)


@pytest.mark.parametrize(
    ("unit", "assist", "reason", "refused"),
    [
        ("swj", (), "", ""),
        ("csgl", ("dongjie",), "", ""),
        ("dongjie", (), "", "主办单位应为：部门"),
        ("swj", ("csgl",), "", "规定协办单位应为：街道"),
        ("dongjie", (), "  ", "主办单位应为：部门"),
        ("dongjie", ("csgl",), "区政府指定", ""),
    ],
)
def test_only_a_reason_gives_a_case_to_another_kind_of_unit(
    filed: Case, unit: str, assist: tuple[str, ...], reason: str, refused: str
) -> None:
    before = snapshot()
    given: dict[str, Any] = {"unit": unit, "assist": assist, "texts": {"reason": reason}}
    if refused:
        with pytest.raises(KindNotAllowed, match="give a reason") as error:
            step(filed, "dispatch", **given)
        assert refused in error.value.message("zh") and snapshot() == before
        return
    step(filed, "dispatch", **given)
    assert filed.lead_unit == unit
    kept = CaseText.objects.filter(case=filed, seq=filed.log_seq, field="reason")
    assert [text.text for text in kept] == ([reason] if reason else [])


def test_a_norm_that_names_no_kinds_asks_nothing() -> None:
    step(bring_to(State.FILED, at=None), "dispatch", unit="dongjie", assist=("csgl",))


def test_the_first_receiver_stays_responsible_until_it_is_ruled() -> None:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT)
    due = case.due_at
    step(case, "ask_return")
    assert (case.state, case.lead_unit, case.due_at) == (State.HANDLING, "csgl", due)
    with pytest.raises(WrongState):
        step(case, "dispatch", unit="swj")
    step(case, "refuse_return")
    assert (case.state, case.lead_unit) == (State.HANDLING, "csgl")
    used = case.dispatches.get(role="lead")
    step(case, "object_return")
    step(case, "rule_return", result="granted")
    step(case, "dispatch", unit="swj", assist=("csgl",))
    used.refresh_from_db()
    assert used.ended_at and used.used_seconds
    assert LogEntry.objects.filter(case=case, step="dispatch").latest("seq").data["assist"] == ["csgl"]
