# SPDX-License-Identifier: Apache-2.0
"""Rows of reference data to be read: searched, with their history; drafts and publications."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from pydantic import TypeAdapter, ValidationError

from wangge.cases.models import FlowVersion
from wangge.catalog.queries import catalog
from wangge.common.fresh import Fresh
from wangge.common.versions import Versioned
from wangge.grids.queries import areas
from wangge.organizations.directory import Actor, directory
from wangge.organizations.models import Appointment, CalendarVersion, PersonName
from wangge.packs import schema
from wangge.packs.contents import Key
from wangge.packs.exporting import calendar_in_force, table_in_force
from wangge.packs.stored import RULES_STORED, STORED
from wangge.rulebook.access import readable
from wangge.rulebook.models import Change, Draft, Publication
from wangge.rulebook.tables import REFERENCE_TABLES, ReferenceTable

_STORED = {stored.attribute: stored for stored in STORED}
#: the documents of which every version is kept as it was
_WITH_VERSIONS = ("flow", *RULES_STORED)
#: of a document, which may be long
MOST_VERSIONS = 50


@dataclass(frozen=True)
class Row:
    """A row in force as its file says it. `text`: what words are looked for in, small letters, names of codes with them."""

    key: Key
    values: dict[str, Any]
    text: str


def _load(table: str) -> dict[Key, Row]:
    """By key, in order."""
    found, named = table_in_force(table).rows, _names()
    held = {}
    for key in sorted(found):
        values = found[key].model_dump(mode="json", by_alias=True)
        said = [str(value) for value in values.values()]
        names = [named[part] for text in said for part in text.split(";") if part in named]
        held[key] = Row(key, values, " ".join((*said, *names)).lower())
    return held


def _names() -> dict[str, str]:
    """What the codes that rows refer to are called, in both languages."""
    known = (catalog().classes, directory().units, directory().posts, areas())
    return {code: f"{info.name_zh} {info.name_en}" for part in known for code, info in part.items()}


_held = {name: Fresh(partial(_load, name)) for name, table in REFERENCE_TABLES.items() if table.key}


def rows(table: ReferenceTable, words: str = "", reader: Actor | None = None) -> list[Row]:
    """Rows in force by key that hold every one of `words` in some column or in the name of a code; from memory. Only
    what `reader` may read, where one is named."""
    terms = words.lower().split()
    reads = readable(reader, table) if reader else None
    return [
        row
        for row in _held[table.name]().values()
        if all(term in row.text for term in terms) and (reads is None or reads(row.values))
    ]


def row(table: ReferenceTable, key: Key) -> Row | None:
    """One row in force."""
    return _held[table.name]().get(key)


def document_in_force(name: str, area: str = "") -> Any:
    """A document as its file says it: with `area` what its flow says otherwise than the city's. None without one."""
    if name == "calendar":
        return calendar_in_force().model_dump(mode="json")
    row = _documents(name, area).filter(valid_to__isnull=True).first()
    return _said(row) if row else None


def _documents(name: str, area: str) -> "QuerySet[Any]":
    """The versions of a document."""
    return FlowVersion.objects.filter(area=area) if name == "flow" else RULES_STORED[name].objects.all()


def _said(row: Any) -> Any:
    return row.said if isinstance(row, FlowVersion) and row.area else row.document


@dataclass(frozen=True)
class Version:
    """A row as it was from `valid_from` to `valid_to` (None = still); `publication` names what brought it."""

    valid_from: datetime
    valid_to: datetime | None
    values: dict[str, Any]
    publication: Publication | None


def history(table: ReferenceTable, key: Key) -> list[Version]:
    """Every version of a row, newest first, the last MOST_VERSIONS of a document (of the calendar: of the one with the
    code `key`); none for a key that no row can have. Two queries, of people three."""
    try:
        versions = _versions(table, key)
    except ValidationError:
        return []
    moments = {version[0] for version in versions}
    by_moment = {
        p.at: p
        for p in Publication.objects.filter(at__in=moments).select_related(
            "draft__author", "draft__publisher"
        )
    }
    return [Version(start, end, values, by_moment.get(start)) for start, end, values in versions]


def publication_of(table: ReferenceTable, key: Key) -> Publication | None:
    """What brought the row, or its end, as it is now; of what keeps no versions the newest that changed the table."""
    newest = next(iter(history(table, key)), None)
    if newest is not None and newest.valid_to is None:
        return newest.publication
    found = Publication.objects.select_related("draft__author", "draft__publisher").order_by("-at")
    if newest is not None and newest.valid_to is not None:
        return found.filter(at=newest.valid_to).first()
    return found.filter(counts__has_any_keys=list(table.parts)).first()


