# SPDX-License-Identifier: Apache-2.0
"""The work calendar: its hours as a form, a year of it as months."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from wangge.administration.calendar_form import Exceptions, faults_of, typed_calendar, year_of
from wangge.administration.choices import choices_of
from wangge.administration.comparing import pasts
from wangge.administration.drafting import (
    Edited,
    basis_in,
    chosen_draft,
    drafted,
    edited,
    of_page,
)
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import WEEKDAYS, Actor
from wangge.packs.remedies import explain
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft
from wangge.rulebook.queries import history, rows
from wangge.rulebook.tables import REFERENCE_TABLES
from wangge.ui.signed_in import actor_of
from wangge.ui.words import city_zone, language, said, weekdays

CALENDAR = REFERENCE_TABLES["calendar"]
NO_SEASON = {"first": "", "last": "", "weekly": {}}
NO_CALENDAR: dict[str, Any] = {
    "code": "",
    "name_zh": "",
    "name_en": "",
    "unit_kinds": [],
    "weekly": {},
    "seasons": [],
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar as my draft has it, else as it is in force; a POST makes what was typed part of a draft."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    shown = edited(actor, "calendar")
    if request.method != "POST":
        return _page(request, actor, shown, shown.held)
    require(actor, Permission.RULEBOOK_EDIT)
    typed = typed_calendar(request.POST)
    try:
        faults = faults_of(typed)
    except ValidationError as error:
        texts = [explain(detail) for detail in error.errors(include_url=False)]
        faults = [zh if language() == "zh" else en for zh, en in texts]
    if faults:
        return _page(request, actor, shown, typed, faults=faults, status=422)
    try:
        with chosen_draft(request.POST, actor, now()) as draft:
            drafts.put_row(
                draft, "calendar", typed, key=None, actor=actor, at=now(), basis=basis_in(request.POST)
            )
    except DomainError as error:
        return _page(request, actor, shown, typed, error=error, status=error.http_status)
    messages.success(request, _("已记入草稿，发布后才生效。"))
    return redirect("administration:calendar")


def _page(
    request: HttpRequest, actor: Actor, draft: Edited, typed: dict[str, Any], *,
    faults: list[str] | None = None, error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    year = _year(request.GET.get("year", ""))
    held, exceptions = draft.held, _exceptions(draft.own)
    chosen = request.GET.get("calendar", "")
    shown = next((one for one in held["calendars"] if one["code"] == chosen), held["calendars"][0])
    covered = held["first_year"] <= year <= held["last_year"]
    page = {
        **of_page(draft, "calendar", request.POST, error),
        "document": typed,
        "calendars": [
            _for_form(number, one) for number, one in enumerate([*typed["calendars"], NO_CALENDAR])
        ],
        "kinds": choices_of("calendar", "unit_kinds"),
        "faults": faults,
        "edits": Permission.RULEBOOK_EDIT in actor.permissions,
        "year": year,
        "shown": shown,
        "names": held["calendars"],
        "covered": covered,
        "months": year_of(year, shown, exceptions) if covered else [],
        "exceptions": sorted(
            (day, *rest) for day, rest in exceptions.items() if day.startswith(f"{year:04}-")
        ),
        "versions": list(pasts(CALENDAR, history(CALENDAR, (shown["code"],)))),
        "weekdays": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
    }
    return render(request, "administration/calendar.html", page, status=status)


def _year(text: str) -> int:
    """The year asked for, else the present one in the city."""
    return int(text) if re.fullmatch(r"[12]\d{3}", text, re.ASCII) else now().astimezone(city_zone()).year


def _for_form(number: int, one: dict[str, Any]) -> dict[str, Any]:
    seasons = [*one.get("seasons", ()), NO_SEASON]
    return one | {
        "prefix": str(number),
        "days": _days(str(number), one["weekly"]),
        "season_forms": [
            s | {"prefix": f"{number}-{n}", "days": _days(f"{number}-{n}", s["weekly"])}
            for n, s in enumerate(seasons)
        ],
    }


def _days(prefix: str, weekly: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    return [
        (f"{prefix}-{day}", name, " ".join(weekly.get(day, ())))
        for day, name in zip(WEEKDAYS, weekdays(), strict=True)
    ]


def _exceptions(own: Sequence[Draft]) -> Exceptions:
    """Date -> kind, name, made so by my draft."""
    found = {
        row.key[0]: (row.values["kind"], said(row.values), False)
        for row in rows(REFERENCE_TABLES["holidays"])
    }
    for key, change in drafted(own, "holidays").items():
        if change.row is None:
            found.pop(key[0], None)
        else:
            found[key[0]] = (change.row["kind"], said(change.row), True)
    return found
