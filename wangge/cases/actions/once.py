# SPDX-License-Identifier: Apache-2.0
"""What a device or a peer may send twice happens once: the key it sends stands beside the step it led to."""

import json
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from wangge.cases.errors import KeyReused
from wangge.common.errors import DomainError
from wangge.common.sealing import keyed_digest
from wangge.organizations.directory import Actor


@dataclass(frozen=True)
class Taken:
    """The step as recorded. `again`: the key was known, this is its first result and nothing new happened."""

    case_id: int
    number: str
    seq: int
    state: str
    again: bool = False


class KeyKnown(Exception):
    """The key stands beside its first result already: what this transaction did is undone."""


@dataclass(frozen=True)
class Sent:
    """A request that may come twice: its key, and by whom and what was asked, as a keyed digest: a text that is deleted
    later is not guessed from it."""

    key: UUID
    actor_id: int | None
    digest: str

    @classmethod
    def of(cls, key: UUID | None, actor: Actor, request: list[Any]) -> "Sent | None":
        """None without a key."""
        if key is None:
            return None
        body = json.dumps(request, default=_plain_request, sort_keys=True)
        return cls(key, actor.person_id, keyed_digest(body))


def _plain_request(value: Any) -> Any:
    return vars(value) if is_dataclass(value) else str(value)


def once(sent: Sent | None, act: Callable[[], Taken]) -> Taken:
    """What `act` gives, in one transaction; where the key is known, its first result, and nothing new happens.

    The key is written with everything else at the end: a second sender waits there until the first has committed or
    failed; where it waited elsewhere, at the number the same request bears outside, that is no fault of it. What would
    be refused by now, for a channel or a class that has ended, is answered as it was then.
    """
    try:
        with transaction.atomic():
            return act()
    except (KeyKnown, DomainError, IntegrityError):
        first = _first_result(sent) if sent else None
        if first is None:
            raise
        return first


def _first_result(sent: Sent) -> Taken | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.request_digest, k.actor_id, k.case_id, c.number, k.seq,"
            " (SELECT l.to_state FROM cases_logentry l"
            "  WHERE l.case_id = k.case_id AND l.seq = k.seq AND l.recorded_at >= c.reported_at)"
            " FROM cases_idempotencykey k LEFT JOIN cases_case c ON c.id = k.case_id WHERE k.key = %s",
            [sent.key],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    known, owner, case_id, number, seq, state = found
    if known != sent.digest or owner != sent.actor_id:
        raise KeyReused
    return Taken(case_id, number, seq, state, again=True)
