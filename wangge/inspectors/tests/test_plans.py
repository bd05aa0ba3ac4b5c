# SPDX-License-Identifier: Apache-2.0
"""Two workers and one plan; a draw from several areas."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from tests.city import DISTRICT, EAST, IN_WEST, WEST, actor, person
from tests.loop import bring_to, step
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.inspectors.actions import planning
from wangge.inspectors.actions.drawing import draw_sample
from wangge.inspectors.actions.planning import ask_for_plan, compute_waiting
from wangge.inspectors.models import RotationPlan
from wangge.inspectors.reference import local_day
from wangge.inspectors.rotation import grid_loads
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


def asked() -> RotationPlan:
    first = local_day(now()) + DAY
    return ask_for_plan("grids", first_day=first, actor=actor("evaluator"), at=now(), key=uuid4())


def test_a_worker_whose_plan_was_taken_over_leaves_it_as_the_other_made_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan, others = asked(), list[int]()

    def slow(*args: Any, **more: Any) -> Any:
        if not others:
            others.append(0)
            others[0] = compute_waiting(now() + timedelta(minutes=4))
        return grid_loads(*args, **more)

    monkeypatch.setattr(planning, "grid_loads", slow)
    compute_waiting(now())
    plan.refresh_from_db()
    assert others == [1] and (plan.state, plan.moves.count(), plan.done) == ("draft", 3, plan.total)


def test_a_plan_is_claimed_when_its_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = asked(), asked()
    clock = count(step=2)
    monkeypatch.setattr(planning, "monotonic", lambda: next(clock))
    assert compute_waiting(now()) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.started_at and second.started_at
    assert second.started_at - first.started_at > timedelta(seconds=2)


def test_who_draws_in_two_areas_draws_from_both() -> None:
    west = bring_to(State.CHECKING, at=None, where=IN_WEST)
    step(west, "answer_check", by="inspector_west"), step(west, "close")
    cases = {bring_to(State.CLOSED, at=None).pk, west.pk}
    held = Appointment.objects.get(person=person("evaluator"), valid_to=None)
    for area in (EAST, WEST):
        held.pk, held.area, held.area_path = None, area, f"{DISTRICT}/{area}/"
        held.save(force_insert=True)
    Appointment.objects.filter(person=person("evaluator"), area=DISTRICT).update(valid_to=now())
    forget_all()
    day = local_day(now())
    row = draw_sample(since=day, until=day, seed="s", actor=actor("evaluator"), at=now(), key=uuid4())
    assert {*row.samples.values_list("case_id", flat=True)} == cases and row.area_path == f"{DISTRICT}/"
