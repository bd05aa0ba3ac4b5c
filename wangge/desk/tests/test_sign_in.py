# SPDX-License-Identifier: Apache-2.0
"""Wrong passwords are counted for all web processes together."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg import errors

from tests.city import person

LIMITED = "登录失败次数过多"
# A web process of its own, with the rights of one: tries each password given and says what the page answered.
ANOTHER_PROCESS = """
import sys
from django.conf import settings

_, database, login, *passwords = sys.argv
settings.DATABASES["default"]["NAME"] = database
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
import django

django.setup()
from django.test import Client

for password in passwords:
    page = Client(SERVER_NAME="localhost").post("/accounts/login/", {"login": login, "password": password})
    print(page.status_code, "登录失败次数过多" in page.content.decode())
"""


def in_another_process(login: str, *passwords: str) -> list[str]:
    """`status limited` of each try, in a process that shares nothing with this one but the database."""
    database = str(connection.settings_dict["NAME"])
    run = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, database, login, *passwords],
        env=os.environ | {"WANGGE_DB_ROLE": "web"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_are_counted_across_processes(city: None) -> None:
    operator = person("operator_1")
    operator.set_password("right-and-long-9")
    operator.save()

    def sign_in(password: str, port: int = 8000) -> Any:
        client = Client(headers={"host": f"localhost:{port}"})
        return client.post("/accounts/login/", {"login": "operator_1", "password": password})

    assert in_another_process("operator_1", "wrong-1", "wrong-2", "wrong-3") == ["200 False"] * 3
    for number in (4, 5):  # another port in the Host header is no other count
        assert LIMITED not in sign_in(f"wrong-{number}", 8000 + number).content.decode()
    # the sixth is refused wherever it comes in, even with the right password
    refused = sign_in("right-and-long-9")
    assert refused.status_code == 200 and LIMITED in refused.content.decode()
    assert in_another_process("operator_1", "wrong-7", "right-and-long-9") == ["200 True"] * 2


@pytest.mark.django_db
def test_too_many_tries_from_one_place_are_told_on_our_page(city: None, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": "operator_1", "password": "wrong-1"})
    refused = client.post("/accounts/login/", {"login": "operator_1", "password": "wrong-2"})
    assert refused.status_code == 429 and "Too many attempts" in refused.content.decode()


@pytest.mark.django_db
def test_only_the_web_may_touch_the_counts(
    as_role: Callable[[str], AbstractContextManager[psycopg.Connection[Any]]],
) -> None:
    with as_role("web") as web:
        web.execute("SELECT count(*) FROM desk_cache")
    with as_role("worker") as worker, pytest.raises(errors.InsufficientPrivilege):
        worker.execute("SELECT count(*) FROM desk_cache")
