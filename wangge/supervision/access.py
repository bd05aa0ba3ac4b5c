# SPDX-License-Identifier: Apache-2.0
"""Who sees, drafts, issues and answers what: by the posts held, each in its area or unit."""

from collections.abc import Iterable

from django.db.models import Q

from wangge.cases.models import SideRecord
from wangge.common.errors import NotFound
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.directory import Actor, directory
from wangge.supervision.models import Demand, Occasion, Paper

#: the kind of side record an order is
SUPERVISION = "supervision"


def areas_with(actor: Actor, permission: Permission) -> list[str]:
    """Paths of the areas for which the actor has `permission`, the widest first."""
    return sorted({held.area_path for held in directory().held_with(actor, permission)}, key=len)


def own_area(actor: Actor, permission: Permission) -> str:
    """Where what the actor makes belongs: the widest area of theirs. Raises PermissionMissing."""
    found = areas_with(actor, permission)
    if not found:
        raise PermissionMissing(permission=permission.value)
    return found[0]


def reaches(actor: Actor, permission: Permission, area_path: str) -> bool:
    """Has the actor `permission` for all of that area?"""
    return any(area_path.startswith(path) for path in areas_with(actor, permission))


def units_answered_for(actor: Actor) -> set[str]:
    """Codes of the units the actor answers for: their own and those below it."""
    paths = [
        held.unit_path for held in directory().held_with(actor, Permission.DEMAND_ANSWER) if held.unit_path
    ]
    return {unit.code for unit in directory().units.values() if any(unit.path.startswith(p) for p in paths)}


def clerks_of(units: list[str]) -> list[int]:
    """Who answers for these units."""
    posts = [code for code, post in directory().posts.items() if Permission.DEMAND_ANSWER in post.permissions]
    paths = [unit.path for code in units if (unit := directory().units.get(code))]
    found = (
        person for post in posts for person, held in directory().holding(post)
        if held.unit_path and any(path.startswith(held.unit_path) for path in paths)
    )  # fmt: skip
    return list(dict.fromkeys(found))


def _in_area(actor: Actor, *permissions: Permission) -> Q:
    condition = Q(pk__in=[])
    for permission in permissions:
        for path in areas_with(actor, permission):
            condition |= Q(area_path__startswith=path)
    return condition


def visible_papers(actor: Actor) -> Q:
    """Drafts for whoever drafts or issues there; issued ones for the centre of the area and the units they name."""
    working = _in_area(actor, Permission.PAPER_DRAFT, Permission.PAPER_ISSUE)
    watching = _in_area(actor, Permission.OVERSIGHT_READ)
    units = sorted(units_answered_for(actor))
    named = Q(units__overlap=units) if units else Q(pk__in=[])
    return working | (Q(state=Paper.State.ISSUED) & (watching | named))


def visible_occasions(actor: Actor) -> Q:
    """For the centre of the area, and for the units that are called."""
    condition = _in_area(actor, Permission.PAPER_DRAFT, Permission.OVERSIGHT_READ)
    units = sorted(units_answered_for(actor))
    return condition | (Q(units__overlap=units) if units else Q(pk__in=[]))


def meets_in(actor: Actor, area_path: str, units: Iterable[str]) -> bool:
    """Would the actor see a meeting of that area to which these units are called?"""
    watching = (Permission.PAPER_DRAFT, Permission.OVERSIGHT_READ)
    return any(reaches(actor, one, area_path) for one in watching) or not units_answered_for(
        actor
    ).isdisjoint(units)


def may_raise(actor: Actor, occasion: Occasion) -> bool:
    """May the actor raise a matter for the meeting: who keeps it, and the units that are called."""
    called = not units_answered_for(actor).isdisjoint(occasion.units)
    return called or reaches(actor, Permission.PAPER_DRAFT, occasion.area_path)


def visible_orders(actor: Actor) -> Q:
    """The condition on side records of kind supervision: those of the area, and those to a unit the actor answers for."""
    condition = Q(pk__in=[])
    for path in areas_with(actor, Permission.OVERSIGHT_READ):
        condition |= Q(case__area_path__startswith=path)
    if units := sorted(units_answered_for(actor)):
        condition |= Q(unit__in=units) | Q(order_detail__second_unit__in=units)
    return Q(kind=SUPERVISION) & condition


def visible_demands(actor: Actor) -> Q:
    """Those that are out: for the centre of the area, and for the unit that owes them."""
    condition = Q(unit__in=sorted(units_answered_for(actor)))
    for path in areas_with(actor, Permission.OVERSIGHT_READ):
        condition |= Q(paper__area_path__startswith=path)
    return ~Q(state=Demand.State.DRAFTED) & condition


def visible_sittings(actor: Actor) -> Q:
    """Those of leaders in the areas the actor watches."""
    return _in_area(actor, Permission.OVERSIGHT_READ)


def get_paper(paper_id: int, actor: Actor) -> Paper:
    """Absent and invisible both raise NotFound."""
    rows = Paper.objects.filter(visible_papers(actor), pk=paper_id).select_related(
        "drafted_by", "issued_by", "occasion"
    )
    paper = rows.first()
    if paper is None:
        raise NotFound
    return paper


def get_occasion(occasion_id: int, actor: Actor) -> Occasion:
    """Absent and invisible both raise NotFound."""
    occasion = Occasion.objects.filter(visible_occasions(actor), pk=occasion_id).first()
    if occasion is None:
        raise NotFound
    return occasion


def get_order(order_id: int, actor: Actor) -> SideRecord:
    """The side record of an order; absent and invisible both raise NotFound."""
    rows = SideRecord.objects.filter(visible_orders(actor), pk=order_id)
    order = rows.select_related(
        "case", "opened_by", "order_detail__sitting__leader", "order_detail__meeting"
    ).first()
    if order is None:
        raise NotFound
    return order


def get_demand(demand_id: int, actor: Actor) -> Demand:
    """Absent and invisible both raise NotFound."""
    demand = Demand.objects.filter(visible_demands(actor), pk=demand_id).select_related("paper").first()
    if demand is None:
        raise NotFound
    return demand
