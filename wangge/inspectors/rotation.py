# SPDX-License-Identifier: Apache-2.0
"""What rotation is computed from and shown by: who walks which grid, where everybody was, plans."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from wangge.cases.models import Case
from wangge.common.errors import NotFound
from wangge.grids.queries import city
from wangge.inspectors.assigning import Fairness, fairness
from wangge.inspectors.models import GridDuty, RotationMove, RotationPlan
from wangge.inspectors.reference import current_rules, first_day, local_day, rules_by_id
from wangge.inspectors.squads import grids_of_squads, path_and_above
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory
from wangge.organizations.models import Appointment

#: of a month of load, where nobody needs to be exact
_MONTH = timedelta(days=30)


def grid_loads(grids: Collection[str], *, before: date, months: int) -> dict[str, float]:
    """Cases reported in each grid in the months before a day. One query."""
    end = datetime.combine(before, time(), city().zone)
    rows = Case.objects.filter(reported_at__gte=end - months * _MONTH, reported_at__lt=end)
    found = rows.values("supervision_grid__code").annotate(n=Count("pk"))
    counted = {row["supervision_grid__code"]: float(row["n"]) for row in found}
    return {grid: counted.get(grid, 0.0) for grid in grids}


def last_grids(people: Collection[int], count: int) -> dict[int, list[str]]:
    """The last `count` different grids of each person, newest first. One query."""
    rows = GridDuty.objects.filter(person__in=people).order_by("-first_day", "-pk")
    return _newest(rows.values_list("person_id", "grid"), count)


def last_squads(people: Collection[int], post: str, count: int) -> dict[int, list[str]]:
    """The last `count` different squads in which each person held `post`, newest first. One query."""
    rows = (
        Appointment.objects.filter(person__in=people, post=post)
        .exclude(unit="")
        .order_by("-valid_from", "-pk")
    )
    return _newest(rows.values_list("person_id", "unit"), count)


def _newest(rows: Iterable[tuple[int, str]], count: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for person, place in rows:
        if place not in found[person] and len(found[person]) < count:
            found[person].append(place)
    return found


def present_grids(people: Collection[int]) -> dict[int, GridDuty]:
    """The running duty of each. One query."""
    return {
        duty.person_id: duty for duty in GridDuty.objects.filter(person__in=people, last_day__isnull=True)
    }


def grids_walked(person_id: int, day: date) -> list[GridDuty]:
    """The grids somebody walks on a day: for their page of work. One query."""
    rows = GridDuty.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), person=person_id)
    return [*rows.filter(first_day__lte=day).order_by("grid")]


def own_grids(actor: Actor, at: datetime) -> list[GridDuty]:
    """The grids the actor walks today; nothing is asked for somebody who is no inspector."""
    if actor.person_id is None or current_rules().rules.rotation.inspector_post not in actor.posts:
        return []
    return grids_walked(actor.person_id, local_day(at))


def move_coming(person_id: int, day: date) -> RotationMove | None:
    """The approved move of somebody that is not in force yet. One query."""
    rows = RotationMove.objects.filter(
        person=person_id, plan__state=RotationPlan.State.PUBLISHED, plan__first_day__gte=day
    )
    return rows.select_related("plan").order_by("plan__first_day").first()


def moved_since() -> dict[tuple[int, str], tuple[set[str], str]]:
    """(person, post) -> (squads they left by plans in force, the squad they are in by the newest) of whoever is still there.

    Two queries, and one for each version of the rules.
    """
    moves = RotationMove.objects.filter(plan__state=RotationPlan.State.IN_FORCE).exclude(
        from_squad=F("to_squad")
    )
    found: dict[tuple[int, str], tuple[set[str], str]] = {}
    for move in moves.select_related("plan").order_by("plan__first_day", "plan_id"):
        rule = rules_by_id(move.plan.rules_id).rotation
        post = rule.leader_post if move.plan.kind == RotationPlan.Kind.LEADERS else rule.inspector_post
        left, _ = found.get((move.person_id, post), (set(), ""))
        found[move.person_id, post] = (left | {move.from_squad}, move.to_squad)
    rows = Appointment.objects.current().filter(person__in={person for person, _ in found})
    held = set(rows.values_list("person_id", "post", "unit"))
    return {key: (left, here) for key, (left, here) in found.items() if (*key, here) in held}


def planned_area(actor: Actor) -> str:
    """Path of the widest area whose squads the actor plans for. Raises PermissionMissing."""
    require(actor, Permission.ROTATION_PLAN)
    return min(
        (held.area_path for held in directory().held_with(actor, Permission.ROTATION_PLAN)),
        key=len,
        default="",
    )


def plans_to(actor: Actor, permission: Permission) -> Q:
    """The condition on RotationPlan: of the areas in which the actor holds a post of that permission."""
    condition = Q(pk__in=[])
    for held in directory().held_with(actor, permission):
        condition |= Q(area_path__startswith=held.area_path)
    return condition


def may_approve(actor: Actor, plan: RotationPlan) -> bool:
    """Approve or withdraw it, as far as its area goes."""
    held = directory().held_with(actor, Permission.ROTATION_APPROVE)
    return any(plan.area_path.startswith(one.area_path) for one in held)


def plans(actor: Actor, *, limit: int = 50) -> "QuerySet[RotationPlan]":
    """The newest plans of the actor's area."""
    require(actor, Permission.ROTATION_PLAN)
    rows = RotationPlan.objects.filter(plans_to(actor, Permission.ROTATION_PLAN))
    return rows.select_related("made_by", "approved_by").order_by("-pk")[:limit]


