# SPDX-License-Identifier: Apache-2.0
"""What a draft of posts, people, forms or hotlines says beforehand: whom it reaches, at a fixed number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import DISTRICT, EAST, IN_WEST, MORNING, STREET_EVENT, TEST_EVENT, actor, person
from tests.loop import HOTLINE, bring_to, call_about, new_case, step
from wangge.administration.tests.test_pages import at, client_of
from wangge.cases.actions.retention import delete_overdue
from wangge.cases.flow import State
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Call, Case, Contact, HotlineRule
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.organizations.access import Permission
from wangge.organizations.models import Appointment
from wangge.rulebook import drafts
from wangge.rulebook.asking import Asking
from wangge.rulebook.calling import Calling
from wangge.rulebook.models import Draft
from wangge.rulebook.preview import Preview, preview
from wangge.rulebook.queries import row
from wangge.rulebook.staffing import Pool, Right, Staffing, Turnover
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
Key = tuple[str, ...]
DAY = timedelta(days=1)
OTHER = "walk_in"  # where people are called back too
HANDLER: Key = ("handler_swj", "handler", "swj", DISTRICT)


def _values(table: str, key: Key) -> dict[str, Any]:
    found = row(reference_table(table), key)
    assert found
    return found.values


def _draft(*changes: tuple[str, Key, dict[str, Any] | None]) -> Draft:
    """A draft of the administrator's: rows altered, ended (None), or new where the key is empty."""
    author = actor("administrator")
    draft = drafts.start("改动", actor=author, at=MORNING)
    for table, key, values in changes:
        if values is None:
            drafts.end_row(draft.pk, table, key, actor=author, at=MORNING)
            continue
        whole = _values(table, key) | values if key else values
        drafts.put_row(draft.pk, table, whole, key=key or None, actor=author, at=MORNING)
    return draft


def _seen(draft: Draft, reader: str = "administrator") -> Preview:
    found = preview(draft, now(), reader=actor(reader))
    assert not found.faults
    return found


def _staffing(*changes: tuple[str, Key, dict[str, Any] | None], reader: str = "administrator") -> Staffing:
    found = _seen(_draft(*changes), reader).staffing
    assert found
    return found


def _people(*key: str, name: str = "新人") -> dict[str, Any]:
    return dict(zip(("login", "post", "unit", "area"), key, strict=True)) | {"name": name, "source": ""}


def test_who_leaves_leaves_tasks_and_pools() -> None:
    assigned = bring_to(State.HANDLING)
    step(assigned, "assign", handler_id=person("handler_swj").pk)
    bring_to(State.HANDLING)
    west = bring_to(State.HANDLING, class_code=STREET_EVENT, where=IN_WEST)
    step(west, "assign", handler_id=person("handler_xijie").pk)
    Appointment.objects.filter(person__login="handler_xijie").update(valid_to=now())
    forget_all()  # whose task nobody can take already
    rights = set(_values("posts", ("handler",))["permissions"])
    swj = Pool("handler", "swj", DISTRICT)

    gone = _staffing(("people", HANDLER, None))
    assert gone.turnover == (Turnover("handler", 0, 1),)
    assert (gone.leaving, gone.stranded, gone.empty, gone.others) == (1, 2, (swj,), 0)
    assert {right.permission for right in gone.rights if right.lost == 1} == rights

    another = _people("new_hand", *HANDLER[1:])
    followed = _staffing(("people", HANDLER, None), ("people", (), another))
    assert followed.turnover == (Turnover("handler", 1, 1),)
    assert (followed.leaving, followed.stranded, followed.empty) == (1, 0, ())

    elsewhere = _people("new_hand", "handler", "csgl", DISTRICT)
    assert _staffing(("people", HANDLER, None), ("people", (), elsewhere)).stranded == 2


def test_a_wider_post_covers_a_narrower_one() -> None:
    new_case(class_code=TEST_EVENT)
    east = ("operator_east", "operator", "", EAST)
    assert (_staffing(("people", east, None)).stranded, _staffing(("people", east, None)).empty) == (0, ())
    whole = [
        ("people", (login, "operator", "jdzx", DISTRICT), None)
        for login in ("operator_1", "operator_2", "two_hats")
    ]
    found = _staffing(*whole)
    assert found.stranded == 0, "the street's takes it"
    assert found.empty == (Pool("operator", "jdzx", DISTRICT),)
    assert _staffing(*whole, ("people", east, None)).stranded == 1


