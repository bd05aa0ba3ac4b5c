# SPDX-License-Identifier: Apache-2.0
"""A draft laid over what is in force: the pack it would make, and everything wrong with that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from wangge.packs import schema
from wangge.packs.checking import check_pack
from wangge.packs.contents import Key, Pack, Place
from wangge.packs.exporting import pack_in_force, source_of
from wangge.packs.faults import Fault
from wangge.packs.remedies import explain
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.tables import REFERENCE_TABLES, ReferenceTable


@dataclass
class Laid:
    """The pack a draft makes. `keys`: (file, line) of each row -> its table and key; `moved`: rows that others have
    changed since."""

    pack: Pack
    changes: list[Change]
    faults: list[Fault] = field(default_factory=list)
    moved: list[Change] = field(default_factory=list)

    @property
    def parts(self) -> set[str]:
        """The parts of a load that put it in force."""
        return {part for change in self.changes for part in REFERENCE_TABLES[change.table].parts}


def lay(draft: Draft) -> Laid:
    """The draft over what is in force now, checked as a pack is before it is loaded."""
    changes = list(draft.changes.order_by("table", "key"))
    laid = Laid(pack_in_force(), changes)
    for change in changes:
        table = REFERENCE_TABLES[change.table]
        if in_force(laid.pack, table, tuple(change.key)) != change.before:
            laid.moved.append(change)
        (_lay_row if table.key else _lay_document)(laid, table, change)
    laid.faults = sorted({*laid.faults, *check_pack(laid.pack)})
    return laid


def in_force(pack: Pack, table: ReferenceTable, key: Key) -> Any:
    """A row or document of `pack` as its file says it; None without one."""
    if not table.key:
        value = getattr(pack, table.name)
        return value.model_dump(mode="json") if isinstance(value, schema.Row) else value
    row = getattr(pack, table.name).rows.get(key)
    return row.model_dump(mode="json", by_alias=True) if row else None


def _lay_row(laid: Laid, table: ReferenceTable, change: Change) -> None:
    rows, key = getattr(laid.pack, table.name), tuple(change.key)
    if change.row is None:
        rows.rows.pop(key, None)
        return
    # a new row comes after all others of its file
    place = rows.places.setdefault(key, Place(table.file, len(rows.places) + 2))
    assert table.row
    try:
        rows.rows[key] = table.row.model_validate(change.row)
    except ValidationError as error:  # the format has changed since the draft was written
        rows.refused.add(key)
        laid.faults += [place.fault(*explain(detail)) for detail in error.errors(include_url=False)]


def _lay_document(laid: Laid, table: ReferenceTable, change: Change) -> None:
    source = laid.pack.sources[table.file] = source_of(table.file, change.row)
    try:
        value = table.row.model_validate(change.row) if table.row else change.row
    except ValidationError as error:
        laid.faults += [source.fault(d["loc"], *explain(d)) for d in error.errors(include_url=False)]
        return
    setattr(laid.pack, table.name, value)


def row_of(pack: Pack, fault: Fault) -> tuple[str, Key] | None:
    """The table and key of the row a fault stands on."""
    for table in _of_file(fault.file):
        places = getattr(pack, table.name).places
        for key, place in places.items():
            if (place.file, place.line) == (fault.file, fault.line):
                return table.name, key
    return None


def _of_file(file: str) -> Iterable[ReferenceTable]:
    return (table for table in REFERENCE_TABLES.values() if table.file == file and table.key)
