# SPDX-License-Identifier: Apache-2.0
"""Several hands at one moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from wangge.common.errors import DomainError


class Hands:
    """Threads that make calls at the same moment, each on a connection of its own, kept from one use to the next."""

    MOST = 4

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.MOST)

    def at_once(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        """What each call gave or the DomainError it raised."""
        gate = threading.Barrier(len(calls), timeout=120)

        def make(call: Callable[[], Any]) -> Any:
            connection.ensure_connection()
            gate.wait()
            try:
                return call()
            except DomainError as refused:
                return refused

        return [made.result(timeout=300) for made in [self._threads.submit(make, call) for call in calls]]

    def rest(self) -> None:
        """Close the connections."""
        self.at_once([lambda: connection.close()] * self.MOST)  # looked up in each thread: each has its own
        self._threads.shutdown()
