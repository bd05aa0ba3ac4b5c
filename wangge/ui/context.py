# SPDX-License-Identifier: Apache-2.0
"""What the base template needs on every page; the number of unread notices is asked only where it is shown."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.functional import SimpleLazyObject

from wangge.common.clock import now
from wangge.grids.queries import NoCity, city
from wangge.notices.queries import unread_count
from wangge.organizations.directory import actor_for, directory
from wangge.ui.navigation import navigation

#: a year without calendar data is announced this long before it begins
CALENDAR_NOTICE = timedelta(days=30)


def page(request: HttpRequest) -> dict[str, Any]:
    """`city`, and for a signed-in person `actor`, `navigation`, `own_posts`, `unread_count`, `live_url`, `calendar_missing`."""
    try:
        held: dict[str, Any] = {"city": city()}
    except NoCity:
        return {}  # before the first pack is loaded there are only the sign-in and refusal pages
    user = getattr(request, "user", None)  # absent when the request was refused before anybody was asked
    if user is None or not user.is_authenticated:
        return held
    actor, posts = actor_for(user.pk), directory().posts
    return held | {
        "actor": actor,
        "navigation": navigation(actor, request.path),
        "own_posts": [posts[code] for code in sorted(actor.posts) if code in posts],
        "unread_count": SimpleLazyObject(lambda: unread_count(user.pk)),
        "live_url": _live_url(request),
        "calendar_missing": _year_without_calendar(),
    }


def _live_url(request: HttpRequest) -> str:
    """The path as set, or the set port of the host this page was opened at: its cookie goes to no other host."""
    url: str = settings.WANGGE_LIVE_URL
    if not url.startswith(":"):
        return url
    domain, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{domain}{url}"


def _year_without_calendar() -> int | None:
    """The present or coming year when the work calendar has no data for it."""
    calendar, at = directory().calendar, now()
    for year in (at.astimezone(calendar.zone).year, (at + CALENDAR_NOTICE).astimezone(calendar.zone).year):
        if not calendar.first_year <= year <= calendar.last_year:
            return year
    return None
