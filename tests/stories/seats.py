# SPDX-License-Identifier: Apache-2.0
"""Somebody with a telephone, through the pages of the hotline; and cases on their way to the callback."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.city import COVER, IN_EAST, person
from tests.loop import step
from wangge.cases.models import Call, Case

NUMBER, MASKED, NAME = "13912345678", "*******5678", "王女士"
EAST: dict[str, Any] = {"lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", html)


class Seat:
    """Somebody with a telephone: answers, calls back, reads who called."""

    def __init__(self, login: str) -> None:
        self.login, self.client = login, Client()
        self.client.force_login(person(login))

    def page(self, name: str, *args: Any, status: int = 200) -> str:
        answer = self.client.get(reverse(f"hotline:{name}", args=args))
        assert answer.status_code == status, (self.login, name, answer.status_code)
        return answer.content.decode()

    def take(self, outcome: str, *, status: int = 302, **form: Any) -> str:
        """Fill in the screen as it is shown and press the button of `outcome`; where it leads, or the refusal."""
        shown = self.page("take")
        fields = {name: hidden(shown, name) for name in ("key", "began", "channel")}
        typed = {"number": NUMBER, "name": NAME, "text": "井盖破损，行人绕行", "outcome": outcome}
        answer = self.client.post(reverse("hotline:take"), fields | typed | form)
        assert answer.status_code == status, text_of(answer.content.decode())[:2000]
        return answer["Location"] if status == 302 else answer.content.decode()

    def reported(self, **form: Any) -> Case:
        """A call that becomes a case."""
        where = self.take("reported", **({"class_code": COVER} | EAST | form))
        return Case.objects.get(number=where.strip("/").split("/")[-1])

    def reads(self, call: Call, reason: str = "先行联系", status: int = 200) -> str:
        answer = self.client.post(reverse("hotline:contact", args=[call.pk]), {"reason": reason})
        assert answer.status_code == status, text_of(answer.content.decode())[:2000]
        return answer.content.decode()

    def calls_back(
        self,
        case: Case,
        *,
        status: int = 302,
        number: str = "",
        form: dict[str, str] | None = None,
        **answers: str,
    ) -> str:
        """Fill in what the page asks about whoever shows as `number`, else about the first who waits, and send it."""
        about = form or self.asked(case, number)
        answer = self.client.post(reverse("hotline:callback", args=[case.number]), about | answers)
        assert answer.status_code == status, text_of(answer.content.decode())[:2000]
        case.refresh_from_db()
        return answer.content.decode()

    def asked(self, case: Case, number: str = "") -> dict[str, str]:
        """The form about whoever shows as `number`, else about the first who waits, as it is shown."""
        cards = self.page("callback", case.number).split('<section class="card">')
        form = next(card for card in cards if number in card.split("</h2>")[0] and 'name="seen"' in card)
        names = [name for name in ("key", "seen", "call") if f'name="{name}"' in form]
        return {name: hidden(form, name) for name in names}


def hidden(html: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
    assert tag, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return value[1] if value else ""


def handle(case: Case) -> None:
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    assert case.state == "callback"


def to_filed(case: Case) -> None:
    for code in ("send_verify", "answer_verify", "accept", "file"):
        step(case, code)


def to_callback(case: Case) -> None:
    to_filed(case)
    for code in ("dispatch", "sign_for"):
        step(case, code)
    handle(case)


NOT_SATISFIED: dict[str, Any] = {"reached": "yes", "solved": "no", "satisfied": "no"}
SATISFIED: dict[str, Any] = {"reached": "yes", "solved": "yes", "satisfied": "yes"}
