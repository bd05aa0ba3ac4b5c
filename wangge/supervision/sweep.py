# SPDX-License-Identifier: Apache-2.0
"""One pass over the running deadlines: every rung reached is written once and told, in one statement a rung.

Set-based: a rung is asked up to which due moment it is reached (`ladder`), the database finds what lies there and has no
row yet. The unique row decides: of two workers at once, one inserts it and tells, the other finds it there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from wangge.cases.flow import OPEN_STATES
from wangge.grids.queries import city
from wangge.organizations.calendars import WorkCalendar
from wangge.organizations.directory import directory
from wangge.organizations.models import Unit
from wangge.supervision.access import clerks_of
from wangge.supervision.ladder import reached_up_to
from wangge.supervision.rules import KEEPER, Oversight, Rung

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)  # as the partial index says it
#: what both kinds of deadline give; `unit`: whose calendar it runs on
_CASES = f"""
    SELECT c.id AS case_id, 0::bigint AS task_id, c.number, c.due_at, c.lead_unit, c.lead_unit_path, c.area_path,
        c.command_path, '' AS post, c.lead_unit_path AS pool_unit, '' AS pool_area, c.handler_id AS keeper
    FROM cases_case c JOIN catalog_norm n ON n.id = c.norm_id
    WHERE c.state IN ({_OPEN}) AND c.finished_at IS NULL AND c.origin <> 'replayed' AND {{reached}}
"""
_TASKS = """
    SELECT c.id AS case_id, t.id AS task_id, c.number, t.due_at, c.lead_unit, c.lead_unit_path, c.area_path,
        c.command_path, t.post, t.unit_path AS pool_unit, t.area_path AS pool_area, t.assignee_id AS keeper
    FROM cases_task t JOIN cases_case c ON c.id = t.case_id
    WHERE t.closed_at IS NULL AND c.origin <> 'replayed' AND t.stage = ANY(%(stages)s) AND {reached}
