# SPDX-License-Identifier: Apache-2.0
"""What is told to somebody away today is told to who stands in for them as well."""

import json
from typing import TYPE_CHECKING

from wangge.cases.actions.writes import plain
from wangge.grids.queries import city

if TYPE_CHECKING:
    from wangge.cases.actions.work import Work

_TO_SUBSTITUTES = """
INSERT INTO notices_notice
    (recipient_id, channel, template, case_id, facts, state, created_at, sent_at, tries, error)
SELECT DISTINCT a.substitute_id, n.channel, n.template, n.case_id, n.facts, n.state, n.created_at, n.sent_at, n.tries,
    n.error
FROM json_populate_recordset(NULL::notices_notice, %s::json) n JOIN organizations_absence a ON a.person_id = n.recipient_id
WHERE a.first_day <= %s AND a.last_day >= %s AND a.substitute_id <> ALL(%s::bigint[])
"""


def tell_substitutes(work: "Work") -> None:
    """Of every notice the step has written so far."""
    rows = work.writes.inserted("notices_notice")
    if not rows:
        return
    told = [row["recipient_id"] for row in rows]
    day = work.recorded_at.astimezone(city().zone).date()
    work.writes.also(
        _TO_SUBSTITUTES, json.dumps([{k: plain(v) for k, v in row.items()} for row in rows]), day, day,
        [*told, work.actor.person_id or 0],
    )  # fmt: skip
