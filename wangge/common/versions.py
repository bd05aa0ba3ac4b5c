# SPDX-License-Identifier: Apache-2.0
"""Time-bound reference rows: a change ends one row and starts another; nothing is rewritten.

A versioned row has a natural key and `[valid_from, valid_to)`; the row in force has no `valid_to`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db import connection, models, transaction

from wangge.common.ordered import OrderedJSONField

#: one change of reference data at a time: any number of our own, the same in every process
_LOCK = 7_011_930_417


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else changes reference data: another waits until it ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


class VersionedQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """The rows in force now."""
        return self.filter(valid_to__isnull=True)


class Versioned(models.Model):
    """Base of every reference row that a pack may change."""

    #: names of the fields that identify the thing over all its versions
    natural_key: tuple[str, ...] = ("code",)

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True


@dataclass
class Changes:
    """What a load would do or did, as natural keys."""

    added: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    ended: list[tuple[Any, ...]] = field(default_factory=list)
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended)


def synchronise(
    model: type[Versioned],
    wanted: Iterable[dict[str, Any]],
    *,
    at: datetime,
    columns: Sequence[str],
    dry: bool = False,
) -> Changes:
    """Make the rows of `model` in force equal `wanted`; `columns` are compared, the natural key among them.

    A changed row ends at `at` and a new one starts; a missing one ends; equal ones stay untouched. With `dry`
    nothing is written. Three statements whatever the number of rows.
    """
    key = model.natural_key
    held = {tuple(row[c] for c in key): row for row in model.objects.current().values("pk", *columns)}
    ordered = {c for c in columns if isinstance(model._meta.get_field(c), OrderedJSONField)}

    def seen(row: dict[str, Any], column: str) -> Any:
        """The value as it is compared: where keys have an order, as text."""
        return json.dumps(row[column]) if column in ordered else row[column]

    changes, fresh, ending = Changes(), [], []
    for row in wanted:
        identity = tuple(row[c] for c in key)
        old = held.pop(identity, None)
        if old is not None and all(seen(old, c) == seen(row, c) for c in columns):
            changes.unchanged += 1
            continue
        (changes.added if old is None else changes.changed).append(identity)
        fresh.append(model(valid_from=at, **{c: row[c] for c in columns}))
        if old is not None:
            ending.append(old["pk"])
    changes.ended = list(held)
    ending += [old["pk"] for old in held.values()]
    if not dry:
        model.objects.filter(pk__in=ending).update(valid_to=at)
        model.objects.bulk_create(fresh, batch_size=2000)
    return changes


def one_in_force(name: str, *fields: str) -> models.UniqueConstraint:
    """At most one row in force for a natural key."""
    return models.UniqueConstraint(fields=fields, condition=models.Q(valid_to__isnull=True), name=name)
