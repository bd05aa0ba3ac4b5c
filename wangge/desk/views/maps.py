# SPDX-License-Identifier: Apache-2.0
"""Geography for the maps. It changes only with the pack: a browser asks again and mostly hears 304."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from wangge.common.fresh import revision
from wangge.desk import geography

GEOJSON = "application/geo+json"


def _etag(request: HttpRequest, **place: str) -> str:
    return f'"{revision()}"'


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_etag)
def outline(request: HttpRequest) -> HttpResponse:
    """The city's outline."""
    return HttpResponse(geography.outline_geojson(), GEOJSON)


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_etag)
def supervision_grids(request: HttpRequest, language: str) -> HttpResponse:
    """All supervision grids, named in `language`."""
    return HttpResponse(geography.supervision_geojson(language), GEOJSON)


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_etag)
def unit_grid(request: HttpRequest, code: str) -> HttpResponse:
    """One unit grid."""
    return HttpResponse(geography.grid_geojson(code), GEOJSON)
