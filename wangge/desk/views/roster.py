# SPDX-License-Identifier: Apache-2.0
"""Who is away and who stands in; the hours people are on duty."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.desk.filters import NotADate, day_of
from wangge.desk.input import whole
from wangge.desk.signed_in import actor_of
from wangge.organizations import roster
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.ui.words import weekdays


@login_required
@require_safe
def roster_page(request: HttpRequest) -> HttpResponse:
    """?person= chooses whose entry is made, among those whose roster I keep; mine without it."""
    return _page(request, actor_of(request), request.GET)


def _page(
    request: HttpRequest, actor: Actor, given: QueryDict, error: DomainError | None = None
) -> HttpResponse:
    people = roster.colleagues(actor)
    chosen = next(
        (one for one in people if str(one.id) == given.get("person")), people[0] if people else None
    )
    shown = roster.beside(chosen, people) if chosen else []
    known = roster.presences([one.id for one in shown], now())
    page: dict[str, Any] = {
        "people": people,
        "chosen": chosen,
        "substitutes": roster.substitutes(chosen.id) if chosen else [],
        "absences": roster.absences(people),
        "hours": roster.duty_hours(people),
        "entries": roster.entries(shown),
        "unit_hours": roster.unit_hours(shown),
        "presences": [(one, known[one.id]) for one in shown],
        "keeps": len(people) > 1,
        "weekdays": list(enumerate(weekdays())),
        "weekdays_given": given.getlist("weekday"),
        "given": given,
        "error": error,
        "reads_rules": Permission.RULEBOOK_READ in actor.permissions,
    }
    return render(request, "desk/roster.html", page, status=error.http_status if error else 200)


def _done(request: HttpRequest, change: Callable[[Actor, QueryDict], None], told: str) -> HttpResponse:
    """Make the change and come back to the page; refused, with the reason and what was typed."""
    actor, given = actor_of(request), request.POST
    try:
        change(actor, given)
    except DomainError as error:
        return _page(request, actor, given, error)
    messages.success(request, told)
    return redirect(f"{reverse('desk:roster')}?person={given.get('person', '')}")


@login_required
@require_POST
def set_absence(request: HttpRequest) -> HttpResponse:
    return _done(request, _set_absence, _("已登记外出。"))


@login_required
@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    roster.end_absence(absence_id, actor=actor_of(request), at=now())
    messages.success(request, _("已撤销外出。"))
    return redirect("desk:roster")


@login_required
@require_POST
def add_hours(request: HttpRequest) -> HttpResponse:
    return _done(request, _add_hours, _("已加入值班时间。"))


@login_required
@require_POST
def remove_hours(request: HttpRequest, hours_id: int) -> HttpResponse:
    roster.remove_hours(hours_id, actor=actor_of(request), at=now())
    messages.success(request, _("已删除值班时间。"))
    return redirect("desk:roster")


def _set_absence(actor: Actor, given: QueryDict) -> None:
    roster.set_absence(
        whole(given.get("person", "")) or 0,
        first_day=_day(given.get("first_day", "")),
        last_day=_day(given.get("last_day", "")),
        substitute_id=whole(given.get("substitute", "")),
        actor=actor,
        at=now(),
    )


def _add_hours(actor: Actor, given: QueryDict) -> None:
    try:
        begins, ends = (time.fromisoformat(given.get(name, "")) for name in ("begins", "ends"))
    except ValueError:
        raise roster.NoHours from None
    days = [whole(text) or 0 for text in given.getlist("weekday")]
    roster.add_hours(whole(given.get("person", "")) or 0, days, begins, ends, actor=actor, at=now())


def _day(text: str) -> date:
    """Raises NotADate, for an empty one too."""
    day = day_of(text)
    if day is None:
        raise NotADate(text=text)
    return day
