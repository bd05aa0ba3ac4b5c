# SPDX-License-Identifier: Apache-2.0
"""A person's notices in the product, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from wangge.notices.models import Notice
from wangge.notices.templates import say

MOST_COUNTED = 100  # a page shows "99+"


@dataclass(frozen=True)
class NoticeRow:
    """A notice as read; `number` is empty where it is not about a case."""

    id: int
    template: str
    number: str
    text_zh: str
    text_en: str
    created_at: datetime
    read_at: datetime | None


def latest(person_id: int | None, *, before: int | None = None, limit: int = 50) -> list[NoticeRow]:
    """The person's newest notices, read or not; `before`: older than this id (keyset)."""
    found = _of(person_id)
    return _rows(found.filter(id__lt=before) if before else found, limit)


def unread(person_id: int | None, *, limit: int = 50) -> list[NoticeRow]:
    """The newest notices the person has not read."""
    return _rows(_of(person_id).filter(read_at__isnull=True), limit)


def unread_count(person_id: int | None) -> int:
    """How many they have not read; counted up to 100."""
    return _of(person_id).filter(read_at__isnull=True)[:MOST_COUNTED].count()


def _of(person_id: int | None) -> "QuerySet[Notice]":
    return Notice.objects.filter(recipient_id=person_id, channel=Notice.Channel.IN_APP)


def _rows(found: "QuerySet[Notice]", limit: int) -> list[NoticeRow]:
    rows = []
    for notice in found.order_by("-id")[:limit]:
        text = say(notice.template, notice.facts)
        number = notice.facts.get("number", "")
        rows.append(
            NoticeRow(notice.pk, notice.template, number, text.zh, text.en, notice.created_at, notice.read_at)
        )
    return rows
