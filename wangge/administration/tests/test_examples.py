# SPDX-License-Identifier: Apache-2.0
"""What no source prints is marked as an example wherever it is chosen from, until the city has confirmed it."""

from typing import Any

import pytest
from django.urls import reverse

from tests.city import STREET_EVENT
from tests.loop import bring_to
from wangge.administration.tests.test_pages import at, client_of
from wangge.cases.flow import Flow, State
from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.cases.models import FlowVersion
from wangge.cases.reference import current_flow
from wangge.common.clock import now
from wangge.organizations.directory import directory
from wangge.rulebook import drafts
from wangge.rulebook.models import Change
from wangge.rulebook.publishing import publish_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
CAUSES, REWARDS, GRADES = "records.supervision.choices.cause", "records.reward", "grades"


def _document(**more: Any) -> dict[str, Any]:
    return dict(FlowVersion.objects.get(area="", valid_to=None).document) | more


def _parsed(document: dict[str, Any]) -> Flow:
    return parse(document, {code: post.axis for code, post in directory().posts.items()})


def test_a_part_is_marked_by_itself_or_with_what_it_is_part_of() -> None:
    flow = _parsed(_document(illustrations=[REWARDS, "states.filed", "callback_tries"]))
    assert (
        flow.illustrated(REWARDS) and flow.illustrated(f"{REWARDS}.most") and flow.illustrated("states.filed")
    )
    assert not any(map(flow.illustrated, (CAUSES, GRADES, "records.rewards", "records", "states")))
    assert _parsed(_document(illustrations=None)).illustrations == ()


@pytest.mark.parametrize(
    "path", ["records.rewards", "records.supervision.choices.causes", "moods", "", "grades.rare", "states.x"]
)
def test_what_no_flow_has_cannot_be_marked(path: str) -> None:
    with pytest.raises(FlowFault) as fault:
        _parsed(_document(illustrations=[path]))
    assert fault.value.where == ("illustrations",) and f"“{path}”" in fault.value.en


def test_an_area_may_leave_out_what_its_city_has_marked() -> None:
    held = _document()
    records = {kind: body for kind, body in held["records"].items() if kind not in ("reward", "supervision")}
    closing = held["steps"] | {"close": held["steps"]["close"] | {"needs": []}}
    left = _parsed(held | {"records": records, "grades": {}, "steps": closing})
    assert left.illustrations == (CAUSES, REWARDS, GRADES)


def _hints() -> dict[str, bool]:
    """Where a reader is told."""
    chief = client_of("chief_1")
    accepted, handling = (
        bring_to(state, class_code=STREET_EVENT) for state in (State.ACCEPTED, State.HANDLING)
    )
    closed = bring_to(State.CLOSED, class_code=STREET_EVENT)
    pages = {
        "order": chief.get(reverse("oversight:new_order"), {"case": handling.number}),
        "grade": chief.get(reverse("desk:case", args=[accepted.number])),
        "yuan": chief.get(reverse("desk:case", args=[closed.number])),
        "ledger": client_of("leader").get(reverse("desk:rewards")),
        "flow": chief.get(at("flow")),
    }
    return {name: "须经本市确认" in page.content.decode() for name, page in pages.items()}


def test_readers_are_told_until_the_city_confirms() -> None:
    assert all(_hints().values())
    assert "An example; the city must confirm it." in client_of("chief_1", "en").get(
        reverse("desk:case", args=[bring_to(State.ACCEPTED).number])
    ).content.decode()  # fmt: skip
    editor = client_of("administrator")
    page = editor.get(at("flow")).content.decode()
    assert "隐患奖励" in page and f'value="{CAUSES}" checked' in page and "督办 · 督办原因" in page
    sent = {"illustrations-shown": "1", "illustrations": [GRADES, "records.return"]}
    assert editor.post(at("flow"), sent).status_code == 302
    change = Change.objects.get(table="flow")
    assert change.row and change.row["illustrations"] == [GRADES], "marks are taken away, none is added"
    told = editor.get(at("draft", change.draft_id)).content.decode()
    assert "示例的部分" in told and "督办 · 督办原因" in told and CAUSES not in told
    leader = client_of("leader")
    leader.post(at("act", change.draft_id, "submit"), {"looked_at": drafts.seen(change.draft_id)})
    assert publish_due(now()) == 1 and current_flow().illustrations == (GRADES,)
    assert _hints() == {"order": False, "grade": True, "yuan": False, "ledger": False, "flow": True}
