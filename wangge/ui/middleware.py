# SPDX-License-Identifier: Apache-2.0
"""A refusal of the product becomes a page (or JSON for a peer) with its status and code; nothing else is caught."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wangge.common.errors import DomainError
from wangge.ui.errors import refusal


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, DomainError) else None
