# SPDX-License-Identifier: Apache-2.0
"""What is done to a plan: changed by hand, given up, approved by a second person, undone before its day, put in force."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from wangge.common.errors import NotFound
from wangge.common.fresh import forget_all, new_revision
from wangge.common.versions import alone
from wangge.inspectors.errors import (
    FirstDayTooSoon,
    NotYourPlan,
    OwnPlan,
    PlaceAvoided,
    PlaceEmpty,
    PlanClosed,
    PlanMoved,
    PlanPending,
    WrongPlace,
)
from wangge.inspectors.models import GridDuty, RotationMove, RotationPlan
from wangge.inspectors.reference import local_day, rules_by_id
from wangge.inspectors.rotation import choices_of, figures_of, place_of, plans_to, present_grids
from wangge.inspectors.squads import members
from wangge.inspectors.texts import person_of
from wangge.notices.actions import tell
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory
from wangge.organizations.models import Appointment

Kind, State = RotationPlan.Kind, RotationPlan.State
DAY = timedelta(days=1)
#: why an approved plan is not in force though its day has come
STUCK = "stuck_on_its_day"
logger = logging.getLogger(__name__)


@transaction.atomic
def move_by_hand(move_id: int, place: str, *, actor: Actor) -> None:
    """Somebody of a draft goes to another place: a grid, or for leaders a squad. Only its author changes a draft.

    Raises PlanClosed, NotYourPlan, WrongPlace, PlaceAvoided.
    """
    move = RotationMove.objects.select_related("person").filter(pk=move_id).first()
    if move is None:
        raise NotFound
    plan = _own(move.plan_id, actor)
    squad = next((squad for squad, places in choices_of(plan).items() if place in places), None)
    if squad is None or (plan.kind == Kind.GRIDS and squad != move.to_squad):
        raise WrongPlace(place=place)
    if {squad, place} & set(move.avoided):
        raise PlaceAvoided(name=move.person.name, place=place)
    grid = "" if plan.kind == Kind.LEADERS else place
    move.to_squad, move.to_grid, move.by_hand = squad, grid, True
    move.save(update_fields=["to_squad", "to_grid", "by_hand"])
    _count_anew(plan)


def _count_anew(plan: RotationPlan) -> None:
    """The figures of the plan as its moves are now."""
    places = {squad: one["of"] for squad, one in plan.figures["squads"].items()}
    leaders = plan.kind == Kind.LEADERS
    taken = [("" if leaders else move.to_squad, place_of(plan, move)) for move in plan.moves.all()]
    plan.figures["squads"] = figures_of(places, taken, {} if leaders else plan.loads)
    plan.save(update_fields=["figures"])


@transaction.atomic
def discard(plan_id: int, *, actor: Actor, at: datetime) -> None:
    """Give a draft up. Raises PlanClosed, NotYourPlan."""
    _ended(_own(plan_id, actor), State.DISCARDED, actor, at)


def approve(plan_id: int, *, actor: Actor, at: datetime) -> None:
    """The plan takes effect on its first day; everybody it moves is told. Never by whoever made it. One approval at a time:
    of two plans for the same people the second is refused.

    Raises PlanClosed, OwnPlan, FirstDayTooSoon, PlaceEmpty, PlanMoved, PlanPending.
    """
    require(actor, Permission.ROTATION_APPROVE)
    with alone():
        plan = _locked(plan_id, State.DRAFT, actor, Permission.ROTATION_APPROVE)
        if plan.made_by_id == actor.person_id:
            raise OwnPlan
        if plan.first_day <= local_day(at):
            raise FirstDayTooSoon
        moves = [*plan.moves.all()]
        _check_whole(plan, moves)
        _check_still_true(plan, moves)
        _check_alone(plan, moves)
        plan.state, plan.approved_by_id, plan.approved_at = State.PUBLISHED, person_of(actor), at
        plan.save(update_fields=["state", "approved_by", "approved_at"])
        _tell(plan, moves, "rotation_coming", at)


@transaction.atomic
def withdraw(plan_id: int, *, actor: Actor, at: datetime) -> None:
    """Undo an approved plan that is not in force; everybody it would have moved is told. By whoever may approve.

    Raises PlanClosed.
    """
    require(actor, Permission.ROTATION_APPROVE)
    plan = _locked(plan_id, State.PUBLISHED, actor, Permission.ROTATION_APPROVE)
    _ended(plan, State.WITHDRAWN, actor, at)
    _tell(plan, plan.moves.all(), "rotation_withdrawn", at)


def apply_due(at: datetime) -> int:
    """Put every approved plan in force whose day has come, oldest first; how many. Safe to run twice and beside itself; one
    that cannot take effect holds up no other: who made and who approved it are told, once, and may have it withdrawn."""
    applied = 0
    due = RotationPlan.objects.filter(state=State.PUBLISHED, first_day__lte=local_day(at))
    for plan_id in due.order_by("first_day", "pk").values_list("pk", flat=True):
        try:
            with alone():
                rows = RotationPlan.objects.select_for_update().filter(pk=plan_id, state=State.PUBLISHED)
                plan = rows.first()
                if plan is None:  # another worker was quicker
                    continue
                _put_in_force(plan, at)
        except Exception:
            if _stuck(plan_id, at):
                logger.exception("rotation plan %s could not be put in force", plan_id)
            continue
        applied += 1
        forget_all()
        logger.info("rotation plan %s in force", plan_id)
    return applied


@transaction.atomic
def _stuck(plan_id: int, at: datetime) -> bool:
    """The plan says that its day came and it did not take effect, and those behind it are told; False where they were."""
    plan = RotationPlan.objects.select_for_update().filter(pk=plan_id, state=State.PUBLISHED).first()
    if plan is None or plan.figures.get("why"):
        return False
    plan.figures["why"] = STUCK
    plan.save(update_fields=["figures"])
    facts = {"plan": plan.pk, "day": plan.first_day.isoformat()}
    tell(
        {person: facts for person in (plan.made_by_id, plan.approved_by_id) if person},
        "rotation_stuck",
        at=at,
    )
    return True


def _put_in_force(plan: RotationPlan, at: datetime) -> None:
    """Whoever has left their squad meanwhile, by a pack or a draft, stays where they are; so does who was to go to a squad
    that is no more."""
    post, moves = _post(plan), [*plan.moves.all()]
    rows = Appointment.objects.current().filter(post=post, person__in=[move.person_id for move in moves])
    held = {(one.person_id, one.unit): one for one in rows}
    units = directory().units
    there = [m for m in moves if (m.person_id, m.from_squad) in held and m.to_squad in units]
    if changing := [move for move in there if move.from_squad != move.to_squad]:
        _change_squads(post, changing, held, at)
    walking = [move for move in there if move.to_grid]
    running = GridDuty.objects.filter(person__in=[move.person_id for move in walking], last_day__isnull=True)
    running.update(last_day=plan.first_day - DAY)
    GridDuty.objects.bulk_create(
        GridDuty(person_id=m.person_id, squad=m.to_squad, grid=m.to_grid, first_day=plan.first_day, plan=plan)
        for m in walking
    )
    plan.state, plan.ended_at = State.IN_FORCE, at
    plan.figures.pop("why", None)
    plan.save(update_fields=["state", "ended_at", "figures"])


def _change_squads(
    post: str, moves: list[RotationMove], held: dict[tuple[int, str], Appointment], at: datetime
) -> None:
    """The appointments to the old squads end, those to the new ones begin, where somebody has none there already."""
    units = directory().units
    old = {move.person_id: held[move.person_id, move.from_squad] for move in moves}
    Appointment.objects.filter(pk__in=[one.pk for one in old.values()]).update(valid_to=at)
    Appointment.objects.bulk_create(
        Appointment(
            person_id=move.person_id, post=post, unit=move.to_squad, unit_path=units[move.to_squad].path,
            area=old[move.person_id].area, area_path=old[move.person_id].area_path, valid_from=at,
        )
        for move in moves if (move.person_id, move.to_squad) not in held
    )  # fmt: skip
    new_revision()


def _check_whole(plan: RotationPlan, moves: Iterable[RotationMove]) -> None:
    taken = {place_of(plan, move) for move in moves}
    wanted = {place for one in plan.figures["squads"].values() for place in one["of"]}
    if wanted - taken:
        raise PlaceEmpty(places="、".join(sorted(wanted - taken)))


def _check_still_true(plan: RotationPlan, moves: list[RotationMove]) -> None:
    """Everybody is where the plan found them."""
    now_in = {person: held.unit for person, held in members(_post(plan)).items()}
    present = present_grids([move.person_id for move in moves])
    moved = {
        move.person_id
        for move in moves
        if now_in.get(move.person_id) != move.from_squad
        or (plan.kind != Kind.LEADERS and _grid(present.get(move.person_id)) != move.from_grid)
    }
    if moved:
        raise PlanMoved(count=len(moved))


def _grid(duty: GridDuty | None) -> str:
    return duty.grid if duty else ""


def _check_alone(plan: RotationPlan, moves: list[RotationMove]) -> None:
    others = RotationMove.objects.filter(
        plan__state=State.PUBLISHED, person__in=[move.person_id for move in moves]
    )
    day: date | None = others.order_by("plan__first_day").values_list("plan__first_day", flat=True).first()
    if day is not None:
        raise PlanPending(day=day)


def _post(plan: RotationPlan) -> str:
    rules = rules_by_id(plan.rules_id).rotation
    return rules.leader_post if plan.kind == Kind.LEADERS else rules.inspector_post


def _tell(plan: RotationPlan, moves: Iterable[RotationMove], template: str, at: datetime) -> None:
    """Everybody whose place changes."""
    day = plan.first_day.isoformat()
    facts = {
        move.person_id: {"day": day, "squad": move.to_squad, "grid": move.to_grid or "—"}
        for move in moves
        if (move.from_squad, move.from_grid) != (move.to_squad, move.to_grid)
    }
    tell(facts, template, at=at)


def _ended(plan: RotationPlan, state: str, actor: Actor, at: datetime) -> None:
    plan.state, plan.ended_by_id, plan.ended_at = state, person_of(actor), at
    plan.save(update_fields=["state", "ended_by", "ended_at"])


def _own(plan_id: int, actor: Actor) -> RotationPlan:
    """The actor's draft, locked."""
    require(actor, Permission.ROTATION_PLAN)
    plan = _locked(plan_id, State.DRAFT, actor, Permission.ROTATION_PLAN)
    if plan.made_by_id != actor.person_id:
        raise NotYourPlan
    return plan


def _locked(plan_id: int, state: str, actor: Actor, permission: Permission) -> RotationPlan:
    """Absent and of another area both raise NotFound."""
    plan = RotationPlan.objects.select_for_update().filter(plans_to(actor, permission), pk=plan_id).first()
    if plan is None:
        raise NotFound
    if plan.state != state:
        raise _closed(plan)
    return plan


def _closed(plan: RotationPlan) -> PlanClosed:
    return PlanClosed(state_zh=plan.get_state_display(), state_en=RotationPlan.STATES_EN[plan.state])
