# SPDX-License-Identifier: Apache-2.0
"""例会日程: the next meeting or bulletin opened in time, once; matters raised for a meeting, decided or left to the next."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.cases.errors import KeyReused
from wangge.cases.models import Case
from wangge.cases.visibility import visible_to
from wangge.grids.queries import city, top_area_path
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.directory import Actor, directory
from wangge.supervision.access import clerks_of, get_occasion, may_raise, reaches
from wangge.supervision.errors import NothingNamed, OccasionOver, UnknownCase
from wangge.supervision.given import MOST_LINE, clean
from wangge.supervision.models import AgendaItem, Occasion
from wangge.supervision.occasions import to_open
from wangge.supervision.rules import OccasionRule, Oversight
from wangge.supervision.telling import tell


def open_occasions(rules: Oversight, *, at: datetime) -> list[Occasion]:
    """What is to be open by now and is not; those it concerns are told. Raises CalendarYearMissing.

    The unique row decides: of two workers one opens it and tells.
    """
    found = []
    for rule in rules.occasions:
        with transaction.atomic():
            if opened := _open(rule, at):
                found.append(opened)
    return found


def _open(rule: OccasionRule, at: datetime) -> Occasion | None:
    due = to_open(rule, at.astimezone(city().zone).date(), directory().calendar)
    if due is None:
        return None
    units = sorted(unit.code for unit in directory().units.values() if unit.kind in rule.unit_kinds)
    occasion, made = Occasion.objects.get_or_create(
        series=rule.code, planned_day=due.planned,
        defaults={
            "kind": rule.kind, "name_zh": rule.name_zh, "name_en": rule.name_en, "day": due.day, "units": units,
            "area_path": top_area_path(), "opened_at": at,
        },
    )  # fmt: skip
    if not made:
        return None
    facts = {"id": occasion.pk, "name": rule.name_zh, "name_en": rule.name_en, "day": due.day.isoformat()}
    tell([*_drafters(occasion.area_path), *clerks_of(units)], f"occasion_{rule.kind}", facts, at=at)
    return occasion


def _drafters(area_path: str) -> list[int]:
    """Who may draft papers of all of that area."""
    posts = [code for code, post in directory().posts.items() if Permission.PAPER_DRAFT in post.permissions]
    return [
        person for post in posts for person, held in directory().holding(post) if area_path.startswith(held.area_path)
    ]  # fmt: skip


def raise_item(
    occasion_id: int, text: str, number: str, *, actor: Actor, at: datetime, key: UUID
) -> AgendaItem:
    """A matter for the meeting, with the case it is about or none; sent again with the same `key`, the first one.

    Raises NotFound, PermissionMissing, OccasionOver, NothingNamed, UnknownCase and what is wrong with the text.
    """
    occasion = get_occasion(occasion_id, actor)
    if not may_raise(actor, occasion):
        raise PermissionMissing(permission=Permission.PAPER_DRAFT.value)
    text = clean(text, MOST_LINE, "议题", "Matter")
    case = _case(number.strip(), actor)
    assert actor.person_id is not None  # only people are appointed to posts
    with transaction.atomic():
        held = AgendaItem.objects.filter(key=key).first()
        if held is not None:
            if (held.raised_by_id, held.occasion_id, held.text) != (actor.person_id, occasion.pk, text):
                raise KeyReused
            return held
        _check_newest(occasion)
        if not text:
            raise NothingNamed(zh_what="议题", en_what="the matter")
        item, _ = AgendaItem.objects.get_or_create(
            key=key,
            defaults={
                "series": occasion.series, "occasion": occasion, "text": text, "case_id": case,
                "raised_by_id": actor.person_id, "raised_at": at,
            },
        )  # fmt: skip
    return item


def decide_item(occasion_id: int, item_id: int, *, decided: bool, actor: Actor, at: datetime) -> AgendaItem:
    """Decided in this meeting, or after all not. Raises NotFound, PermissionMissing, OccasionOver."""
    occasion = get_occasion(occasion_id, actor)
    if not reaches(actor, Permission.PAPER_DRAFT, occasion.area_path):
        raise PermissionMissing(permission=Permission.PAPER_DRAFT.value)
    with transaction.atomic():
        item = (
            AgendaItem.objects.select_for_update(no_key=True)
            .filter(pk=item_id, series=occasion.series)
            .first()
        )
        _check_newest(occasion)
        if item is None or item.decided_in_id not in (None, occasion.pk):
            raise OccasionOver
        item.decided_in_id = occasion.pk if decided else None
        item.decided_by_id, item.decided_at = (actor.person_id, at) if decided else (None, None)
        item.save(update_fields=["decided_in", "decided_by", "decided_at"])
    return item


def _check_newest(occasion: Occasion) -> None:
    """What a series decides, it decides in its newest meeting."""
    if Occasion.objects.filter(series=occasion.series, planned_day__gt=occasion.planned_day).exists():
        raise OccasionOver


def _case(number: str, actor: Actor) -> int | None:
    if not number:
        return None
    found = Case.objects.filter(visible_to(actor), number=number.upper()).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownCase(number=number[:40])
    return found
