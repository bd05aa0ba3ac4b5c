# SPDX-License-Identifier: Apache-2.0
"""Which cases moved: the log of all cases, read by transaction, every entry exactly once.

Entries of the log become visible when their transaction commits, and transactions commit in another order than they
number their rows; "all rows with an id above the last one seen" therefore loses rows. Here the reader remembers the
*snapshot* of its last look (pg_current_snapshot(): which transactions had ended by then), and every entry carries the
transaction that wrote it. New are exactly the entries of transactions that had not ended at the last look and have
since: those that had not begun then (`xid >= xmax`) and those that were running then (`xid` among `xip`). What is
still running is invisible now and stands in the next snapshot as running, so nothing is lost, nothing comes twice, and
one long transaction (a pack load, a dump) holds up nobody else's entries.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from django.db import connections
from psycopg import AsyncConnection

#: options of Django's backend that libpq does not know
DJANGO_ONLY = ("pool", "server_side_binding", "isolation_level")
MOST_CASES = 500  # more at one look are not listed: a client had better look at everything again

# A look searches the index of every month. Planned anew each time, that costs 14 ms with ten years of months; planned
# once, 2. A plan made once does not know the numbers: without the second setting it might read whole months instead.
PLANNED_ONCE = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off"
# Two branches, each a search in the index. The upper bound matters after a restore: the rows then carry transaction
# numbers this server has not reached yet.
MOVED = """
SELECT pg_current_snapshot()::text, coalesce(sum(entries), 0), json_object_agg(case_id, seq)
FROM (
    SELECT case_id, max(seq) AS seq, count(*) AS entries
    FROM (
        SELECT case_id, seq FROM cases_logentry
        WHERE xid >= %(xmax)s::xid8 AND xid < pg_snapshot_xmax(pg_current_snapshot())
        UNION ALL
        SELECT case_id, seq FROM cases_logentry
        WHERE xid = ANY (%(running)s::xid8[])
    ) AS entry
    GROUP BY case_id LIMIT %(most)s
) AS moved
"""


@dataclass(frozen=True)
class Movement:
    """Cases by id with the number of their newest log entry, and how many entries that were.

    `everything`: too much moved, or it is not known what did; `cases` is then empty.
    """

    cases: dict[int, int] = field(default_factory=dict)
    entries: int = 0
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.cases) or self.everything

    def __add__(self, later: Self) -> "Movement":
        if self.everything or later.everything or len(self.cases.keys() | later.cases) > MOST_CASES:
            return EVERYTHING
        return Movement(self.cases | later.cases, self.entries + later.entries)

    @cached_property
    def event(self) -> bytes:
        """The block of the stream that tells it; made once, however many are told."""
        name, data = "resync", {}
        if not self.everything:
            name, data = (
                "moved",
                {"cases": [*self.cases], "seq": [*self.cases.values()], "count": self.entries},
            )
        # The id makes a browser say on its next try that it had been connected: see app.
        return f"id: 1\nevent: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


EVERYTHING = Movement(everything=True)


async def snapshot_now(connection: AsyncConnection) -> str:
    """What `moved_since` counts from on this connection: everything committed by now is seen."""
    await connection.execute(PLANNED_ONCE)
    cursor = await connection.execute("SELECT pg_current_snapshot()::text")
    row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


async def moved_since(connection: AsyncConnection, since: str) -> tuple[str, Movement]:
    """The snapshot of this look, and what was committed between `since` and it.

    The connection must be in autocommit: within a transaction of a higher isolation time would stand still.
    """
    cursor = await connection.execute(MOVED, bounds(since), prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    snapshot, entries, found = row
    if not found:
        return snapshot, Movement()
    seqs = found if isinstance(found, dict) else json.loads(found)
    if len(seqs) > MOST_CASES:
        return snapshot, EVERYTHING
    return snapshot, Movement({int(case): seq for case, seq in seqs.items()}, int(entries))


def bounds(since: str) -> dict[str, Any]:
    """The arguments of MOVED. A snapshot reads xmin:xmax:xip,xip,...; at `xmax` and above nothing had begun."""
    _, xmax, running = since.split(":")
    return {"xmax": xmax, "running": [xid for xid in running.split(",") if xid], "most": MOST_CASES + 1}


def connection_parameters() -> dict[str, Any]:
    """Django's own connection of this process, as libpq takes it: same server, same role, no pool."""
    held = connections["default"].settings_dict
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    options = {key: value for key, value in held["OPTIONS"].items() if key not in DJANGO_ONLY}
    return options | {key: held[name] for key, name in named.items() if held[name]}
