# SPDX-License-Identifier: Apache-2.0
"""Reference data held in memory by each process and renewed when its revision changes.

One counter stands for all reference data of the city: it changes seldom, and loading everything again takes a second.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings
from django.db.models import F

from wangge.common.models import Revision

T = TypeVar("T")

_kept: "list[Fresh[object]]" = []


class Fresh(Generic[T]):
    """Calling it gives `load()`'s value, loaded again after the revision has changed.

    The revision (one cheap query) is asked at most once in WANGGE_REVISION_CHECK_SECONDS; a change made
    by another process is seen at the latest after that time.
    """

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._value: tuple[object, T] | None = None
        self._checked = 0.0
        _kept.append(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        held, moment = self._value, time.monotonic()
        if held is not None and moment - self._checked < settings.WANGGE_REVISION_CHECK_SECONDS:
            return held[1]
        number = revision()
        with self._lock:
            if self._value is None or self._value[0] != number:
                self._value = (number, self._load())
            self._checked = moment
            return self._value[1]

    def forget(self) -> None:
        """Load again at the next call."""
        self._value = None


def revision() -> int:
    """Changes whenever reference data changed; 0 before the first load."""
    return Revision.objects.values_list("number", flat=True).first() or 0


def new_revision() -> None:
    """Tell every process that reference data changed; call in the transaction that changes them."""
    Revision.objects.update_or_create(
        id=1, defaults={"number": F("number") + 1}, create_defaults={"number": 1}
    )


def forget_all() -> None:
    """Drop everything held; for the loader of packs and for tests."""
    for fresh in _kept:
        fresh.forget()
