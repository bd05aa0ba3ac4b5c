# SPDX-License-Identifier: Apache-2.0
"""The live board: open cases by supervision grid, counts of today, lights by unit, the latest movements."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wangge.cases.queries import board as board_counts
from wangge.cases.queries import latest_movements
from wangge.common.clock import now
from wangge.desk.geography import supervision_grids
from wangge.desk.replayed import replayed_lately
from wangge.desk.signed_in import actor_of
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor

LATEST = 12
#: drawing sizes of the chart of hours, in its own units
BAR_STEP, BAR_HEIGHT = 20, 80


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The page; when cases move it asks for itself and takes over the figures."""
    actor = actor_of(request)
    require(actor, Permission.BOARD_READ)
    return render(request, "desk/board.html", _figures(actor) | {"replayed": replayed_lately()})


def _figures(actor: Actor) -> dict[str, Any]:
    at = now()
    counts = board_counts(actor, at=at)
    known = supervision_grids()
    grids = [(known[grid], *figures) for grid, figures in counts.by_grid.items() if grid in known]
    return {
        "at": at,
        "board": counts,
        "grids": sorted(grids, key=lambda row: (-row[1], row[0].code)),
        "bars": _bars(counts.by_hour),
        "latest": latest_movements(actor, at=at, limit=LATEST),
    }


def _bars(by_hour: tuple[int, ...]) -> list[dict[str, int]]:
    most = max(by_hour) or 1
    heights = [round(count * BAR_HEIGHT / most) for count in by_hour]
    return [
        {"hour": hour, "count": count, "x": hour * BAR_STEP, "middle": hour * BAR_STEP + BAR_STEP // 2,
         "y": BAR_HEIGHT + 16 - height, "height": height, "above": BAR_HEIGHT + 12 - height, "three": hour % 3 == 0}
        for hour, (count, height) in enumerate(zip(by_hour, heights, strict=True))
    ]  # fmt: skip
