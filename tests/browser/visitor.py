# SPDX-License-Identifier: Apache-2.0
"""A person's browser, which notes every fault of the pages it is shown."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

WIDE, PHONE = (1280, 800), (390, 844)
#: the pages' policy stops what it forbids without a console message in some cases: say it ourselves
_TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`forbidden by policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`))"""


PASSWORD = "long-enough-for-all-7"


@cache
def _hashed() -> str:
    """Slow on purpose: once is enough."""
    return make_password(PASSWORD)


def give_password(login: str) -> None:
    """The city of the tests comes without passwords; some pages are for those who have one."""
    from wangge.organizations.models import Person

    Person.objects.filter(login=login).update(password=_hashed())


class Visitor:
    """One context with one page. `expected`: statuses of answers that are no fault here."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        login: str = "",
        *,
        size: tuple[int, int] = WIDE,
        locale: str = "zh-CN",
        expected: tuple[int, ...] = (),
        **options: Any,
    ) -> None:
        self.login, self.url, self.expected = login, url, expected
        self.faults: list[str] = []
        self.live_may_fail = False
        self.context = browser.new_context(
            base_url=url, viewport={"width": size[0], "height": size[1]}, locale=locale, **options
        )
        self.context.add_init_script(_TELL_VIOLATIONS)
        if login:
            self._sign_in(login)
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failed)
        page.on("response", self._on_response)
        return page

    def _sign_in(self, login: str) -> None:
        """A session of this person; the sign-in page itself has its own tests."""
        from tests.city import person  # models, which are not there yet when this module is read

        give_password(login)
        client = Client()
        client.force_login(person(login))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url, "httpOnly": True}]
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        told = re.search(r"status of (\d+)", message.text)
        if told and int(told[1]) in self.expected:
            return
        if self.live_may_fail and "/live/" in str(message.location):
            return
        self.faults.append(f"console: {message.text} {message.location}")

    def _on_request(self, request: Request) -> None:
        if not re.match(r"(blob:)?http://127\.0\.0\.1:|data:", request.url):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _on_failed(self, request: Request) -> None:
        # ABORTED is the browser's own doing: the page was left, or a newer search took the place of an older.
        if "ABORTED" in (request.failure or "") or (self.live_may_fail and request.url.endswith("/live/")):
            return
        self.faults.append(f"failed: {request.method} {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    def go(self, path: str) -> Page:
        """Open a page of the product."""
        self.page.goto(path)
        return self.page

    def leave(self) -> list[str]:
        """Close the browser; the faults seen."""
        self.context.close()
        return self.faults


def step_panel(page: Page, code: str) -> Locator:
    """The form of a step on a case page, opened."""
    panel = page.locator(f"#step-{code}")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    return panel


def take_step(page: Page, code: str) -> None:
    """Press the step's button and see that it was taken."""
    panel = step_panel(page, code)
    panel.locator("form button.button:not([type=button])").click()
    page.locator(".note-success").wait_for()
