# SPDX-License-Identifier: Apache-2.0
"""Two states of a row side by side: of a change before and after, of a refused form now and as sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from wangge.administration.values import Shown, flat, label_of, shown
from wangge.common.errors import DomainError
from wangge.rulebook.errors import RowMoved
from wangge.rulebook.models import Publication
from wangge.rulebook.queries import Version
from wangge.rulebook.tables import ReferenceTable

Differences = list[tuple[str, list[Shown], list[Shown]]]


def compared(table: str, before: dict[str, Any], after: dict[str, Any]) -> Differences:
    """The columns that differ: (name, before, after)."""
    names = dict.fromkeys((*before, *after))
    return [
        (label_of(table, name), shown(table, name, before.get(name)), shown(table, name, after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def leaves(table: ReferenceTable, values: dict[str, Any]) -> dict[str, Any]:
    """What is compared: the columns of a row, the leaves of a document."""
    return values if table.key else dict(flat(values))


@dataclass(frozen=True)
class Past:
    """A version, what brought it, and how it differs from the one before: (column, before, after)."""

    version: Version
    publication: Publication | None
    differences: Differences


def pasts(table: ReferenceTable, versions: Sequence[Version]) -> Iterator[Past]:
    """The history of a row or document, newest first."""
    for new, old in zip_longest(versions, versions[1:]):
        changed = compared(table.name, leaves(table, old.values), leaves(table, new.values)) if old else []
        yield Past(new, new.publication, changed)


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
