# SPDX-License-Identifier: Apache-2.0
"""Live screens without a browser: each listens to the stream of its person and fetches its panel as the pages do."""

import asyncio
import json
import random
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle

from benchmarks.client import UnexpectedAnswer, get
from benchmarks.installation import Serving, session

#: as in wangge/ui/frontend/shared/live.ts, in seconds
FIRST, PACE, REST, LONGEST = 0.2, 2.0, 10, 6.0
#: posts whose screens stand on the board; the others look at their own work
ON_BOARD = ("leader", "coordinator", "duty_chief", "operator")
AT_WORK = ("dispatcher", "unit_clerk", "handler", "inspector")
OPENING = 20  # streams opened at once
GIVEN_UP = 60.0  # seconds for one panel


@dataclass
class Screen:
    """One page left open. Moments are of time.monotonic.

    `heard`: the entry numbers of each case with the moment; `fetched`: from when to when a panel was on its way;
    `resyncs`: how often it was told to look at everything; `ended`: streams the server ended.
    """

    login: str
    path: str
    cookie: str
    kept: bool
    fetches: bool = False
    heard: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    fetched: list[tuple[float, float]] = field(default_factory=list)
    events: int = 0
    resyncs: int = 0
    ended: int = 0
    _last: float = field(default_factory=time.monotonic)
    _pace: float = PACE
    _fetch: asyncio.Task[None] | None = None

    async def listen(self, serving: Serving) -> None:
        """Until cancelled, or the stream ends. Raises UnexpectedAnswer."""
        reader, writer = await asyncio.open_connection(serving.host, serving.live_port)
        try:
            writer.write(get("/live/", self.cookie))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise UnexpectedAnswer(head.decode())
            while size := int(await reader.readline(), 16):
                self._take((await reader.readexactly(size + 2)).decode(), serving)
            self.ended += 1
        finally:
            writer.close()

    def heard_after(self, case: int, seq: int) -> float | None:
        """When it was told of this entry or a later one of the case; None: it never was."""
        told = self.heard.get(case, [])
        place = bisect_left(told, seq, key=lambda entry: entry[0])
        return told[place][1] if place < len(told) else None

    def _take(self, block: str, serving: Serving) -> None:
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        event = lines.get("event")
        if event is None:
            return
        now = time.monotonic()
        self.events += 1
        if event == "resync":
            self.resyncs += 1
        elif self.kept:
            data = json.loads(lines["data"])
            for case, seq in zip(data["cases"], data["seq"], strict=True):
                self.heard[case].append((seq, now))
        if self._fetch is not None and self._fetch.done():
            self._fetch.result()  # what made it fail ends the stream as well
            self._fetch = None
        if self.fetches and self._fetch is None:
            self._fetch = asyncio.create_task(self._refresh(serving))

    async def _refresh(self, serving: Serving) -> None:
        paced = self._last + self._pace * (0.75 + random.random() / 2) - time.monotonic()
        await asyncio.sleep(max(FIRST * random.random(), paced))
        self._last = started = time.monotonic()
        async with asyncio.timeout(GIVEN_UP):
            reader, writer = await asyncio.open_connection(serving.host, serving.port)
            request = get(self.path, self.cookie)
            writer.write(request[:-2] + b"HX-Request: true\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            while more := await reader.read():
                answer += more
            writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise UnexpectedAnswer(f"{self.path} as {self.login}: {answer[:300].decode(errors='replace')}")
        self.fetched.append((started, time.monotonic()))
        self._pace = min(LONGEST, max(PACE, REST * (time.monotonic() - started)))


def screens(count: int, *, kept: bool) -> list[Screen]:
    """So many, half of them on the board, of people of all posts."""
    board, work = _people(ON_BOARD), _people(AT_WORK)
    chosen = [(next(board), "/board/") if n % 2 else (next(work), "/") for n in range(count)]
    cookies = {login: session(login) for login, _ in chosen}
    return [Screen(login, path, cookies[login], kept) for login, path in chosen]


def _people(posts: Sequence[str]) -> Iterator[str]:
    """Logins of holders, the posts in turn, without end."""
    from wangge.organizations.directory import directory

    holders = [cycle(sorted(directory().holders(post, unit_path="", area_path=""))) for post in posts]
    return (directory().actor(next(people)).login for people in cycle(holders))


async def listening(serving: Serving, known: Sequence[Screen]) -> list[asyncio.Task[None]]:
    """Their streams, open and told whatever there was to tell; cancel the tasks to close them."""
    tasks: list[asyncio.Task[None]] = []
    for start in range(0, len(known), OPENING):
        tasks += [asyncio.create_task(screen.listen(serving)) for screen in known[start : start + OPENING]]
        await asyncio.sleep(0.5)
    return tasks


async def stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Close the streams. Raises what made one fail."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
