# SPDX-License-Identifier: Apache-2.0
"""Who sees which page, in both languages, with nothing inline."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.city import IN_WEST, actor, person
from tests.loop import bring_to, new_case
from wangge.cases.actions import report
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.desk.tests.browsing import client_of, forbidden_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

PAGES = ("/", "/cases/", "/report/", "/board/", "/notices/")
MAY = {
    "operator_1": (200, 200, 200, 200, 200),
    "inspector_east": (200, 200, 200, 403, 200),
    "dispatcher_1": (200, 200, 200, 200, 200),
    "clerk_swj": (200, 200, 200, 403, 200),
    "handler_swj": (200, 200, 403, 403, 200),
    "evaluator": (200, 200, 403, 200, 200),
    "administrator": (200, 403, 403, 403, 200),
    "outsider": (200, 403, 403, 403, 200),
}


@pytest.mark.parametrize("login", MAY)
def test_a_page_opens_for_the_posts_that_need_it(login: str) -> None:
    client = client_of(login)
    assert tuple(client.get(page).status_code for page in PAGES) == MAY[login]


@pytest.mark.parametrize(
    "page", [*PAGES, "/cases/X/", "/map/outline.geojson", "/classes/?class_words=a", "/accounts/2fa/"]
)
def test_nobody_signed_in_is_sent_to_sign_in(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/accounts/login/")


def test_navigation_offers_only_what_opens() -> None:
    handler = client_of("handler_swj").get("/").content.decode()
    assert 'href="/cases/"' in handler
    assert 'href="/report/"' not in handler and 'href="/board/"' not in handler


def test_absent_and_invisible_look_the_same() -> None:
    case = new_case(where=IN_WEST)
    hidden = client_of("operator_east").get(f"/cases/{case.number}/")
    absent = client_of("operator_east").get("/cases/NONE/")
    assert hidden.status_code == absent.status_code == 404
    assert "井盖" not in hidden.content.decode()
    assert client_of("operator_west").get(f"/cases/{case.number}/").status_code == 200


@pytest.mark.parametrize("state", list(State))
def test_the_case_page_opens_in_every_state_and_language(state: State) -> None:
    case = bring_to(state)
    for language in ("zh-hans", "en"):
        html = client_of("operator_1", language).get(f"/cases/{case.number}/").content.decode()
        assert case.number in html
        assert not forbidden_in(html)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_hold_nothing_inline(language: str) -> None:
    bring_to(State.HANDLING)
    give_password("operator_1")
    client = client_of("operator_1", language)
    pages = [
        *PAGES,
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/cases/?words=井盖&light=red",
        "/nothing/",
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert not forbidden_in(html), page
        assert ('<html lang="en">' in html) == (language == "en")


def test_language_is_switched_and_kept() -> None:
    client = client_of("operator_1")
    assert "我的工作" in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert "My work" in client.get("/").content.decode()


def give_password(login: str) -> None:
    someone = person(login)
    someone.set_password("correct horse")
    someone.save()


def test_no_sign_up_and_no_mail_pages() -> None:
    client = Client()
    for page in ("/accounts/signup/", "/accounts/email/", "/accounts/password/reset/"):
        assert client.get(page).status_code == 404


def test_signing_in_needs_the_password_and_leads_to_my_work() -> None:
    give_password("operator_1")
    client = Client()
    wrong = client.post("/accounts/login/", {"login": "operator_1", "password": "wrong"})
    assert wrong.status_code == 200 and "note-error" in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": "operator_1", "password": "correct horse"})
    assert right.status_code == 302 and right.headers["location"] == "/"


def test_a_year_without_calendar_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from wangge.ui import context

    assert "没有工作日历数据" not in client_of("operator_1").get("/").content.decode()
    monkeypatch.setattr(context, "now", lambda: datetime(2031, 5, 1, tzinfo=UTC))
    assert "2031 年没有工作日历数据" in client_of("operator_1").get("/").content.decode()


def test_a_broken_page_address_is_refused_clearly() -> None:
    client = client_of("operator_1")
    assert client.get("/cases/?after=x").status_code == 422
    assert client.get("/?after=2026-01-01,5").status_code == 422
    answer = client.get("/cases/?since=gestern")
    assert answer.status_code == 422 and "2026-03-15" in answer.content.decode()


def test_the_administrator_is_told_what_commands_do() -> None:
    assert "wangge key" in client_of("administrator").get("/").content.decode()
    assert "您的岗位没有待办任务" in client_of("leader").get("/").content.decode()
    assert "wangge key" not in client_of("operator_1").get("/").content.decode()


def test_a_replay_is_announced_where_its_deadlines_are_shown() -> None:
    client = client_of("operator_1")
    told = "时限按当年日期计算"
    new_case(at=None)
    assert not any(told in client.get(page).content.decode() for page in ("/", "/board/"))
    replayed = replace(actor("operator_1"), origin="replayed")
    report(description="Street light out", place_text="1 Main St", actor=replayed, at=now())
    assert all(told in client.get(page).content.decode() for page in ("/", "/board/"))
