# SPDX-License-Identifier: Apache-2.0
"""A unit hangs elsewhere in the tree from now on: what is open goes with it. A squad is no more: its tasks are the area's.
Another unit is no more: what was asked of it beside the line waits for the unit in charge.

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
_ASKED = """
SELECT DISTINCT case_id FROM cases_task WHERE closed_at IS NULL AND stage LIKE '%%.%%' AND unit_path = ANY(%(gone)s) ORDER BY 1
"""
# As access.pool has it. One after the other: a case has one open task of a stage for a unit.
_FALL_TO_LEAD = """
UPDATE cases_task t SET unit_path = c.lead_unit_path FROM cases_case c
WHERE c.id = t.case_id AND t.id IN (
    SELECT min(x.id) FROM cases_task x
    WHERE x.case_id = ANY(%(cases)s) AND x.closed_at IS NULL AND x.stage LIKE '%%.%%' AND x.unit_path = ANY(%(gone)s)
    GROUP BY x.case_id, x.stage
) AND c.lead_unit_path <> '' AND c.lead_unit_path <> ALL(%(gone)s) AND NOT EXISTS (
    SELECT FROM cases_task x
    WHERE x.case_id = t.case_id AND x.stage = t.stage AND x.unit_path = c.lead_unit_path AND x.closed_at IS NULL
)
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
    """Let everything open follow the units that have moved, what squads that are no more had go to the area, and what was
    asked of other units that are no more to the unit in charge; how many cases that were. Safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(_PATHS)
        paths = [row[0] for row in cursor.fetchall()]
    gone = [path for path in paths if _code(path) not in directory().units]
    moved = _moved(paths) | dict.fromkeys(_squads(gone), "")
    cases = _ids(_CASES, old=list(moved)) if moved else []
    for n in range(0, len(cases), LOCKED):
        _follow(cases[n : n + LOCKED], moved)
    asked = _ids(_ASKED, gone=gone) if gone else []
    fallen = sum(_fall_to_lead(asked[n : n + LOCKED], gone) for n in range(0, len(asked), LOCKED))
    return len(cases) + fallen


def _ids(statement: str, **given: list[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [row[0] for row in cursor.fetchall()]


def _code(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _moved(paths: Iterable[str]) -> dict[str, str]:
    """The paths that lead to a unit which has another one now."""
    known = {unit.code: unit.path for unit in directory().units.values()}
    return {path: known[_code(path)] for path in paths if known.get(_code(path), path) != path}


def _squads(gone: list[str]) -> list[str]:
    """Those of the paths that led to a squad."""
    if not gone:
        return []
    rows = Unit.objects.filter(code__in={_code(path) for path in gone}, kind=Unit.Kind.SQUAD)
    codes = set(rows.values_list("code", flat=True))
    return [path for path in gone if _code(path) in codes]


@transaction.atomic
def _follow(cases: list[int], moved: dict[str, str]) -> None:
    """The cases first and in one order, as the door locks them."""
    given: dict[str, list[Any]] = {"cases": cases, "old": list(moved), "new": list(moved.values())}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [cases])
        for statement in _FOLLOW:
            cursor.execute(statement, given)


@transaction.atomic
def _fall_to_lead(cases: list[int], gone: list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [cases])
        cursor.execute(_FALL_TO_LEAD, {"cases": cases, "gone": gone})
        return int(cursor.rowcount)
