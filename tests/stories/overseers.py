# SPDX-License-Identifier: Apache-2.0
"""The pages of supervision as their people use them: orders issued and answered, each refusal with its status."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from wangge.cases.models import Case, SideRecord

Browser = Callable[[str], Client]


def page(client: Client, address: str, expected: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == expected, address
    return answer.content.decode()


def send(client: Client, address: str, expected: int = 302, **data: Any) -> Any:
    answer = client.post(address, {"key": str(uuid4()), **data})
    assert answer.status_code == expected, re.findall(r'id="refusal".*?</div>', answer.content.decode(), re.S)
    return answer


def order(client: Client, case: Case, mode: str, **more: Any) -> SideRecord:
    send(
        client,
        reverse("oversight:new_order"),
        case=case.number,
        mode=mode,
        **{"cause": "overdue", "reason": "久拖不决"} | more,
    )
    return SideRecord.objects.filter(case=case, kind="supervision").latest("pk")


def act(client: Client, found: SideRecord, step: str, text: str = "", expected: int = 302) -> Any:
    found.case.refresh_from_db()
    address = reverse("oversight:order_step", args=[found.pk, step])
    answer = send(client, address, expected, text=text, seen=found.case.log_seq)
    found.refresh_from_db()
    return answer


def new_order_at(case: Case) -> str:
    """The page that issues an order on it."""
    return f"{reverse('oversight:new_order')}?case={case.number}"
