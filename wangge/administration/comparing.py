# SPDX-License-Identifier: Apache-2.0
"""Two states of a row side by side: of a change before and after, of a refused form now and as sent."""

from dataclasses import dataclass
from typing import Any

from wangge.administration.values import Shown, flat, label_of, shown
from wangge.common.errors import DomainError
from wangge.rulebook.errors import RowMoved

Differences = list[tuple[str, list[Shown], list[Shown]]]


def compared(table: str, before: dict[str, Any], after: dict[str, Any]) -> Differences:
    """The columns that differ: (name, before, after)."""
    names = dict.fromkeys((*before, *after))
    return [
        (label_of(table, name), shown(table, name, before.get(name)), shown(table, name, after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


@dataclass(frozen=True)
class Moved:
    """What changed while a form was filled in: names of the columns where known, and the row now beside what was sent."""

    columns: list[str]
    differences: Differences


def moved(table: str, error: DomainError | None) -> Moved | None:
    """What a page shows of a refusal because of somebody else's change; None for any other."""
    if not isinstance(error, RowMoved):
        return None
    now_there, sent = dict(flat(error.now or {})), dict(flat(error.sent or {}))
    return Moved([label_of(table, c) for c in error.columns], compared(table, now_there, sent))
