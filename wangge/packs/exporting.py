# SPDX-License-Identifier: Apache-2.0
"""The rows in force as a pack again: one that loads into a new database by itself, and changes nothing in this one."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from wangge.cases.models import FlowVersion
from wangge.common.errors import Conflict
from wangge.grids.models import City
from wangge.grids.queries import NoCity
from wangge.organizations.models import Appointment, CalendarVersion
from wangge.packs import schema
from wangge.packs.contents import FLOW, LISTS, RULES, TABLES, Key, Pack, Place, Source, Table, flow_file
from wangge.packs.documents import calendar_of, head_of
from wangge.packs.lines import parse_yaml
from wangge.packs.stored import RULES_STORED, STORED
from wangge.packs.walkers import walkers_in_force
from wangge.packs.writing import write_pack, yaml_text

_KEYS = {file.attribute: file.key for file in (*TABLES, *LISTS)} | {"grids": ("layer", "code")}
_IN_LINES = {file.attribute for file in TABLES}
#: the file of each table
FILES = {file.attribute: file.file for file in (*TABLES, *LISTS)}


class FolderNotEmpty(Conflict):
    code = "folder_not_empty"
    zh = "{folder} 不是空目录，请换一个。"
    en = "{folder} is not empty; name another folder."


def export_pack(folder: Path) -> None:
    """Write what is in force into `folder`, new or empty. Raises FolderNotEmpty, NoCity."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    pack = pack_in_force()
    pack.walkers = _table("walkers", schema.WalkerRow, walkers_in_force())
    write_pack(pack, folder)


def pack_in_force() -> Pack:
    """The pack that the rows in force make, without who walks which grid; lines are those of the files it would be written
    to. Raises NoCity."""
    city = City.objects.first()
    if city is None:
        raise NoCity
    head = head_of(city)
    pack = Pack(head.name, head, [schema.LevelRow(**level) for level in city.levels], city.outline)
    pack.calendar = calendar_in_force()
    for attribute in (*(stored.attribute for stored in STORED), "people", "holidays"):
        setattr(pack, attribute, table_in_force(attribute))
    for rules in RULES:
        table = RULES_STORED[rules.name].objects
        if row := table.filter(valid_to__isnull=True).values("document").first():
            pack.rules[rules.name] = rules.shape.model_validate(row["document"])
            pack.sources[rules.file] = source_of(rules.file, row["document"])
    _flows(pack)
    for file, value in (("pack.yaml", head), ("calendar.yaml", pack.calendar)):
        pack.sources[file] = source_of(file, value)
    return pack


def _flows(pack: Pack) -> None:
    """The city's whole, of areas what their files said."""
    for row in FlowVersion.objects.current().order_by("area"):
        if row.area:
            pack.flows[row.area] = row.said
        else:
            pack.flow = row.document
        file = flow_file(row.area) if row.area else FLOW
        pack.sources[file] = source_of(file, row.said if row.area else row.document)


def table_in_force(attribute: str) -> Table[Any]:
    """One table of `pack_in_force`."""
    if attribute == "people":
        return _table(attribute, schema.PersonRow, _people())
    if attribute == "holidays":
        return _table(attribute, schema.HolidayRow, _holidays())
    stored = next(stored for stored in STORED if stored.attribute == attribute)
    rows = stored.model.objects.filter(valid_to__isnull=True).values(*stored.row.model_fields)
    return _table(attribute, stored.row, rows)


def source_of(file: str, value: Any) -> Source:
    """A document as the file it would be written to, so that a fault in it has its line."""
    return Source(
        file, parse_yaml(yaml_text(value.model_dump(mode="json") if isinstance(value, schema.Row) else value))
    )


def _table(attribute: str, model: type[schema.Row], rows: Any) -> Table[Any]:
    """The rows by key, each at the line it has in the file that would be written (in a list: at its number)."""
    found = [model.model_validate(values, context=schema.IN_DATABASE) for values in rows]
    by_key = {key_of(attribute, row): row for row in found}
    table: Table[Any] = Table()
    for line, key in enumerate(sorted(by_key), start=2 if attribute in _IN_LINES else 1):
        table.rows[key], table.places[key] = by_key[key], Place(FILES.get(attribute, attribute), line)
    return table


def key_of(attribute: str, row: schema.Row) -> Key:
    """What identifies a row of that table, as its file says it."""
    names = _KEYS[attribute]
    file = row.model_dump(mode="json", by_alias=True, include=_named(type(row), names))
    return tuple(file[column] for column in names)


@cache
def _named(model: type[schema.Row], names: tuple[str, ...]) -> set[str]:
    return {field for field, info in model.model_fields.items() if (info.alias or field) in names}


def _people() -> Any:
    rows = Appointment.objects.filter(valid_to__isnull=True).values(
        "person__login", "person__name", "person__source", "post", "unit", "area"
    )
    return ({name.removeprefix("person__"): value for name, value in row.items()} for row in rows)


def _calendars() -> list[CalendarVersion]:
    """Those in force, everybody's first."""
    rows = CalendarVersion.objects.filter(valid_to__isnull=True)
    return sorted(rows, key=lambda row: (row.code != "standard", row.code))


def calendar_in_force() -> schema.Calendar:
    """calendar.yaml as it is in force."""
    return calendar_of(_calendars())


def _holidays() -> Iterator[dict[str, Any]]:
    exceptions = _calendars()[0].exceptions
    return ({"day": e["date"], **{k: e[k] for k in ("name_zh", "name_en", "kind")}} for e in exceptions)
