# SPDX-License-Identifier: Apache-2.0
"""My work: what waits for my posts, by deadline. And my notices."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from wangge.cases.queries import my_tasks, task_counts
from wangge.cases.queries.tasks import FEW, MOST_COUNTED
from wangge.common.clock import now
from wangge.desk.replayed import replayed_lately
from wangge.desk.signed_in import actor_of, without_tasks
from wangge.inspectors.rotation import own_grids
from wangge.notices.actions import mark_read
from wangge.notices.queries import latest
from wangge.organizations.access import Permission
from wangge.ui.paging import ROWS, after_of, first_query, page_of


@login_required
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """?stage= filters; ?after= is the keyset."""
    actor = actor_of(request)
    stage, after = request.GET.get("stage", ""), after_of(request.GET)
    counts = task_counts(actor)
    total = sum(counts.values())
    rows = my_tasks(actor, at=now(), stage=stage, after=after, limit=ROWS + 1, few=total <= FEW)
    tasks, following = page_of(rows, request.GET, "sort_at")
    page = {
        "tasks": tasks,
        "next": following,
        "first": after is None,
        "first_query": first_query(request.GET),
        "stage": stage,
        "counts": counts,
        "total": total,
        "more_than": total >= MOST_COUNTED,
        "replayed": replayed_lately(),
        "duties": own_grids(actor, now()),
        "watches": without_tasks(actor),
        "runs_the_system": Permission.CALENDAR_READ in actor.permissions and not total,
    }
    return render(request, "desk/my_work.html", page)


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The newest notices, unread ones marked."""
    return render(request, "desk/notices.html", {"notices": latest(actor_of(request).person_id)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def read_notices(request: HttpRequest) -> HttpResponse:
    """All notices of the page it was sent from, and those before them, are read; nothing changes by following a link."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        mark_read(actor_of(request).person_id, int(newest), at=now())
    return redirect("desk:notices")
