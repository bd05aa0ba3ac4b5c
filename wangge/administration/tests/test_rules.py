# SPDX-License-Identifier: Apache-2.0
"""The rules of supervision and of inspectors' work change on a page: every limit, number and label, nothing else."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.city import actor
from wangge.administration.rule_words import RULE_WORDS
from wangge.administration.rules_form import Leaf, leaves_of
from wangge.administration.tests.test_pages import at, client_of
from wangge.common.clock import now
from wangge.inspectors.reference import current_rules
from wangge.rulebook import drafts
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import document_in_force
from wangge.rulebook.tables import reference_table
from wangge.supervision.models import OversightVersion
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NAMES = ("oversight", "inspectors")


def _leaves(name: str) -> list[Leaf]:
    shape = reference_table(name).shape
    assert shape
    return leaves_of(name, shape, document_in_force(name))


def _sent(leaves: Iterable[Leaf]) -> dict[str, Any]:
    """What the form would send unchanged."""
    sent: dict[str, Any] = {}
    for leaf in leaves:
        if leaf.kind == "span":
            sent |= {leaf.name: leaf.value[0], f"{leaf.name}-clock": leaf.value[1]}
        elif leaf.kind == "several":
            sent |= {leaf.name: leaf.value, f"{leaf.name}-shown": "1"}
        elif leaf.kind != "fixed":
            sent[leaf.name] = leaf.value
    return sent


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_each_leaf_has_words_and_sent_as_it_is_changes_nothing(name: str, language: str) -> None:
    editor = client_of("administrator", language)
    page = editor.get(at(name))
    text, leaves = page.content.decode(), _leaves(name)
    shown = [leaf for group in page.context["groups"] for _, inside in group.items for leaf in inside]
    assert [leaf.path for leaf in shown] == [leaf.path for leaf in leaves]
    unknown = {str(part) for leaf in leaves for part in leaf.path if isinstance(part, str)}
    assert unknown - RULE_WORDS[name].keys() <= {"code", "version", "name_zh", "name_en"}
    assert all(f'name="{field}"' in text for field in _sent(leaves))
    assert (
        editor.post(at(name), _sent(leaves) | {"draft": ""}).status_code == 302 and not Draft.objects.exists()
    )


def test_a_limit_is_changed_in_two_hands_and_the_old_version_stays() -> None:
    editor, leader = client_of("administrator"), client_of("leader")
    sent = _sent(_leaves("oversight")) | {
        "must_days": "４５", "replies-bulletin": "3", "replies-bulletin-clock": "work_day", "rungs-0-name_zh": "先提醒",
        "rungs-0-tell": ["keeper"], "illustrations-shown": "1", "lights-1-from_percent": "12",
    }  # fmt: skip
    del sent["illustrations"]  # confirmed: no mark is left
    assert editor.post(at("oversight"), sent).status_code == 302
    change = Change.objects.get(table="oversight")
    page = editor.get(at("draft", change.draft_id)).content.decode()
    assert "单位答复的期限 · 通报" in page and "must_days" not in page
    assert "没有发现错误" in leader.get(at("preview", change.draft_id)).content.decode()
    looked_at = drafts.seen(change.draft_id)
    assert leader.post(at("act", change.draft_id, "submit"), {"looked_at": looked_at}).status_code == 302
    assert publish_due(now()) == 1
    rules = oversight()
    assert (rules.must_days, rules.replies.bulletin, rules.lights[1].from_percent) == (
        45,
        (3, "work_day"),
        12,
    )
    assert (rules.rungs[0].name_zh, rules.rungs[0].tell, rules.illustrations) == ("先提醒", ["keeper"], [])
    assert rules.version.endswith(f".{change.draft_id}")
    assert [row.document["must_days"] for row in OversightVersion.objects.order_by("pk")] == [30, 45]
    past = client_of("chief_1").get(at("oversight"))
    assert [one.version.values["must_days"] for one in past.context["versions"]] == [45, 30]
    assert past.context["versions"][0].publication and 'name="must_days"' not in past.content.decode(), (
        "only read"
    )


@pytest.mark.parametrize(
    ("name", "typed", "where", "zh", "en"),
    [
        ("oversight", {"repeats-times": "1"}, "repeats-times", "应不小于 2", "at least 2"),
        ("oversight", {"replies-bulletin": "soon"}, "replies-bulletin", "“soon”应为整数", "whole number"),
        ("oversight", {"replies-bulletin-clock": "week"}, "replies-bulletin", "“week”不可用", "is not one of"),
        ("oversight", {"rungs-2-name_en": " "}, "rungs-2-name_en", "为空", "is empty"),
        ("oversight", {"lights-2-from_percent": "10"}, "", "依次增大", "begins at 0 and rises"),
        ("inspectors", {"sampling-closed-percent": "101"}, "sampling-closed-percent", "应不大于 100", "at most 100"),
        ("inspectors", {"zero_report-due": "25:00"}, "zero_report-due", "“25:00”", "must match"),
        ("inspectors", {"rotation-leader_post": "king"}, "", "岗位“king”不在", "is not in posts.yaml"),
        ("inspectors", {"zero_report-remind": "19:00"}, "", "应早于", "remind must come before due"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(
    name: str, typed: dict[str, str], where: str, zh: str, en: str
) -> None:
    sent = _sent(_leaves(name)) | typed
    for language, words in (("zh-hans", zh), ("en", en)):
        refused = client_of("administrator", language).post(at(name), sent)
        text = refused.content.decode()
        assert refused.status_code == 422 and words in text
        marked = [
            leaf for g in refused.context["groups"] for _, inside in g.items for leaf in inside if leaf.wrong
        ]
        assert [leaf.name for leaf in marked] == ([where] if where else [])
        assert where.endswith("clock") or next(iter(typed.values())).strip() in text
    assert not Draft.objects.exists()


def test_a_number_that_need_not_be_given_is_emptied_and_given_again() -> None:
    editor, url = client_of("administrator"), at("oversight")
    for typed, kept in (("", None), ("１２", 12)):
        assert editor.post(url, _sent(_leaves("oversight")) | {"receipt_days": typed}).status_code == 302
        change = Change.objects.get(draft__state="open")
        assert change.row and change.row["receipt_days"] == kept
        drafts.submit(
            change.draft_id,
            looked_at=drafts.seen(change.draft_id),
            due_at=None,
            actor=actor("leader"),
            at=now(),
        )
        assert publish_due(now()) == 1 and oversight().receipt_days == kept
        assert 'name="receipt_days"' in editor.get(url).content.decode()
    refused = editor.post(url, _sent(_leaves("oversight")) | {"receipt_days": "bald"})
    assert refused.status_code == 422 and "bald" in refused.content.decode()


def test_somebody_else_s_change_is_not_taken_back_unseen() -> None:
    editor = client_of("administrator")
    seen = editor.get(at("inspectors")).context["seen"]
    author, held = actor("administrator"), document_in_force("inspectors")
    draft = drafts.start("汛期", actor=author, at=now())
    drafts.put_row(
        draft.pk, "inspectors", held | {"feedback": {"limit": 9}}, key=None, actor=author, at=now()
    )
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=now())
    assert publish_due(now()) == 1 and current_rules().rules.feedback.limit == 9
    sent = _sent(_leaves("inspectors")) | {"sampling-days": "12", "feedback-limit": "5", "seen": seen}
    refused = editor.post(at("inspectors"), sent)
    assert refused.status_code == 409 and "汛期" in refused.content.decode()
    differing = {name for name, _, _ in refused.context["moved"].differences}
    assert differing - {"版本"} == {"抽查 · 复查期限（自然日）", "社会反馈 · 答复期限（工作日）"}
    assert editor.post(at("inspectors"), sent | {"seen": refused.context["seen"]}).status_code == 302


def test_they_are_the_whole_city_s() -> None:
    east = client_of("administrator_east")
    assert not east.get(at("oversight")).context["edits"]
    assert east.post(at("oversight"), {"must_days": "45"}).status_code == 403
    assert client_of("chief_1").post(at("oversight"), {"must_days": "45"}).status_code == 403
    assert client_of("outsider").get(at("oversight")).status_code == 403


def test_a_city_without_rules_is_told_where_they_come_from() -> None:
    OversightVersion.objects.update(valid_to=now())
    page = client_of("administrator").get(at("oversight"))
    assert page.status_code == 200 and "还没有这些规则" in page.content.decode()
    assert client_of("administrator").post(at("oversight"), {"must_days": "45"}).status_code == 200
