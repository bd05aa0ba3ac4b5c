# SPDX-License-Identifier: Apache-2.0
"""In which order rows are locked, so that no two people wait for each other: cases by their ids, then photos.

The door locks the one case of a step as it reads it. What locks more than that comes here first.
"""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.organizations.directory import Actor

_BOTH = "SELECT FROM cases_case WHERE {column} = %s OR number = %s ORDER BY id FOR NO KEY UPDATE"
# the case, what it is part of, what it was merged into, and so on
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT c.id, c.parent_id, c.merged_into_id FROM cases_case c WHERE c.{column} = %s
    UNION
    SELECT c.id, c.parent_id, c.merged_into_id
    FROM above a JOIN cases_case c ON c.id IN (a.parent_id, a.merged_into_id)
)
SELECT id FROM above ORDER BY id
"""
_ALL = "SELECT FROM cases_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_PHOTOS = """
SELECT id::text, sha256, case_id IS NULL AND visit_id IS NULL AND uploaded_by_id = %s
FROM cases_photo WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""


def lock_both(which: int | str, other: str) -> None:
    """A case (its id or its number) and the one with the number `other`."""
    with connection.cursor() as cursor:
        cursor.execute(_BOTH.format(column=_column(which)), [which, other])


def lock_along(which: int | str) -> None:
    """A case (its id or its number), the whole it is part of, what it was merged into, and so on: whoever changes what
    they are to each other, or whose callers somebody is, waits. First of all locks of a transaction."""
    above = _ABOVE.format(column=_column(which))
    with connection.cursor() as cursor:
        while True:
            # to begin anew, with what it was merged into meanwhile, gives back the locks of this turn
            with transaction.atomic():
                cursor.execute(above, [which])
                found = cursor.fetchall()
                cursor.execute(_ALL, [[row[0] for row in found]])
                cursor.execute(above, [which])
                if cursor.fetchall() == found:
                    return
                transaction.set_rollback(True)


def lock_photos(photos: tuple[UUID, ...], actor: Actor) -> list[dict[str, Any]]:
    """{id, sha256} of those of `photos` that wait and are the actor's own.

    Another step that names one of them, or their purge, waits: afterwards the photo is taken or gone. A statement of
    its own: with a list inside, the door's would be planned anew each time.
    """
    if not photos:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PHOTOS, [actor.person_id, list(photos)])
        return [{"id": row[0], "sha256": row[1]} for row in cursor.fetchall() if row[2]]


def _column(which: int | str) -> str:
    return "id" if isinstance(which, int) else "number"
