# SPDX-License-Identifier: Apache-2.0
"""Everything the room does can be done by the role that does it: pages as web, jobs as worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tests.city import GRID_EAST, GRID_WEST, actor, colleague_of, person
from tests.loop import bring_to, new_case
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.config.database import find_server
from wangge.grids.queries import city
from wangge.inspectors.actions import drawing, entering, plans
from wangge.inspectors.actions.feedback import answer_feedback, take_feedback
from wangge.inspectors.actions.planning import ask_for_plan, compute_waiting
from wangge.inspectors.actions.reminding import remind_of_feedback, remind_of_rechecks
from wangge.inspectors.actions.reporting import file_report, remind
from wangge.inspectors.models import Draw, GridDuty, LedgerEntry, RotationPlan
from wangge.inspectors.reference import local_day
from wangge.inspectors.rotation import repeats
from wangge.notices.models import Notice
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def _may_stand_in(django_db_setup: None) -> Iterator[None]:
    """The owner, as whom tests run, may become web or worker meanwhile."""
    with find_server().connect() as server:
        server.execute("GRANT wangge_web, wangge_worker TO wangge_owner")
        yield
        server.execute("REVOKE wangge_web, wangge_worker FROM wangge_owner")


@contextmanager
def role(name: str) -> Iterator[None]:
    """The connection as this role of the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE wangge_{name}")
        yield
        cursor.execute("RESET ROLE")


def test_squads_change_once_a_year_by_worker_and_web() -> None:
    for login in ("inspector_east", "inspector_east_2", "inspector_west"):
        colleague_of(login)
    evaluator, first = actor("evaluator"), local_day(now()) + DAY
    before = dict(Appointment.objects.current().filter(post="inspector").values_list("person_id", "unit"))
    with role("web"):
        plan = ask_for_plan("squads", first_day=first, actor=evaluator, at=now(), key=uuid4())
    with role("worker"):
        assert compute_waiting(now()) == 1
    plan = RotationPlan.objects.get(pk=plan.pk)
    assert (plan.state, plan.figures["unsolved"], repeats(plan)) == ("draft", {}, 0)
    with role("web"):
        move = plan.moves.filter(to_grid=GRID_WEST).first()
        assert move
        plans.move_by_hand(move.pk, GRID_WEST, actor=evaluator)
        plans.approve(plan.pk, actor=actor("chief_1"), at=now())
    with role("worker"):
        assert plans.apply_due(now() + 2 * DAY) == 1
    after = dict(Appointment.objects.current().filter(post="inspector").values_list("person_id", "unit"))
    assert after.keys() == before.keys() and all(after[p] != before[p] for p in before), (
        "everybody has changed"
    )
    duties = GridDuty.objects.filter(last_day=None).values_list("person_id", "squad", "grid")
    assert {squad for _, squad, _ in duties} == {"squad_east", "squad_west"} and len(duties) == len(before)
    assert all(after[p] == squad for p, squad, _ in duties)


def test_the_rest_of_the_room() -> None:
    day, evaluator = local_day(now()), actor("evaluator")
    closed = [bring_to(State.CLOSED, at=None) for _ in range(2)]
    with role("web"):
        drawing.draw_sample(since=day, until=day, seed="s", actor=evaluator, at=now(), key=uuid4())
        sample = Draw.objects.get().samples.get()
        assert sample.case in closed
        drawing.recheck(sample.pk, "wrong_report", reason="不符", actor=actor("squad_leader_west"), at=now())
        entry = LedgerEntry.objects.get()
        entering.appeal(entry.pk, "已更换", actor=actor("inspector_east"), at=now())
        entering.rule(entry.pk, granted=False, reason="不成立", actor=evaluator, at=now())
        row = take_feedback(
            "praise", text="认真", unit="squad_east", actor=actor("operator_1"), at=now(), key=uuid4()
        )
        inspector = person("inspector_east").pk
        answer_feedback(row.pk, upheld=True, answer="感谢", person_id=inspector, actor=evaluator, at=now())
        file_report("squad_east", day, 1, settled=[(GRID_EAST, "E01", 2)], actor=actor("inspector_east"), at=now(),
                    key=uuid4())  # fmt: skip
    missed = new_case(at=None)
    with role("web"):
        entering.enter_missed(inspector, missed.number, reason="漏报", actor=evaluator, at=now(), key=uuid4())
    with role("worker"):
        evening = datetime.combine(day, time(17, 30), city().zone)
        assert remind(evening) == 2
        assert remind_of_rechecks(now() + 90 * DAY) == 0, "everything was looked at again"
        assert entering.purge(day) == 0
        assert entering.purge(day + 800 * DAY) == 6, "three entries, the sample, the draw, the feedback"


def test_what_is_due_is_reminded_of_once_by_the_worker() -> None:
    bring_to(State.CLOSED, at=None)
    evaluator, day = actor("evaluator"), local_day(now())
    with role("web"):
        draw = drawing.draw_sample(since=day, until=day, seed="s", actor=evaluator, at=now(), key=uuid4())
        row = take_feedback(
            "praise", text="认真", unit="squad_east", actor=actor("operator_1"), at=now(), key=uuid4()
        )
    assert row.due_at
    eve = datetime.combine(draw.due_day - DAY, time(9), city().zone)
    with role("worker"):
        assert remind_of_rechecks(eve - DAY) == 0 and remind_of_feedback(row.due_at - 2 * DAY) == 0
        assert [remind_of_rechecks(eve) for _ in range(2)] == [2, 0]
        assert [remind_of_feedback(row.due_at - DAY) for _ in range(2)] == [1, 0]
    told = (
        Notice.objects.filter(template__in=["recheck_due", "feedback_due"])
        .select_related("recipient")
        .order_by("pk")
    )
    assert sorted((one.template, one.recipient.login) for one in told) == [
        ("feedback_due", "evaluator"), ("recheck_due", "evaluator"), ("recheck_due", "squad_leader_west"),
    ]  # fmt: skip
