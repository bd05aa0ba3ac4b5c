# SPDX-License-Identifier: Apache-2.0
"""What each person sees: cases, lists, tasks, the board; each against a plain count in Python, each at its price."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.city import (
    COVER,
    DISTRICT,
    EAST,
    IN_EAST,
    IN_EAST_2,
    IN_WEST,
    MORNING,
    OUTSIDE,
    STREET_EVENT,
    actor,
    colleague_of,
)
from tests.loop import bring_to, new_case, step
from wangge.cases.access import offered_steps
from wangge.cases.actions import take
from wangge.cases.flow import State
from wangge.cases.models import Case, Dispatch, Task
from wangge.cases.queries import (
    Filters,
    board,
    get_case,
    latest_movements,
    list_cases,
    my_tasks,
    task_counts,
    timeline,
)
from wangge.cases.visibility import is_visible, visible_to
from wangge.common.clock import now
from wangge.common.errors import NotFound
from wangge.organizations.directory import directory, holds
from wangge.organizations.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

LATE = MORNING + timedelta(days=1)


@pytest.fixture
def mixed() -> list[Case]:
    """Cases of every state, east, west and outside, some with assisting units, some returned to another unit."""
    cases = []
    for number, state in enumerate(State):
        at = MORNING + timedelta(minutes=20 * number)
        where = (IN_EAST, IN_EAST_2)[number % 2]
        cases.append(bring_to(state, at=at, where=where, class_code=(COVER, STREET_EVENT)[number % 2]))
    for state in (State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.CLOSING):
        west = new_case(where=IN_WEST, at=MORNING, reporter="inspector_west")
        path = {"reported": (), "accepted": ("accept",), "dispatched": ("accept", "file", "dispatch")}.get(
            state, ("accept", "file", "dispatch", "sign_for")
        )
        for code in path:
            step(west, code)
        cases.append(west)
    cases.append(new_case(where=OUTSIDE))
    assisted = bring_to(State.FILED)
    step(assisted, "dispatch", unit="swj", assist=("dongjie", "csgl"))
    cases.append(assisted)
    returned = bring_to(State.HANDLING)
    for code in ("ask_return", "return"):
        step(returned, code)
    step(returned, "dispatch", unit="xijie")
    step(returned, "ask_escalation")
    cases.append(returned)
    return list(Case.objects.all())


def _logins() -> list[str]:
    return list(Person.objects.order_by("login").values_list("login", flat=True))


def test_the_list_the_single_case_and_the_rule_agree_for_everyone(mixed: list[Case]) -> None:
    seen: dict[str, set[int]] = {}
    for login in _logins():
        by = actor(login)
        one_by_one = {c.pk for c in mixed if is_visible(c, by)}
        in_lists = set(Case.objects.filter(visible_to(by)).values_list("pk", flat=True))
        assert in_lists == one_by_one == {r.id for r in list_cases(by, Filters(), at=LATE, limit=500).rows}, (
            login
        )
        for case in mixed[:6]:
            if case.pk in one_by_one:
                assert get_case(case.number, by).pk == case.pk
            else:
                with pytest.raises(NotFound):
                    get_case(case.number, by)
        seen[login] = one_by_one
    _check_who_sees_what(mixed, seen)


def _check_who_sees_what(mixed: list[Case], seen: dict[str, set[int]]) -> None:
    """In the words of the field, not of the code: the district sees all, a street its own, a unit what it was given."""
    everything = {c.pk for c in mixed}
    west = {c.pk for c in mixed if c.lon == IN_WEST.lon}
    outside = {c.pk for c in mixed if c.outside}
    for login in ("operator_1", "chief_1", "dispatcher_1", "evaluator", "coordinator", "leader", "two_hats"):
        assert seen[login] == everything, login
    for post in ("operator", "chief", "dispatcher"):
        assert seen[f"{post}_west"] == west and seen[f"{post}_east"] == everything - west - outside
    assert seen["inspector_west"] == west | outside, "who walks no grid's case is anybody's to look at"
    assert seen["inspector_east"] == seen["inspector_east_2"] == everything - west
    given: dict[int, list[str]] = {}
    for case_id, path in Dispatch.objects.values_list("case_id", "unit_path"):
        given.setdefault(case_id, []).append(path)
    for unit in ("swj", "csgl", "dongjie", "xijie"):
        theirs = {pk for pk, paths in given.items() if any(unit in path for path in paths)}
        assert theirs and seen[f"clerk_{unit}"] == seen[f"handler_{unit}"] == theirs
    assert seen["outsider"] == seen["administrator"] == set()


def test_a_reporter_sees_their_own_report_wherever_it_lies(mixed: list[Case]) -> None:
    case = new_case(where=IN_WEST, reporter="operator_east")
    assert get_case(case.number, actor("operator_east")).pk == case.pk
    assert not [c for c in mixed if c.reporter_id == actor("operator_east").person_id]


def test_my_tasks_are_those_of_my_posts_for_everyone(mixed: list[Case]) -> None:
    waiting = list(Task.objects.filter(closed_at=None))
    assert len(waiting) > 20
    for login in _logins():
        by = actor(login)
        expected = {
            t.pk
            for t in waiting
            if t.assignee_id in (None, by.person_id)
            and any(holds(held, t.post, t.unit_path, t.area_path) for held in by.held)
        }
        rows = my_tasks(by, at=LATE, limit=500)
        assert {r.id for r in rows} == expected, login
        assert task_counts(by) == Counter(r.stage for r in rows), login
        for row in rows:
            case = Case.objects.get(number=row.number)
            offers = offered_steps(case, by)
            assert any(o.allowed or "您" in o.reason_zh for o in offers), (login, row.stage)


def test_an_assigned_task_is_its_handler_s_alone() -> None:
    case = bring_to(State.HANDLING)
    step(case, "assign")
    assert [r.mine for r in my_tasks(actor("handler_swj"), at=LATE)] == [True]
    colleague = actor(colleague_of("handler_swj")).person_id
    Task.objects.filter(case=case, closed_at=None).update(assignee=colleague)
    assert my_tasks(actor("handler_swj"), at=LATE) == []


def test_pages_hold_every_row_once_in_order(mixed: list[Case]) -> None:
    for size in (1, 3, 500):
        _check_pages(mixed, size)


def _check_pages(mixed: list[Case], size: int) -> None:
    by = actor("operator_1")
    tasks = _pages(lambda after: my_tasks(by, at=LATE, after=after, limit=size), lambda r: (r.sort_at, r.id))
    assert [t.id for t in tasks] == [t.id for t in my_tasks(by, at=LATE, limit=500)]
    assert [t.sort_at for t in tasks] == sorted(t.sort_at for t in tasks)
    cases = _pages(
        lambda after: list_cases(by, Filters(), at=LATE, after=after, limit=size).rows,
        lambda r: (r.reported_at, r.id),
    )
    assert [c.id for c in cases] == [
        c.pk for c in sorted(mixed, key=lambda c: (c.reported_at, c.pk), reverse=True)
    ]


def _pages(page: Callable[[Any], list[Any]], key: Callable[[Any], Any]) -> list[Any]:
    rows: list[Any] = []
    while more := page(key(rows[-1]) if rows else None):
        rows += more
    return rows


def _light(case: Case) -> str:
    if not case.is_open or case.finished_at or not case.due_at or not case.yellow_at:
        return ""
    return "red" if case.due_at <= LATE else "yellow" if case.yellow_at <= LATE else "green"


FILTERS: dict[str, tuple[Filters, Callable[[Case], bool]]] = {
    "state": (Filters(state="filed"), lambda c: c.state == "filed"),
    "class": (Filters(class_code=COVER), lambda c: c.class_code == COVER),
    "class above": (Filters(class_code="E01"), lambda c: c.class_code == STREET_EVENT),
    "area": (Filters(area=EAST), lambda c: EAST in c.area_path),
    "unit": (Filters(unit="swj"), lambda c: c.lead_unit == "swj"),
    "channel": (Filters(channel="hotline"), lambda c: c.channel_id == "hotline"),
    "since": (
        Filters(since=MORNING + timedelta(hours=1)),
        lambda c: c.reported_at >= MORNING + timedelta(hours=1),
    ),
    "until": (
        Filters(until=MORNING + timedelta(hours=1)),
        lambda c: c.reported_at < MORNING + timedelta(hours=1),
    ),
    "open": (Filters(only_open=True), lambda c: c.is_open),
    "red": (Filters(light="red", only_open=True), lambda c: _light(c) == "red"),
    "green": (Filters(light="green", only_open=True), lambda c: _light(c) == "green"),
    "green alone": (Filters(light="green"), lambda c: _light(c) == "green"),
    "words": (Filters(words="井盖 绕行"), lambda c: True),
    "one character": (Filters(words="盖"), lambda c: True),
    "other words": (Filters(words="积水"), lambda c: False),
    "percent is no pattern": (Filters(words="%"), lambda c: False),
}


def test_filters_find_what_they_say(mixed: list[Case]) -> None:
    lights = {c.pk: _light(c) for c in mixed}
    assert set(lights.values()) == {"", "green", "red"}
    for name, (filters, fits) in FILTERS.items():
        rows = list_cases(actor("operator_1"), filters, at=LATE, limit=500).rows
        assert {r.id for r in rows} == {c.pk for c in mixed if fits(c)}, name
        assert {r.id: r.light for r in rows} == {r.id: lights[r.id] for r in rows}, name


def test_the_board_counts_what_a_plain_count_counts(mixed: list[Case]) -> None:
    last_minute = MORNING.replace(hour=15, minute=59)
    for at in (last_minute, last_minute + timedelta(minutes=1), last_minute - timedelta(days=1)):
        new_case(at=at)
    for login in ("operator_1", "chief_east", "dispatcher_west", "clerk_swj", "outsider"):
        _check_board(login)


def _check_board(login: str) -> None:
    by = actor(login)
    cases = list(Case.objects.filter(visible_to(by)))
    moment = MORNING + timedelta(hours=6)
    counted = board(by, at=moment)
    midnight = MORNING.replace(day=10, hour=16)
    today = [c for c in cases if midnight <= c.reported_at < midnight + timedelta(days=1)]
    closed = [c for c in cases if c.closed_at and midnight <= c.closed_at < midnight + timedelta(days=1)]
    assert (counted.reported_today, counted.closed_today) == (len(today), len(closed))
    assert counted.filed_today == sum(c.filed_at is not None for c in today)
    hours = Counter((c.reported_at.hour + 8) % 24 for c in today)
    assert counted.by_hour == tuple(hours.get(h, 0) for h in range(24))
    still_open = [c for c in cases if c.is_open]
    assert (counted.open_now, counted.outside + counted.unplaced) == (
        len(still_open), sum(c.outside for c in still_open)
    )  # fmt: skip
    lit = {c.pk: _light_at(c, moment) for c in still_open}
    by_grid = Counter(c.supervision_grid_id for c in still_open if c.supervision_grid_id)
    late = Counter(c.supervision_grid_id for c in still_open if lit[c.pk] == "red")
    assert counted.by_grid == {grid: (n, late[grid]) for grid, n in by_grid.items()}
    lights: dict[str, Counter[str]] = {}
    for case in still_open:
        if case.lead_unit:
            lights.setdefault(case.lead_unit, Counter())[lit[case.pk]] += 1
    assert {u.unit: (u.green, u.yellow, u.red, u.none) for u in counted.units} == {
        unit: (c["green"], c["yellow"], c["red"], c["none"]) for unit, c in lights.items()
    }


def _light_at(case: Case, moment: Any) -> str:
    if case.finished_at or not case.due_at or not case.yellow_at:
        return "none"
    return "red" if case.due_at <= moment else "yellow" if case.yellow_at <= moment else "green"


def test_movements_are_the_newest_of_visible_cases(mixed: list[Case]) -> None:
    assert latest_movements(actor("outsider"), at=now()) == []
    everything = latest_movements(actor("operator_1"), at=now(), limit=5)
    assert len(everything) == 5 and everything[0].step == "ask_escalation"
    west = {c.number for c in mixed if c.lon == IN_WEST.lon}
    assert {m.number for m in latest_movements(actor("operator_west"), at=now(), limit=500)} == west


def test_a_word_of_many_cases_is_found_as_one_of_few(
    mixed: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("井盖", "井盖 松动", "没有这样的词"):
        few = list_cases(actor("operator_1"), Filters(words=words), at=LATE, limit=500)
        monkeypatch.setattr("wangge.cases.queries.cases.MOST_FOUND", 0)
        many = list_cases(actor("operator_1"), Filters(words=words), at=LATE, limit=500)
        monkeypatch.setattr("wangge.cases.queries.cases.MOST_PASSED", 3)
        parts, after = [], None
        while True:
            part = list_cases(actor("operator_1"), Filters(words=words), at=LATE, after=after, limit=2)
            parts += part.rows
            last = (part.rows[-1].reported_at, part.rows[-1].id) if len(part.rows) == 2 else None
            after = part.looked_to or last
            if after is None:
                break
        monkeypatch.undo()
        assert few == many and bool(few.rows) == (words == "井盖"), words
        assert parts == few.rows, "looked through in parts, none twice and none left out"


def _queries(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_pages_cost_as_many_queries_for_many_rows_as_for_few() -> None:
    case = bring_to(State.CLOSED)
    bring_to(State.HANDLING)
    by = actor("operator_1")
    directory()
    reads: dict[str, tuple[int, Callable[[], object]]] = {
        "my tasks": (1, lambda: my_tasks(by, at=LATE)),
        "task counts": (1, lambda: task_counts(by)),
        "list": (1, lambda: list_cases(by, Filters(area=DISTRICT), at=LATE)),
        "search": (2, lambda: list_cases(by, Filters(words="井盖", area=DISTRICT), at=LATE)),
        "board": (3, lambda: board(by, at=LATE)),
        "movements": (2, lambda: latest_movements(by, at=now())),
        "one case": (1, lambda: get_case(case.number, by)),
        "timeline": (3, lambda: timeline(case)),
    }
    for call in (call for _, call in reads.values()):
        call()
    few = {name: _queries(call) for name, (_, call) in reads.items()}
    assert few == {name: expected for name, (expected, _) in reads.items()}
    with transaction.atomic():
        for _ in range(12):
            bring_to(State.HANDLING)
            new_case()
    assert {name: _queries(call) for name, (_, call) in reads.items()} == few


def test_a_step_costs_the_same_whatever_the_case_went_through() -> None:
    short, long = bring_to(State.HANDLED), bring_to(State.HANDLED)
    for _ in range(3):
        for code, result in (("send_check", ""), ("answer_check", "failed"), ("finish", "")):
            more: dict[str, Any] = {"result": result} if result else {}
            step(long, code, **more)

    def check(case: Case) -> int:
        by = actor("operator_1").marked("replayed")
        return _queries(lambda: take("send_check", case.pk, actor=by, at=case.last_at))

    check(bring_to(State.HANDLED))
    assert check(short) == check(long) <= 4  # the savepoint of the transaction and its release are two
