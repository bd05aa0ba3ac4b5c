# SPDX-License-Identifier: Apache-2.0
"""Work of somebody who is away, or gone: whose it is then."""

from datetime import timedelta

import pytest

from tests.city import MORNING, actor, colleague_of, person
from tests.loop import bring_to, step
from wangge.cases.access import offered_steps
from wangge.cases.errors import StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry
from wangge.cases.queries import my_tasks, task_counts
from wangge.common.clock import now
from wangge.common.errors import NotFound
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.models import Absence, Appointment, DutyHours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
HANDLER = "handler_swj"


@pytest.fixture
def other() -> str:
    """Login of a second handler of swj."""
    return colleague_of(HANDLER)


@pytest.fixture
def assigned(other: str) -> Case:
    """A live case that handler_swj has in hand."""
    case = bring_to(State.HANDLING, at=None)
    step(case, "assign")
    return case


def away(login: str, substitute: str = "", first: int = -1, last: int = 1) -> Absence:
    """Absent from `first` to `last`, days from today; a day more on each side than midnight could take away."""
    today = now().date()
    return Absence.objects.create(
        person=person(login), substitute=person(substitute) if substitute else None, set_by=person(login),
        first_day=today + timedelta(days=first), last_day=today + timedelta(days=last),
    )  # fmt: skip


def _finish(case: Case, login: str) -> bool:
    """Whether the page offers it."""
    offers = {offer.step.code: offer.allowed for offer in offered_steps(case, actor(login))}
    return offers["finish"]


def _listed(login: str) -> list[tuple[bool, bool]]:
    rows = my_tasks(actor(login), at=MORNING)
    assert sum(task_counts(actor(login)).values()) == len(rows)
    return [(row.mine, row.stand_in) for row in rows]


def test_the_handler_alone_while_nobody_is_away(assigned: Case, other: str) -> None:
    assert (_listed(HANDLER), _listed(other)) == ([(True, False)], [])
    assert (_finish(assigned, HANDLER), _finish(assigned, other)) == (True, False)
    with pytest.raises(StepDenied, match="another handler"):
        step(assigned, "finish", by=other)


def test_the_substitute_sees_and_finishes_it_under_their_own_name(assigned: Case, other: str) -> None:
    away(HANDLER, other)
    assert (_listed(HANDLER), _listed(other)) == ([(True, False)], [(False, True)])
    assert _finish(assigned, HANDLER) and _finish(assigned, other)
    step(assigned, "finish", by=other)
    assert LogEntry.objects.get(case=assigned, step="finish").actor == person(other)


@pytest.mark.parametrize(("first", "last"), [(-9, -3), (3, 9)])
def test_an_absence_begins_and_ends_by_itself(assigned: Case, other: str, first: int, last: int) -> None:
    away(HANDLER, other, first, last)
    assert _listed(other) == [] and not _finish(assigned, other)


def test_without_a_substitute_it_waits(assigned: Case, other: str) -> None:
    away(HANDLER)
    assert _listed(other) == [] and not _finish(assigned, other)


def test_a_substitute_who_no_longer_holds_the_post_there_takes_nothing(assigned: Case, other: str) -> None:
    away(HANDLER, other)
    Appointment.objects.filter(person=person(other)).update(unit="csgl", unit_path="csgl/")
    forget_all()
    assert _listed(other) == [] and person(HANDLER) == assigned.handler
    with pytest.raises(NotFound):
        step(assigned, "finish", by=other)


def test_two_hands_bind_the_substitute_as_a_person(assigned: Case, both: str) -> None:
    """Somebody with every post who stands in may finish, and then never check."""
    away(HANDLER, both)
    step(assigned, "finish", by=both)
    step(assigned, "send_check")
    with pytest.raises(StepDenied, match="dispatched or handled"):
        step(assigned, "answer_check", by=both)


def test_notices_go_to_both(other: str) -> None:
    away(HANDLER, other)
    case = bring_to(State.HANDLING, at=None)
    Notice.objects.all().delete()
    step(case, "assign")
    told = Notice.objects.filter(case_id=case.pk, template="task")
    assert sorted(notice.recipient.login for notice in told) == [HANDLER, other]
    mine, theirs = told
    assert (mine.facts, mine.state, mine.channel) == (theirs.facts, theirs.state, theirs.channel)


def test_nobody_is_told_twice(other: str) -> None:
    """The clerk stands in for another clerk: both are told anyway."""
    second = colleague_of("clerk_swj")
    away("clerk_swj", second)
    case = bring_to(State.FILED, at=None)
    step(case, "dispatch")
    told = Notice.objects.filter(case_id=case.pk, template="task")
    assert sorted(notice.recipient.login for notice in told) == ["clerk_swj", second]


def test_work_of_somebody_who_has_left_is_everybodys_again(assigned: Case, other: str) -> None:
    Appointment.objects.filter(person=person(HANDLER)).update(valid_to=now())
    forget_all()
    assert _listed(HANDLER) == [] and _listed(other) == [(False, False)]
    assert _finish(assigned, other)
    step(assigned, "finish", by=other)


def test_who_left_for_another_unit_has_left_too(assigned: Case, other: str) -> None:
    Appointment.objects.filter(person=person(HANDLER)).update(unit="csgl", unit_path="csgl/")
    forget_all()
    assert _listed(other) == [(False, False)] and _finish(assigned, other) and _listed("handler_csgl") == []


def test_of_a_units_clerks_those_on_duty_are_told() -> None:
    second, at = person(colleague_of("clerk_swj")), now().astimezone(city().zone)
    away_from_now = (at + timedelta(hours=2)).time().replace(second=0, microsecond=0)
    ends = (at + timedelta(hours=3)).time().replace(second=0, microsecond=0)
    for day in range(7):
        DutyHours.objects.create(person=second, weekday=day, begins=away_from_now, ends=ends)
    case = bring_to(State.FILED, at=None)
    step(case, "dispatch")
    told = Notice.objects.filter(case_id=case.pk, template="task")
    assert [notice.recipient.login for notice in told] == ["clerk_swj"]