def _versions(table: ReferenceTable, key: Key) -> list[tuple[datetime, datetime | None, dict[str, Any]]]:
    if table.name == "people":
        return _of_people(key)
    if table.name in _WITH_VERSIONS:
        return _of_document(table.name, *key)
    if table.name == "calendar":
        return [version for code in key for version in _of_calendar(code)]
    stored = _STORED.get(table.name)
    if stored is None or table.row is None:
        return []
    names = table.row.model_fields
    found = stored.model.objects.filter(**_columns_of(table, key)).order_by("-valid_from", "-pk")
    return [
        (row["valid_from"], row["valid_to"], _as_file(table.row, {name: row[name] for name in names}))
        for row in found.values("valid_from", "valid_to", *names)
    ]


def _of_calendar(code: str) -> list[tuple[datetime, datetime | None, Any]]:
    """One calendar of the document with the days off and made up, of which a change makes a version of each."""
    names = ("name_zh", "name_en", "unit_kinds", "weekly", "seasons", "first_year", "last_year", "exceptions")
    rows = CalendarVersion.objects.filter(code=code).order_by("-valid_from", "-pk")
    return [
        (row.pop("valid_from"), row.pop("valid_to"),
         row | {"exceptions": {day["date"]: day["kind"] for day in row["exceptions"]}})
        for row in rows.values("valid_from", "valid_to", *names)[:MOST_VERSIONS]
    ]  # fmt: skip


def _of_document(name: str, area: str = "") -> list[tuple[datetime, datetime | None, Any]]:
    """Versions that say the same are one: that of an area is another whenever the city's is."""
    found: list[tuple[datetime, datetime | None, Any]] = []
    for row in _documents(name, area).order_by("-valid_from", "-pk")[:MOST_VERSIONS]:
        if found and found[-1][2] == _said(row) and found[-1][0] == row.valid_to:
            found[-1] = (row.valid_from, *found[-1][1:])
        else:
            found.append((row.valid_from, row.valid_to, _said(row)))
    return found


def _columns_of(table: ReferenceTable, key: Key) -> dict[str, Any]:
    """What `key` says, as the database has it: {column: value}."""
    assert table.row
    fields = {info.alias or name: (name, info) for name, info in table.row.model_fields.items()}
    found = {}
    for column, text in zip(table.key, key, strict=True):
        name, info = fields[column]
        found[name] = TypeAdapter(info.rebuild_annotation()).validate_python(text)
    return found


def _as_file(row: type[schema.Row], values: dict[str, Any]) -> dict[str, Any]:
    shaped = row.model_validate(values, context=schema.IN_DATABASE)
    return shaped.model_dump(mode="json", by_alias=True)


def _of_people(key: Key) -> list[tuple[datetime, datetime | None, dict[str, Any]]]:
    """Of an appointment a version for each name its holder had meanwhile; of the time before names were kept, the first
    that is known."""
    login, post, unit, area = key
    held = Appointment.objects.filter(person__login=login, post=post, unit=unit, area=area)
    names = list(PersonName.objects.filter(person__login=login).order_by("-valid_from", "-pk"))
    row = dict(zip(("login", "post", "unit", "area"), key, strict=True))
    return [
        (began, ended, {"login": login, "name": named.name, **row, "source": named.source})
        for one in held.select_related("person").order_by("-valid_from", "-pk")
        for named in names or [PersonName(name=one.person.name, source=one.person.source)]
        for began, ended in _both(one, named, first=not names or named is names[-1])
    ]


def _both(one: Versioned, other: Versioned, *, first: bool) -> Iterator[tuple[datetime, datetime | None]]:
    """When both were in force; the `first` version of the other was from ever."""
    began = one.valid_from if first else max(one.valid_from, other.valid_from)
    ends = [end for end in (one.valid_to, other.valid_to) if end is not None]
    if not ends or began < min(ends):
        yield began, min(ends, default=None)


def changes(draft_id: int, *, after: tuple[str, Key] | None = None, limit: int = 50) -> list[Change]:
    """At most `limit` changes of a draft by table and key, after that one. One query, by the index that keeps a row once."""
    found = Change.objects.filter(draft=draft_id).order_by("table", "key")
    if after:
        table, key = after
        found = found.filter(Q(table__gt=table) | Q(table=table, key__gt=list(key)), table__gte=table)
    return list(found[:limit])


def change_counts(draft_id: int) -> list[tuple[str, int]]:
    """(table, changes) of a draft. One query, bounded by what one person imports."""
    found = Change.objects.filter(draft=draft_id).order_by("table").values_list("table")
    return [(table, count) for table, count in found.annotate(count=Count("pk"))]


def drafts(*, state: str = "", before: int | None = None, limit: int = 50) -> "QuerySet[Draft]":
    """Newest first, older than the id `before`, with author and publisher."""
    found = Draft.objects.select_related("author", "publisher").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return (found.filter(state=state) if state else found)[:limit]


def publications(limit: int = 50, *, before: int | None = None) -> "QuerySet[Publication]":
    """Newest first, older than the id `before`: one is written after the other."""
    found = Publication.objects.select_related("draft__author", "draft__publisher").order_by("-pk")
    return (found if before is None else found.filter(pk__lt=before))[:limit]
