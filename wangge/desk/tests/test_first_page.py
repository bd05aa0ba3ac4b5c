# SPDX-License-Identifier: Apache-2.0
"""Where signing in leads, and its words."""

import pytest
from django.test import Client

from wangge.desk.tests.test_pages import give_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.mark.parametrize(
    ("login", "first"),
    [("leader", "/board/"), ("evaluator", "/board/"), ("operator_1", "/"), ("administrator", "/")],
)
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/login/?next=/"])
def test_whose_posts_only_look_on_begins_at_the_board(login: str, first: str, address: str) -> None:
    give_password(login)
    answer = Client().post(address, {"login": login, "password": "correct horse"})
    assert answer.headers["location"] == first


def test_the_page_asked_for_comes_before_the_board() -> None:
    give_password("leader")
    answer = Client().post("/accounts/login/?next=/cases/", {"login": "leader", "password": "correct horse"})
    assert answer.headers["location"] == "/cases/"


@pytest.mark.parametrize(
    ("language", "told", "wrong", "limited"),
    [
        ("zh-hans", "登录成功。", "登录名或密码不对", "请 5 分钟后再试"),
        ("en", "You are signed in.", "The login name or the password is wrong", "Try again in 5 minutes"),
    ],
)
def test_the_words_of_signing_in(language: str, told: str, wrong: str, limited: str) -> None:
    give_password("operator_1")
    client = Client(headers={"accept-language": language})

    def sign_in(password: str) -> str:
        form = {"login": "operator_1", "password": password}
        return client.post("/accounts/login/", form, follow=True).content.decode()

    right = sign_in("correct horse")
    assert told in right and "operator_1 成功" not in right
    client.logout()
    assert wrong in sign_in("x")
    assert limited in [sign_in("x") for _ in range(6)][-1]
