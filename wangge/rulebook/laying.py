# SPDX-License-Identifier: Apache-2.0
"""A draft laid over what is in force: the pack it would make, and everything wrong with that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError

from wangge.cases.models import FlowVersion
from wangge.packs.checking import check_pack
from wangge.packs.contents import RULES, Key, Pack, Place
from wangge.packs.exporting import pack_in_force, source_of, table_in_force
from wangge.packs.faults import Fault
from wangge.packs.inspecting import inspecting_faults
from wangge.packs.oversight import oversight_faults
from wangge.packs.remedies import explain
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.tables import REFERENCE_TABLES, ReferenceTable

_RULES = {rules.name: rules.file for rules in RULES}


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
    """The draft over what is in force now, checked as a pack is before it is loaded; who is named, only in its own rows."""
    changes = list(draft.changes.order_by("table", "key"))
    laid = Laid(pack_in_force(), changes)
    for change in changes:
        table = REFERENCE_TABLES[change.table]
        if in_force(laid.pack, table, tuple(change.key)) != change.before:
            laid.moved.append(change)
        (_lay_row if table.key else _lay_document)(laid, table, change)
    changed = {(change.table, tuple(change.key)) for change in changes}
    laid.faults = sorted({*laid.faults, *check_pack(laid.pack, changed)})
    return laid


def in_force(pack: Pack, table: ReferenceTable, key: Key) -> Any:
    """A row or document of `pack` as its file says it; None without one."""
    if table.key:
        row = getattr(pack, table.name).rows.get(key)
        return row.model_dump(mode="json", by_alias=True) if row else None
    if table.of_areas and key:
        return pack.flows.get(key[0])
    value = pack.rules.get(table.name) if table.name in _RULES else getattr(pack, table.name)
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


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
    pack, key = laid.pack, tuple(change.key)
    file = table.file_of(key)
    if change.row is None:  # an area's own
        pack.flows.pop(key[0], None)
        pack.sources.pop(file, None)
        return
    source = pack.sources[file] = source_of(file, change.row)
    try:
        value: Any = table.shape.model_validate(change.row) if table.shape else change.row
    except ValidationError as error:
        laid.faults += [source.fault(d["loc"], *explain(d)) for d in error.errors(include_url=False)]
        return
    if key:
        pack.flows[key[0]] = value
    elif table.name in _RULES:
        pack.rules[table.name] = value
    else:
        setattr(pack, table.name, value)


def faults_of_rules(name: str, document: BaseModel) -> list[Fault]:
    """What is wrong with a document of rules beyond its shape, with the posts and flows in force."""
    pack = Pack("rules", posts=table_in_force("posts"), rules={name: document})
    flows = FlowVersion.objects.current().order_by("area").values_list("area", "document")
    pack.flow = next((flow for area, flow in flows if not area), None)
    pack.flows = {area: flow for area, flow in flows if area}
    pack.sources[_RULES[name]] = source_of(_RULES[name], document.model_dump(mode="json"))
    return [*oversight_faults(pack), *inspecting_faults(pack)]


def row_of(pack: Pack, fault: Fault) -> tuple[str, Key] | None:
    """The table and key of the row a fault stands on."""
    for table in _of_file(fault.file):
        places = getattr(pack, table.name).places
        for key, place in places.items():
            if (place.file, place.line) == (fault.file, fault.line):
                return table.name, key
    return None


def place_of(file: str) -> tuple[str, Key]:
    """The table that stands in a file, of a document its key too; "" for a file no draft changes."""
    for table in REFERENCE_TABLES.values():
        area = PurePosixPath(file).stem
        if table.of_areas and table.file_of((area,)) == file:
            return table.name, (area,)
        if table.file == file:
            return table.name, ()
    return "", ()


def _of_file(file: str) -> Iterable[ReferenceTable]:
    return (table for table in REFERENCE_TABLES.values() if table.file == file and table.key)
