# SPDX-License-Identifier: Apache-2.0
"""Fan-out of movements to the open streams of this process, and the one poller that feeds it."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable

import psycopg
from psycopg import AsyncConnection

from wangge.live.movements import EVERYTHING, Movement, connection_parameters, moved_since, snapshot_now

POLL = 0.1  # seconds between two looks at the log while nothing moves
PACE = 0.5  # seconds from a look that found something to the next one: what moves meanwhile is one event
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps proxies and the client's patience alive
LOOK_BACK = 5.0  # seconds a new stream is told of: the page may have been rendered before the stream opened
PATIENCE = 10.0  # seconds for one look
FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0  # seconds before the database is tried again

log = logging.getLogger(__name__)


class Client:
    """What one stream has still to be told: one event, however long it does not take it."""

    def __init__(self) -> None:
        self._untold = Movement()
        self._closed = False
        self._wake = asyncio.Event()

    def tell(self, movement: Movement) -> None:
        """Keep it for the next event."""
        self._untold = self._untold + movement if self._untold else movement
        self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._wake.set()

    async def next(self) -> bytes | None:
        """The next block of the stream; None when it ends."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self._wake.wait()
        except TimeoutError:
            return b": \n\n"
        if self._closed:
            return None
        self._wake.clear()
        untold, self._untold = self._untold, Movement()
        return untold.event


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

                    async def look() -> Movement:
                        nonlocal since
                        since, movement = await moved_since(connection, since)
                        return movement

                    await self.follow(look)
            except (psycopg.Error, TimeoutError) as error:
                log.warning("live: the database does not answer, trying again in %.1f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def follow(self, look: Callable[[], Awaitable[Movement]]) -> None:
        """Publish what `look` finds: at once after a silence, at most one event in PACE seconds while cases move."""
        while True:
            async with asyncio.timeout(PATIENCE):
                movement = await look()
            if movement:
                self.publish(movement)
            await asyncio.sleep(PACE if movement else POLL)
