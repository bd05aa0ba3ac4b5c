# SPDX-License-Identifier: Apache-2.0
"""Reference data held in memory by each process and renewed when its revision changes."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings

T = TypeVar("T")

_kept: "list[Fresh[object]]" = []


class Fresh(Generic[T]):
    """Calling it gives `load()`'s value, loaded again after `revision()` has changed.

    The revision (one cheap query) is asked at most once in WANGGE_REVISION_CHECK_SECONDS; a change made
    by another process is seen at the latest after that time.
    """

    def __init__(self, load: Callable[[], T], revision: Callable[[], object]) -> None:
        self._load, self._revision = load, revision
        self._lock = threading.Lock()
        self._value: tuple[object, T] | None = None
        self._checked = 0.0
        _kept.append(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        held, moment = self._value, time.monotonic()
        if held is not None and moment - self._checked < settings.WANGGE_REVISION_CHECK_SECONDS:
            return held[1]
        revision = self._revision()
        with self._lock:
            if self._value is None or self._value[0] != revision:
                self._value = (revision, self._load())
            self._checked = moment
            return self._value[1]

    def forget(self) -> None:
        """Load again at the next call."""
        self._value = None


def forget_all() -> None:
    """Drop everything held; for the loader of packs and for tests."""
    for fresh in _kept:
        fresh.forget()
