# SPDX-License-Identifier: Apache-2.0
"""The pages of the inspection squads as people use them."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.city import person
from wangge.common.clock import now
from wangge.inspectors.reference import local_day
from wangge.notices.models import Notice


def browser(login: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person(login))
    return client


def get(login: str, address: str, status: int = 200) -> str:
    answer = browser(login).get(address)
    assert answer.status_code == status, (login, address, answer.status_code)
    return answer.content.decode()


def send(login: str, address: str, status: int = 302, **form: Any) -> str:
    """Send a form; the page told, or the address it led to."""
    answer = browser(login).post(address, {"key": str(uuid4())} | form)
    told = answer.content.decode()
    assert answer.status_code == status, (
        login,
        address,
        answer.status_code,
        re.sub(r"<[^>]+>|\s+", " ", told)[:2000],
    )
    return str(answer["Location"]) if status == 302 else told


def today() -> date:
    return local_day(now())


def told(login: str, template: str) -> int:
    return Notice.objects.filter(recipient=person(login), template=template).count()
