# SPDX-License-Identifier: Apache-2.0
"""Streams: who gets one, what is told and how often, and how they end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client as Browser

from tests.city import person
from wangge.live import app as live
from wangge.live import hub as fan_out
from wangge.live.app import LiveApp
from wangge.live.hub import Client
from wangge.live.listeners import is_our_page
from wangge.live.movements import EVERYTHING, MOST_CASES, Movement

HEADERS = {"host": "127.0.0.1"}


class Stream:
    """A browser's end of one stream, in this process."""

    def __init__(
        self, application: LiveApp, path: str = "/live/", method: str = "GET", **headers: str
    ) -> None:
        given = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        self.scope = {"type": "http", "path": path, "method": method, "headers": raw}
        self.application = application
        self.gone = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.blocked = False
        self.task = asyncio.create_task(application(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if self.blocked:
            await asyncio.sleep(3600)
        self.text += message["body"].decode()

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for block in self.text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"])))
        return found

    def has(self, text: str) -> bool:
        return text in self.text

    async def until(self, condition: Callable[[], object], seconds: float = 5) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited in vain: {self.status} {self.text!r}"
            await asyncio.sleep(0.005)

    async def ended(self) -> None:
        await asyncio.wait_for(self.task, 5)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Session keys that are valid; without a database."""
    keys = {"ann", "bo"}
    monkeypatch.setattr(live, "is_signed_in", lambda key: key in keys)
    yield keys


def in_loop(story: Callable[[LiveApp], Awaitable[None]]) -> None:
    async def tell() -> None:
        await story(LiveApp())

    asyncio.run(tell())


def cookie(key: str) -> str:
    return f"other=1; sessionid={key}"


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (401, {}),
        (401, {"cookie": cookie("nobody")}),
        (401, {"cookie": "\x7f=;;"}),
        (403, {"cookie": cookie("ann"), "origin": "https://elsewhere.example"}),
        (403, {"cookie": cookie("ann"), "sec_fetch_site": "cross-site"}),
        (403, {"cookie": cookie("ann"), "host": "elsewhere.example"}),
        (404, {"cookie": cookie("ann"), "path": "/live/else"}),
        (405, {"cookie": cookie("ann"), "method": "POST"}),
    ],
)
def test_refused(signed_in: set[str], status: int, request_: dict[str, str]) -> None:
    async def story(application: LiveApp) -> None:
        stream = Stream(application, **request_)
        await stream.ended()
        assert stream.status == status and not application.hub.clients

    in_loop(story)


def test_two_browsers_are_told_ids_and_counters_only(signed_in: set[str]) -> None:
    async def story(application: LiveApp) -> None:
        streams = [Stream(application, cookie=cookie(key)) for key in ("ann", "bo")]
        for stream in streams:
            await stream.until(partial(stream.has, "retry: 3000"))
        application.hub.publish(Movement({7: 3, 9: 12}, 4))
        for stream in streams:
            await stream.until(partial(stream.has, "event: "))
            assert stream.events == [("moved", {"cases": [7, 9], "seq": [3, 12], "count": 4})]
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert "access-control-allow-origin" not in stream.headers
            stream.gone.set()
            await stream.ended()
        assert not application.hub.clients

    in_loop(story)


def test_many_movements_are_few_events(signed_in: set[str]) -> None:
    """Two streams on a log that moves all the time: told together, every entry once."""

    async def story(application: LiveApp) -> None:
        streams = [Stream(application, cookie=cookie(key)) for key in ("ann", "bo")]
        await streams[1].until(lambda: len(application.hub.clients) == 2)
        began, told = time.monotonic(), 0

        async def look() -> Movement:
            nonlocal told
            due = min(150, int((time.monotonic() - began) / 0.01))
            new = range(told, due)
            told = due
            return Movement({n % 5: n + 1 for n in new}, len(new))

        following = asyncio.create_task(application.hub.follow(look))
        await streams[1].until(lambda: all(sum(e["count"] for _, e in s.events) == 150 for s in streams))
        following.cancel()
        for stream in streams:
            assert len(stream.events) <= (time.monotonic() - began) / fan_out.PACE + 1
            newest = {
                case: seq
                for _, data in stream.events
                for case, seq in zip(data["cases"], data["seq"], strict=True)
            }
            assert newest == {0: 146, 1: 147, 2: 148, 3: 149, 4: 150}

    in_loop(story)


def test_a_first_movement_waits_for_nothing_but_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "PACE", 3600)

    async def story(application: LiveApp) -> None:
        client, looks = application.hub.join(again=False), iter([Movement(), Movement(), Movement({7: 3}, 1)])

        async def look() -> Movement:
            return next(looks)

        following = asyncio.create_task(application.hub.follow(look))
        assert await asyncio.wait_for(client.next(), 30) == Movement({7: 3}, 1).event
        assert next(looks, None) is None and not following.done()
        following.cancel()

    in_loop(story)


def test_a_client_that_is_behind_is_told_once(signed_in: set[str]) -> None:
    async def story(application: LiveApp) -> None:
        behind, other = application.hub.join(again=False), application.hub.join(again=False)
        application.hub.publish(Movement({7: 3, 8: 1}, 4))
        assert await other.next() == Movement({7: 3, 8: 1}, 4).event
        application.hub.publish(Movement({7: 5}, 2))
        assert await other.next() == Movement({7: 5}, 2).event
        assert await behind.next() == Movement({7: 5, 8: 1}, 6).event

    in_loop(story)


def test_what_moved_while_the_page_was_built_is_told(signed_in: set[str]) -> None:
    async def story(application: LiveApp) -> None:
        application.hub.publish(Movement({7: 3}, 1))
        stream = Stream(application, cookie=cookie("ann"))
        await stream.until(lambda: stream.events)
        assert stream.events == [("moved", {"cases": [7], "seq": [3], "count": 1})]

    in_loop(story)


def test_who_comes_back_looks_at_everything(signed_in: set[str]) -> None:
    async def story(application: LiveApp) -> None:
        stream = Stream(application, cookie=cookie("ann"), last_event_id="1")
        await stream.until(lambda: stream.events)
        assert stream.events == [("resync", {})]

    in_loop(story)


def test_too_much_to_list_is_everything() -> None:
    async def story(application: LiveApp) -> None:
        client = Client()
        for n in range(MOST_CASES + 1):
            client.tell(Movement({n: 1}, 1))
        client.tell(Movement({1: 2}, 1))
        assert "event: resync" in str(await client.next())
        client.tell(EVERYTHING)
        client.tell(Movement({1: 2}, 1))
        assert "event: resync" in str(await client.next())

    in_loop(story)


def test_silence_is_filled_with_comments(signed_in: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "HEARTBEAT", 0.05)

    async def story(application: LiveApp) -> None:
        stream = Stream(application, cookie=cookie("ann"))
        await stream.until(lambda: stream.text.count(": \n\n") >= 3)
        assert not stream.events

    in_loop(story)


def test_slow_client_is_dropped_and_others_are_not(
    signed_in: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SLOW", 0.1)

    async def story(application: LiveApp) -> None:
        slow, quick = (Stream(application, cookie=cookie(key)) for key in ("ann", "bo"))
        await quick.until(lambda: len(application.hub.clients) == 2)
        slow.blocked = True
        application.hub.publish(Movement({7: 3}, 1))
        await slow.ended()
        await quick.until(lambda: quick.events)
        assert len(application.hub.clients) == 1

    in_loop(story)


def test_end_of_the_session_ends_the_stream(signed_in: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECHECK", 0.05)

    async def story(application: LiveApp) -> None:
        stream = Stream(application, cookie=cookie("ann"))
        await stream.until(lambda: application.hub.clients)
        await asyncio.sleep(0.2)
        assert not stream.task.done()
        signed_in.remove("ann")
        await stream.ended()

    in_loop(story)


def test_without_database_streams_stay_and_new_ones_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECHECK", 0.05)
    away = False

    def check(key: str) -> bool:
        if away:
            raise OperationalError
        return True

    monkeypatch.setattr(live, "is_signed_in", check)

    async def story(application: LiveApp) -> None:
        nonlocal away
        held = Stream(application, cookie=cookie("ann"))
        await held.until(lambda: application.hub.clients)
        away = True
        new = Stream(application, cookie=cookie("ann"))
        await new.ended()
        assert new.status == 200 and "retry" in new.text and not new.events
        await asyncio.sleep(0.2)
        assert not held.task.done()

    in_loop(story)


def test_full_process_asks_to_come_back(signed_in: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 1)

    async def story(application: LiveApp) -> None:
        first = Stream(application, cookie=cookie("ann"))
        await first.until(lambda: application.hub.clients)
        second = Stream(application, cookie=cookie("bo"))
        await second.ended()
        assert second.status == 200 and len(application.hub.clients) == 1

    in_loop(story)


@pytest.mark.parametrize(
    ("web_port", "host", "origin", "ours"),
    [
        (None, "city.example", "", True),
        (None, "city.example", "https://city.example", True),
        (None, "city.example:8443", "https://city.example:8443", True),
        (None, "city.example", "https://city.example.evil.example", False),
        (None, "city.example", "https://city.example:8443", False),
        (None, "city.example", "null", False),
        (None, "evil.example", "https://evil.example", False),
        (8000, "127.0.0.1:8001", "http://127.0.0.1:8000", True),
        (8000, "localhost:8001", "http://localhost:8000", True),
        (8000, "127.0.0.1:8001", "http://localhost:8000", False),
        (8000, "127.0.0.1:8001", "http://127.0.0.1:9000", False),
        (80, "city.example:8001", "http://city.example", True),
        (8000, "[::1]:8001", "http://[::1]:8000", True),
        (8000, "127.0.0.1:8001", "http://[broken", False),
    ],
)
def test_origins(settings: Any, web_port: int | None, host: str, origin: str, ours: bool) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "city.example"]
    settings.WANGGE_WEB_PORT = web_port
    assert is_our_page(host, origin, "same-site" if origin else "") is ours


@asynccontextmanager
async def _stream_of(key: str) -> AsyncIterator[Stream]:
    stream = Stream(LiveApp(), cookie=f"sessionid={key}", origin="http://127.0.0.1")
    yield stream
    stream.gone.set()
    await stream.ended()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("city")
def test_real_sessions(browser: Browser) -> None:
    """Signed in; signed out; no longer on the staff; another password."""
    member = person("operator_1")

    def status() -> int:
        async def ask() -> int:
            async with _stream_of(browser.cookies["sessionid"].value) as stream:
                await stream.until(lambda: stream.status)
                if stream.status == 200:
                    assert stream.headers["access-control-allow-origin"] == "http://127.0.0.1"
                    assert stream.headers["access-control-allow-credentials"] == "true"
                return stream.status

        return asyncio.run(ask())

    browser.force_login(member)
    assert status() == 200
    member.is_active = False
    member.save()
    assert status() == 401
    member.is_active = True
    member.set_password("another")
    member.save()
    assert status() == 401
    browser.force_login(member)
    assert status() == 200
    key = browser.cookies["sessionid"].value
    browser.logout()
    browser.cookies["sessionid"] = key
    assert status() == 401


@pytest.fixture
def browser() -> Browser:
    return Browser()
