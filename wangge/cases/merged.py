# SPDX-License-Identifier: Apache-2.0
"""Cases merged into another, and into those: their reporters and callers wait for what becomes of the last one."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from wangge.cases.models import Case

# By hand: two of the door's steps ask, and to put it together by the ORM, a query a level, took as long as the step.
_MERGED = """
WITH RECURSIVE merged AS (
    SELECT c.id, c.number, c.reporter_id, c.merged_into_id AS matter, 1 AS level
    FROM cases_case c WHERE c.merged_into_id = ANY(%s)
    UNION ALL
    SELECT c.id, c.number, c.reporter_id, m.matter, m.level + 1
    FROM merged m JOIN cases_case c ON c.merged_into_id = m.id
)
SELECT id, number, reporter_id, matter FROM merged ORDER BY level, id
"""


@dataclass(frozen=True)
class Merged:
    """A case that was merged; `matter`: the case in which it is handled."""

    id: int
    number: str
    reporter_id: int | None
    matter: int


def merged_into(cases: Collection[int]) -> list[Merged]:
    """Those merged into `cases`, and into those, the nearest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [list(cases)])
        return [Merged(*row) for row in cursor.fetchall()]


def matters_in(case: int) -> list[int]:
    """The case and those merged into it: who called about any of them called about it."""
    return [case, *(one.id for one in merged_into([case]))]


def matter_of(case: Case) -> Case:
    """The case in which it is handled: of a merged one the case it went into, else itself."""
    while case.merged_into:
        case = case.merged_into
    return case
