# SPDX-License-Identifier: Apache-2.0
"""What a load costs the installation: processor time by part, and what it leaves to be done later."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from benchmarks.client import Ran
from benchmarks.installation import Serving

DRAINED_WITHIN = 120.0  # seconds


def processor_seconds(serving: Serving) -> dict[str, float]:
    """Seconds of processor time so far of the parts web, live, worker and database, the ended processes among them."""
    from wangge.config.cluster import Cluster

    postmaster = int((Cluster().cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    used = {"database": _of_tree(psutil.Process(postmaster))}
    for child in psutil.Process(serving.supervisor).children():
        command = " ".join(child.cmdline())
        part = "web" if "config.wsgi" in command else "live" if "wangge.live" in command else "worker"
        used[part] = used.get(part, 0.0) + _of_tree(child)
    return used


def _of_tree(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])  # its own, and those of the children it has waited for
        except psutil.NoSuchProcess:
            continue  # its parent has waited for it meanwhile
    return float(total)


@dataclass
class Cost:
    """Processor seconds of each part during a load."""

    parts: dict[str, float] = field(default_factory=dict)

    def words(self, ran: Ran[Any]) -> str:
        """Milliseconds of processor time a request, of each part and of the load itself."""
        each = 1000 / len(ran.took)
        shown = {part: used * each for part, used in self.parts.items()} | {"load": ran.own * each}
        return "processor ms a request: " + ", ".join(f"{part} {used:.2f}" for part, used in shown.items())


@contextmanager
def costing(serving: Serving) -> Iterator[Cost]:
    """The cost of the block, known when it has ended."""
    before, cost = processor_seconds(serving), Cost()
    yield cost
    cost.parts = {part: used - before.get(part, 0.0) for part, used in processor_seconds(serving).items()}


@dataclass(frozen=True)
class Outbox:
    """Notices written so far (the newest id) and jobs not yet done. A notice is sent with the step that writes it."""

    newest: int
    jobs: int

    @classmethod
    def now(cls) -> "Outbox":
        """As the database has it."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT coalesce(max(id), 0) FROM notices_notice),"
                " (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
            )
            return cls(*cursor.fetchone())


def drained(before: Outbox, *, told: bool) -> str:
    """Wait until nothing is left to do but what was waiting before; in words what was written and left, and for how long.

    `told`: the load takes steps that tell somebody. Raises AssertionError when nobody was, TimeoutError.
    """
    from wangge.notices.models import Notice

    started, left = time.perf_counter(), Outbox.now()
    at_end = left
    while left.jobs > before.jobs:
        if time.perf_counter() - started > DRAINED_WITHIN:
            raise TimeoutError(
                f"after {DRAINED_WITHIN:.0f} s there are still {left}, and there were {before}"
            )
        time.sleep(0.2)
        left = Outbox.now()
    written = Notice.objects.filter(pk__gt=before.newest).count()
    if told and not written:
        raise AssertionError("a load whose steps tell somebody wrote no notice")
    waited = time.perf_counter() - started
    notices = f"{written} notices written with the steps" if told else "nobody to tell"
    return f"{notices}; {at_end.jobs} jobs left at the end, done {waited:.1f} s later"
