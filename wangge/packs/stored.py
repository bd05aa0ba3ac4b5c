# SPDX-License-Identifier: Apache-2.0
"""How each table of a pack stands in the database: its model, and what is added to the file's columns."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from wangge.cases.models import ChannelVersion, HotlineRule
from wangge.catalog.models import CatalogClass, ClassMapping, Form, Generation, Module, Norm, Procedure
from wangge.common.versions import Versioned
from wangge.grids.models import Area, Grid, GridLayer
from wangge.inspectors.models import InspectorRules
from wangge.organizations.models import (
    AreaProfile,
    CommandLevel,
    Post,
    Responsibility,
    SupervisionDuty,
    Unit,
    UnitHours,
)
from wangge.packs import schema
from wangge.packs.contents import Pack, Table
from wangge.packs.trees import paths
from wangge.supervision.models import OversightVersion

Rows = Iterator[dict[str, Any]]


def _plain(table: Table[Any]) -> Rows:
    return (row.model_dump() for row in table.rows.values())


def _tree(table: Table[Any]) -> Rows:
    path = paths(table)
    return (row.model_dump() | {"path": path[row.code]} for row in table.rows.values())


def _grids(pack: Pack) -> Rows:
    path = paths(pack.areas)
    return (row.model_dump() | {"area_path": path[row.area]} for row in pack.grids.rows.values())


class Stored(NamedTuple):
    """A table of Pack, the model that keeps it, and its rows as the database has them."""

    attribute: str
    model: type[Versioned]
    row: type[schema.Row]
    extra: tuple[str, ...]
    rows: Callable[[Pack], Rows]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the model that the pack decides."""
        return (*self.row.model_fields, *self.extra)


STORED = (
    Stored("areas", Area, schema.AreaRow, ("path",), lambda p: _tree(p.areas)),
    Stored("layers", GridLayer, schema.LayerRow, (), lambda p: _plain(p.layers)),
    Stored("grids", Grid, schema.GridRow, ("area_path",), _grids),
    Stored("modules", Module, schema.ModuleRow, (), lambda p: _plain(p.modules)),
    Stored("generations", Generation, schema.GenerationRow, (), lambda p: _plain(p.generations)),
    Stored("classes", CatalogClass, schema.ClassRow, ("path",), lambda p: _tree(p.classes)),
    Stored("norms", Norm, schema.NormRow, (), lambda p: _plain(p.norms)),
    Stored("mappings", ClassMapping, schema.MappingRow, (), lambda p: _plain(p.mappings)),
    Stored("procedures", Procedure, schema.ProcedureRow, (), lambda p: _plain(p.procedures)),
    Stored("forms", Form, schema.FormRow, (), lambda p: _plain(p.forms)),
    Stored("units", Unit, schema.UnitRow, ("path",), lambda p: _tree(p.units)),
    Stored("unit_hours", UnitHours, schema.UnitHoursRow, (), lambda p: _plain(p.unit_hours)),
    Stored("posts", Post, schema.PostRow, (), lambda p: _plain(p.posts)),
    Stored("duties", SupervisionDuty, schema.DutyRow, (), lambda p: _plain(p.duties)),
    Stored(
        "responsibilities", Responsibility, schema.ResponsibilityRow, (), lambda p: _plain(p.responsibilities)
    ),
    Stored("command_levels", CommandLevel, schema.CommandLevelRow, (), lambda p: _plain(p.command_levels)),
    Stored("profiles", AreaProfile, schema.AreaProfileRow, (), lambda p: _plain(p.profiles)),
    Stored("channels", ChannelVersion, schema.ChannelRow, (), lambda p: _plain(p.channels)),
    Stored("hotlines", HotlineRule, schema.HotlineRow, (), lambda p: _plain(p.hotlines)),
)
#: the tables of the documents of rules, by their name: versions with the columns `code` and `document`
RULES_STORED: dict[str, type[Versioned]] = {
    "oversight": OversightVersion,
    "inspectors": InspectorRules,
}
