# SPDX-License-Identifier: Apache-2.0
"""The rows in force as a pack again: one that loads into a new database by itself, and changes nothing in this one."""

from pathlib import Path
from typing import Any

from wangge.cases.models import Channel, FlowVersion
from wangge.common.errors import Conflict
from wangge.grids.models import City
from wangge.grids.queries import NoCity
from wangge.organizations.models import Appointment, CalendarVersion
from wangge.packs import schema
from wangge.packs.contents import TABLES, Pack, Place, Table
from wangge.packs.documents import calendar_of, head_of
from wangge.packs.stored import STORED
from wangge.packs.writing import write_pack

_KEYS = {file.attribute: file.key for file in TABLES} | {"grids": ("layer", "code"), "posts": ("code",)}


class FolderNotEmpty(Conflict):
    code = "folder_not_empty"
    zh = "{folder} 不是空目录，请换一个。"
    en = "{folder} is not empty; name another folder."


def export_pack(folder: Path) -> None:
    """Write what is in force into `folder`, new or empty. Raises FolderNotEmpty, NoCity."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    write_pack(pack_in_force(), folder)


def pack_in_force() -> Pack:
    """The pack that the rows in force make. Raises NoCity."""
    city = City.objects.first()
    if city is None:
        raise NoCity
    head = head_of(city)
    pack = Pack(head.name, head, [schema.LevelRow(**level) for level in city.levels], city.outline)
    pack.calendar, pack.holidays = _calendar()
    pack.flow = FlowVersion.objects.get(valid_to__isnull=True).document
    for stored in STORED:
        rows = stored.model.objects.filter(valid_to__isnull=True).values(*stored.row.model_fields)
        setattr(pack, stored.attribute, _table(stored.attribute, stored.row, rows))
    pack.people = _table("people", schema.PersonRow, _people())
    pack.channels = _table("channels", schema.ChannelRow, Channel.objects.values())
    return pack


def _table(attribute: str, model: type[schema.Row], rows: Any) -> Table[Any]:
    table: Table[Any] = Table()
    for values in rows:
        row = model.model_validate(values, context=schema.IN_DATABASE)
        file = row.model_dump(mode="json", by_alias=True, include=_named(model, _KEYS[attribute]))
        key = tuple(file[column] for column in _KEYS[attribute])
        table.rows[key], table.places[key] = row, Place("", 0)
    return table


def _named(model: type[schema.Row], names: tuple[str, ...]) -> set[str]:
    return {field for field, info in model.model_fields.items() if (info.alias or field) in names}


def _people() -> Any:
    rows = Appointment.objects.filter(valid_to__isnull=True).values(
        "person__login", "person__name", "person__source", "post", "unit", "area"
    )
    return ({name.removeprefix("person__"): value for name, value in row.items()} for row in rows)


def _calendar() -> tuple[schema.Calendar, Table[schema.HolidayRow]]:
    row = CalendarVersion.objects.get(valid_to__isnull=True)
    exceptions = (
        {"day": e["date"], **{k: e[k] for k in ("name_zh", "name_en", "kind")}} for e in row.exceptions
    )
    return calendar_of(row), _table("holidays", schema.HolidayRow, exceptions)
