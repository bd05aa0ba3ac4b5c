# SPDX-License-Identifier: Apache-2.0
"""What people write in the forms of this room, and who they are."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from wangge.cases.models import Case
from wangge.cases.queries import get_case
from wangge.common.errors import NotFound
from wangge.inspectors.errors import KeyUsed, WordsMissing, WordsTooLong, WordsUnstorable
from wangge.organizations.directory import Actor

MOST = 2000
Row = TypeVar("Row", bound=models.Model)


def said(text: str, zh_field: str, en_field: str) -> str:
    """The text without blanks at its ends. Raises WordsMissing, WordsTooLong, WordsUnstorable."""
    text = text.strip()
    if not text:
        raise WordsMissing(zh_field=zh_field, en_field=en_field)
    if len(text) > MOST:
        raise WordsTooLong(most=MOST)
    if not storable(text):
        raise WordsUnstorable
    return text


def storable(text: str) -> bool:
    """PostgreSQL stores no NUL, UTF-8 has no form for half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def named_case(number: str, actor: Actor) -> Case:
    """The case of a number typed into a form; absent and invisible both raise NotFound."""
    if not storable(number):
        raise NotFound
    return get_case(number.strip(), actor)


def person_of(actor: Actor) -> int:
    """Id of the person; only people hold the posts of this room."""
    assert actor.person_id is not None
    return actor.person_id


def sent_once(rows: models.QuerySet[Row], key: UUID, make: Callable[[], Row], **sent: Any) -> Row:
    """The row of a key: made now, or the first one where the form was sent before, or twice at once.

    Raises KeyUsed, and IntegrityError where something else stands in the way.
    """
    known = rows.filter(key=key).first()
    if known is not None:
        return same_sent(known, **sent)
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        known = rows.filter(key=key).first()
        if known is None:
            raise
        return same_sent(known, **sent)


def same_sent(row: Row, **sent: Any) -> Row:
    """The row a known key stands for; raises KeyUsed where it was sent with other content or by somebody else."""
    if any(getattr(row, name) != value for name, value in sent.items()):
        raise KeyUsed
    return row
