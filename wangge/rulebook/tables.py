# SPDX-License-Identifier: Apache-2.0
"""The tables of reference data: for each the shape of a row, what identifies it, and where it stands in a pack."""

from typing import Any, NamedTuple

from pydantic import BaseModel

from wangge.packs import schema
from wangge.packs.contents import FLOW, LISTS, RULES, TABLES, Key, flow_file
from wangge.rulebook.errors import UnknownTable

#: the parts of a load that a table's rows end up in, where they are not called as the table
_PARTS = {
    "people": ("people", "appointments"),
    "units": ("units", "appointments"),  # they hold the unit's path
    "holidays": ("calendar",),
}


class ReferenceTable(NamedTuple):
    """A table of rows, or a document, which has no key; `shape` None for one that has none of its own (the flow).

    Of the flow areas may have one of their own beside the city's: `of_areas`. Its key is the code of the area, and its row
    what it says otherwise than the city's.
    """

    name: str
    file: str
    row: type[schema.Row] | None
    key: tuple[str, ...]
    shape: type[BaseModel] | None
    of_areas: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a load that must run when a row changes."""
        return _PARTS.get(self.name, (self.name,))

    @property
    def columns(self) -> tuple[str, ...]:
        """As its file names them; none for a document."""
        return schema.columns(self.row) if self.row else ()

    def takes(self, key: Key) -> bool:
        """May a row have that key, as far as its form goes?"""
        return len(key) == len(self.key) or (self.of_areas and len(key) == 1)

    def file_of(self, key: Key) -> str:
        """Where the row or document stands."""
        return flow_file(key[0]) if self.of_areas and key else self.file

    def concerned(self, key: Key, row: dict[str, Any]) -> dict[str, Any]:
        """The row as far as it tells what it is about: of a document nothing but the area whose own it is."""
        return row if self.key else {"area": key[0]} if key else {}


#: with the grids: space is changed by a pack; who walks a grid by rotation plans, once it is in force
_OF_PACKS = ("areas", "layers", "walkers")
_ROWS = [
    ReferenceTable(t.attribute, t.file, t.row, t.key, t.row)
    for t in (*TABLES, *LISTS)
    if t.attribute not in _OF_PACKS
]
_DOCUMENTS = [
    ReferenceTable("calendar", "calendar.yaml", None, (), schema.Calendar),
    ReferenceTable("flow", FLOW, None, (), None, of_areas=True),
    *(ReferenceTable(rules.name, rules.file, None, (), rules.shape) for rules in RULES),
]
REFERENCE_TABLES: dict[str, ReferenceTable] = {table.name: table for table in (*_ROWS, *_DOCUMENTS)}


def reference_table(name: str) -> ReferenceTable:
    """The table of that name; raises UnknownTable."""
    if name not in REFERENCE_TABLES:
        raise UnknownTable(table=name, known=", ".join(REFERENCE_TABLES))
    return REFERENCE_TABLES[name]
