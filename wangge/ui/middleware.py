# SPDX-License-Identifier: Apache-2.0
"""A refusal of the product becomes a page (or JSON for a peer) with its status and code; nothing else is caught.

Bodies that are too large, or that do not say how large they are, are refused unread.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from wangge.common.errors import DomainError, NotFound
from wangge.ui.errors import BodyTooLarge, LengthMissing, refusal

View = TypeVar("View", bound=Callable[..., HttpResponse])
#: bytes a request may have unless its view says more
MOST_BODY = 1 << 20


def takes_bytes(most: int) -> Callable[[View], View]:
    """Mark a view whose requests may have up to `most` bytes, such as photos."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


class BodyLimitMiddleware:
    """Must stand before the check of CSRF tokens, which reads the whole body. The API has limits of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, named: dict[str, Any]
    ) -> HttpResponse | None:
        if _for_peers(request):
            return None
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return refusal(request, LengthMissing())
        length = request.META.get("CONTENT_LENGTH") or ""
        most = getattr(view, "most_bytes", MOST_BODY)
        too_large = length.isascii() and length.isdigit() and int(length) > most
        return refusal(request, BodyTooLarge()) if too_large else None


def _for_peers(request: HttpRequest) -> bool:
    return request.resolver_match is not None and "exchange" in request.resolver_match.app_names


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
        unknown = any("\0" in str(value) for value in given) and not _for_peers(request)
        return refusal(request, NotFound()) if unknown else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, DomainError) else None
