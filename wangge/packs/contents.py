# SPDX-License-Identifier: Apache-2.0
"""A pack in memory: its tables by key, its documents, and where each row came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from wangge.inspectors.rules import Rules as InspectorRules
from wangge.packs import schema
from wangge.packs.faults import Fault
from wangge.packs.lines import Document
from wangge.packs.lines import Path as KeyPath
from wangge.supervision.rules import Oversight

#: the city's flow; beside it `flow_file` of each area that has its own
FLOW = "flow.yaml"
R = TypeVar("R", bound=schema.Row)
Key = tuple[str, ...]


class Place(NamedTuple):
    """A file as "<pack>/<path>" and a line from 1."""

    file: str
    line: int

    def fault(self, zh: str, en: str) -> Fault:
        return Fault(self.file, self.line, zh, en)


class Source(NamedTuple):
    """A document with the file it came from."""

    file: str
    document: Document

    def fault(self, path: KeyPath, zh: str, en: str) -> Fault:
        return Fault(self.file, self.document.line(path), zh, en)


@dataclass
class Table(Generic[R]):
    """Rows of one kind by key. `refused` holds the keys of rows too faulty to keep, so that references to them
    are not reported a second time. Where a file was `unread`, every code may be in it."""

    rows: dict[Key, R] = field(default_factory=dict)
    places: dict[Key, Place] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    unread: bool = False

    def __contains__(self, code: str) -> bool:
        return self.unread or (code,) in self.rows or (code,) in self.refused

    def __len__(self) -> int:
        return len(self.rows)

    def items(self) -> Iterator[tuple[R, Place]]:
        """Each row with its place."""
        return ((row, self.places[key]) for key, row in self.rows.items())

    def get(self, *key: str) -> R | None:
        return self.rows.get(key)

    def in_order(self) -> list[R]:
        """The rows by key: the order of a normalised file."""
        return [self.rows[key] for key in sorted(self.rows)]

    def overlay(self, other: "Table[R]") -> None:
        """Rows of `other` replace those with the same key."""
        self.rows |= other.rows
        self.places |= other.places
        self.refused |= other.refused
        self.unread |= other.unread


@dataclass
class Pack:
    """One city's data: the base pack with the city pack over it. A missing document is None."""

    name: str
    head: schema.Head | None = None
    levels: list[schema.LevelRow] = field(default_factory=list)
    outline: dict[str, Any] | None = None
    calendar: schema.Calendar | None = None
    flow: dict[str, Any] | None = None
    #: what the flows of areas say otherwise than the city's, by area
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)
    areas: Table[schema.AreaRow] = field(default_factory=Table)
    layers: Table[schema.LayerRow] = field(default_factory=Table)
    grids: Table[schema.GridRow] = field(default_factory=Table)
    units: Table[schema.UnitRow] = field(default_factory=Table)
    unit_hours: Table[schema.UnitHoursRow] = field(default_factory=Table)
    posts: Table[schema.PostRow] = field(default_factory=Table)
    people: Table[schema.PersonRow] = field(default_factory=Table)
    duties: Table[schema.DutyRow] = field(default_factory=Table)
    walkers: Table[schema.WalkerRow] = field(default_factory=Table)
    responsibilities: Table[schema.ResponsibilityRow] = field(default_factory=Table)
    command_levels: Table[schema.CommandLevelRow] = field(default_factory=Table)
    profiles: Table[schema.AreaProfileRow] = field(default_factory=Table)
    modules: Table[schema.ModuleRow] = field(default_factory=Table)
    generations: Table[schema.GenerationRow] = field(default_factory=Table)
    classes: Table[schema.ClassRow] = field(default_factory=Table)
    mappings: Table[schema.MappingRow] = field(default_factory=Table)
    procedures: Table[schema.ProcedureRow] = field(default_factory=Table)
    forms: Table[schema.FormRow] = field(default_factory=Table)
    norms: Table[schema.NormRow] = field(default_factory=Table)
    holidays: Table[schema.HolidayRow] = field(default_factory=Table)
    channels: Table[schema.ChannelRow] = field(default_factory=Table)
    hotlines: Table[schema.HotlineRow] = field(default_factory=Table)
    #: documents of rules (RULES) by their name
    rules: dict[str, BaseModel] = field(default_factory=dict)
    #: where the documents came from: pack.yaml, levels.yaml, calendar.yaml, the flows and the rules
    sources: dict[str, Source] = field(default_factory=dict)
    #: files of which nothing could be used, by their path in the pack
    unread: set[str] = field(default_factory=set)


def flow_file(area: str) -> str:
    """The file of an area's flow."""
    return f"flows/{area}.yaml"


class TableFile(NamedTuple):
    """A file of rows in a pack: the attribute of Pack, the file, its row and the columns of its key."""

    attribute: str
    file: str
    row: type[schema.Row]
    key: tuple[str, ...]


TABLES = (
    TableFile("areas", "areas.csv", schema.AreaRow, ("code",)),
    TableFile("layers", "grid_layers.csv", schema.LayerRow, ("code",)),
    TableFile("units", "units.csv", schema.UnitRow, ("code",)),
    TableFile("unit_hours", "unit_hours.csv", schema.UnitHoursRow, ("unit", "weekday", "begins")),
    TableFile("people", "people.csv", schema.PersonRow, ("login", "post", "unit", "area")),
    TableFile("duties", "supervision.csv", schema.DutyRow, ("grid",)),
    TableFile("walkers", "walkers.csv", schema.WalkerRow, ("login",)),
    TableFile(
        "responsibilities",
        "responsibility.csv",
        schema.ResponsibilityRow,
        ("class", "place", "owner", "first_day"),
    ),
    TableFile("command_levels", "command_levels.csv", schema.CommandLevelRow, ("class",)),
    TableFile("profiles", "area_profiles.csv", schema.AreaProfileRow, ("area",)),
    TableFile("modules", "modules.csv", schema.ModuleRow, ("code",)),
    TableFile("generations", "generations.csv", schema.GenerationRow, ("code",)),
    TableFile("classes", "classes.csv", schema.ClassRow, ("code",)),
    TableFile("mappings", "class_mappings.csv", schema.MappingRow, ("class", "other")),
    TableFile("procedures", "procedures.csv", schema.ProcedureRow, ("class",)),
    TableFile("norms", "norms.csv", schema.NormRow, ("code",)),
    TableFile("holidays", "holidays.csv", schema.HolidayRow, ("date",)),
    TableFile("channels", "channels.csv", schema.ChannelRow, ("code",)),
    TableFile("hotlines", "hotlines.csv", schema.HotlineRow, ("channel",)),
)
#: the files that are YAML lists: their rows hold more than a line can
LISTS = (
    TableFile("posts", "posts.yaml", schema.PostRow, ("code",)),
    TableFile("forms", "forms.yaml", schema.FormRow, ("class", "area", "use")),
)


class RulesFile(NamedTuple):
    """A document of rules of one room, taken whole: its name as a part of a load, the file and its shape."""

    name: str
    file: str
    shape: type[BaseModel]


RULES = (
    RulesFile("oversight", "oversight.yaml", Oversight),
    RulesFile("inspectors", "inspectors.yaml", InspectorRules),
)
