# SPDX-License-Identifier: Apache-2.0
"""Notices of this room that no sweep writes: to the people of a unit or a centre, in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wangge.notices.models import Notice


def tell(
    people: Iterable[int],
    template: str,
    facts: dict[str, Any],
    *,
    at: datetime,
    case_id: int | None = None,
    but: int | None = None,
) -> None:
    """One notice to each of `people`, `but` left out (who made the change)."""
    rows = [
        Notice(
            recipient_id=person, template=template, facts=facts, case_id=case_id, state=Notice.State.SENT,
            created_at=at, sent_at=at, tries=1,
        )
        for person in dict.fromkeys(people) if person != but
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
