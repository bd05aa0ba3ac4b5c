# SPDX-License-Identifier: Apache-2.0
"""The reader's own open drafts: which one a change goes into, and what they hold of a table."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from wangge.administration.columns import TABLES
from wangge.administration.comparing import moved
from wangge.common.clock import now
from wangge.common.errors import BadInput, DomainError
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.rulebook import drafts
from wangge.rulebook.basis import basis_of
from wangge.rulebook.errors import RowMoved
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.queries import document_in_force
from wangge.ui.words import city_zone


class UnreadableText(BadInput):
    code = "unreadable_text"
    zh = "填写的内容里有不能保存的控制字符，请删除后再保存。"
    en = "What was typed holds a control character that cannot be kept; remove it and save again."


def open_drafts(actor: Actor) -> Sequence[Draft]:
    """The actor's open drafts, newest first; none for whoever may not edit."""
    if Permission.RULEBOOK_EDIT not in actor.permissions:
        return ()
    return list(Draft.objects.filter(author_id=actor.person_id, state=Draft.State.OPEN).order_by("-pk"))


@contextmanager
def chosen_draft(given: QueryDict, actor: Actor, at: datetime) -> Iterator[int]:
    """The draft a form names, else a new one with the title typed: what is done to it is done whole or not at all, and
    a new one without a change goes again. Raises PermissionMissing, UnreadableText."""
    if any("\0" in value for _name, values in given.lists() for value in values):
        raise UnreadableText
    text = given.get("draft", "")
    with transaction.atomic():
        if text.isascii() and text.isdigit() and len(text) < 18:
            yield int(text)
            return
        title = given.get("draft_title", "").strip() or _("%(name)s 的改动") % {"name": actor.name}
        draft = drafts.start(title, actor=actor, at=at)
        yield draft.pk
        transaction.set_rollback(not draft.changes.exists())


def to_start_from(change: Change | None, in_force: Any) -> Any:
    """What a form begins with: my draft's row, unless somebody has changed the row in force since; to save it once more
    would take their change back unseen."""
    return change.row if change and change.row is not None and change.before == in_force else in_force


def changes_of(own: Sequence[Draft], table: str, key: Key) -> list[Change]:
    """What each of these drafts holds of one row, the newest draft's last. One query."""
    found = Change.objects.filter(draft__in=[draft.pk for draft in own], table=table, key=list(key))
    return list(found.order_by("draft_id")) if own else []


def basis_shown(
    in_force: Any, changes: Sequence[Change], given: QueryDict, error: DomainError | None = None
) -> list[str]:
    """What a form was made from, as its hidden fields say it. A form sent back keeps what it was made from, unless the
    reader has just been told what changed."""
    if "seen" in given and not isinstance(error, RowMoved):
        return given.getlist("seen")
    if isinstance(error, RowMoved):
        in_force = error.in_force
    return [f"{draft}:{digest}" for draft, digest in basis_of(in_force, changes).items()]


def basis_in(given: QueryDict) -> dict[int, str] | None:
    """What the hidden fields of `basis_shown` say; None where a form has none."""
    if "seen" not in given:
        return None
    pairs = (text.partition(":") for text in given.getlist("seen"))
    return {
        int(draft): digest
        for draft, _colon, digest in pairs
        if draft.isascii() and draft.isdigit() and len(draft) < 18
    }


class Edited(NamedTuple):
    """A document as its page shows it: what my drafts hold of it, and what is in force."""

    own: Sequence[Draft]
    changes: list[Change]
    in_force: Any

    @property
    def change(self) -> Change | None:
        """My newest draft's."""
        return self.changes[-1] if self.changes else None

    @property
    def held(self) -> Any:
        """What its form begins with."""
        return to_start_from(self.change, self.in_force)


def edited(actor: Actor, name: str, key: Key = ()) -> Edited:
    """The document of that name (and area) as the page of the actor has it."""
    own = open_drafts(actor)
    return Edited(own, changes_of(own, name, key), document_in_force(name, *key))


def of_page(draft: Edited, name: str, given: QueryDict, error: DomainError | None) -> dict[str, Any]:
    """What the page of every document shows of drafts and of a refusal."""
    return {
        "words": TABLES[name],
        "error": error,
        "change": draft.change,
        "seen": basis_shown(draft.in_force, draft.changes, given, error),
        "moved": moved(name, error),
        "own": draft.own,
        "chosen": given.get("draft", "") or (str(draft.change.draft_id) if draft.change else ""),
        "draft_title": given.get("draft_title", ""),
    }


def next_version(draft: int) -> str:
    """What a document calls itself after a change in that draft."""
    return f"{now().astimezone(city_zone()):%Y-%m-%d}.{draft}"


def drafted(own: Sequence[Draft], table: str, keys: Collection[Key] | None = None) -> dict[Key, Change]:
    """What these drafts hold of a table, of these keys alone where they are named, by key; the newest draft's where
    several do. One query."""
    if not own:
        return {}
    found = _changes(own, table).order_by("draft_id", "pk")
    if keys is not None:
        found = found.filter(key__in=[list(key) for key in keys])
    return {tuple(change.key): change for change in found}


def new_rows(own: Sequence[Draft], table: str, limit: int) -> list[Change]:
    """At most `limit` rows that only these drafts have, the last added first. One query."""
    if not own:
        return []
    found = _changes(own, table).filter(before__isnull=True, row__isnull=False)
    return list(found.order_by("-pk")[:limit])


def _changes(own: Sequence[Draft], table: str) -> QuerySet[Change]:
    return Change.objects.filter(draft__in=[draft.pk for draft in own], table=table)
