# SPDX-License-Identifier: Apache-2.0
"""A sheet as changes of a draft: every row checked, every fault with its cell, nothing taken unless all is sound."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from pydantic import ValidationError

from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.packs.exporting import key_of, table_in_force
from wangge.packs.remedies import explain
from wangge.packs.sheets import CellFault, Sheet, SheetRow
from wangge.rulebook import drafts
from wangge.rulebook.access import out_of_area, readable
from wangge.rulebook.errors import OutOfArea
from wangge.rulebook.tables import ReferenceTable

#: what stands between two codes where somebody wrote two into one cell
_BETWEEN = (";", "；", "、", ",", "，", "/", "\n")
#: levels of lists and mappings in a document: far more than a form has, far fewer than what writes it can bear
_DEEPEST = 20
_ONE_CODE = frozenset({"lead", "unit", "post", "class", "other", "module", "generation"})


@dataclass
class Taken:
    """What became of a sheet. `saved` False = nothing was; then the counts say what would have been."""

    saved: bool = False
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    faults: list[CellFault] = field(default_factory=list)


def as_texts(values: dict[str, Any]) -> dict[str, str]:
    """A row as cells of a sheet."""
    return {column: _text(value) for column, value in values.items()}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)


def take(
    draft_id: int, table: ReferenceTable, sheet: Sheet, *, end_missing: bool, sound_only: bool, actor: Actor, at: datetime,
) -> Taken:  # fmt: skip
    """Make the rows part of the draft. `end_missing`: rows in force that the sheet lacks end; `sound_only`: faulty rows
    are left out, otherwise one fault keeps everything out. Raises what a change of the draft is refused with."""
    read = read_rows(table, sheet)
    taken, rows = Taken(faults=read.faults), read.rows
    held = table_in_force(table.name).rows
    before = {key: row.model_dump(mode="json", by_alias=True) for key, row in held.items()}
    _within_area(table, rows, before, read.numbers, actor, taken)
    changes: dict[Key, dict[str, Any] | None] = dict(rows)
    kinds = Counter(
        "unchanged" if before.get(key) == row else "changed" if key in before else "added"
        for key, row in rows.items()
    )
    if end_missing and not taken.faults:  # a row that could not be read is not missing
        reads = readable(actor, table)  # what was not exported for them is not missing either
        changes |= {
            key: None for key, row in before.items() if key not in read.named and (not reads or reads(row))
        }
    taken.added, taken.changed, taken.unchanged = kinds["added"], kinds["changed"], kinds["unchanged"]
    taken.ended = sum(row is None for row in changes.values())
    if rows and (sound_only or not taken.faults):
        drafts.put_many(draft_id, table.name, changes, before, actor=actor, at=at)
        taken.saved = True
    taken.faults.sort()
    return taken


@dataclass
class Read:
    """The sound rows of a sheet by key, each with its number; `named`: the keys of those with a fault in a cell too."""

    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[Key, int] = field(default_factory=dict)
    named: set[Key] = field(default_factory=set)
    faults: list[CellFault] = field(default_factory=list)


def read_rows(table: ReferenceTable, sheet: Sheet) -> Read:
    """The rows of a sheet as the table's file says them, every fault with its cell."""
    read = Read(faults=list(sheet.faults))
    faulty = {fault.row for fault in sheet.faults}
    for line in sheet.rows:
        found = _shaped(table, line, sheet, read.faults)
        if found is None:
            faulty.add(line.number)
            continue
        key, values = found
        read.named.add(key)
        if key in read.numbers:
            first = read.numbers[key]
            zh, en = f"与第 {first} 行是同一行，请删去一行。", f"is the same as row {first}; remove one."
            read.faults.append(CellFault(line.number, 0, zh, en))
        elif line.number not in faulty:
            read.numbers[key], read.rows[key] = line.number, values
    return read


def _shaped(
    table: ReferenceTable, line: SheetRow, sheet: Sheet, told: list[CellFault]
) -> tuple[Key, dict[str, Any]] | None:
    """The key and row as the file says it, or its faults told."""
    assert table.row
    faults = list(_two_in_one(line, sheet))
    if not faults:
        try:
            row = table.row.model_validate(_typed(table, line.values))
            return key_of(table.name, row), row.model_dump(mode="json", by_alias=True)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                column = str(detail["loc"][0]) if detail["loc"] else ""
                faults.append(CellFault(line.number, sheet.columns.get(column, 0), *explain(detail)))
    told += faults
    return None


def _typed(table: ReferenceTable, values: dict[str, str]) -> dict[str, Any]:
    """Lists and documents out of their text; a text that is none is left for the model to refuse."""
    found: dict[str, Any] = dict(values)
    if "permissions" in found:
        found["permissions"] = [one for one in values["permissions"].split(";") if one]
    if table.name == "forms":
        with suppress(ValueError):
            found["fields"] = read_json(values.get("fields", ""))
    return found


def read_json(text: str) -> Any:
    """The document a text holds. Raises ValueError for what is none, or is nested deeper than any form."""
    try:
        document = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return document
    raise ValueError("nested too deep")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _two_in_one(line: SheetRow, sheet: Sheet) -> list[CellFault]:
    found = []
    for column in _ONE_CODE & line.values.keys():
        text = line.values[column]
        if any(between in text.strip() for between in _BETWEEN):
            zh = f"“{text[:40]}”写了不止一个，这一格只能有一个。"
            en = f"“{text[:40]}” names more than one; this cell takes one only."
            if column == "lead":
                zh += "主办单位只有一个，其余写在 assist 一栏。"
                en += " There is one lead unit; the others go into the column assist."
            found.append(CellFault(line.number, sheet.columns[column], zh, en))
    return found


def _within_area(
    table: ReferenceTable, rows: dict[Key, dict[str, Any]], before: dict[Key, dict[str, Any]],
    numbers: dict[Key, int], actor: Actor, taken: Taken,
) -> None:  # fmt: skip
    """Rows outside the actor's area are faults, and taken out."""
    changed = {
        key: [one for one in (row, before.get(key)) if one]
        for key, row in rows.items()
        if before.get(key) != row
    }
    for key in out_of_area(actor, table, changed):
        error = OutOfArea(key=" ".join(key))
        taken.faults.append(CellFault(numbers[key], 0, error.message("zh"), error.message("en")))
        del rows[key]
