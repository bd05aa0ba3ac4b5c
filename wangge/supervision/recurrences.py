# SPDX-License-Identifier: Apache-2.0
"""同一事项重复反映: cases of one class close together, found in one statement and listed anew at each look."""

from collections import defaultdict
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, NamedTuple

from django.db import connection, transaction

from wangge.common.coordinates import Point, distance_m
from wangge.grids.queries import city
from wangge.supervision.models import Recurrence
from wangge.supervision.rules import Repeats

_METRES_A_DEGREE = 111_000.0
#: rows written by one statement, which bears 65,535 values
_AT_ONCE = 5_000
# The parts of a split case are one report. A matter lies in one cell of the grid or in a neighbour: only cells that, with
# their neighbours, hold enough cases are brought into memory.
_NEAR = """
WITH lately AS (
    SELECT id, class_code, lon, lat, reported_at, area_path, lead_unit,
        floor(lat / %(step)s)::bigint AS y, floor(lon * %(shrink)s / %(step)s)::bigint AS x
    FROM cases_case
    WHERE reported_at >= %(since)s AND reported_at <= %(at)s AND class_code <> '' AND lon IS NOT NULL
        AND state NOT IN ('void', 'rejected') AND origin <> 'replayed' AND parent_id IS NULL
), cells AS (
    SELECT class_code, x, y, count(*) AS cases FROM lately GROUP BY class_code, x, y
), around AS (
    SELECT c.class_code, c.x, c.y FROM cells c
    CROSS JOIN unnest(ARRAY[-1, 0, 1]) AS dx CROSS JOIN unnest(ARRAY[-1, 0, 1]) AS dy
    JOIN cells n ON n.class_code = c.class_code AND n.x = c.x + dx AND n.y = c.y + dy
    GROUP BY c.class_code, c.x, c.y HAVING sum(n.cases) >= %(times)s
)
SELECT l.id, l.class_code, l.lon, l.lat, l.reported_at, l.area_path, l.lead_unit
FROM lately l JOIN around USING (class_code, x, y) ORDER BY l.reported_at DESC, l.id DESC
"""


class _Near(NamedTuple):
    id: int
    class_code: str
    lon: float
    lat: float
    reported_at: datetime
    area_path: str
    unit: str


def find_recurrences(rule: Repeats, *, at: datetime) -> int:
    """Make the list anew: matters reported `rule.times` or more within `rule.days` before `at`; how many there are.

    A matter is named by its newest case: the others lie within `rule.metres` of it. A case belongs to one matter.
    """
    given: dict[str, Any] = {
        "since": at - timedelta(days=rule.days), "at": at, "times": rule.times, "step": rule.metres / _METRES_A_DEGREE,
        # of a latitude poleward of the whole city: no cell is narrower than the distance asked for
        "shrink": cos(radians(min(89.0, abs(city().center_lat) + 1))),
    }  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('supervision.recurrences'))")
            cursor.execute(_NEAR, given)
            rows = [_Near(*row) for row in cursor.fetchall()]
        found = matters(rows, rule)
        Recurrence.objects.all().delete()
        Recurrence.objects.bulk_create((
            Recurrence(
                class_code=newest.class_code, case_id=newest.id, cases=[one.id for one in group], times=len(group),
                area_path=newest.area_path, unit=newest.unit, first_at=group[-1].reported_at, last_at=newest.reported_at,
            )
            for newest, group in ((group[0], group) for group in found)
        ), batch_size=_AT_ONCE)  # fmt: skip
    return len(found)


def matters(rows: list[_Near], rule: Repeats) -> list[list[_Near]]:
    """Groups of `rows` (newest first), each led by its newest. Pure."""
    step = rule.metres / _METRES_A_DEGREE
    bands: dict[tuple[str, int], list[_Near]] = defaultdict(list)
    for row in rows:
        bands[row.class_code, int(row.lat // step)].append(row)
    taken: set[int] = set()
    found = []
    for newest in rows:
        if newest.id in taken:
            continue
        band = int(newest.lat // step)
        near = [
            row for y in (band - 1, band, band + 1) for row in bands.get((newest.class_code, y), ())
            if row.id not in taken and (row.reported_at, row.id) <= (newest.reported_at, newest.id)
            and distance_m(Point(newest.lon, newest.lat), Point(row.lon, row.lat)) <= rule.metres
        ]  # fmt: skip
        if len(near) >= rule.times:
            group = sorted(near, key=lambda row: (row.reported_at, row.id), reverse=True)
            taken |= {row.id for row in group}
            found.append(group)
    return found
