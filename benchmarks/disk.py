# SPDX-License-Identifier: Apache-2.0
"""A really full disk: the whole installation on a small file system that is filled while it works.

`python -m benchmarks disk`, as root on Linux, where mounting is allowed.
"""

import time
from contextlib import suppress
from pathlib import Path

import psycopg

from benchmarks.afterwards import Found, look_afterwards
from benchmarks.faithful import Client, Ledger, Officers
from benchmarks.figures import Figure
from benchmarks.installation import keys, serving, session
from benchmarks.kills import CALM, figures_of, photo, wait_for
from benchmarks.matters import matters
from benchmarks.watchers import Prober, Screen
from wangge.config.database import find_server
from wangge.config.faults import EnvironmentFault

FULL_FOR = 30.0  # seconds
CHUNK = bytes(1 << 20)


def run(folder: Path) -> list[Figure]:
    """Figures of one full disk during load, in the installation in `folder`, which is opened and on a disk of its own."""
    before, prepared = Found.first(), matters(20)
    logins = sorted({login for matter in prepared for login in matter.logins})
    known, ledger = keys(logins), Ledger()
    with serving() as served:
        prober = Prober(served, known[logins[0]])
        screen = Screen(served, session(logins[0]), before.last_case)
        officers = [Officers(Client(served, known, ledger), prepared, photo(), seed) for seed in range(4)]
        for thread in (prober, screen, *officers):
            thread.start()
        wait_for(lambda: len(ledger.sent) > 50, "a first load")
        end = time.monotonic() + FULL_FOR
        while time.monotonic() < end or not ledger.told_to_wait["disk_full"]:
            _fill(folder / "ballast")
            _ask_for_log()
            time.sleep(0.5)
        (folder / "ballast").unlink()
        begun = time.monotonic()
        wait_for(lambda: prober.calm_since(begun, CALM), "an answer after there was room again")
        outage = prober.outage(begun, time.monotonic())
        for officer in officers:
            officer.stop.set()
        for officer in officers:
            officer.join()
        prober.stop.set()
        if failed := [officer.failure for officer in officers if officer.failure]:
            raise failed[0]
        found = look_afterwards(ledger, Client(served, known, Ledger()), before, [screen], until_drained=True)
        screen.stop.set()
    told = ", ".join(f"{code} {count}" for code, count in ledger.told_to_wait.items())
    return [
        Figure("the disk was full for", FULL_FOR, "s", note=f"told: {told}"),
        *figures_of([outage], ledger, found),
    ]


def _ask_for_log() -> None:
    """Make the server begin new pieces of its write-ahead log, until it dies for lack of room."""
    with suppress(EnvironmentFault, psycopg.OperationalError), find_server().connect() as connection:
        for _ in range(20):
            connection.execute("SELECT pg_logical_emit_message(false, 'disk', 'full'), pg_switch_wal()")


def _fill(ballast: Path) -> None:
    """Take what room there is to the last byte."""
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while file.write(CHUNK) == len(CHUNK):
            pass
