# SPDX-License-Identifier: Apache-2.0
"""Making a rotation plan: asked for on a page, computed by the worker squad by squad."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from wangge.inspectors.assigning import NoPlan, assign
from wangge.inspectors.errors import FirstDayTooSoon, WrongPlace
from wangge.inspectors.models import RotationMove, RotationPlan
from wangge.inspectors.reference import current_rules, local_day, rules_by_id
from wangge.inspectors.rotation import (
    figures_of,
    grid_loads,
    last_grids,
    last_squads,
    planned_area,
    present_grids,
)
from wangge.inspectors.squads import area_of, grids_of_squads, members, squads_within
from wangge.inspectors.texts import person_of, same_sent
from wangge.inspectors.turning import carried_now, over_grids, over_squads
from wangge.organizations.directory import Actor, Held

LATEST = timedelta(days=366)
#: a computation whose worker died is taken up by another so long after its time has run out
GRACE = timedelta(seconds=60)
Kind, State = RotationPlan.Kind, RotationPlan.State
logger = logging.getLogger(__name__)


def ask_for_plan(
    kind: str, *, first_day: date, squad: str = "", actor: Actor, at: datetime, key: UUID
) -> RotationPlan:
    """A plan the worker will compute; sent again with the same `key`, the first one.

    For the squads of the actor's area; `squad`: of kind grids, one of them alone.
    Raises PermissionMissing, FirstDayTooSoon, WrongPlace.
    """
    area = planned_area(actor)
    today = local_day(at)
    if not today < first_day <= today + LATEST:
        raise FirstDayTooSoon
    if kind not in Kind.values or (squad and (kind != Kind.GRIDS or squad not in squads_within(area))):
        raise WrongPlace(place=squad or kind)
    sent = {"kind": kind, "squad": squad, "first_day": first_day, "made_by_id": person_of(actor)}
    plan, _ = RotationPlan.objects.get_or_create(
        key=key,
        defaults=sent
        | {"rules_id": current_rules().id, "made_at": at, "area_path": area_of(squad) if squad else area},
    )
    return same_sent(plan, **sent)


def compute_waiting(at: datetime) -> int:
    """Compute every plan that waits, oldest first; how many. Safe beside itself: a plan is claimed before."""
    computed, begun = 0, monotonic()
    # a plan is claimed when its turn comes, however long those before it took
    while (plan := _claim(at + timedelta(seconds=monotonic() - begun))) is not None:
        try:
            _Computation(plan).run()
        except Exception:  # a plan that cannot be made must not keep the next ones waiting
            logger.exception("rotation plan %s could not be computed", plan.pk)
            _end(plan, State.FAILED, {"why": "fault"})
        computed += 1
    return computed


def _claim(at: datetime) -> RotationPlan | None:
    seconds = current_rules().rules.rotation.seconds
    stale = at - timedelta(seconds=seconds) - GRACE
    with transaction.atomic():
        rows = RotationPlan.objects.select_for_update(skip_locked=True).filter(
            Q(state=State.WAITING) | Q(state=State.COMPUTING, started_at__lt=stale)
        )
        plan = rows.order_by("pk").first()
        if plan is not None:
            plan.state, plan.started_at, plan.done, plan.total = State.COMPUTING, at, 0, 0
            plan.save(update_fields=["state", "started_at", "done", "total"])
    return plan


def _claimed(plan: RotationPlan) -> "QuerySet[RotationPlan]":
    """The row as it was claimed: none once another worker has taken it over."""
    return RotationPlan.objects.filter(pk=plan.pk, state=State.COMPUTING, started_at=plan.started_at)


def _end(plan: RotationPlan, state: str, figures: dict[str, object]) -> bool:
    """False where the plan has been taken over."""
    ended = _claimed(plan).update(state=state, figures=figures, loads=plan.loads)
    if not ended:
        logger.warning("rotation plan %s was taken over by another worker", plan.pk)
    return bool(ended)


class _Computation:
    """One plan: `moves` and `unsolved` fill squad by squad, each told in the row of the plan as progress."""

    def __init__(self, plan: RotationPlan) -> None:
        self.plan = plan
        self.rules = rules_by_id(plan.rules_id).rotation
        self.squads = {*squads_within(plan.area_path)}
        self.grids = {squad: grids for squad, grids in grids_of_squads().items() if squad in self.squads}
        self.moves: list[RotationMove] = []
        self.unsolved: dict[str, str] = {}
        self.begun = monotonic()

    def run(self) -> None:
        try:
            places = self._leaders() if self.plan.kind == Kind.LEADERS else self._inspectors()
        except NoPlan as none:
            _end(self.plan, State.FAILED, {"why": none.why})
            return
        leaders = self.plan.kind == Kind.LEADERS
        taken = [("", m.to_squad) if leaders else (m.to_squad, m.to_grid) for m in self.moves]
        figures: dict[str, object] = {
            "squads": figures_of(places, taken, {} if leaders else self.plan.loads),
            "unsolved": self.unsolved,
            "seconds": round(monotonic() - self.begun, 2),
        }
        with transaction.atomic():
            if _end(self.plan, State.DRAFT if self.moves else State.FAILED, figures | _why(self.moves)):
                RotationMove.objects.bulk_create(self.moves, batch_size=500)

    def _inspectors(self) -> Mapping[str, Collection[str]]:
        """Squad -> its grids, of the squads the plan solves."""
        people = self._members(self.rules.inspector_post)
        self.plan.loads = grid_loads(
            directory_grids(self.grids), before=local_day(self.plan.made_at), months=self.rules.load_months
        )
        target = {person: held.unit for person, held in people.items()}
        avoided: Mapping[int, Collection[str]] = {}
        if self.plan.kind == Kind.SQUADS:
            avoided = last_squads(people, self.rules.inspector_post, self.rules.squads.avoid_last)
            target = over_squads(
                people,
                self.grids,
                self.plan.loads,
                avoid=avoided,
                carried=self._carried(people),
                left=self._left,
            )
        else:
            target = {p: squad for p, squad in target.items() if self.plan.squad in ("", squad)}
        return dict(self._each_squad(people, target, avoided))

    def _members(self, post: str) -> dict[int, Held]:
        return {person: held for person, held in members(post).items() if held.unit in self.squads}

    def _each_squad(
        self, people: Mapping[int, Held], target: Mapping[int, str], avoided: Mapping[int, Collection[str]]
    ) -> Iterator[tuple[str, Collection[str]]]:
        """Solve squad by squad. One that cannot be solved stays as it is; where people change squads, they come without a
        grid, which a person must give them."""
        total = len(set(target.values()))
        history = last_grids(target, self.rules.grids.avoid_last)
        present, carried = present_grids(target), self._carried(target)
        solved = over_grids(
            target, self.grids, self.plan.loads, avoid=history, carried=carried, left=self._left
        )
        for done, (squad, here, grids, why) in enumerate(solved, start=1):
            chosen = grids
            if why:
                self.unsolved[squad] = why
                chosen = dict.fromkeys(here, "") if self.plan.kind == Kind.SQUADS else {}
            for person, grid in chosen.items():
                duty = present.get(person)
                self.moves.append(RotationMove(
                    plan=self.plan, person_id=person, from_squad=people[person].unit,
                    from_grid=duty.grid if duty else "", to_squad=squad, to_grid=grid,
                    avoided=[*history.get(person, []), *avoided.get(person, [])],
                ))  # fmt: skip
            if chosen:
                yield squad, self.grids[squad]
            _claimed(self.plan).update(done=done, total=total)

    def _left(self) -> float:
        """Seconds left of the time the rules give. Raises NoPlan."""
        left = self.rules.seconds - (monotonic() - self.begun)
        if left <= 0:
            raise NoPlan("time")
        return left

    def _carried(self, people: Collection[int]) -> dict[int, float]:
        present = present_grids(people)
        return carried_now({person: duty.grid for person, duty in present.items()}, self.plan.loads)

    def _leaders(self) -> Mapping[str, Collection[str]]:
        people = self._members(self.rules.leader_post)
        squads = sorted(self.grids)
        avoided = last_squads(people, self.rules.leader_post, self.rules.leaders.avoid_last)
        chosen = assign(
            [*people], dict.fromkeys(squads, 1.0), avoid=avoided, carried={}, seconds=self._left()
        )
        self.moves = [
            RotationMove(
                plan=self.plan, person_id=person, from_squad=people[person].unit, to_squad=squad,
                avoided=avoided.get(person, []),
            )
            for person, squad in chosen.items()
        ]  # fmt: skip
        return {"": squads}


def directory_grids(grids: Mapping[str, Collection[str]]) -> list[str]:
    """Every grid of every squad."""
    return [grid for here in grids.values() for grid in here]


def _why(moves: Collection[RotationMove]) -> dict[str, object]:
    return {} if moves else {"why": "nobody"}
