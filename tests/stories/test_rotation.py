# SPDX-License-Identifier: Apache-2.0
"""轮岗: plans through the pages, from the form to the day on which they take effect."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.city import GRID_EAST, GRID_EAST_2, GRID_WEST, actor, colleague_of, person
from tests.stories.squad_pages import get, send, today, told
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.inspectors.actions import planning
from wangge.inspectors.actions.planning import compute_waiting
from wangge.inspectors.actions.plans import apply_due
from wangge.inspectors.actions.reminding import remind_of_turns
from wangge.inspectors.models import GridDuty, RotationMove, RotationPlan
from wangge.inspectors.rotation import months_after
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


def plan_of(login: str, kind: str, first_day: date, **form: Any) -> RotationPlan:
    """A plan asked for on the page and computed by the worker."""
    address = send(login, "/squads/rotation/", kind=kind, first_day=first_day.isoformat(), **form)
    assert "正在编制" in get(login, address)
    assert compute_waiting(now()) == 1
    return RotationPlan.objects.latest("pk")


def test_a_plan_is_computed_changed_approved_by_another_and_takes_effect_on_its_day() -> None:
    first = today() + 3 * DAY
    plan = plan_of("evaluator", "grids", first)
    here = f"/squads/rotation/{plan.pk}/"
    assert plan.state == "draft" and "均衡情况" in get("evaluator", here)
    assert {m.to_grid for m in plan.moves.all()} == {GRID_EAST, GRID_EAST_2, GRID_WEST}
    move = plan.moves.get(person=person("inspector_east"))
    other = GRID_EAST_2 if move.to_grid == GRID_EAST else GRID_EAST
    send("chief_1", f"{here}moves/{move.pk}/", 403, place=other)
    send("evaluator", f"{here}moves/{move.pk}/", 422, place=GRID_WEST)
    send("evaluator", f"{here}moves/{move.pk}/", place=other)
    send("evaluator", f"{here}approve/", 403)
    assert "没有安排人" in send("chief_1", f"{here}approve/", 409), (
        "the other grid of the squad has nobody now"
    )
    send("evaluator", f"{here}moves/{move.pk}/", place=move.to_grid)
    send("chief_1", f"{here}approve/")
    assert told("inspector_east", "rotation_coming") == 1 and str(first) in get("inspector_east", "/squads/")

    assert apply_due(now()) == 0 and not GridDuty.objects.exists()
    assert apply_due(now() + 4 * DAY) == 1 and apply_due(now() + 4 * DAY) == 0
    assert GridDuty.objects.get(person=person("inspector_east")).grid == move.to_grid
    GridDuty.objects.update(first_day=today())
    assert move.to_grid in get("inspector_east", "/"), "on the page of their work"
    send("chief_1", f"{here}withdraw/", 409)

    assert f"应于 {months_after(first, 2)} 再次轮岗" in get("evaluator", "/squads/rotation/")

    second = plan_of("evaluator", "grids", first + 60 * DAY, squad="squad_east")
    assert {(m.from_grid, m.to_grid) for m in second.moves.all()} == {
        (GRID_EAST, GRID_EAST_2), (GRID_EAST_2, GRID_EAST)
    }  # fmt: skip
    assert second.moves.filter(avoided=[]).count() == 0
    back = second.moves.first()
    assert back
    refused = send("evaluator", f"/squads/rotation/{second.pk}/moves/{back.pk}/", 422, place=back.from_grid)
    assert "不能安排回去" in refused
    send("chief_1", f"/squads/rotation/{second.pk}/approve/")
    send("chief_1", f"/squads/rotation/{second.pk}/withdraw/")
    assert told("inspector_east", "rotation_withdrawn") == 1
    assert apply_due(now() + 90 * DAY) == 0


def test_a_turn_that_is_due_is_told_once_to_whoever_plans() -> None:
    assert "还没有轮过，应于 2024-03-01 轮岗" in get("evaluator", "/squads/rotation/")
    assert remind_of_turns(now()) > 0 and remind_of_turns(now()) == 0
    who = ("evaluator", "chief_1", "chief_east", "inspector_east")
    assert [told(login, "rotation_due") for login in who] == [3, 3, 3, 0], "three kinds, each by itself"
    assert "轮岗（分队内换网格）已于 2024-03-01 到期" in get("evaluator", "/notices/")

    plan = plan_of("evaluator", "grids", today() + DAY)
    send("chief_1", f"/squads/rotation/{plan.pk}/approve/")
    assert apply_due(now() + DAY) == 1
    due = datetime.combine(months_after(today() + DAY, 2), time(12), city().zone)
    assert remind_of_turns(due - DAY) == 0
    assert remind_of_turns(due) > 0 == remind_of_turns(due + DAY)
    assert [told(login, "rotation_due") for login in who] == [4, 4, 4, 0]


def test_a_street_reads_plans_and_approves_for_its_own_squads_alone() -> None:
    first = today() + 3 * DAY
    whole = plan_of("evaluator", "grids", first)
    here = f"/squads/rotation/{whole.pk}/"
    move = whole.moves.get(person=person("inspector_west"))
    for street in ("chief_east", "chief_west"):
        get(street, here, 404)
        assert here not in get(street, "/squads/rotation/")
        send(street, f"{here}approve/", 404)
        send(street, f"{here}moves/{move.pk}/", 404, place=GRID_WEST)
    assert "squad_west" not in get("chief_east", "/squads/rotation/")
    send("chief_east", "/squads/rotation/", 422, kind="grids", first_day=str(first), squad="squad_west")

    west = plan_of("evaluator", "grids", first, squad="squad_west")
    own = plan_of("chief_east", "grids", first)
    assert {(m.from_squad, m.to_squad) for m in own.moves.all()} == {("squad_east", "squad_east")}
    assert (west.area_path, own.area_path) == ("990101/990101002/", "990101/990101001/")
    page = f"/squads/rotation/{own.pk}/"
    get("chief_west", page, 404), send("chief_west", f"{page}approve/", 404)
    send("chief_1", f"{page}approve/")
    send("chief_west", f"{page}withdraw/", 404), send(colleague_of("chief_east"), f"{page}withdraw/")
    send("chief_west", f"/squads/rotation/{west.pk}/approve/")


def test_a_squad_that_cannot_be_solved_is_told_and_leaders_change_squads() -> None:
    plan = plan_of("evaluator", "grids", today() + DAY)
    send("chief_1", f"/squads/rotation/{plan.pk}/approve/")
    apply_due(now() + 2 * DAY)
    again = plan_of("evaluator", "grids", today() + 30 * DAY)
    page = get("evaluator", f"/squads/rotation/{again.pk}/")
    assert again.figures["unsolved"] == {"squad_west": "nowhere"} and "可选的地方太少" in page
    assert not again.moves.filter(to_squad="squad_west").exists()

    leaders = plan_of("evaluator", "leaders", today() + 5 * DAY)
    assert {(m.from_squad, m.to_squad) for m in leaders.moves.all()} == {
        ("squad_east", "squad_west"), ("squad_west", "squad_east")
    }  # fmt: skip
    send("chief_1", f"/squads/rotation/{leaders.pk}/approve/")
    assert apply_due(now() + 6 * DAY) == 1
    held = Appointment.objects.current().get(person=person("squad_leader_east"), post="squad_leader")
    assert (held.unit, held.unit_path) == ("squad_west", "jdzx/squad_west/")
    assert actor("squad_leader_east").held[0].unit == "squad_west", "everybody has heard of it"
    with pytest.raises(IntegrityError), transaction.atomic():
        RotationPlan.objects.filter(pk=leaders.pk).update(approved_by=leaders.made_by)


@pytest.mark.parametrize("kind", ["grids", "leaders"])
def test_a_plan_that_takes_too_long_is_given_up_and_a_dead_worker_s_is_taken_over(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (today() + DAY).isoformat()
    address = send("evaluator", "/squads/rotation/", kind=kind, first_day=first)
    clock = count(step=200)  # each look at it finds 200 s gone; the rules give 120
    with monkeypatch.context() as patched:
        patched.setattr(planning, "monotonic", lambda: next(clock))
        assert compute_waiting(now()) == 1
    assert "超过了规则允许的时间" in get("evaluator", address)
    address = send("evaluator", "/squads/rotation/", kind=kind, first_day=first)
    RotationPlan.objects.filter(state="waiting").update(state="computing", started_at=now())
    assert compute_waiting(now() + timedelta(minutes=2)) == 0, "its worker may still be at it"
    assert compute_waiting(now() + timedelta(minutes=4)) == 1 and "均衡情况" in get("evaluator", address)


def test_plans_that_would_move_the_same_people_wait_for_each_other() -> None:
    one = plan_of("evaluator", "grids", today() + 5 * DAY)
    two = plan_of("evaluator", "grids", today() + 6 * DAY, squad="squad_east")
    send("chief_1", f"/squads/rotation/{one.pk}/approve/")
    send("chief_1", f"/squads/rotation/{two.pk}/approve/", 409)
    send("evaluator", f"/squads/rotation/{two.pk}/discard/")
    send("evaluator", "/squads/rotation/", 422, kind="grids", first_day=today().isoformat())
    send(
        "evaluator",
        "/squads/rotation/",
        422,
        kind="leaders",
        first_day=str(today() + DAY),
        squad="squad_east",
    )
    moved = RotationMove.objects.filter(plan=one, person=person("inspector_east")).get()
    # one that cannot take effect, whatever the reason, holds up no other
    walked = {"person": person("inspector_west"), "squad": "squad_west", "grid": GRID_WEST, "plan": one}
    GridDuty.objects.create(first_day=two.first_day, **walked)
    broken = {
        "kind": "grids",
        "first_day": today() + 2 * DAY,
        "rules_id": one.rules_id,
        "made_by": one.made_by,
    }
    stuck = RotationPlan.objects.create(made_at=now(), key=uuid4(), state="published", approved_by=person("chief_1"),
                                        area_path=one.area_path, **broken)  # fmt: skip
    RotationMove.objects.create(plan=stuck, person=person("inspector_west"), from_squad="squad_west", to_squad="squad_west",
                                to_grid=GRID_WEST)  # fmt: skip
    GridDuty.objects.update(first_day=stuck.first_day)
    Appointment.objects.filter(person=person("inspector_east")).update(valid_to=now())
    assert apply_due(now() + 6 * DAY) == 1
    assert not GridDuty.objects.filter(person=moved.person_id).exists(), "who has left is left alone"
    # who made and who approved it hear of it once, and it does not stand in the way for ever
    apply_due(now() + 6 * DAY)
    heard = [told(login, "rotation_stuck") for login in ("evaluator", "chief_1", "inspector_west")]
    assert heard == [1, 1, 0]
    RotationPlan.objects.filter(pk=stuck.pk).update(first_day=today())
    here = f"/squads/rotation/{stuck.pk}/"
    assert "方案未能生效" in get("chief_1", here) and "withdraw" in get("chief_1", here)
    send("chief_1", f"{here}withdraw/")
