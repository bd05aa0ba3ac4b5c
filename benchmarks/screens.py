# SPDX-License-Identifier: Apache-2.0
"""From an acknowledged step to the screens of everybody: the streams alone, then with the panels they fetch."""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Sequence

from django.db import connection

from benchmarks.costs import processor_seconds
from benchmarks.figures import Figure, percentile
from benchmarks.installation import Serving, serving
from benchmarks.listening import Screen, listening, screens, stop
from benchmarks.steady import Acknowledged, Steady
from wangge.cases.models import Case

SCREENS, PER_SECOND, SECONDS = 200, 50, 60
REACHED = (
    0.96  # of the steps a second that were asked for: a load that starves proves nothing about the screens
)
WARM_UP = 5.0  # seconds of load before anything is counted
LAST_WORD = 5.0  # seconds after the last step for the screens to be told of it


def measure(screens: int = SCREENS, per_second: int = PER_SECOND, seconds: int = SECONDS) -> list[Figure]:
    """So many screens told of so many steps a second, `seconds` without and `seconds` with their panels."""
    figures: list[Figure] = []
    for fetches in (False, True):
        with serving() as served:
            figures += asyncio.run(_Measuring(served, screens, per_second, fetches).figures(seconds))
    return figures


class _Measuring:
    def __init__(self, served: Serving, count: int, per_second: int, fetches: bool) -> None:
        self.served, self.fetches = served, fetches
        self.known: list[Screen] = screens(count, kept=True)
        self.over = 0.0
        self.load, self.per_second = Steady(served, per_second, kept=True), per_second
        self.suffix = f"{count} screens, {per_second} steps/s" + (", panels fetched" if fetches else "")

    async def figures(self, seconds: int) -> list[Figure]:
        tasks = await listening(self.served, self.known)
        self.load.start()
        await asyncio.sleep(WARM_UP)
        for screen in self.known:
            screen.fetches, screen.resyncs = self.fetches, 0
        first, before = len(self.load.acknowledged), processor_seconds(self.served)
        await asyncio.sleep(seconds)
        after, counted = processor_seconds(self.served), self.load.acknowledged[first:]
        self.over = time.monotonic()
        await asyncio.to_thread(self.load.stop)
        await asyncio.sleep(LAST_WORD)
        if any(task.done() for task in tasks):
            raise AssertionError("the server ended a stream")
        await stop(tasks)
        used = ", ".join(f"{part} {100 * (after[part] - before[part]) / seconds:.0f} %" for part in after)
        return await asyncio.to_thread(self._figures, counted, seconds, f"of one processor: {used}")

    def _figures(self, counted: Sequence[Acknowledged], seconds: int, note: str) -> list[Figure]:
        ids = dict(Case.objects.filter(number__in={a.number for a in counted}).values_list("number", "pk"))
        connection.close()
        heard, shown, missed = [], [], 0
        for screen in self.known:
            starts = [start for start, _ in screen.fetched]
            for step in counted:
                moment = screen.heard_after(ids[step.number], step.seq)
                if moment is None:
                    missed += 1
                    continue
                heard.append(1000 * max(0.0, moment - step.moment))
                if (n := bisect_left(starts, moment)) < len(starts):
                    shown.append(1000 * (screen.fetched[n][1] - step.moment))
        resyncs = sum(screen.resyncs for screen in self.known)
        found = [
            reached(len(counted) / seconds, self.per_second, self.suffix),
            self._quick("step to screen", heard, "< 1000", note),
            Figure(
                f"steps missed, {self.suffix}",
                missed,
                "",
                "< 1",
                note=f"of {missed + len(heard)}, resync {resyncs}",
            ),
        ]
        return found + (self._panels(shown, seconds) if self.fetches else [])

    def _panels(self, shown: Sequence[float], seconds: int) -> list[Figure]:
        found = [self._quick("step to refreshed panel", shown, "", "")]
        for name, path in (("board", "/board/"), ("my work", "/")):
            took = [
                1000 * (end - start)
                for s in self.known
                if s.path == path
                for start, end in s.fetched
                if end < self.over
            ]
            found.append(self._quick(f"panel of {name}", took, "", f"{len(took) / seconds:.0f} a second"))
        return found

    def _quick(self, name: str, took: Sequence[float], bar: str, note: str) -> Figure:
        """p95 in milliseconds."""
        shares = (
            f"p50 {percentile(took, 0.5):.0f}, p99 {percentile(took, 0.99):.0f}, longest {max(took):.0f} ms"
        )
        note = "; ".join(part for part in (shares, note) if part)
        return Figure(f"{name}, p95, {self.suffix}", percentile(took, 0.95), "ms", bar, note=note)


def reached(rate: float, asked: float, suffix: str) -> Figure:
    """Steps a second that were taken while the screens listened, of those that were asked for."""
    return Figure(f"steps a second, {suffix}", rate, "/s", f">= {REACHED * asked:g}")
