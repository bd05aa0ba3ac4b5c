# SPDX-License-Identifier: Apache-2.0
"""A unit hangs elsewhere in the tree from now on: what is open goes with it. A squad is no more: its tasks are the area's.

No step of any case: the unit is the same. Cases, tasks and dispatches keep the path to it so that lists need not ask.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from wangge.cases.flow import OPEN_STATES
from wangge.organizations.directory import directory
from wangge.organizations.models import Unit

LOCKED = 500
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)  # as the partial index says it
_PATHS = f"""
SELECT DISTINCT lead_unit_path FROM cases_case WHERE state IN ({_OPEN}) AND lead_unit_path <> ''
UNION SELECT DISTINCT unit_path FROM cases_task WHERE closed_at IS NULL AND unit_path <> ''
"""
_CASES = f"""
SELECT id FROM cases_case WHERE state IN ({_OPEN}) AND lead_unit_path = ANY(%(old)s)
UNION SELECT case_id FROM cases_task WHERE closed_at IS NULL AND unit_path = ANY(%(old)s) ORDER BY 1
"""
_LOCK = "SELECT id FROM cases_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_MOVED = "(SELECT * FROM unnest(%(old)s::varchar[], %(new)s::varchar[]) AS moved(old, new)) m"
_FOLLOW = (
    f"UPDATE cases_case c SET lead_unit_path = m.new, units = ARRAY(SELECT DISTINCT unnest(c.units"
    f" || string_to_array(trim(BOTH '/' FROM m.new), '/')) ORDER BY 1)"
    f" FROM {_MOVED} WHERE c.id = ANY(%(cases)s) AND c.lead_unit_path = m.old",
    f"UPDATE cases_task t SET unit_path = m.new FROM {_MOVED}"
    " WHERE t.case_id = ANY(%(cases)s) AND t.closed_at IS NULL AND t.unit_path = m.old",
    f"UPDATE cases_dispatch d SET unit_path = m.new FROM {_MOVED}"
    " WHERE d.case_id = ANY(%(cases)s) AND d.ended_at IS NULL AND d.unit_path = m.old",
)


def follow_units() -> int:
    """Let everything open follow the units that have moved or squads that have ended; how many cases that were. Safe to run
    again."""
    with connection.cursor() as cursor:
        cursor.execute(_PATHS)
        moved = _moved(row[0] for row in cursor.fetchall())
        if not moved:
            return 0
        cursor.execute(_CASES, {"old": list(moved)})
        cases = [row[0] for row in cursor.fetchall()]
    for n in range(0, len(cases), LOCKED):
        _follow(cases[n : n + LOCKED], moved)
    return len(cases)


def _moved(paths: Iterable[str]) -> dict[str, str]:
    """The paths that lead to a unit which has another one now; "" where it was a squad and is no more."""
    known = {unit.code: unit.path for unit in directory().units.values()}
    codes = {path: path.rstrip("/").rpartition("/")[2] for path in paths}
    found = {path: known[code] for path, code in codes.items() if known.get(code, path) != path}
    if gone := {code for code in codes.values() if code not in known}:
        squads = set(Unit.objects.filter(code__in=gone, kind=Unit.Kind.SQUAD).values_list("code", flat=True))
        found |= {path: "" for path, code in codes.items() if code in squads}
    return found


@transaction.atomic
def _follow(cases: list[int], moved: dict[str, str]) -> None:
    """The cases first and in one order, as the door locks them."""
    given: dict[str, list[Any]] = {"cases": cases, "old": list(moved), "new": list(moved.values())}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [cases])
        for statement in _FOLLOW:
            cursor.execute(statement, given)
