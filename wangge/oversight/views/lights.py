# SPDX-License-Identifier: Apache-2.0
"""The lights of units and stages, and the way to everything else."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.common.clock import now
from wangge.organizations.access import Permission, require
from wangge.supervision.queries.lights import UnitLight, stage_lights, unit_lights
from wangge.supervision.reference import oversight
from wangge.ui.signed_in import actor_of

#: of the chart: units drawn, height of a row, width of the bars, in its own units
DRAWN, ROW, WIDTH = 12, 34, 460


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Units by light, the worst first; stages; doors."""
    actor, at = actor_of(request), now()
    require(actor, Permission.OVERSIGHT_READ)
    rules = oversight()
    units = unit_lights(rules, actor, at=at)
    page = {
        "at": at,
        "rules": rules,
        "units": units,
        "stages": stage_lights(actor, at=at),
        "bars": _bars(units[:DRAWN]),
        "height": ROW * min(len(units), DRAWN),
        "illustrated": "lights" in rules.illustrations,
    }
    return render(request, "oversight/overview.html", page)


def _bars(units: Sequence[UnitLight]) -> list[dict[str, Any]]:
    """A bar a unit, cut into its overdue, soon due and other cases; the longest fills the width."""
    most = max((one.counts.running for one in units), default=0) or 1
    bars = []
    for n, one in enumerate(units):
        x, parts = 0, []
        for colour in ("red", "yellow", "green"):
            width = round(getattr(one.counts, colour) * WIDTH / most)
            parts.append({"colour": colour, "x": x, "width": width, "count": getattr(one.counts, colour)})
            x += width
        bars.append(
            {
                "unit": one.unit,
                "text": n * ROW + 12,
                "y": n * ROW + 16,
                "parts": parts,
                "share": one.counts.share,
            }
        )
    return bars
