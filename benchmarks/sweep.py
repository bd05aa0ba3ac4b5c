# SPDX-License-Identifier: Apache-2.0
"""The ladder: one pass over CASES overdue cases, a second that finds nothing to do, and both workers at once.

The cases are the installation's own, made overdue by their copies' due moments: rows of cases with a dispatched state, in
charge of the pack's units. What the pass wrote is counted: a fast pass that misses one is no figure.
"""

import threading
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import connection

from benchmarks.figures import Figure
from benchmarks.seeding.load import connect
from wangge.common.clock import now
from wangge.organizations.directory import directory
from wangge.supervision.models import Reached
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import Swept, sweep

CASES = 100_000
BAR = "< 20"
_FIRST = 9_000_000_000
_COPY = """
INSERT INTO cases_case ({columns})
SELECT {values} FROM generate_series(0, %(cases)s - 1) AS n
CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE norm_id IS NOT NULL ORDER BY id LIMIT 1) c
"""


def measure(cases: int = CASES) -> list[Figure]:
    """All figures; the cases made for it are taken away again, whatever happens."""
    _make(cases)
    try:
        at = now()  # of both: what falls due in between is not this measurement's
        first, found = _timed(at)
        second, again = _timed(at)
        proposed = found["propose"].reached + found["propose_urgent"].reached  # by the clock of the norm
        if found["urge"].reached < cases or proposed < cases:
            raise RuntimeError(f"of {cases} overdue cases {found} were found")
        if any(one.reached for one in again.values()):
            raise RuntimeError(f"a second pass wrote {again}")
        told = sum(one.told for one in found.values())
        _forget()
        both = _at_once(cases)
    finally:
        _remove()
    return [
        Figure(f"sweep: {cases:,} overdue cases found, urged and proposed, one pass", first, "s", BAR,
               note=f"{told:,} notices"),
        Figure("sweep: a pass that finds all done", second, "s"),
        Figure("sweep: two workers at once, every rung once", both, "s"),
    ]  # fmt: skip


def _timed(at: datetime) -> tuple[float, dict[str, Swept]]:
    begun = perf_counter()
    found = sweep(oversight(), at=at)
    return perf_counter() - begun, found


def _at_once(cases: int) -> float:
    """Seconds until both workers are done; raises RuntimeError unless each rung was written once."""

    def work() -> None:
        try:
            sweep(oversight(), at=now())
        finally:
            connection.close()

    begun = perf_counter()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = perf_counter() - begun
    for kind in ("urging", "order"):
        if (count := Reached.objects.filter(case_id__gte=_FIRST, kind=kind).count()) != cases:
            raise RuntimeError(f"{kind}: {count} rows for {cases} cases")
    return taken


def _make(cases: int) -> None:
    """Cases in handling with the units that have clerks, overdue by up to thirty days, among all that are there."""
    _remove()
    units = [
        u
        for u in directory().units.values()
        if directory().holders("unit_clerk", unit_path=u.path, area_path="")
    ]
    given: dict[str, Any] = {
        "cases": cases, "first": _FIRST, "units": [u.code for u in units], "paths": [u.path for u in units],
        "late": datetime.now(UTC) - timedelta(days=10),
    }  # fmt: skip
    own: dict[str, str] = {
        "id": "%(first)s + n", "number": "'BENCH' || n", "external_id": "''", "origin": "'generated'", "state": "'handling'",
        "lead_unit": "(%(units)s::text[])[1 + n %% %(many)s]", "lead_unit_path": "(%(paths)s::text[])[1 + n %% %(many)s]",
        "due_at": "%(late)s - (n %% 480) * interval '1 hour'", "yellow_at": "%(late)s - interval '30 days'",
        "dispatched_at": "%(late)s - interval '60 days'", "finished_at": "NULL", "closed_at": "NULL", "closing": "''",
        "merged_into_id": "NULL", "handler_id": "NULL",
        "suspended_until": "NULL",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' AND table_schema = 'public'"
        )
        columns = [name for (name,) in cursor.fetchall()]
        values = ", ".join(own.get(name, f"c.{name}") for name in columns)
        cursor.execute(_COPY.format(columns=", ".join(columns), values=values), given | {"many": len(units)})
        cursor.execute("ANALYZE cases_case")


def _remove() -> None:
    """Everything made for it; the rungs are append-only, so the administrator takes them away past their trigger."""
    _forget()
    _as_replica("DELETE FROM cases_case WHERE id >= %s")


def _forget() -> None:
    _as_replica(
        "DELETE FROM supervision_reached WHERE case_id >= %s",
        "DELETE FROM notices_notice WHERE case_id >= %s",
    )


def _as_replica(*statements: str) -> None:
    with connect() as own:
        for statement in statements:
            own.execute(statement, [_FIRST])
