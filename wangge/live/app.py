# SPDX-License-Identifier: Apache-2.0
"""Live updates at /live/ as server-sent events: a bare ASGI application beside Django's, one task a stream, no thread.

    event: moved    data: {"cases":[7,9],"seq":[3,12],"count":4}   newest log entry of each case; entries in all
    event: resync   data: {}                                       something may have been missed: look at everything
    : (comment)                                                    heartbeat

Ids and counters only: what a person may see of a case is decided where it is shown.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.config.settings")
if not apps.ready:
    django.setup()

from django.db import DatabaseError

from wangge.live.hub import Client, Hub
from wangge.live.listeners import is_our_page, is_signed_in, session_key

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/live/"
FIRST_BLOCK = b"retry: 3000\nid: 1\n\n"  # milliseconds a browser waits before it connects again
RECHECK = 60.0  # seconds between two looks at the session: a logout ends the stream within this time
SLOW = 10.0  # seconds a client may take to accept one event
MOST_STREAMS = 1000  # per process; one more is asked to come back later


class LiveApp:
    """One hub and one poller, for as long as the server runs."""

    def __init__(self) -> None:
        self.hub = Hub()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        poller = asyncio.create_task(self.hub.follow_log())
        with _on_signal(self.hub.close):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        self.hub.close()
        poller.cancel()
        with suppress(asyncio.CancelledError):
            await poller
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        origin, key = headers.get("origin", ""), session_key(headers.get("cookie", ""))
        if scope["path"] != PATH:
            return await _refuse(send, 404, "not_found")
        if scope["method"] != "GET":
            return await _refuse(send, 405, "method_not_allowed")
        if not is_our_page(headers.get("host", ""), origin, headers.get("sec-fetch-site", "")):
            return await _refuse(send, 403, "foreign_origin")
        try:
            if not await asyncio.to_thread(is_signed_in, key):
                return await _refuse(send, 401, "not_signed_in", origin)
        except DatabaseError:
            return await _come_back(send, origin)
        if self.hub.closed or len(self.hub.clients) >= MOST_STREAMS:
            return await _come_back(send, origin)
        client = self.hub.join(again="last-event-id" in headers)
        watchers = [
            asyncio.create_task(_await_end(client, receive)),
            asyncio.create_task(_watch_session(client, key)),
        ]
        try:
            await _stream(client, send, origin)
        finally:
            self.hub.leave(client)
            for watcher in watchers:
                watcher.cancel()


@contextmanager
def _on_signal(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at SIGTERM or SIGINT, beside what the server does then: it waits for all requests to end.

    The server's own handlers hang on the event loop, which is woken before a handler of this kind runs.
    """
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ended(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in previous:
        signal.signal(number, ended)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


async def _stream(client: Client, send: Send, origin: str) -> None:
    """Send until the stream ends; a client that does not take what it is sent is dropped."""
    await _start(send, 200, "text/event-stream; charset=utf-8", origin)
    block: bytes | None = FIRST_BLOCK
    while block is not None:
        try:
            async with asyncio.timeout(SLOW):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        except (TimeoutError, OSError):
            return
        block = await client.next()
    with suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _await_end(client: Client, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    client.close()


async def _watch_session(client: Client, key: str) -> None:
    signed_in = True
    while signed_in:
        await asyncio.sleep(RECHECK)
        with suppress(DatabaseError):  # not known now: asked again
            signed_in = await asyncio.to_thread(is_signed_in, key)
    client.close()


async def _start(send: Send, status: int, content_type: str, origin: str) -> None:
    headers = [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),  # a proxy must pass events on at once
        ("x-content-type-options", "nosniff"),
        ("vary", "origin"),
    ]
    if origin:
        headers += [("access-control-allow-origin", origin), ("access-control-allow-credentials", "true")]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def _refuse(send: Send, status: int, code: str, origin: str = "") -> None:
    await _start(send, status, "text/plain; charset=utf-8", origin)
    await send({"type": "http.response.body", "body": f"{code}\n".encode()})


async def _come_back(send: Send, origin: str) -> None:
    # A browser gives an event stream up for good at any other status than 200; an ended one it opens again.
    await _start(send, 200, "text/event-stream; charset=utf-8", origin)
    await send({"type": "http.response.body", "body": FIRST_BLOCK})


application = LiveApp()
