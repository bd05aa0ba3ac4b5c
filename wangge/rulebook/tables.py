# SPDX-License-Identifier: Apache-2.0
"""The tables of reference data: for each the shape of a row, what identifies it, and where it stands in a pack."""

from typing import NamedTuple

from wangge.packs import schema
from wangge.packs.contents import LISTS, TABLES
from wangge.rulebook.errors import UnknownTable

#: documents that are one row each
DOCUMENTS: dict[str, tuple[str, type[schema.Row] | None]] = {
    "calendar": ("calendar.yaml", schema.Calendar),
    "flow": ("flow.yaml", None),
}
#: the parts of a load that a table's rows end up in, where they are not called as the table
_PARTS = {
    "people": ("people", "appointments"),
    "units": ("units", "appointments"),  # they hold the unit's path
    "holidays": ("calendar",),
}


class ReferenceTable(NamedTuple):
    """A table; `row` None for a document without a shape of its own (the flow)."""

    name: str
    file: str
    row: type[schema.Row] | None
    key: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a load that must run when a row changes."""
        return _PARTS.get(self.name, (self.name,))

    @property
    def columns(self) -> tuple[str, ...]:
        """As its file names them; none for a document."""
        return schema.columns(self.row) if self.row and self.key else ()


_ROWS = [
    ReferenceTable(t.attribute, t.file, t.row, t.key)
    for t in (*TABLES, *LISTS)
    if t.attribute not in ("areas", "layers")  # with the grids: space is changed by a pack
]
REFERENCE_TABLES: dict[str, ReferenceTable] = {t.name: t for t in _ROWS} | {
    name: ReferenceTable(name, file, row, ()) for name, (file, row) in DOCUMENTS.items()
}


def reference_table(name: str) -> ReferenceTable:
    """The table of that name; raises UnknownTable."""
    if name not in REFERENCE_TABLES:
        raise UnknownTable(table=name, known=", ".join(REFERENCE_TABLES))
    return REFERENCE_TABLES[name]
