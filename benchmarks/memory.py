# SPDX-License-Identifier: Apache-2.0
"""What the processes of a running installation hold: memory, open files, connections to the database."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.installation import Serving

#: part -> what stands in its command line
PARTS = {"web": "wangge.config.wsgi", "live": "wangge.live", "worker": "config.cli worker"}
_LINE = re.compile(r"^(\w+): +(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Held:
    """What the processes of one part hold together. `kib`: of the database what is private to its processes, since its
    shared buffers fill up to the size they are given; of the others their share of everything (PSS)."""

    kib: int = 0
    files: int = 0
    processes: frozenset[int] = frozenset()


def held(serving: Serving) -> dict[str, Held]:
    """By part: web, live, worker, supervisor, database. Linux only."""
    from wangge.config.cluster import Cluster

    postmaster = int((Cluster().cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    supervisor = psutil.Process(serving.supervisor)
    found = {
        "supervisor": _of([supervisor]),
        "database": _of(_tree(psutil.Process(postmaster)), private=True),
    }
    for child in supervisor.children():
        command = " ".join(child.cmdline())
        part = next((part for part, word in PARTS.items() if word in command), "")
        if part:  # not the database, when the supervisor has had to start it
            found[part] = _of(_tree(child))
    return found


def _tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _of(processes: list[psutil.Process], *, private: bool = False) -> Held:
    kib, files, seen = 0, 0, set()
    for process in processes:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            lines = dict(_LINE.findall(Path(f"/proc/{process.pid}/smaps_rollup").read_text()))
            names = ("Private_Clean", "Private_Dirty") if private else ("Pss",)
            kib += sum(int(lines[name]) for name in names)
            files += process.num_fds()
            seen.add(process.pid)
    return Held(kib, files, frozenset(seen))


def connections() -> int:
    """Sessions of the database but our own."""
    from django.db import connection

    with connection.cursor() as cursor:
        # of other roles' sessions little more than the database is shown
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
