# SPDX-License-Identifier: Apache-2.0
"""例会日程: the next meeting or bulletin opened in time, once; matters raised for a meeting, decided or left to the next."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.cases.errors import KeyReused
from wangge.cases.models import Case
from wangge.cases.visibility import visible_to
from wangge.grids.queries import areas, city
from wangge.organizations.access import Permission, PermissionMissing
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import Actor, directory
from wangge.supervision.access import clerks_of, get_occasion, may_raise, reaches
from wangge.supervision.errors import NothingNamed, OccasionOver, UnknownCase
from wangge.supervision.given import MOST_LINE, clean
from wangge.supervision.models import AgendaItem, Occasion
from wangge.supervision.occasions import OccasionDay, to_open
from wangge.supervision.queries.occasions import is_over
from wangge.supervision.reference import areas_of, called_to
from wangge.supervision.rules import OccasionRule, Oversight
from wangge.supervision.telling import tell


def open_occasions(rules: Oversight, *, at: datetime) -> list[Occasion]:
    """What is to be open by now and is not; those it concerns are told. A series whose day lies in a year the calendar does
    not know waits, the others do not.

    The unique row decides: of two workers one opens it and tells.
    """
    found, today = [], _day(at)
    for rule in rules.occasions:
        try:
            due = to_open(rule, today, directory().calendar)
        except CalendarYearMissing:  # every page says that the year is missing
            continue
        if due is None:
            continue
        opened = Occasion.objects.filter(series=rule.code, planned_day=due.planned)
        for area_path in sorted({*areas_of(rule)} - {*opened.values_list("area_path", flat=True)}):
            with transaction.atomic():
                if made := _open(rule, due, area_path, at):
                    found.append(made)
    return found


def _open(rule: OccasionRule, due: OccasionDay, area_path: str, at: datetime) -> Occasion | None:
    units = called_to(rule, area_path)
    occasion, made = Occasion.objects.get_or_create(
        series=rule.code, area_path=area_path, planned_day=due.planned,
        defaults={
            "kind": rule.kind, "name_zh": rule.name_zh, "name_en": rule.name_en, "day": due.day, "units": units,
            "opened_at": at,
        },
    )  # fmt: skip
    if not made:
        return None
    tell([*_keepers(area_path), *clerks_of(units)], f"occasion_{rule.kind}", _facts(occasion), at=at)
    return occasion


def _facts(occasion: Occasion) -> dict[str, Any]:
    """What its notice tells; the area where it is not the whole city."""
    area = next((one for one in areas().values() if one.parent and one.path == occasion.area_path), None)
    return {
        "id": occasion.pk,
        "name": (area.name_zh if area else "") + occasion.name_zh,
        "name_en": occasion.name_en + (f", {area.name_en}," if area else ""),
        "day": occasion.day.isoformat(),
    }


def _keepers(area_path: str) -> list[int]:
    """Who may draft papers of all of that area and is nearest to it: a street's own, else the city's."""
    posts = [code for code, post in directory().posts.items() if Permission.PAPER_DRAFT in post.permissions]
    held = [
        (len(one.area_path), person) for post in posts for person, one in directory().holding(post)
        if area_path.startswith(one.area_path)
    ]  # fmt: skip
    nearest = max((near for near, _ in held), default=0)
    return [person for near, person in held if near == nearest]


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
        _check_going_on(occasion, at)
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
            .filter(pk=item_id, series=occasion.series, occasion__area_path=occasion.area_path)
            .filter(occasion__planned_day__lte=occasion.planned_day)
            .first()
        )
        _check_going_on(occasion, at)
        if item is None or item.decided_in_id not in (None, occasion.pk):
            raise OccasionOver
        item.decided_in_id = occasion.pk if decided else None
        item.decided_by_id, item.decided_at = (actor.person_id, at) if decided else (None, None)
        item.save(update_fields=["decided_in", "decided_by", "decided_at"])
    return item


def _check_going_on(occasion: Occasion, at: datetime) -> None:
    """What a meeting left undecided goes to the next one on the day that sits."""
    if is_over(occasion, _day(at)):
        raise OccasionOver


def _day(at: datetime) -> date:
    return at.astimezone(city().zone).date()


def _case(number: str, actor: Actor) -> int | None:
    if not number:
        return None
    found = Case.objects.filter(visible_to(actor), number=number.upper()).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownCase(number=number[:40])
    return found
