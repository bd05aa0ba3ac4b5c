# SPDX-License-Identifier: Apache-2.0
"""Is anything acknowledged lost? Processes of a running installation are killed with SIGKILL while it works."""

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

from benchmarks.afterwards import Found, look_afterwards
from benchmarks.faithful import Client, Ledger, Officers
from benchmarks.figures import Figure, percentile
from benchmarks.installation import Serving, keys, serving, session
from benchmarks.matters import matters
from benchmarks.watchers import Prober, Screen
from wangge.config.cluster import Cluster, is_free

CLIENTS = 6
MATTERS = 40  # different ones
LEAST = 50  # requests that must have been acknowledged
CALM = 1.0  # seconds of good answers after which a kill is over
BACK_WITHIN = 180.0  # seconds; on a busy machine, too, everything that is killed must be back by then
FIRST_PHOTO = (64, 48)  # pixels
#: part of its command line -> the process of an installation
PROGRAMS = {"web": "wangge.config.wsgi", "live": "wangge.live.app", "worker": "wangge.config.cli worker"}


class Running:
    """The installation as its user runs it, and the processes it consists of."""

    def __init__(self, workers: int) -> None:
        self._stack, self._workers = ExitStack(), workers
        self.serving: Serving = self._stack.enter_context(serving(workers=workers))

    def stop(self) -> None:
        """As its user stops it."""
        self._stack.close()

    def start_again(self) -> None:
        """What is left of a killed one may hold the ports for a moment, or take one once more: its user, told so, tries
        again."""
        host, port, end = self.serving.host, self.serving.port, time.monotonic() + BACK_WITHIN
        while True:
            self.stop()
            wait_for(lambda: is_free(port, host) and is_free(port + 1, host), "the killed one's ports")
            with suppress(RuntimeError):
                self.serving = self._stack.enter_context(serving(workers=self._workers, port=port))
                if self._is_up():
                    return
            if time.monotonic() > end:
                raise RuntimeError("nothing can be started where the killed supervisor was")

    def _is_up(self) -> bool:
        """Whether the supervisor has started its programs; what answers at a port may be left of a killed one."""
        known = self.serving.supervisor
        wait_for(lambda: not command_of(known) or all(self.program(name) for name in PROGRAMS), "programs")
        return bool(command_of(known))

    def program(self, name: str) -> list[int]:
        """The process the supervisor started; empty while there is none."""
        return [p for p in children_of(self.serving.supervisor) if PROGRAMS[name] in command_of(p)]

    def web_workers(self) -> list[int]:
        """Those that answer requests."""
        found = [each for master in self.program("web") for each in children_of(master)]
        return [each for each in found if "resource_tracker" not in command_of(each)]

    def database(self) -> list[int]:
        """The server and all its processes, the server first."""
        try:
            first = int((Cluster().cluster / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return []
        return [first, *children_of(first)] if command_of(first) else []

    def backends(self) -> list[int]:
        """The database's processes that serve the web."""
        return [each for each in self.database() if command_of(each).startswith("postgres: wangge_web")]


Victims = Callable[[Running], list[int]]
#: what is killed, in turn and together
KINDS: dict[str, Victims] = {
    "a web worker": lambda r: r.web_workers()[:1],
    "the database and all its processes": lambda r: r.database(),
    "the live process": lambda r: r.program("live"),
    "the web server's master": lambda r: r.program("web"),
    "the job worker": lambda r: r.program("worker"),
    "one connection of the database": lambda r: r.backends()[:1],
    "all web workers": lambda r: r.web_workers(),
    "the database's first process": lambda r: r.database()[:1],
    "web, live, worker and database together": lambda r: [
        *r.program("web"), *r.web_workers(), *r.program("live"), *r.program("worker"), *r.database(),
    ],
    "the supervisor": lambda r: [r.serving.supervisor],
}  # fmt: skip


def run(kills: int = 100, *, kinds: Sequence[str] = tuple(KINDS), whole: bool = True) -> list[Figure]:
    """Figures of so many kills during load.

    The short form (not `whole`) has two clients and one web worker, does not wait for the jobs of killed workers
    (one to two minutes), and does not start the installation once more at the end.
    """
    before = Found.first()
    prepared = matters(MATTERS)
    logins = sorted({login for matter in prepared for login in matter.logins})
    known, cookie = keys(logins), session(logins[0])
    running, ledger = Running(workers=2 if whole else 1), Ledger()
    prober = Prober(running.serving, known[logins[0]])
    screens = [Screen(running.serving, cookie, before.last_case) for _ in range(2)]
    officers = [
        Officers(Client(running.serving, known, ledger), prepared, photo(), seed)
        for seed in range(CLIENTS if whole else 2)
    ]
    jobs = Queueing()
    for thread in (prober, *screens, *officers, jobs):
        thread.start()
    try:
        outages = [_kill(running, prober, kind) for kind in _order(kills, kinds)]
        wait_for(lambda: len(ledger.sent) >= LEAST, "enough requests, on a busy machine")
        for officer in officers:
            officer.stop.set()
        for officer in officers:
            officer.join(BACK_WITHIN)
        jobs.stop.set()
        jobs.join()
        if failed := [officer for officer in officers if officer.failure or officer.is_alive()]:
            raise RuntimeError(f"a client did not get through: {failed[0].failure}")
        prober.stop.set()
        client = Client(running.serving, known, Ledger())
        found = look_afterwards(ledger, client, before, screens, until_drained=whole)
        if whole:
            running.start_again()
    finally:
        prober.stop.set()
        jobs.stop.set()
        for screen in screens:
            screen.stop.set()
        for officer in officers:
            officer.stop.set()
        running.stop()
    return figures_of(outages, ledger, found)


def photo() -> bytes:
    """A small JPEG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", FIRST_PHOTO, "grey").save(buffer, "JPEG")
    return buffer.getvalue()


def _order(kills: int, kinds: Sequence[str]) -> list[str]:
    """Every kind equally often, in a new order each time; always the same orders."""
    choice, found = Random(1), list(kinds)
    while len(found) < kills:
        found += choice.sample(kinds, len(kinds))
    return found[:kills]


def _kill(running: Running, prober: Prober, kind: str) -> float:
    """Kill, wait until everything is back; seconds until questions were answered well again."""
    victims = wait_for(lambda: KINDS[kind](running), kind)
    begun = time.monotonic()
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    if running.serving.supervisor in victims:
        running.start_again()
    wait_for(lambda: prober.calm_since(begun, CALM), f"an answer after killing {kind}")
    wait_for(lambda: all(running.program(name) for name in PROGRAMS) and running.backends(), "all processes")
    return prober.outage(begun, time.monotonic())


def wait_for(condition: Callable[[], list[int] | bool], what: str) -> list[int]:
    """What the condition gives as soon as it is true. Raises RuntimeError when it never is."""
    end = time.monotonic() + BACK_WITHIN
    while not (found := condition()):
        if time.monotonic() > end:
            raise RuntimeError(f"waited {BACK_WITHIN:.0f} s in vain for {what}")
        time.sleep(0.05)
    return found if isinstance(found, list) else []


def figures_of(outages: Sequence[float], ledger: Ledger, found: Found) -> list[Figure]:
    """What was seen; `outages` in seconds."""
    again = sum(sent.tries > 1 for sent in ledger.sent)
    drained = "" if found.drained is None else "after the last kill"
    figures = [
        Figure("outages", len(outages), "times"),
        Figure("acknowledged", len(ledger.sent), "requests", note=f"{again} sent more than once"),
        Figure("acknowledged and lost", found.lost, "requests", "< 1"),
        Figure("done without being acknowledged, or twice", found.doubled, "rows", "< 1"),
        Figure("retries with another result", found.different, "requests", "< 1", note=f"of {found.retried}"),
        Figure("faults of records", len(found.faults), "faults", "< 1", note="; ".join(found.faults[:3])),
        Figure("cases no screen showed moved", found.unseen, "cases", "< 1"),
        Figure("jobs that failed", found.failed_jobs.total(), "jobs",
               note=", ".join(f"{name} {times}" for name, times in sorted(found.failed_jobs.items()))),
        Figure("failed jobs whose work was not done when they were repeated", len(found.left_undone), "jobs", "< 1",
               note=", ".join(found.left_undone)),
        Figure("answers that did not say what to do", len(ledger.unclear), "answers", "< 1",
               note="; ".join(ledger.unclear[:3])),
        Figure("answers that asked to wait", ledger.told_to_wait.total(), "answers"),
        Figure("answers again, p50", percentile(outages, 0.5), "s"),
        Figure("answers again, longest", max(outages), "s"),
        Figure("photo files without a row", found.stray_files, "files"),
    ]  # fmt: skip
    return figures + ([Figure("queue drained", found.drained, "s", note=drained)] if found.drained else [])


def children_of(parent: int) -> list[int]:
    """Process ids, oldest first; empty for a process that is gone."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return sorted(found)


def command_of(process: int) -> str:
    """Its command line; empty when it is gone or dead."""
    try:
        return Path("/proc", str(process), "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


class Queueing(threading.Thread):
    """Keeps the job worker busy: queues the product's own jobs again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.queued = 0

    def run(self) -> None:
        from django.db import DatabaseError, connection
        from procrastinate.contrib.django import app
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

        tasks = [periodic.task for periodic in app.periodic_registry.periodic_tasks.values()]
        while not self.stop.wait(0.1):
            for task in tasks:
                try:
                    task.configure().defer(timestamp=0)
                    self.queued += 1
                except AlreadyEnqueued:
                    continue
                except (DatabaseError, ConnectorException):
                    connection.close()
        connection.close()
