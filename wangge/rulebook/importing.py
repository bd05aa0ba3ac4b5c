# SPDX-License-Identifier: Apache-2.0
"""A sheet as changes of a draft: every row checked, every fault with its cell, nothing taken unless all is sound."""

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from wangge.common.errors import DomainError
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.packs.exporting import key_of, table_in_force
from wangge.packs.remedies import explain
from wangge.packs.sheets import CellFault, Sheet, SheetRow
from wangge.rulebook import drafts
from wangge.rulebook.access import check_area
from wangge.rulebook.tables import ReferenceTable

#: what stands between two codes where somebody wrote two into one cell
_BETWEEN = (";", "；", "、", ",", "，", "/", "\n")
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
    taken = Taken(faults=list(sheet.faults))
    faulty = {fault.row for fault in sheet.faults}
    rows: dict[Key, dict[str, Any]] = {}
    numbers: dict[Key, int] = {}
    named: set[Key] = set()
    for line in sheet.rows:
        found = _shaped(table, line, sheet, taken)
        if found is None:
            faulty.add(line.number)
            continue
        key, values = found
        named.add(key)
        if key in numbers:
            zh, en = (
                f"与第 {numbers[key]} 行是同一行，请删去一行。",
                f"is the same as row {numbers[key]}; remove one.",
            )
            taken.faults.append(CellFault(line.number, 0, zh, en))
        elif line.number not in faulty:
            numbers[key], rows[key] = line.number, values
    held = table_in_force(table.name).rows
    before = {key: row.model_dump(mode="json", by_alias=True) for key, row in held.items()}
    _within_area(table, rows, before, numbers, actor, taken)
    changes: dict[Key, dict[str, Any] | None] = dict(rows)
    kinds = Counter(
        "unchanged" if before.get(key) == row else "changed" if key in before else "added"
        for key, row in rows.items()
    )
    if end_missing and not taken.faults:  # a row that could not be read is not missing
        changes |= dict.fromkeys(before.keys() - named)
    taken.added, taken.changed, taken.unchanged = kinds["added"], kinds["changed"], kinds["unchanged"]
    taken.ended = sum(row is None for row in changes.values())
    if rows and (sound_only or not taken.faults):
        drafts.put_many(draft_id, table.name, changes, before, actor=actor, at=at)
        taken.saved = True
    taken.faults.sort()
    return taken


def _shaped(
    table: ReferenceTable, line: SheetRow, sheet: Sheet, taken: Taken
) -> tuple[Key, dict[str, Any]] | None:
    """The key and row as the file says it, or its faults noted."""
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
    taken.faults += faults
    return None


def _typed(table: ReferenceTable, values: dict[str, str]) -> dict[str, Any]:
    """Lists and documents out of their text; a text that is none is left for the model to refuse."""
    found: dict[str, Any] = dict(values)
    if "permissions" in found:
        found["permissions"] = [one for one in values["permissions"].split(";") if one]
    if table.name == "forms":
        with suppress(ValueError):
            found["fields"] = json.loads(values["fields"])
    return found


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
    for key in [key for key, row in rows.items() if before.get(key) != row]:
        try:
            for one in filter(None, (rows[key], before.get(key))):
                check_area(actor, table, one, " ".join(key))
        except DomainError as error:
            taken.faults.append(CellFault(numbers[key], 0, error.message("zh"), error.message("en")))
            del rows[key]
