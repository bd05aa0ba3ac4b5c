# SPDX-License-Identifier: Apache-2.0
"""Fan-out of movements to the open streams of this process, and the one poller that feeds it."""

import asyncio
import json
import logging
import time
from collections import deque

import psycopg
from psycopg import AsyncConnection

from wangge.live.movements import (
    EVERYTHING,
    MOST_CASES,
    Movement,
    connection_parameters,
    moved_since,
    snapshot_now,
)

POLL = 0.5  # seconds between two looks at the log
PACE = 1.0  # seconds between two events to one client
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps proxies and the client's patience alive
LOOK_BACK = 5.0  # seconds a new stream is told of: the page may have been rendered before the stream opened
PATIENCE = 10.0  # seconds for one look
FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0  # seconds before the database is tried again

log = logging.getLogger(__name__)


class Client:
    """What one stream has still to be told. Bounded: past MOST_CASES it is told to look at everything."""

    def __init__(self) -> None:
        self._cases: dict[int, int] = {}
        self._entries = 0
        self._everything = False
        self._closed = False
        self._wake = asyncio.Event()
        self._last = 0.0

    def tell(self, movement: Movement) -> None:
        """Keep it for the next event."""
        self._cases.update(movement.cases)
        self._entries += movement.entries
        self._everything = self._everything or movement.everything or len(self._cases) > MOST_CASES
        if self._everything:
            self._cases, self._entries = {}, 0
        if self._cases or self._everything:
            self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._wake.set()

    async def next(self) -> str | None:
        """The next block of the stream, at most one in PACE seconds; None when the stream ends."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self._wake.wait()
        except TimeoutError:
            return ": \n\n"
        if not self._closed:
            await asyncio.sleep(self._last + PACE - time.monotonic())
        if self._closed:
            return None
        self._wake.clear()
        self._last = time.monotonic()
        cases, entries, everything = self._cases, self._entries, self._everything
        self._cases, self._entries, self._everything = {}, 0, False
        if everything:
            return _block("resync", {})
        return _block("moved", {"cases": list(cases), "seq": list(cases.values()), "count": entries})


def _block(name: str, data: dict[str, object]) -> str:
    # The id makes a browser say on its next try that it had been connected: see app.
    return f"id: 1\nevent: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


class Hub:
    """All open streams of this process."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.closed = False
        self._recent: deque[tuple[float, Movement]] = deque()

    def join(self, *, again: bool) -> Client:
        """A new stream; `again`: it was open before and may have missed anything."""
        client = Client()
        for moment, movement in self._recent:
            if moment > time.monotonic() - LOOK_BACK:
                client.tell(movement)
        if again:
            client.tell(EVERYTHING)
        self.clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        self.clients.discard(client)

    def publish(self, movement: Movement) -> None:
        """Tell every stream."""
        if not movement.cases and not movement.everything:
            return
        now = time.monotonic()
        self._recent.append((now, movement))
        while self._recent[0][0] < now - LOOK_BACK:
            self._recent.popleft()
        for client in self.clients:
            client.tell(movement)

    def close(self) -> None:
        """End every stream, for good."""
        self.closed = True
        for client in self.clients:
            client.close()

    async def follow_log(self) -> None:
        """Publish what moves until cancelled; after a lost database every stream is told to look at everything."""
        wait = FIRST_WAIT
        while True:
            try:
                async with await AsyncConnection.connect(
                    **connection_parameters(), autocommit=True, connect_timeout=int(PATIENCE)
                ) as connection:
                    since = await snapshot_now(connection)
                    self.publish(EVERYTHING)
                    wait = FIRST_WAIT
                    while True:
                        await asyncio.sleep(POLL)
                        async with asyncio.timeout(PATIENCE):
                            since, movement = await moved_since(connection, since)
                        self.publish(movement)
            except (psycopg.Error, TimeoutError) as error:
                log.warning("live: the database does not answer, trying again in %.1f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
