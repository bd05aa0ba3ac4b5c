# SPDX-License-Identifier: Apache-2.0
"""What must hold of a case at every moment: its rows are those its log tells of, and who may see it is who does."""

from datetime import datetime
from typing import Any

from django.db import connection

from tests.city import DISTRICT, EAST, WEST
from wangge.cases.deadlines import Clock, Limit, due_at
from wangge.cases.flow import END_STATES, OPEN_STATES
from wangge.cases.models import Case, CaseText, LogEntry, Task
from wangge.cases.reference import channels
from wangge.cases.tests.machine_calls import answers_gone, check_callbacks, ends_of, was_merged_into, who_rang
from wangge.cases.tests.machine_record import Told, told_by
from wangge.cases.verification import faults_of
from wangge.catalog.queries import norm
from wangge.grids.locate import grid_index
from wangge.grids.queries import command_path_of
from wangge.notices.models import Notice
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import directory

#: states in which a unit has the case; in `closing` and before, the unit is not yet released
WITH_UNIT = ("dispatched", "handling", "handled", "checking", "callback", "investigating", "closing")
SQUADS = {EAST: "squad_east", WEST: "squad_west", "": ""}

_OF_CASES = {
    "cases_case": "id", "cases_logentry": "case_id", "cases_casetext": "case_id", "cases_task": "case_id",
    "cases_dispatch": "case_id", "cases_siderecord": "case_id", "cases_caselink": "case_id", "cases_photo": "case_id",
    "cases_callbacktry": "case_id",
}  # fmt: skip
_PARTS = [
    f"SELECT '{table}', {column}, md5(string_agg(x::text, '|' ORDER BY x::text)) FROM {table} x"
    f" WHERE {column} >= %(first)s GROUP BY {column}"
    for table, column in _OF_CASES.items()
] + [
    f"SELECT '{table}', {column}, md5(string_agg(x::text, '|' ORDER BY x::text)) FROM {table} x WHERE {where} GROUP BY 2"
    for table, column, where in (
        ("cases_photo", "0", "case_id IS NULL"),
        ("cases_idempotencykey", "coalesce(case_id, 0)", "created_at >= %(since)s"),
        ("notices_notice", "case_id", "id > %(notice)s"),
    )
]
_ROWS = " UNION ALL ".join(_PARTS)
Rows = dict[tuple[str, int], str]


