# SPDX-License-Identifier: Apache-2.0
"""Steps of which a part is missing: dispatches, notices and keys beside the entries of the cases a load has made.

What a load does is known: no case is returned, handled by its own station or corrected, and every request has a key.
"""

from collections.abc import Iterable

from django.db import connection

from wangge.cases.flow import OPEN_STATES

#: step -> the sentence it tells by: the reporter, or for the dispatch the unit's clerks; nobody is told of what they do
TOLD = {"accept": "accepted", "dispatch": "task", "close": "ended"}
_NEW = "FROM cases_case c JOIN cases_logentry e ON e.case_id = c.id WHERE c.id > %(last)s"
_LEAD = "FROM cases_dispatch d WHERE d.case_id = c.id AND d.role = 'lead'"
_MATTER = "FROM notices_notice n WHERE n.case_id = c.id AND n.created_at = e.at AND n.template = t.template"
_SIGNED = "EXISTS (SELECT FROM cases_logentry e WHERE e.case_id = c.id AND e.step IN ('sign_for', 'assign'))"
#: what is missing -> numbers of the cases
HALVES = {
    "an entry without its key": f"""
        SELECT c.number {_NEW} AND NOT EXISTS (
            SELECT FROM cases_idempotencykey k WHERE k.case_id = e.case_id AND k.seq = e.seq)""",
    "a key without its entry": """
        SELECT coalesce(c.number, k.key::text) FROM cases_idempotencykey k LEFT JOIN cases_case c ON c.id = k.case_id
        WHERE (k.case_id > %(last)s OR k.case_id IS NULL) AND NOT EXISTS (
            SELECT FROM cases_logentry e WHERE e.case_id = k.case_id AND e.seq = k.seq)""",
    "a dispatch without its row": f"""
        SELECT c.number {_NEW} AND e.step = 'dispatch' AND NOT EXISTS (SELECT {_LEAD} AND d.seq = e.seq)""",
    "a row of a dispatch without its entry": """
        SELECT c.number FROM cases_case c JOIN cases_dispatch d ON d.case_id = c.id WHERE c.id > %(last)s
        AND NOT EXISTS (
            SELECT FROM cases_logentry e WHERE e.case_id = c.id AND e.seq = d.seq AND e.step = 'dispatch')""",
    "a unit in charge that is none, or none that is": f"""
        SELECT c.number FROM cases_case c WHERE c.id > %(last)s
        AND (c.dispatched_at IS NOT NULL AND c.state = ANY(%(open)s)) <> EXISTS (SELECT {_LEAD} AND d.ended_at IS NULL)""",
    "a dispatch that does not know it was signed for or done": f"""
        SELECT c.number FROM cases_case c WHERE c.id > %(last)s AND EXISTS (SELECT {_LEAD}
        AND ((d.signed_at IS NULL) = {_SIGNED} OR (d.finished_at IS NULL) <> (c.finished_at IS NULL)))""",
    "a step that told nobody": f"""
        SELECT c.number FROM cases_case c JOIN cases_logentry e ON e.case_id = c.id
        JOIN unnest(%(steps)s::text[], %(templates)s::text[]) AS t(step, template) ON t.step = e.step
        WHERE c.id > %(last)s AND (e.step = 'dispatch' OR c.reporter_id <> e.actor_id)
        AND NOT EXISTS (SELECT {_MATTER})""",
    "a notice of no step, or twice": """
        SELECT c.number FROM cases_case c JOIN notices_notice n ON n.case_id = c.id
        WHERE c.id > %(last)s AND n.template = ANY(%(templates)s)
        GROUP BY c.number, c.id, n.recipient_id, n.template, n.created_at
        HAVING count(*) > 1
        OR NOT EXISTS (SELECT FROM cases_logentry e WHERE e.case_id = c.id AND e.at = n.created_at)""",
}


def halves_after(last_case: int) -> list[str]:
    """Faults of the cases with a greater id, one sentence each."""
    known: dict[str, int | list[str]] = {
        "last": last_case, "open": [state.value for state in OPEN_STATES], "steps": list(TOLD), "templates": list(TOLD.values()),
    }  # fmt: skip
    return [f"{number}: {what}" for what, query in HALVES.items() for number in _numbers(query, known)]


def _numbers(query: str, known: dict[str, int | list[str]]) -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, known)
        return sorted({number for (number,) in cursor.fetchall()})