def turns(area_path: str) -> list[tuple[str, date | None, date]]:
    """(kind, first day of the last plan in force, day from which the next turn is due) of each kind of rotation, by the plans
    for all squads of an area; the first turn is due so long after the city got its rules. One query."""
    rule = current_rules().rules.rotation
    months = {"grids": rule.grids.months, "squads": rule.squads.months, "leaders": rule.leaders.months}
    rows = RotationPlan.objects.filter(state=RotationPlan.State.IN_FORCE, squad="")
    newest = rows.filter(area_path__in=path_and_above(area_path)).values("kind")
    last = {row["kind"]: row["day"] for row in newest.annotate(day=Max("first_day")).order_by("kind")}
    # who has just changed squads has a new grid as well
    changed = [day for kind in ("grids", "squads") if (day := last.get(kind))]
    if changed:
        last["grids"] = max(changed)
    return [
        (kind, day := last.get(kind), months_after(day or first_day(), count))
        for kind, count in months.items()
    ]


def months_after(day: date, count: int) -> date:
    """The same day `count` months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def get_plan(plan_id: int, actor: Actor) -> RotationPlan:
    """Absent and of another area both raise NotFound."""
    require(actor, Permission.ROTATION_PLAN)
    rows = RotationPlan.objects.filter(plans_to(actor, Permission.ROTATION_PLAN), pk=plan_id)
    found = rows.select_related("made_by", "approved_by", "ended_by", "rules").first()
    if found is None:
        raise NotFound
    return found


def moves_of(plan: RotationPlan, squad: str) -> list[RotationMove]:
    """The moves into a squad ("" = all), by grid and name. One query."""
    rows = plan.moves.select_related("person").order_by("to_squad", "to_grid", "person__name", "pk")
    return [*(rows.filter(to_squad=squad) if squad else rows)]


def choices_of(plan: RotationPlan) -> dict[str, list[str]]:
    """Squad -> the places a person may be moved to there by hand: its grids, or for leaders the squad itself."""
    if plan.kind == RotationPlan.Kind.LEADERS:
        return {squad: [squad] for squad in plan.figures.get("squads", {}).get("", {}).get("of", [])}
    return {
        squad: grids for squad, grids in grids_of_squads().items() if squad in plan.figures.get("squads", {})
    }


def figures_of(
    places: Mapping[str, Collection[str]], taken: Iterable[tuple[str, str]], loads: Mapping[str, float]
) -> dict[str, Any]:
    """Fairness of each squad: `places` holds its places, `taken` (squad, place) of everybody in the plan."""
    held: dict[str, list[str]] = defaultdict(list)
    for squad, place in taken:
        if place:
            held[squad].append(place)
    return {
        squad: _figures(fairness(held[squad], {p: loads.get(p, 0.0) for p in here}), here)
        for squad, here in places.items()
    }


def _figures(found: Fairness, places: Collection[str]) -> dict[str, Any]:
    return asdict(found) | {"of": sorted(places)}


def repeats(plan: RotationPlan) -> int:
    """How many moves lead back to a place to be avoided: 0 in every plan. One query."""
    return sum(bool({move.to_squad, move.to_grid} & set(move.avoided)) for move in plan.moves.all())


def place_of(plan: RotationPlan, move: RotationMove) -> str:
    """The place a move of the plan leads to: a grid, or for leaders a squad."""
    return move.to_squad if plan.kind == RotationPlan.Kind.LEADERS else move.to_grid
