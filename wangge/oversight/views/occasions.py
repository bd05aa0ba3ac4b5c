# SPDX-License-Identifier: Apache-2.0
"""例会日程: when regular meetings and bulletins come round; one of them with its matters and its minutes."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.grids.queries import AreaInfo, areas, city, top_area_path
from wangge.organizations.access import Permission
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import Actor, directory
from wangge.organizations.models import Unit
from wangge.oversight.given import ROWS, after_of, key_of, paged, require_one, whole
from wangge.supervision.access import get_occasion, may_raise, meets_in, reaches
from wangge.supervision.actions.occasions import decide_item, raise_item
from wangge.supervision.actions.redacting import deleted, passages_of_occasion
from wangge.supervision.models import Occasion
from wangge.supervision.occasions import coming
from wangge.supervision.queries.occasions import MOST, agenda, is_over, list_occasions, paper_of, undone
from wangge.supervision.reference import areas_of, called_to, oversight
from wangge.supervision.rules import OccasionRule
from wangge.ui.signed_in import actor_of
from wangge.ui.words import weekdays

#: of a meeting on a page
MATTERS = 200


@login_required
@require_safe
def occasions(request: HttpRequest) -> HttpResponse:
    """What comes next of each series, and what came round, newest first."""
    actor, at = actor_of(request), now()
    require_one(actor, Permission.OVERSIGHT_READ, Permission.DEMAND_ANSWER)
    today, rules = at.astimezone(city().zone).date(), oversight()
    held = [
        (rule, [a for a in areas_of(rule) if meets_in(actor, a, called_to(rule, a))])
        for rule in rules.occasions
    ]
    places = dict(_areas(held))
    area = next((path for path, one in places.items() if one.code == request.GET.get("area")), "")
    rows = list_occasions(actor, area_path=area, after=after_of(request.GET), limit=ROWS + 1)
    opened = {(row.series, row.area_path, row.day): row for row in rows}
    page = paged(rows, request.GET, "opened_at") | {
        "series": [_next(rule, paths, today, opened) for rule, paths in held if paths or not _of_areas(rule)],
        "top": top_area_path(),
        "places": list(places.values()),
        "area": area,
        "illustrated": "occasions" in rules.illustrations,
        "tab": "occasions",
    }
    return render(request, "oversight/occasions.html", page)


def _of_areas(rule: OccasionRule) -> bool:
    return bool(rule.area or rule.level)


def _areas(held: list[tuple[OccasionRule, list[str]]]) -> list[tuple[str, AreaInfo]]:
    """The areas in which the actor sees meetings, by code."""
    paths = {path for _, some in held for path in some}
    return [(one.path, one) for _, one in sorted(areas().items()) if one.path in paths]


def _next(
    rule: OccasionRule, paths: list[str], today: date, opened: dict[tuple[str, str, date], Occasion]
) -> dict[str, Any]:
    """A series with its next day; no day where the calendar has none for it. `paths`: where the actor sees it; one meeting
    is linked, of several the list below tells."""
    try:
        found = coming(rule, today, directory().calendar)
    except CalendarYearMissing:
        found = None
    weekday = weekdays()[rule.weekday - 1]
    how = _("每月第%(week)d个%(weekday)s") if rule.week else _("每周的%(weekday)s")
    return {
        "rule": rule,
        "where": paths[0] if len(paths) == 1 and _of_areas(rule) else "",
        "many": len(paths) if len(paths) > 1 else 0,
        "kinds": [
            {"name_zh": Unit.Kind(kind).label, "name_en": Unit.KINDS_EN[kind]} for kind in rule.unit_kinds
        ],
        "how": how % {"week": rule.week, "weekday": weekday},
        "day": found.day if found else None,
        "opens": found.planned - timedelta(days=rule.ahead) if found else None,
        "units": [code for code in rule.units if code in directory().units],
        "occasion": opened.get((rule.code, paths[0], found.day)) if found and len(paths) == 1 else None,
    }


@login_required
@require_safe
def occasion(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """?after= the id of a matter is the keyset."""
    return _page(request, occasion_id, actor_of(request))


def _page(
    request: HttpRequest, occasion_id: int, actor: Actor, error: DomainError | None = None
) -> HttpResponse:
    found = get_occasion(occasion_id, actor)
    meeting = found.kind == Occasion.Kind.REGULAR_MEETING
    going_on = meeting and not is_over(found, now().astimezone(city().zone).date())
    keeps = reaches(actor, Permission.PAPER_DRAFT, found.area_path)
    after = whole(request.GET.get("after", "")) or 0
    rows = agenda(found, after=after, limit=MATTERS + 1) if meeting else []
    items, owed = rows[:MATTERS], undone(found, actor) if meeting else []
    page = {
        "occasion": found,
        "meeting": meeting,
        "keeps": keeps,
        "decides": going_on and keeps,
        "raises": going_on and may_raise(actor, found),
        "items": [(item, item.decided_in_id == found.pk) for item in items],
        "next": f"after={items[-1].pk}" if len(rows) > MATTERS else "",
        "first": not after,
        "undone": owed[:MOST],
        "undone_more": len(owed) > MOST,
        "paper": paper_of(found, actor),
        "passages": passages_of_occasion(found, actor) if items else [],
        "deleted": deleted(item=[item.pk for item in items]) if items else [],
        "key": request.POST.get("key") or uuid4(),
        "typed": request.POST,
        "error": error,
    }
    return render(request, "oversight/occasion.html", page, status=error.http_status if error else 200)


@login_required
@require_POST
def raise_matter(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """A matter for the meeting."""
    actor, typed = actor_of(request), request.POST
    try:
        raise_item(
            occasion_id, typed.get("text", ""), typed.get("number", ""), actor=actor, at=now(), key=key_of(typed)
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, occasion_id, actor, error)
    messages.success(request, _("议题已提出。"))
    return redirect("oversight:occasion", occasion_id)


@login_required
@require_POST
def decide_matter(request: HttpRequest, occasion_id: int, item_id: int) -> HttpResponse:
    """`decided` yes or no."""
    actor = actor_of(request)
    try:
        decide_item(occasion_id, item_id, decided=request.POST.get("decided") == "yes", actor=actor, at=now())
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, occasion_id, actor, error)
    return redirect("oversight:occasion", occasion_id)