class Watch:
    """Every row written since it was made, told apart by case, so that the size of the database costs nothing."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT max(id) FROM cases_case), 0) + 1, now(),"
                " coalesce((SELECT max(id) FROM notices_notice), 0)"
            )
            first, since, notice = cursor.fetchone()
        self._since = {"first": first, "since": since, "notice": notice}

    def rows(self) -> Rows:
        """Digest of the rows of each table and case; case 0 = of no case yet."""
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, self._since)
            return {(table, case_id): digest for table, case_id, digest in cursor.fetchall()}


def tell(case: Case) -> Told:
    """The log of the case, read again."""
    entries = list(LogEntry.objects.filter(case=case).order_by("seq"))
    return told_by(
        entries, case.flow.document, wants_callback=channels()[case.channel_id].callback,
        rang=[(one.at, one.post) for one in who_rang(case.pk)], mixed=was_merged_into(case),
        ends=ends_of(case, entries), went=answers_gone(case),
    )  # fmt: skip


def check(case_id: int) -> bool:
    """Everything that must hold of a case after each step; is it open? AssertionError names what does not hold."""
    case = Case.objects.select_related("flow", "merged_into").get(pk=case_id)
    told = tell(case)
    _check_columns(case, told)
    _check_place(case, told)
    _check_clock(case, told)
    _check_dispatches(case, told)
    _check_tasks(case, told)
    entries = list(LogEntry.objects.filter(case=case).order_by("seq"))
    check_callbacks(case, entries, case.flow.document)
    return case.is_open


def check_whole(case_id: int) -> None:
    """What costs more: the chain with its texts and photos, the texts deleted, the notices, the links."""
    check(case_id)
    case = Case.objects.select_related("flow").get(pk=case_id)
    assert faults_of(case) == []
    told = tell(case)
    gone = set(CaseText.objects.filter(case=case, text__isnull=True).values_list("seq", "field"))
    assert gone == told.redacted
    notices = Notice.objects.filter(case_id=case_id)
    assert case.origin == "live" or not notices.exists(), "a replay tells nobody"
    linked = set(Case.objects.filter(links__other=case).values_list("number", flat=True))
    linked |= set(Case.objects.filter(linked_from__case=case).values_list("number", flat=True))
    assert told.links | told.unlinked <= linked
    back = Case.objects.filter(number__in=linked - told.links - told.unlinked).select_related("flow")
    for other in back:
        theirs = tell(other)
        assert case.number in theirs.links | theirs.unlinked, "a link nobody made"
    waiting = case.children.filter(state__in=OPEN_STATES).exists()
    assert not waiting or told.state in ("split",), "the whole ends after its parts"


def _check_columns(case: Case, told: Told) -> None:
    held = (
        case.state, case.log_seq, case.reported_at, case.last_at, case.class_code, case.owner, case.filed_at,
        case.lead_unit, case.handler_id, case.finished_at, case.closed_at, case.closing,
        case.merged_into.number if case.merged_into else "", case.rework_count, case.return_count,
        case.unsatisfied_count, case.callback_tries, case.reopened_count, case.order_owed,
    )  # fmt: skip
    due = (
        told.state, told.seq, told.reported_at, told.last_at, told.class_code, told.owner, told.filed_at,
        told.unit, told.handler, told.finished_at, told.closed_at, told.closing,
        told.target, told.reworked, told.returned, told.unsatisfied, told.tries, told.reopened, told.owed,
    )  # fmt: skip
    assert held == due
    info = norm(case.norm_id) if case.norm_id else None
    assert (info.code if info else "") == told.norm
    unit = directory().units[told.unit].path if told.unit else ""
    assert case.lead_unit_path == unit


def _check_place(case: Case, told: Told) -> None:
    street, community = told.grid[:9], told.grid[:12]
    path = f"{DISTRICT}/{street}/{community}/" if told.grid else f"{DISTRICT}/"
    assert (case.outside, case.area_path, case.squad) == (not told.grid, path, SQUADS[street])
    assert grid_index().code_of(case.unit_grid_id) == told.grid
    command = command_path_of(path).strip("/").split("/")
    assert case.command_path == "".join(f"{code}/" for code in command[: len(command) - told.escalated])


def _check_clock(case: Case, told: Told) -> None:
    """The case clock: where it runs, and until when."""
    assert (case.dispatched_at, case.clock_start) == (told.clock, told.runs_from)
    assert case.clock_used == told.used and case.overdue_exempt == told.exempt
    assert (case.suspended_until is None) == (told.open.get("suspension") != "running")
    due = _due(case, told)
    assert case.due_at == due and (case.yellow_at is None) == (due is None)
    assert due or told.runs_from is None or case.calendar_missing
    assert case.yellow_at is None or case.due_at is None or case.yellow_at <= case.due_at


def _due(case: Case, told: Told) -> datetime | None:
    if told.runs_from is None or case.norm_id is None:
        return None
    info = norm(case.norm_id)
    return _run_out(Limit(info.limit, Clock(info.clock)), told.runs_from, case, told.used)


def _run_out(limit: Limit, clock: datetime, case: Case, used: int = 0) -> datetime | None:
    try:
        return due_at(
            limit, clock, directory().calendar_of(directory().units[case.lead_unit].kind), used=used
        )
    except CalendarYearMissing:
        return None


def _check_dispatches(case: Case, told: Told) -> None:
    rows = list(case.dispatches.order_by("id"))
    assert {row.unit for row in rows} == told.given
    paths = [row.unit_path for row in rows] + [directory().units[code].path for code in told.consulted]
    above = {code for path in paths for code in path.strip("/").split("/")}
    assert set(case.units) == above, "who was given the case sees it, and nobody else's unit"
    leads = [row for row in rows if row.role == "lead"]
    assert len(leads) == told.leads
    running = [row for row in leads if row.ended_at is None]
    with_unit = told.state in WITH_UNIT and told.leads and not told.parts
    assert [row.unit for row in running] == ([told.unit] if with_unit else [])
    assert {row.unit for row in rows if row.role == "assist" and row.ended_at is None} == told.assisting
    for row in running:
        assert (row.due_at, row.finished_at) == (case.due_at, told.finished_at)
        assert row.finished_at or row.used_seconds is None
    assert told.state in WITH_UNIT or not [row for row in rows if row.ended_at is None]


def _check_tasks(case: Case, told: Told) -> None:
    tasks = list(Task.objects.filter(case=case))
    assert not [task for task in tasks if task.closed_at and task.closed_at < task.opened_at]
    rows = [task for task in tasks if task.closed_at is None]
    spoken_to = [row for row in rows if row.stage == "contact"]
    assert told.mixed or sorted(row.post for row in spoken_to) == sorted(told.contact)
    assert {(row.limit_value, row.limit_clock) for row in spoken_to} <= {(1, "work_day")}
    rows = [row for row in rows if row.stage != "contact"]
    asked = _stages(case)
    records = case.flow.document["records"]
    open_now = sorted((one.partition("/")[0], state) for one, state in told.open.items())
    waits = [
        (f"{kind}.{state}", task)
        for kind, state in open_now
        if (task := records[kind]["states"][state]["task"]) != "none"
    ]
    beside = dict(waits)
    stages = [told.state] * (told.state not in END_STATES) + [stage for stage, _ in waits]
    stages += told.stages & asked.keys()
    if told.open.get("supervision") == "issued" and told.replies == told.joint != frozenset():
        stages.append("supervision.issued")
    assert sorted(row.stage for row in rows) == sorted(stages)
    sides = list(case.side_records.values_list("kind", "state", "ended_at"))
    assert sorted((kind, state) for kind, state, ended in sides if ended is None) == open_now
    assert sorted((kind, state) for kind, state, ended in sides if ended) == sorted(told.ended)
    for row in rows:
        document = case.flow.document
        waiting = beside.get(row.stage) or (document["states"] | document["beside"])[row.stage]["task"]
        assert row.post == waiting["post"]
        if waiting["clock"] == "mode":
            assert (row.limit_value, row.limit_clock) == ((3, "work_day") if told.joint else (4, "work_hour"))
            continue
        if row.stage in told.stages:
            assert told.clock and row.due_at == _run_out(asked[row.stage], told.clock, case)
            assert row.assignee_id == told.handler
            continue
        if waiting["clock"] == "norm":
            assert (row.due_at, row.yellow_at) == (case.due_at, case.yellow_at)
            assert row.assignee_id == (None if row.stage in beside else told.handler)
        else:
            limit = None if waiting["clock"] == "none" else tuple(waiting["clock"])
            assert (row.limit_value, row.limit_clock) == (limit or (None, ""))
            assert (row.due_at is None) == (limit is None) or case.calendar_missing


def _stages(case: Case) -> dict[str, Limit]:
    """What the norm asks for before the repair."""
    info = norm(case.norm_id) if case.norm_id else None
    found = {}
    if info and info.arrive_limit:
        found["arrive"] = Limit(info.arrive_limit, Clock(info.arrive_clock))
    if info and info.safe_limit:
        found["make_safe"] = Limit(info.safe_limit, Clock(info.safe_clock))
    return found


def sees(login: str, case: Case, told: Told, *, own: bool) -> bool:
    """May this one of the cast see the case? In the words of the field. `own`: they reported it."""
    if login.startswith(("outsider", "administrator")):
        return False
    if own:
        return True
    # the leader of a squad sees what its inspectors see
    post, _, place = login.replace("squad_leader_", "inspector_").partition("_")
    if post in ("clerk", "handler"):
        return place in told.given | told.consulted
    side = {EAST: "east", WEST: "west"}.get(told.grid[:9], "")
    if post == "inspector":
        return not side or place.startswith(side)
    return place not in ("east", "west") or place == side


def counts_of(case: Case) -> tuple[object, ...]:
    """What reports count of a case, and how many are open."""
    return (
        case.rework_count, case.return_count, case.unsatisfied_count, case.reopened_count, case.callback_tries,
        case.order_owed, case.parts, case.closed_at, case.class_code, case.norm_id, case.area_path, case.children.count(),
        Case.objects.open().count(),
    )  # fmt: skip


def waits_at(case: Case) -> list[Any]:
    """What waits for whom at a case."""
    open_now = case.tasks.filter(closed_at=None).order_by("stage", "unit_path", "post")
    return list(open_now.values_list("stage", "unit_path", "post", "due_at"))