"""
_UNIT_OF_TASK = "split_part(rtrim(t.unit_path, '/'), '/', -1)"
_SWEEP = """
WITH found AS (
    {deadlines}
    AND NOT EXISTS (
        SELECT FROM supervision_reached r
        WHERE r.case_id = c.id AND r.task_id = {task} AND r.due_at = {due} AND r.rung = %(rung)s)
), reached AS (
    -- in one order, so that two workers wait for each other and never both
    INSERT INTO supervision_reached (case_id, task_id, rung, kind, unit, due_at, at)
    SELECT case_id, task_id, %(rung)s, %(kind)s, lead_unit, due_at, %(at)s FROM found ORDER BY case_id, task_id
    ON CONFLICT DO NOTHING
    RETURNING case_id, task_id
), asked AS (
    SELECT f.case_id, f.number, f.due_at, CASE p.axis WHEN 'keeper' THEN f.keeper END AS keeper,
        CASE p.axis WHEN 'keeper' THEN f.post ELSE p.post END AS post,
        CASE p.axis WHEN 'keeper' THEN f.pool_unit WHEN 'unit' THEN f.lead_unit_path ELSE '' END AS unit_path,
        CASE p.axis WHEN 'keeper' THEN f.pool_area WHEN 'unit' THEN '' WHEN 'command' THEN f.command_path
            ELSE f.area_path END AS area_path
    FROM found f JOIN reached USING (case_id, task_id)
    CROSS JOIN unnest(%(posts)s::text[], %(axes)s::text[]) AS p (post, axis)
), pools AS (
    SELECT DISTINCT post, unit_path, area_path FROM asked WHERE keeper IS NULL
), people AS (
    SELECT DISTINCT q.post, q.unit_path, q.area_path, a.person_id
    FROM pools q JOIN organizations_appointment a ON a.post = q.post AND a.valid_to IS NULL
        AND (q.area_path = '' OR starts_with(q.area_path, a.area_path))
        AND (q.unit_path = '' OR a.unit_path = '' OR starts_with(q.unit_path, a.unit_path))
    JOIN organizations_person p ON p.id = a.person_id AND p.is_active
), told AS (
    SELECT case_id, number, due_at, person_id FROM asked JOIN people USING (post, unit_path, area_path) WHERE keeper IS NULL
    UNION SELECT case_id, number, due_at, keeper FROM asked WHERE keeper IS NOT NULL
), all_told AS (
    SELECT case_id, number, due_at, person_id FROM told
    UNION SELECT t.case_id, t.number, t.due_at, a.substitute_id FROM told t JOIN organizations_absence a
        ON a.person_id = t.person_id AND a.substitute_id IS NOT NULL AND %(day)s BETWEEN a.first_day AND a.last_day
), notices AS (
    INSERT INTO notices_notice
        (recipient_id, channel, template, case_id, facts, state, created_at, sent_at, tries, error)
    SELECT person_id, 'in_app', %(template)s, case_id, jsonb_build_object('number', number, 'due_at', due_at), 'sent', %(at)s,
        %(at)s, 1, '' FROM all_told
    RETURNING 1
)
SELECT (SELECT count(*) FROM reached), (SELECT count(*) FROM notices)
"""
#: the template of the notice, by kind of rung
TEMPLATES = {
    "reminder": "rung_reminder", "urging": "rung_urging", "order": "rung_order", "attention": "rung_attention",
}  # fmt: skip


@dataclass(frozen=True)
class Swept:
    """What a pass wrote: rungs reached, notices told."""

    reached: int
    told: int


def sweep(rules: Oversight, *, at: datetime) -> dict[str, Swept]:
    """Every rung of every deadline that runs, reached by `at` and not yet written; by code of the rung.

    A transaction a rung: what one has written stays if another fails.
    """
    found = {}
    for rung in rules.rungs:
        with transaction.atomic(), connection.cursor() as cursor:
            reached = told = 0
            for statement, arguments in _statements(rung, at):
                cursor.execute(statement, arguments)
                more_reached, more_told = cursor.fetchone()
                reached, told = reached + more_reached, told + more_told
            found[rung.code] = Swept(reached, told)
    return found


def _statements(rung: Rung, at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """One for each calendar that tells another moment; a rung without a work clock asks none."""
    posts = directory().posts
    axes = [KEEPER if code == KEEPER else posts[code].axis if code in posts else "" for code in rung.tell]
    alias = "t" if rung.stages else "c"
    common = {
        "rung": rung.code, "kind": rung.kind, "at": at, "day": at.astimezone(city().zone).date(), "posts": rung.tell,
        "axes": axes, "stages": rung.stages, "clocks": [clock.value for clock in rung.clocks],
        "longest": [most.value for most in rung.longest], "longest_of": [most.clock.value for most in rung.longest],
        "template": TEMPLATES[rung.kind],
    }  # fmt: skip
    for calendar, of_units in _calendars(rung):
        up_to = reached_up_to(rung, at, calendar)
        if up_to is None:
            continue
        reached = " AND ".join([*_conditions(rung, alias), *([of_units[0]] if of_units else [])])
        deadlines = (_TASKS if rung.stages else _CASES).format(reached=reached)
        task, due = ("t.id", "t.due_at") if rung.stages else ("0", "c.due_at")
        more: dict[str, Any] = {"up_to": up_to, "units": of_units[1] if of_units else []}
        if rung.span:
            more |= {"value": rung.span.value, "clock": rung.span.clock.value}
        yield _SWEEP.format(deadlines=deadlines, task=task, due=due), common | more


def _conditions(rung: Rung, alias: str) -> Iterator[str]:
    clock, limit = ("t.limit_clock", "t.limit_value") if alias == "t" else ("n.clock", 'n."limit"')
    if rung.when == "yellow":
        yield f"{alias}.yellow_at <= %(up_to)s AND {alias}.due_at > %(at)s"
    else:
        yield f"{alias}.due_at <= %(up_to)s"
    if rung.when == "before":  # of a limit that is no longer than the span, the whole would be a reminder
        yield f"{alias}.due_at > %(at)s AND {clock} = %(clock)s AND {limit} > %(value)s"
    if rung.clocks:
        yield f"{clock} = ANY(%(clocks)s)"
    if rung.longest:
        yield (
            "NOT EXISTS (SELECT FROM unnest(%(longest_of)s::text[], %(longest)s::int[]) AS m (clock, value)"
            f" WHERE m.clock = {clock} AND m.value < {limit})"
        )


def _calendars(rung: Rung) -> Iterator[tuple[WorkCalendar, tuple[str, list[str]] | None]]:
    """Each calendar with the condition on the units it is for; None = all."""
    known = directory()
    special = {kind for kind in known.calendars if kind}
    if rung.span is None or not rung.span.clock.value.startswith("work") or not special:
        yield known.calendar, None
        return
    unit = _UNIT_OF_TASK if rung.stages else "c.lead_unit"
    taken: list[str] = []
    for kind in sorted(special):
        units = [info.code for info in known.units.values() if info.kind == kind]
        units += [""] if kind == Unit.Kind.CENTRE else []  # what waits in an area waits for its centre
        taken += units
        yield known.calendars[kind], (f"{unit} = ANY(%(units)s)", units)
    yield known.calendar, (f"{unit} <> ALL(%(units)s)", taken)


_OVERDUE = """
WITH late AS (
    UPDATE supervision_demand SET urged_at = %(at)s WHERE state = 'open' AND due_at <= %(at)s AND urged_at IS NULL
    RETURNING id, unit
)
INSERT INTO notices_notice (recipient_id, channel, template, case_id, facts, state, created_at, sent_at, tries, error)
SELECT p.person, 'in_app', 'demand_overdue', NULL::bigint, jsonb_build_object('id', late.id), 'sent', %(at)s, %(at)s, 1, ''
FROM late JOIN unnest(%(units)s::text[], %(people)s::bigint[]) AS p (unit, person) ON p.unit = late.unit
"""


def urge_demands(*, at: datetime) -> int:
    """Demands of papers not answered in time: their unit is told, once; how many notices."""
    pairs = [(code, person) for code in directory().units for person in clerks_of([code])]
    given: dict[str, Any] = {
        "at": at,
        "units": [unit for unit, _ in pairs],
        "people": [person for _, person in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, given)
        return int(cursor.rowcount)
