# SPDX-License-Identifier: Apache-2.0
"""A refusal of the product becomes a page (or JSON for a peer) with its status and code; nothing else is caught."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wangge.common.errors import DomainError, NotFound
from wangge.ui.errors import refusal


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, named: dict[str, object]
    ) -> HttpResponse | None:
        """A NUL in an address names nothing, and PostgreSQL cannot even be asked for it. The API refuses it in its own way."""
        given = [*named.values(), *(value for name in request.GET for value in request.GET.getlist(name))]
        peer = request.resolver_match is not None and "exchange" in request.resolver_match.app_names
        return refusal(request, NotFound()) if not peer and any("\0" in str(v) for v in given) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, DomainError) else None
