# SPDX-License-Identifier: Apache-2.0
"""Why a draft cannot be put in force is told to an area's administrator without naming anybody beyond the area."""

import pytest
from django.test import Client

from tests.city import COVER_NORM, EAST, MORNING, actor, person
from wangge.organizations.models import Unit
from wangge.packs.exporting import pack_in_force
from wangge.packs.faults import Fault
from wangge.rulebook import drafts
from wangge.rulebook.errors import OutOfArea
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.telling import for_reader, of_fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
#: of the whole city, and of the east
ELSEWHERE, HERE = "handler_swj", "operator_east"


def _draft() -> Draft:
    """It ends two posts that people hold here and elsewhere, and a norm."""
    author = actor("administrator")
    draft = drafts.start("撤岗", actor=author, at=MORNING)
    for post in ("handler", "operator"):
        drafts.end_row(draft.pk, "posts", (post,), actor=author, at=MORNING)
    drafts.end_row(draft.pk, "norms", (COVER_NORM,), actor=author, at=MORNING)
    return draft


def _pages(login: str, draft: Draft) -> str:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person(login))
    address = f"/rules/drafts/{draft.pk}/"
    return client.get(address).content.decode() + client.get(f"{address}preview/").content.decode()


def test_faults_and_refusals_name_nobody_elsewhere() -> None:
    draft = _draft()
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=MORNING)
    assert publish_due(MORNING) == 0
    draft.refresh_from_db()
    assert draft.refusal and any(reason["key"][:1] == [ELSEWHERE] for reason in draft.refusal)
    city, east = _pages("administrator", draft), _pages("administrator_east", draft)
    assert ELSEWHERE in city and HERE in city and "辖区以外的人员任职有" not in city
    assert ELSEWHERE not in east and HERE in east and "辖区以外的人员任职有" in east
    draft.refusal = [{"zh": f"people.csv:3：{ELSEWHERE}", "en": f"people.csv:3: {ELSEWHERE}"}]
    assert ELSEWHERE not in str(for_reader(draft.refusal, actor("administrator_east"))), (
        "as it was written before"
    )
    assert ELSEWHERE in str(for_reader(draft.refusal, actor("administrator")))


def test_a_row_others_changed_is_told_without_its_key() -> None:
    author = actor("administrator")
    draft = drafts.start("离任", actor=author, at=MORNING)
    key = (ELSEWHERE, "handler", "swj", "990101")
    drafts.end_row(draft.pk, "people", key, actor=author, at=MORNING)
    (change,) = draft.changes.all()
    draft.changes.update(before={**(change.before or {}), "name": "旧名"})  # not as it is any more
    assert ELSEWHERE in _pages("administrator", draft)
    assert ELSEWHERE not in _pages("administrator_east", draft)


def test_every_file_leads_to_what_a_draft_changes() -> None:
    pack = pack_in_force()
    found = [
        of_fault(pack, Fault(file, 0, "x", "x"))
        for file in (
            "norms.csv",
            "people.csv",
            "flow.yaml",
            f"flows/{EAST}.yaml",
            "oversight.yaml",
            "areas.csv",
        )
    ]
    assert [(one["table"], one["key"]) for one in found] == [
        ("norms", []), ("people", []), ("flow", []), ("flow", [EAST]), ("oversight", []), ("", [])
    ]  # fmt: skip


def test_whether_somebody_is_appointed_elsewhere_is_not_told_by_a_refusal() -> None:
    east = actor("administrator_east")
    draft = drafts.start("东街", actor=east, at=MORNING)
    assert Unit.objects.filter(code="swj", valid_to=None).exists()
    row = {"login": ELSEWHERE, "name": "x", "post": "handler", "unit": "swj", "area": "990101", "source": ""}
    for login in (ELSEWHERE, "nobody"):
        with pytest.raises(OutOfArea):
            drafts.put_row(draft.pk, "people", row | {"login": login}, key=None, actor=east, at=MORNING)
