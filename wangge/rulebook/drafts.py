# SPDX-License-Identifier: Apache-2.0
"""What is done to a draft: start, change a row, take a change back, submit for publication, discard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from pydantic import ValidationError

from wangge.common.errors import NotFound
from wangge.grids.queries import areas
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.packs.exporting import key_of, table_in_force
from wangge.packs.remedies import explain
from wangge.rulebook.access import check_area, out_of_area
from wangge.rulebook.basis import Basis, Found, check_basis
from wangge.rulebook.errors import (
    DraftChanged,
    DraftClosed,
    DraftEmpty,
    DueInThePast,
    KeyFixed,
    NotYourDraft,
    OutOfArea,
    OwnDraft,
    RowExists,
    RowFaulty,
    RowMissing,
)
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.queries import document_in_force
from wangge.rulebook.tables import ReferenceTable, reference_table


def start(title: str, *, actor: Actor, at: datetime) -> Draft:
    """An empty draft of the actor's."""
    require(actor, Permission.RULEBOOK_EDIT)
    assert actor.person_id is not None  # the system holds no permission
    return Draft.objects.create(title=title.strip()[:200] or "—", author_id=actor.person_id, created_at=at)


@transaction.atomic
def put_row(
    draft_id: int, table: str, row: dict[str, Any], *, key: Key | None, actor: Actor, at: datetime,
    basis: Basis | None = None,
) -> Change:  # fmt: skip
    """Make `row` (as the file says it) part of the draft; `key`: of the row it replaces, None = a new one; of a document
    the area whose own it is. `basis`: what the form was made from, None = no form.

    Raises RowFaulty with every fault of the row, KeyFixed, RowExists, RowMissing, RowMoved, OutOfArea.
    """
    draft, sheet = _own(draft_id, actor), reference_table(table)
    shaped = _shaped(sheet, row)
    if not sheet.key:
        key = key or ()
        _check_document(actor, sheet, key)
        before = document_in_force(table, *key)
        _check_basis(basis, draft, sheet, key, before, shaped)
        return _put(draft, sheet, key, shaped, before, at)
    assert sheet.row
    identity = key_of(table, sheet.row.model_validate(shaped))
    check_area(actor, sheet, shaped, " ".join(identity))  # before it is told what there is
    held = table_in_force(table).rows.get(identity)
    drafted = draft.changes.filter(table=table, key=list(identity), row__isnull=False).exists()
    if key is not None and identity != key:
        raise KeyFixed(key=" ".join(key))
    if key is None and (held or drafted):
        raise RowExists(key=" ".join(identity))
    if key is not None and not held and not drafted:
        raise RowMissing(key=" ".join(key))
    before = held.model_dump(mode="json", by_alias=True) if held else None
    if before is not None:
        check_area(actor, sheet, before, " ".join(identity))
    if key is not None:
        _check_basis(basis, draft, sheet, identity, before, shaped)
    return _put(draft, sheet, identity, shaped, before, at)


def _check_document(actor: Actor, table: ReferenceTable, key: Key) -> None:
    """Raise NotFound for an area there is not, OutOfArea for a document that is not the actor's to change."""
    if not table.takes(key) or not all(code in areas() for code in key):
        raise NotFound
    check_area(actor, table, table.concerned(key, {}), " ".join(key) or table.name)


def _check_basis(
    basis: Basis | None, draft: Draft, table: ReferenceTable, key: Key, in_force: Any, sent: Any
) -> None:
    if basis is not None:
        drafted = draft.changes.filter(table=table.name, key=list(key)).first()
        check_basis(basis, draft.pk, table, key, Found(in_force, drafted, sent))


def check_whole_city(table: str, actor: Actor) -> None:
    """Raise OutOfArea unless the actor may change what is the whole city's."""
    check_area(actor, reference_table(table), {}, table)


