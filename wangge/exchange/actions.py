# SPDX-License-Identifier: Apache-2.0
"""Keys of peers: made and shown once, revoked, counted."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.exchange.errors import UnknownKey, UnknownPerson
from wangge.exchange.models import ApiKey
from wangge.organizations.models import Person


def digest(key: str) -> str:
    """Hex SHA-256. A key holds 256 random bits, so that a plain digest cannot be searched."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_key(
    *, login: str, name: str, scopes: Collection[str], per_minute: int, at: datetime
) -> tuple[ApiKey, str]:
    """A new key for the active person `login` and its text `wg_<prefix>_<secret>`, which is kept nowhere."""
    person = Person.objects.filter(login=login, is_active=True).first()
    if person is None:
        raise UnknownPerson(login=login)
    prefix = secrets.token_hex(5)
    key = f"wg_{prefix}_{secrets.token_urlsafe(32)}"
    ordered = [scope for scope in ApiKey.Scope.values if scope in scopes]
    row = ApiKey.objects.create(
        prefix=prefix, digest=digest(key), name=name, person=person, scopes=ordered, per_minute=per_minute, created_at=at
    )  # fmt: skip
    return row, key


def revoke_key(prefix: str, *, at: datetime) -> None:
    """From now on the key is refused. Raises UnknownKey where none with this prefix is in use."""
    if not ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True).update(revoked_at=at):
        raise UnknownKey(prefix=prefix)


@dataclass(frozen=True)
class CountedKey:
    """A known key and its requests in this minute, this one among them; `count` None where it is not in force."""

    person_id: int
    scopes: tuple[str, ...]
    per_minute: int
    count: int | None


# One statement finds the key and counts. The table is unlogged: the counters survive no crash and cost no disk write.
_COUNT = """
WITH known AS (
    SELECT k.id, k.person_id, k.scopes, k.per_minute, k.revoked_at IS NULL AND p.is_active AS in_force
    FROM exchange_apikey k JOIN organizations_person p ON p.id = k.person_id
    WHERE k.prefix = %s AND k.digest = %s
), counted AS (
    INSERT INTO exchange_apiuse AS u (key_id, minute, count) SELECT id, %s, 1 FROM known WHERE in_force
    ON CONFLICT (key_id, minute) DO UPDATE SET count = u.count + 1 RETURNING count
)
SELECT person_id, scopes, per_minute, (SELECT count FROM counted) FROM known
"""


def count_use(key: str, *, at: datetime) -> CountedKey | None:
    """Find `key` and count one request in the minute of `at`; None where there is no such key."""
    prefix = key.split("_", 2)[1] if key.count("_") >= 2 else ""
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [prefix, digest(key), minute])
        row = cursor.fetchone()
    return CountedKey(row[0], tuple(row[1]), row[2], row[3]) if row else None
