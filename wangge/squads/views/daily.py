# SPDX-License-Identifier: Apache-2.0
"""零报告: the month of each unit as a table, the report of one unit's day."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.inspectors import daily
from wangge.inspectors.actions.reporting import MOST, Settled, file_report
from wangge.inspectors.errors import CountWrong, SettledWrong
from wangge.inspectors.reference import current_rules, local_day
from wangge.organizations.access import PermissionMissing
from wangge.squads import given
from wangge.squads.sections import sections
from wangge.ui.signed_in import actor_of

#: empty lines of matters settled in the grid that the form offers, and how many it may have
LINES, MOST_LINES = 4, 400


@login_required
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """?month=2026-11; ?after= a unit's code is the keyset."""
    actor, at, asked = actor_of(request), now(), request.GET
    today = local_day(at)
    first = given.month_of(asked.get("month", ""), today)
    after = asked.get("after", "")
    units = [unit for unit in daily.units_read_by(actor) if unit.code > after]
    page = {
        "sections": sections(actor),
        "rows": daily.month_table(units[: given.ROWS], first, at=at),
        "days": daily.days_of(first),
        "month": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "following": (first + timedelta(days=31)).replace(day=1),
        "today": today,
        "own": daily.units_filed_by(actor),
        "rule": current_rules().rules.zero_report,
        "illustration": "zero_report" in current_rules().rules.illustrations,
        "next": f"month={first:%Y-%m}&after={units[given.ROWS - 1].code}" if len(units) > given.ROWS else "",
        "first": not after,
        "first_query": f"month={first:%Y-%m}",
    }
    return render(request, "squads/reports.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, unit: str, day: str) -> HttpResponse:
    """What was filed, each version; who belongs to the unit files or corrects it."""
    actor, typed, error, at = actor_of(request), request.POST, None, now()
    info = next((one for one in daily.units_read_by(actor) if one.code == unit), None)
    when = given.day_of(day)
    if info is None:
        raise NotFound
    more = "more" in typed
    if request.method == "POST" and not more:
        try:
            file_report(
                unit, when, _count(typed.get("found", "")), settled=_settled(typed),
                seen=given.whole(typed.get("seen", "")) or 0, actor=actor, at=at, key=given.key_of(typed),
            )  # fmt: skip
        except PermissionMissing:
            raise
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("零报告已报送。"))
            return redirect("squads:report", unit, day)
    versions = daily.versions_of(unit, when)
    days = current_rules().rules.zero_report.correct_days
    page: dict[str, Any] = {
        "unit": info,
        "day": when,
        "versions": versions,
        "seen": versions[-1].version if versions else 0,
        "settled_month": _monthly(unit, when),
        "may_file": (
            info in daily.units_filed_by(actor)
            and local_day(at) - timedelta(days=days) <= when <= local_day(at)
        ),
        "grids": daily.grids_of(info),
        "classes": _majors(),
        "lines": _lines(typed, versions, more=more),
        "found": typed.get("found", versions[-1].found if versions else ""),
        "key": uuid4(),
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/report.html", page, status=error.http_status if error else 200)


def _majors() -> list[tuple[str, Any]]:
    """The major classes: a count needs no finer ones."""
    known = catalog().classes
    return sorted((code, info) for code, info in known.items() if info.path.strip("/").count("/") == 0)


def _monthly(unit: str, when: Any) -> list[tuple[str, str, int]]:
    days = daily.days_of(when)
    found = daily.settled_in(unit, days[0], days[-1])
    return [(grid, code, count) for (grid, code), count in sorted(found.items())]


def _count(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 8):
        raise CountWrong(most=MOST)
    return int(text)


def _sent(typed: QueryDict) -> int:
    """How many lines the form had."""
    return min(given.whole(typed.get("lines", "")) or LINES, MOST_LINES)


def _settled(typed: QueryDict) -> Settled:
    """The lines of the form in which anything stands."""
    found = []
    for line in range(1, _sent(typed) + 1):
        grid, code, count = (typed.get(f"{name}-{line}", "").strip() for name in ("grid", "class", "count"))
        if not (grid or code or count):
            continue
        if not (grid and code and count.isascii() and count.isdigit() and len(count) < 8):
            raise SettledWrong(line=line)
        found.append((grid, code, int(count)))
    return found


def _lines(typed: QueryDict, versions: list[Any], *, more: bool) -> list[tuple[int, str, str, str]]:
    """(number, grid, class, count) of each line: as typed, else as filed last; then empty ones, `more` of them if asked."""
    filled = [(s.grid, s.class_code, str(s.count)) for s in versions[-1].settled.all()] if versions else []
    if typed:
        filled = [
            (typed.get(f"grid-{n}", ""), typed.get(f"class-{n}", ""), typed.get(f"count-{n}", ""))
            for n in range(1, _sent(typed) + 1)
        ]
    wanted = len(filled) + LINES if more or not typed else len(filled)
    filled += [("", "", "")] * (min(wanted, MOST_LINES) - len(filled))
    return [(n, *one) for n, one in enumerate(filled, start=1)]
