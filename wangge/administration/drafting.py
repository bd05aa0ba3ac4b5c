# SPDX-License-Identifier: Apache-2.0
"""The reader's own open drafts: which one a change goes into, and what they hold of a table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from wangge.common.errors import BadInput
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.rulebook import drafts
from wangge.rulebook.models import Change, Draft


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


def drafted(own: Sequence[Draft], table: str) -> dict[Key, Change]:
    """What these drafts hold of a table, by key; the newest draft's where several do. One query."""
    if not own:
        return {}
    found = Change.objects.filter(draft__in=[draft.pk for draft in own], table=table).order_by(
        "draft_id", "pk"
    )
    return {tuple(change.key): change for change in found}
