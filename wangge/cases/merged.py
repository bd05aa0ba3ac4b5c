# SPDX-License-Identifier: Apache-2.0
"""Cases merged into another, and into those: their reporters and callers wait for what becomes of the last one."""

from collections.abc import Collection
from dataclasses import dataclass

from wangge.cases.models import Case


@dataclass(frozen=True)
class Merged:
    """A case that was merged; `matter`: the case in which it is handled."""

    id: int
    number: str
    reporter_id: int | None
    matter: int


def merged_into(cases: Collection[int]) -> list[Merged]:
    """Those merged into `cases`, and into those. One query a level, and one that finds nothing."""
    found: list[Merged] = []
    matter = {case: case for case in cases}
    into = list(cases)
    while into and (rows := Case.objects.filter(merged_into__in=into).order_by("id")):
        level = [Merged(row.pk, row.number, row.reporter_id, matter[row.merged_into_id or 0]) for row in rows]
        matter |= {one.id: one.matter for one in level}
        found, into = found + level, [one.id for one in level]
    return found


def matter_of(case: Case) -> Case:
    """The case in which it is handled: of a merged one the case it went into, else itself."""
    while case.merged_into:
        case = case.merged_into
    return case