def test_somebody_who_has_been_barred_takes_nothing() -> None:
    bring_to(State.HANDLING)
    barred = person("leader")
    type(barred).objects.filter(pk=barred.pk).update(is_active=False)
    held = _people("leader", *HANDLER[1:], name=barred.name) | {"source": barred.source}
    assert _staffing(("people", HANDLER, None), ("people", (), held)).stranded == 1


def test_rights_of_a_post_go_to_and_from_its_holders() -> None:
    operator = _values("posts", ("operator",))["permissions"]
    less = [permission for permission in operator if permission != Permission.DUPLICATE_LINK]
    found = _staffing(("posts", ("operator",), {"permissions": [*less, Permission.ROTATION_PLAN.value]}))
    both = {right.permission: right for right in found.rights}
    assert both[Permission.DUPLICATE_LINK.value] == Right(Permission.DUPLICATE_LINK.value, 0, 5, 4)
    planning = both[Permission.ROTATION_PLAN.value]
    assert (planning.gained, planning.lost) == (5, 0)
    assert len(both) == 2 and (found.turnover, found.stranded, found.empty) == ((), 0, ())

    last = _values("posts", ("administrator",))["permissions"]
    kept = [permission for permission in last if permission != Permission.RULEBOOK_EDIT]
    (edit,) = _staffing(("posts", ("administrator",), {"permissions": kept})).rights
    assert (edit.permission, edit.lost, edit.left) == (Permission.RULEBOOK_EDIT.value, 2, 0)
    assert "没有人了" in _page(_draft(("posts", ("administrator",), {"permissions": kept})))


def _page(draft: Draft, login: str = "leader", language: str = "zh-hans") -> str:
    return client_of(login, language).get(at("preview", draft.pk)).content.decode()


def test_pools_elsewhere_are_counted_and_not_named() -> None:
    bring_to(State.HANDLING)
    draft = _draft(("people", HANDLER, None))
    assert "水务局 · 小城区" in _page(draft)
    east = _page(draft, "administrator_east")
    assert "水务局" not in east and "辖区以外的 1 处" in east
    assert "1 项未完成的任务将没有人能办" in east, "numbers are of the whole city"
    english = _page(draft, "leader", "en")
    assert "1 open task could be taken by nobody" in english and "Posts left without anyone" in english


FORM: Key = (TEST_EVENT, "", "report")
ASKED = {"type": "object", "properties": {"how": {"type": "string", "title": "怎样", "title_en": "How"}}}


def _form(use: str, area: str = "") -> dict[str, Any]:
    return {
        "class": TEST_EVENT, "area": area, "use": use, "title_zh": "表", "title_en": "Form", "fields": ASKED
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "key", "values", "expected"),
    [
        ("forms", FORM, {"fields": ASKED}, Asking("report", 1, 0, 0)),
        ("forms", FORM, None, Asking("report", 1, 0, 0)),
        # those yet to be finished: reported and handling; not those handled, nor of another class
        ("forms", (), _form("handle"), Asking("handle", 0, 3, 0)),
        ("forms", (), _form("handle", EAST), Asking("handle", 0, 2, 0)),
        ("forms", (), _form("check"), Asking("check", 0, 4, 0)),
        ("forms", (), _form("visit"), Asking("visit", 0, 0, 0)),
    ],
)
def test_open_cases_keep_answers_and_are_asked_anew(
    table: str, key: Key, values: dict[str, Any] | None, expected: Asking
) -> None:
    new_case(class_code=TEST_EVENT, fields={"size_cm": 3})
    new_case(class_code=TEST_EVENT, where=IN_WEST)
    bring_to(State.HANDLING, class_code=TEST_EVENT)
    bring_to(State.HANDLED, class_code=TEST_EVENT)
    bring_to(State.CLOSED, class_code=TEST_EVENT)
    new_case()
    draft = _draft((table, key, values))
    assert _seen(draft).asking == (expected,)
    page = _page(draft)
    assert f"{expected.kept} 件保留已填的内容，{expected.other} 件将按新表单填" in page


def _waiting(count: int = 1) -> Case:
    """Cases called back in vain."""
    for _ in range(count):
        case = bring_to(State.CALLBACK)
        call_about(case, channel=HOTLINE)
        step(case, "call_back", result="unreachable")
    return case


