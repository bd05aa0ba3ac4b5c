# SPDX-License-Identifier: Apache-2.0
"""Error pages: say what happened and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from wangge.common.errors import BadInput, DomainError, NotFound, Refused


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of a DomainError, with its status."""
    return render(request, "ui/refusal.html", {"error": error}, status=error.http_status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, NotFound())


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, Refused())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, BadInput(detail=type(exception).__name__))


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing here may ask the database: it may be what failed."""
    return HttpResponse(render_to_string("ui/failure.html"), status=500)
