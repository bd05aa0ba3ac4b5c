# SPDX-License-Identifier: Apache-2.0
"""The cast at their browsers: pages read, forms filled in as the pages hold them."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.city import IN_EAST, person
from tests.loop import png

#: where the inspector stands
PLACE: dict[str, Any] = {"lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}


class Browser:
    """One person at the desk: reads pages, fills in the forms they hold."""

    def __init__(self, login: str) -> None:
        self.login, self.client = login, Client()
        self.client.force_login(person(login))

    def page(self, number: str, status: int = 200) -> str:
        answer = self.client.get(reverse("desk:case", args=[number]))
        assert answer.status_code == status, (self.login, answer.status_code)
        return answer.content.decode()

    def work(self) -> str:
        """The list of my tasks."""
        return self.client.get(reverse("desk:my_work")).content.decode()

    def report(self, **form: Any) -> str:
        """Report a case with a photo; its number."""
        key = hidden(self.client.get(reverse("desk:report")).content.decode(), "key")
        photos = [SimpleUploadedFile("site.png", png(), "image/png")]
        answer = self.client.post(reverse("desk:report"), {"key": key, "photos": photos} | form)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"].strip("/").split("/")[-1]

    def take(self, number: str, step: str, *, photos: int = 0, status: int = 302, **form: Any) -> None:
        """Send the form of a step as the case page offers it."""
        address = reverse("desk:step", args=[number, step])
        offered = re.search(rf'<form[^>]*action="{address}".*?</form>', self.page(number), re.DOTALL)
        assert offered, f"{self.login} is not offered {step}"
        given = {name: hidden(offered[0], name) for name in ("key", "seen")}
        files = [SimpleUploadedFile(f"{n}.png", png(), "image/png") for n in range(photos)]
        answer = self.client.post(address, given | form | ({"photos": files} if files else {}))
        assert answer.status_code == status, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:3000]

    def offers(self, number: str, step: str) -> bool:
        return f'action="{reverse("desk:step", args=[number, step])}"' in self.page(number)


def hidden(html: str, name: str) -> str:
    """What a hidden field of the page holds."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
    assert tag, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return value[1] if value else ""


class Cast:
    """The browsers of a story, opened when they are first used."""

    def __getattr__(self, login: str) -> Browser:
        browser = Browser(login)
        setattr(self, login, browser)
        return browser