def _calling(**values: Any) -> Calling:
    found = _seen(_draft(("hotlines", (HOTLINE,), values))).callings
    assert found
    (channel,) = found.channels
    return channel


def _waiting_by(channel: str) -> int:
    found = _seen(_draft(("hotlines", (channel,), {"retry_hours": 9}))).callings
    assert found
    return found.channels[0].waiting


def test_callbacks_are_tried_again_at_another_moment() -> None:
    _waiting()
    bring_to(State.CALLBACK)
    assert _calling(retry_hours=9) == Calling(HOTLINE, 1, 9, 0, 0, 0, 0)
    assert _calling(repeat_days=9).waiting == 0
    assert _calling(retry_hours=hotlines()[HOTLINE].retry_hours, contact_days=9).waiting == 0
    ended = _draft(("hotlines", (HOTLINE,), None))
    seen = _seen(ended).callings
    assert seen and seen.channels == (Calling(HOTLINE, 1, None, 0, 0, 0, 0),)
    assert "随时可以再试" in _page(ended)


def test_each_caller_waits_by_the_hours_of_their_own_channel() -> None:
    """Whatever the channel of the case is; who has answered waits for nothing."""
    rule = HotlineRule.objects.values().get(channel=HOTLINE)
    HotlineRule.objects.create(**rule | {"id": None, "channel": OTHER})
    forget_all()
    case = bring_to(State.CALLBACK)
    asked = {OTHER: 3, HOTLINE: 2}
    calls = [
        (call_about(case, channel=channel, number=f"1391234{channel == OTHER:d}{n:03}"), n)
        for channel, count in asked.items()
        for n in range(count)
    ]
    for call, n in calls:  # of each channel one after the other; the last of them answers
        said = "satisfied" if n == asked[call.channel_id] - 1 else "unreachable"
        step(case, "call_back", result=said, call=call.pk)
    assert case.state == State.CALLBACK
    assert _waiting_by(OTHER) == 2 and _waiting_by(HOTLINE) == 1


def test_what_would_be_deleted_at_once_is_said_before() -> None:
    rule, ages = hotlines()[HOTLINE], (100, 1000)
    cases = [bring_to(State.CLOSED) for _ in ages]
    for case in (*cases, bring_to(State.HANDLING)):
        call_about(case, channel=HOTLINE)
    for case, age in zip(cases, ages, strict=True):
        Case.objects.filter(pk=case.pk).update(closed_at=now() - age * DAY)
        Call.objects.filter(case=case).update(taken_at=now() - age * DAY)
        Contact.objects.filter(call__case=case).update(taken_at=now() - age * DAY)
    sooner, later = _calling(contact_days=60), _calling(contact_days=105)
    assert (sooner.contacts, sooner.contacts_gone) == (3, 1), "one is over by the rule in force"
    assert (later.contacts, later.contacts_gone) == (3, 0)
    assert (_calling(answered_days=60).texts, _calling(answered_days=60).texts_gone) == (3, 1)
    assert _calling(contact_days=rule.contact_days + 1, answered_days=10).texts_gone == 1
    draft = _draft(("hotlines", (HOTLINE,), {"contact_days": 60}))
    assert "删除联系方式 1 条、来电内容 0 次，不能恢复" in _page(draft)
    assert delete_overdue(now()) == (1, 1), "nothing was done yet"


def test_a_preview_asks_as_many_queries_of_many_cases_as_of_few() -> None:
    draft = _draft(
        ("people", HANDLER, None), ("people", (), _people("new_hand", "handler", "csgl", DISTRICT)),
        ("forms", FORM, {"fields": ASKED}), ("forms", (), _form("handle")),
        ("hotlines", (HOTLINE,), {"retry_hours": 1, "contact_days": 1, "answered_days": 1}),
    )  # fmt: skip
    counts = []
    for _ in range(2):
        for _ in range(2):
            case = bring_to(State.CLOSED)
            call_about(case, channel=HOTLINE)
            new_case(class_code=TEST_EVENT, fields={"size_cm": 3})
            bring_to(State.HANDLING)
        _waiting()
        _seen(draft)
        with CaptureQueriesContext(connection) as asked:
            _seen(draft)
        counts.append(len(asked))
    assert counts[0] == counts[1]
