# SPDX-License-Identifier: Apache-2.0
"""What a form was made from. Told again when it is sent, so that nobody's change is taken back unseen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from wangge.grids.queries import city
from wangge.packs.contents import Key
from wangge.rulebook.errors import RowMoved
from wangge.rulebook.models import Change, Publication
from wangge.rulebook.queries import history, publication_of
from wangge.rulebook.tables import ReferenceTable

#: digests by draft; under IN_FORCE that of the row in force
Basis = Mapping[int, str]
IN_FORCE = 0


def digest(row: Any) -> str:
    """Of a row as its file says it; "" without one. The order of names does not matter."""
    if row is None:
        return ""
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def basis_of(in_force: Any, changes: Iterable[Change]) -> dict[int, str]:
    """Of a form shown with this row in force and these changes of it in the reader's drafts."""
    return {IN_FORCE: digest(in_force)} | {change.draft_id: _of(change) for change in changes}


def _of(change: Change | None) -> str:
    return "" if change is None else digest(change.row) or "ended"


class Found(NamedTuple):
    """How a row stands when a form about it is sent: in force, in the draft, and as the form would have it."""

    in_force: Any
    drafted: Change | None
    sent: Any


def check_basis(basis: Basis, draft_id: int, table: ReferenceTable, key: Key, found: Found) -> None:
    """Raise RowMoved where the row has changed since the form was made, in force or in that draft."""
    shown = " ".join(key) or table.name
    if basis.get(IN_FORCE, "") != digest(found.in_force):
        zh, en = _by(publication_of(table, key))
        columns = _columns(table, key, basis.get(IN_FORCE, ""), found.in_force)
        raise RowMoved(shown, zh, en, columns, found.in_force, found.sent, found.in_force)
    if basis.get(draft_id, "") != _of(found.drafted):
        now = found.drafted.row if found.drafted else found.in_force
        zh, en = "您自己，在同一份草稿中", "by yourself, in the same draft"
        if found.drafted:
            at = _clock(found.drafted.changed_at)
            zh, en = f"{zh}，{at}", f"{en}, {at}"
        raise RowMoved(shown, zh, en, (), now, found.sent, found.in_force)


def _by(publication: Publication | None) -> tuple[str, str]:
    """Who changed what is in force, where that is known."""
    if publication is None:
        return "来源没有记录", "nobody is on record"
    at, draft = _clock(publication.at), publication.draft
    if draft is None:
        return f"数据包 {publication.pack}，{at}", f"by the pack {publication.pack}, {at}"
    author, publisher = draft.author.name, draft.publisher.name if draft.publisher else ""
    return (
        f"草稿“{draft.title}”，{author}起草，{publisher}发布，{at}",
        f"by “{draft.title}”, drafted by {author}, published by {publisher}, {at}",
    )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(city().zone):%Y-%m-%d %H:%M}"


def _columns(table: ReferenceTable, key: Key, before: str, now: Any) -> tuple[str, ...]:
    """The columns that changed, where the version the form was made from is kept."""
    versions = history(table, key) if now else []
    old = next((version.values for version in versions if digest(version.values) == before), None)
    return tuple(name for name in now if old.get(name) != now[name]) if old else ()