@transaction.atomic
def put_many(
    draft_id: int, table: str, rows: Mapping[Key, dict[str, Any] | None], before: Mapping[Key, Any], *,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Make checked rows part of the draft at once (None = it ends); `before`: the rows in force. In place of what the
    draft held of them; a row as it is in force is no change. Raises OutOfArea for an end outside the actor's area."""
    draft, sheet = _own(draft_id, actor), reference_table(table)
    ending = {key: (before[key],) for key, row in rows.items() if row is None}
    if outside := out_of_area(actor, sheet, ending):
        raise OutOfArea(key=" ".join(outside[0]))
    held = {tuple(c.key): c.pk for c in draft.changes.filter(table=table)}
    draft.changes.filter(pk__in=[held[key] for key in rows if key in held]).delete()
    changes = (
        Change(draft=draft, table=table, key=list(key), row=row, before=before.get(key), changed_at=at)
        for key, row in rows.items()
        if row != before.get(key)
    )
    draft.changes.bulk_create(changes, batch_size=2_000)  # one statement bears 65,535 values


@transaction.atomic
def end_row(
    draft_id: int, table: str, key: Key, *, actor: Actor, at: datetime, basis: Basis | None = None
) -> None:
    """The row is to end, or the flow an area has of its own; one that only the draft has goes from it. `basis`: what the
    page showed. Raises OutOfArea, RowMissing, RowMoved."""
    draft, sheet = _own(draft_id, actor), reference_table(table)
    before = _held(sheet, key)
    if before is not None:
        check_area(actor, sheet, sheet.concerned(key, before), " ".join(key))
    _check_basis(basis, draft, sheet, key, before, None)
    if before is None:
        if not draft.changes.filter(table=table, key=list(key)).delete()[0]:
            raise RowMissing(key=" ".join(key))
        return
    _put(draft, sheet, key, None, before, at)


def _held(table: ReferenceTable, key: Key) -> Any:
    """What can end: a row in force as its file says it, the flow of an area; None for what cannot."""
    if not table.key:
        return document_in_force(table.name, *key) if key else None
    held = table_in_force(table.name).rows.get(key)
    return held.model_dump(mode="json", by_alias=True) if held else None


@transaction.atomic
def undo(draft_id: int, change_id: int, *, actor: Actor) -> None:
    """Take one change back."""
    if not _own(draft_id, actor).changes.filter(pk=change_id).delete()[0]:
        raise NotFound


@transaction.atomic
def discard(draft_id: int, *, actor: Actor, at: datetime) -> None:
    """Give the draft up; it stays to be read."""
    draft = _own(draft_id, actor)
    draft.state, draft.ended_at = Draft.State.DISCARDED, at
    draft.save(update_fields=["state", "ended_at"])


_SEEN = """
SELECT coalesce(encode(sha256(string_agg(sha256(convert_to(
    json_build_array("table", key, row)::text, 'UTF8')), '' ORDER BY "table", key)), 'hex'), '')
FROM rulebook_change WHERE draft_id = %s
"""


def seen(draft_id: int) -> str:
    """What somebody who publishes has looked at: another text as soon as a change is added, altered or taken back, ""
    without any. The database computes it: a sheet makes thousands of changes."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [draft_id])
        return str(cursor.fetchone()[0])


@transaction.atomic
def submit(draft_id: int, *, looked_at: str, due_at: datetime | None, actor: Actor, at: datetime) -> None:
    """Let the worker put the draft in force, at once or from `due_at` on. Never one's own draft, nor one that reaches
    beyond the publisher's area. `looked_at`: see `seen`."""
    require(actor, Permission.RULEBOOK_PUBLISH)
    draft = _locked(draft_id)
    if draft.state != Draft.State.OPEN:
        raise DraftClosed
    if draft.author_id == actor.person_id:
        raise OwnDraft
    there = seen(draft.pk)
    if not there:
        raise DraftEmpty
    if looked_at != there:
        raise DraftChanged
    _check_areas(draft, actor)
    if due_at is not None and due_at < at:
        raise DueInThePast
    draft.state, draft.publisher_id, draft.due_at = Draft.State.SUBMITTED, actor.person_id, due_at or at
    draft.refusal = []
    draft.save(update_fields=["state", "publisher", "due_at", "refusal"])


@transaction.atomic
def withdraw(draft_id: int, *, actor: Actor) -> None:
    """Back to editing, as long as it is not in force: by its author or by whoever published it."""
    draft = _locked(draft_id)
    if actor.person_id not in (draft.author_id, draft.publisher_id):
        raise NotYourDraft(author=draft.author.name)
    if draft.state != Draft.State.SUBMITTED:
        raise DraftClosed
    draft.state, draft.publisher_id, draft.due_at = Draft.State.OPEN, None, None
    draft.save(update_fields=["state", "publisher", "due_at"])


def _check_areas(draft: Draft, actor: Actor) -> None:
    """Raise OutOfArea for the first change of the draft that reaches beyond what the actor publishes. A query a table."""
    by_table: dict[str, dict[Key, list[dict[str, Any]]]] = {}
    for change in draft.changes.order_by("table", "key").iterator():
        table, key = reference_table(change.table), tuple(change.key)
        both = [table.concerned(key, row) for row in (change.row, change.before) if row is not None]
        by_table.setdefault(change.table, {})[key] = both
    for name, rows in by_table.items():
        for key in out_of_area(actor, reference_table(name), rows, Permission.RULEBOOK_PUBLISH):
            raise OutOfArea(key=" ".join(key) or name)


def _put(
    draft: Draft, table: ReferenceTable, key: Key, row: dict[str, Any] | None, before: Any, at: datetime
) -> Change:
    """A change that changes nothing goes."""
    if row == before:
        draft.changes.filter(table=table.name, key=list(key)).delete()
        return Change(draft=draft, table=table.name, key=list(key), row=row, before=before)
    values = {"row": row, "before": before, "changed_at": at}
    change, _ = draft.changes.update_or_create(table=table.name, key=list(key), defaults=values)
    return change


def _shaped(table: ReferenceTable, row: dict[str, Any]) -> dict[str, Any]:
    """The row as the file would say it. Raises RowFaulty."""
    if table.shape is None:
        return row
    try:
        return table.shape.model_validate(row).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        raise RowFaulty([explain(detail) for detail in error.errors(include_url=False)]) from error


def _own(draft_id: int, actor: Actor) -> Draft:
    """The actor's draft, locked and open."""
    require(actor, Permission.RULEBOOK_EDIT)
    draft = _locked(draft_id)
    if draft.author_id != actor.person_id:
        raise NotYourDraft(author=draft.author.name)
    if draft.state != Draft.State.OPEN:
        raise DraftClosed
    return draft


def _locked(draft_id: int) -> Draft:
    draft = Draft.objects.select_related("author").select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise NotFound
    return draft
