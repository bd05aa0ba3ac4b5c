# SPDX-License-Identifier: Apache-2.0
"""Does anything grow: steps, reports, page views and live screens for an hour, the memory of every process meanwhile."""

import asyncio
import csv
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Connection, get
from benchmarks.figures import Figure
from benchmarks.installation import Serving, serving
from benchmarks.listening import Screen, listening, screens, stop
from benchmarks.memory import Held, connections, held
from benchmarks.steady import Steady

MINUTES = 60
PER_SECOND = 30  # steps and reports
SCREENS, FETCHING = 50, 10  # live screens; those of them that fetch their panel as well
VIEW = 0.5  # seconds between two page views
SAMPLE = 10.0  # seconds
SETTLED = 10 / 60  # share of the time after which nothing should grow any more
PAGES = ("/", "/cases/", "/cases/?open=1", "/cases/?light=red", "/notices/")


@dataclass(frozen=True)
class Sample:
    minute: float
    parts: dict[str, Held]
    connections: int


def measure(minutes: int = MINUTES) -> list[Figure]:
    """Memory after a sixth of the time and at the end, of each part; the samples stand in figures/hour-samples.csv."""
    with serving() as served:
        load, known = Steady(served, PER_SECOND, kept=False), screens(SCREENS, kept=False)
        for screen in known[:FETCHING]:
            screen.fetches = True
        return asyncio.run(_hour(served, load, known, minutes))


async def _hour(served: Serving, load: Steady, known: Sequence[Screen], minutes: int) -> list[Figure]:
    streams = await listening(served, known)
    load.start()
    started, views, samples = time.monotonic(), asyncio.create_task(_view(served, known)), []
    while (minute := (time.monotonic() - started) / 60) < minutes:
        samples.append(await asyncio.to_thread(_sample, served, minute))
        _keep(samples)
        if load.failures or views.done():
            break
        await asyncio.sleep(SAMPLE)
    entries, seconds = load.entries, time.monotonic() - started
    views.cancel()
    await asyncio.to_thread(load.stop)
    await stop([views, *streams])
    ended = sum(screen.ended for screen in known)
    note = f"{entries} steps and reports, {entries / seconds:.0f}/s; {ended} streams ended"
    return figures(samples, minutes, note)


def figures(samples: Sequence[Sample], minutes: float, note: str) -> list[Figure]:
    """Of each part what it held at the tenth minute of sixty and at the end (medians of a few minutes), and growth."""
    window = max(minutes * 0.05, 2 * SAMPLE / 60)
    early = [s for s in samples if abs(s.minute - minutes * SETTLED) <= window]
    late = [s for s in samples if s.minute >= minutes - 2 * window]
    found = [Figure("length of the load", samples[-1].minute, "minutes", note=note)]
    for part in samples[-1].parts:
        before, after = (
            statistics.median(s.parts[part].kib for s in group) / 1024 for group in (early, late)
        )
        growth = 100 * (after - before) / before
        files = f"{early[-1].parts[part].files} and {late[-1].parts[part].files} open files"
        again = "" if _same(part, samples) else "; processes were started anew"
        spoken = f"{before:.1f} MiB, then {after:.1f} MiB; {files}{again}"
        found.append(Figure(f"memory of {part}: growth", growth, "%", "< 5", note=spoken))
    spoken = f"{early[-1].connections} before"
    return [*found, Figure("connections to the database", late[-1].connections, "", note=spoken)]


def _same(part: str, samples: Sequence[Sample]) -> bool:
    """Whether the processes of a part stayed; those of the database come and go with its connections."""
    return part == "database" or len({s.parts[part].processes for s in samples}) == 1


def _sample(served: Serving, minute: float) -> Sample:
    return Sample(minute, held(served), connections())


def _keep(samples: Sequence[Sample]) -> None:
    """Write down what was measured so far: an hour is long."""
    path = Path(os.environ["WANGGE_DATA"]) / "figures" / "hour-samples.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        parts = list(samples[0].parts)
        table.writerow(
            ["minute", *(f"{p} KiB" for p in parts), *(f"{p} files" for p in parts), "connections"]
        )
        for s in samples:
            kib, files = [s.parts[p].kib for p in parts], [s.parts[p].files for p in parts]
            table.writerow([f"{s.minute:.2f}", *kib, *files, s.connections])


async def _view(served: Serving, known: Sequence[Screen]) -> None:
    """Pages of all kinds by people of all posts, without end."""
    viewer = Connection(served.host, served.port)
    try:
        while True:
            person = random.choice(known)
            request = get(random.choice((person.path, *PAGES)), person.cookie)
            await asyncio.to_thread(viewer.send, request)
            await asyncio.sleep(VIEW)
    finally:
        viewer.close()
