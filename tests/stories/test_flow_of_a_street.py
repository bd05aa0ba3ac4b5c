# SPDX-License-Identifier: Apache-2.0
"""A street gives itself a flow, in two hands; its cases go by it, the next street's by the city's, open ones by theirs."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.city import COVER, EAST, IN_EAST, IN_WEST, WEST, person
from tests.loop import bring_to, new_case, step
from tests.stories.people import Cast
from wangge.cases.flow import State
from wangge.cases.models import Case, FlowVersion, Task
from wangge.cases.reference import flow_by_id
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import document_in_force, history
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
FLOW = "/rules/flow/"
OF_EAST = FLOW + "?" + urlencode({"area": EAST})


def _browser(login: str) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person(login))
    return client


def _send(client: Client, area: str = EAST, **typed: Any) -> Draft:
    """The form of the flow of an area, sent as it stands but for what is typed."""
    seen = client.get(FLOW, {"area": area}).context["seen"]
    answer = client.post(FLOW, {"area": area, "seen": seen, "draft_title": "东街"} | typed)
    assert answer.status_code == 302 and answer["Location"] == OF_EAST, answer.content.decode()
    return Draft.objects.latest("pk")


def _publish(draft: Draft) -> None:
    """By the leader, who has looked at it."""
    leader, address = _browser("leader"), f"/rules/drafts/{draft.pk}/"
    page = leader.get(address)
    assert "东街" in page.content.decode()
    assert "没有发现错误" in leader.get(f"{address}preview/").content.decode()
    assert leader.post(f"{address}submit/", {"looked_at": page.context["looked_at"]}).status_code == 302
    assert publish_due(now()) == 1


def _limit(case: Case) -> int | None:
    return Task.objects.get(case=case, closed_at=None).limit_value


def _flow_of(case: Case) -> str:
    return str(FlowVersion.objects.get(pk=case.flow_id).area)


def test_a_street_has_its_own_flow_and_ends_it_again(cast: Cast) -> None:
    before = new_case(at=None, where=IN_EAST)
    east = _browser("administrator_east")
    assert "没有自己的流程" in east.get(OF_EAST).content.decode()
    draft = _send(east)
    change = Change.objects.get()
    assert change.key == [EAST] and set(change.row or {}) == {"name_zh", "name_en", "version"}
    sent: dict[str, Any] = {"states-reported-value": "5", "steps-reject-posts-shown": "1", "draft": str(draft.pk),
            "steps-reject-posts": ["duty_chief"], "steps-reject-name_zh": "婉拒"}  # fmt: skip
    _send(east, **sent)
    change.refresh_from_db()
    assert change.row and change.row["states"] == {"reported": {"task": {"clock": [5, "urgent_minute"]}}}
    _publish(draft)
    assert "有自己的流程" in east.get(OF_EAST).content.decode()

    ours, theirs = new_case(at=None, where=IN_EAST), new_case(at=None, where=IN_WEST)
    nowhere = new_case(at=None, where=None)
    assert [_limit(case) for case in (before, ours, theirs, nowhere)] == [15, 5, 15, 15]
    assert [_flow_of(case) for case in (before, ours, theirs, nowhere)] == ["", EAST, "", ""]
    sheets = [cast.operator_1.client.get(f"/classes/{COVER}/", {"area": area}) for area in (EAST, WEST)]
    assert [sheet.context["stages"][0].task.limit.value for sheet in sheets] == [5, 15]
    offers = {(login, case.number): getattr(cast, login).offers(case.number, "reject")
              for login in ("operator_1", "chief_1") for case in (ours, theirs)}  # fmt: skip
    assert [who for who, may in offers.items() if may] == [
        ("operator_1", theirs.number), ("chief_1", ours.number)
    ]  # fmt: skip
    assert "婉拒" in cast.chief_1.page(ours.number)

    second = _send(east, **{"states-reported-value": "6"})
    _publish(second)
    newer = new_case(at=None, where=IN_EAST)
    assert (_limit(ours), _limit(newer)) == (5, 6) and ours.flow_id != newer.flow_id
    step(ours, "send_verify")
    step(ours, "answer_verify", result="confirmed")
    assert (ours.state, _limit(ours)) == (State.REPORTED, 5), "its own version, whatever came after it"

    ending = _send(east, end="1")
    assert Change.objects.get(draft=ending).row is None
    _publish(ending)
    after = new_case(at=None, where=IN_EAST)
    assert (_flow_of(after), _limit(after)) == ("", 15)
    for code in ("accept", "file", "dispatch"):
        step(newer, code)
    assert newer.state == State.DISPATCHED and flow_by_id(newer.flow_id).label.zh == "东街街道流程"
    for case in (before, ours, newer, after):
        assert faults_of(case) == []
    past = history(reference_table("flow"), (EAST,))
    assert [version.valid_to is None for version in past] == [False, False] and past[0].publication


def test_a_case_keeps_its_flow_when_its_place_is_corrected_and_its_parts_go_by_theirs() -> None:
    _publish(_send(_browser("administrator_east"), **{"states-reported-value": "5"}))
    unplaced = new_case(at=None, where=None)
    step(unplaced, "accept")
    unplaced.refresh_from_db()
    assert EAST in unplaced.area_path and _flow_of(unplaced) == ""
    whole = bring_to(State.FILED, at=None, where=IN_EAST)
    step(whole, "split")
    assert {_flow_of(part) for part in whole.children.all()} == {EAST}


def test_an_administrator_of_an_area_changes_its_flow_and_no_other() -> None:
    east = _browser("administrator_east")
    for area in ("", WEST):
        page = east.get(FLOW, {"area": area})
        assert not page.context["edits"]
        refused = east.post(FLOW, {"area": area, "states-reported-value": "5"})
        assert refused.status_code == 403 and not Draft.objects.exists()
    assert east.post(FLOW, {"area": "990109"}).status_code == 404
    assert east.get(FLOW, {"area": "990101"}).status_code == 404, "the whole city's is not an area's"
    city = _browser("administrator")
    draft = _send(city, **{"states-reported-value": "4"})
    assert document_in_force("flow", EAST) is None
    address = f"/rules/drafts/{draft.pk}/"
    looked_at = east.get(address).context["looked_at"]
    submitted = east.post(f"{address}submit/", {"looked_at": looked_at})
    assert submitted.status_code == 302, "another hand of the area may publish what lies in it"


def test_what_others_published_of_it_meanwhile_is_told() -> None:
    east = _browser("administrator_east")
    seen = east.get(OF_EAST).context["seen"]
    _publish(_send(_browser("administrator"), **{"states-reported-value": "4"}))
    refused = east.post(FLOW, {"area": EAST, "seen": seen, "states-reported-value": "5"})
    assert refused.status_code == 409 and "东街" in refused.content.decode()
    assert refused.context["moved"].differences and not Draft.objects.filter(state="open").exists()
    sent = {"area": EAST, "seen": refused.context["seen"], "states-reported-value": "5"}
    assert east.post(FLOW, sent).status_code == 302
    english = Client(headers={"accept-language": "en"})
    english.force_login(person("administrator_east"))
    assert "has a flow of its own" in english.get(OF_EAST).content.decode()


def test_a_draft_that_would_part_an_area_from_the_city_s_lists_is_refused() -> None:
    east = _browser("administrator_east")
    draft = _send(east, **{"states-filed-name_zh": "等派"})
    told = east.get(f"/rules/drafts/{draft.pk}/preview/").content.decode()
    assert "states.filed 应与全市的流程" in told and OF_EAST.replace("&", "&amp;") in told
    assert east.post(f"/rules/drafts/{draft.pk}/submit/", {}).status_code == 403


def test_a_draft_the_city_s_flow_has_left_behind_still_has_its_page() -> None:
    east = _browser("administrator_east")
    draft = _send(east, **{"records-return-states-asked-value": "3"})
    city = FlowVersion.objects.get(area="", valid_to=None)
    records = {kind: rule for kind, rule in city.document["records"].items() if kind != "return"}
    FlowVersion.objects.filter(pk=city.pk).update(document=city.document | {"records": records})
    forget_all()
    flow_by_id.cache_clear()
    page = east.get(OF_EAST)
    assert page.status_code == 200 and not page.context["has_own"]
    told = east.get(f"/rules/drafts/{draft.pk}/preview/").content.decode()
    assert "records.return" in told or "name_zh" in told


def test_a_report_asks_no_query_for_the_flow_of_its_place() -> None:
    def asked() -> int:
        new_case(at=None, where=IN_WEST)  # what is held in memory is read once
        with CaptureQueriesContext(connection) as queries:
            new_case(at=None, where=IN_WEST)
        return len(queries)

    few = asked()
    _publish(_send(_browser("administrator"), **{"states-reported-value": "4"}))
    assert asked() == few
