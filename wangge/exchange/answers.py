# SPDX-License-Identifier: Apache-2.0
"""Refusals as the API tells them: always {code, message: {zh, en}}, whatever went wrong and wherever."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from wangge.cases.actions.photos import MOST_BYTES
from wangge.common.errors import DomainError
from wangge.common.outages import Unavailable, outage
from wangge.exchange.errors import (
    InvalidJson,
    InvalidMultipart,
    InvalidRequest,
    ServerError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    UnknownAddress,
    WrongMethod,
)  # fmt: skip
from wangge.exchange.problems import problem

logger = logging.getLogger("wangge.exchange")

#: no request is larger: a photo and the wrapping of its form
MOST_BODY = MOST_BYTES + (1 << 20)
#: what ninja calls the one parameter that holds a whole body or query
WHOLE = "given"


def refuse(error: DomainError) -> HttpResponse:
    """The response of a DomainError, with the headers its status calls for."""
    response = JsonResponse(
        error.as_dict(), status=error.http_status, json_dumps_params={"ensure_ascii": False}
    )
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.facts["seconds"])
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after)
    return response


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The response to anything raised on the way; what nobody foresaw is logged and told without its inside."""
    match error:
        case DomainError():
            return refuse(error)
        case ValidationError():
            return refuse(InvalidRequest([_field(fault) for fault in error.errors]))
        case RequestDataTooBig():
            return refuse(TooLarge())
        case MultiPartParserError() | UnreadablePostError() | SuspiciousOperation():
            return refuse(InvalidMultipart())
        case HttpError(status_code=400):  # all that ninja raises it for
            return refuse(InvalidJson())
    if failed := outage(error):
        logger.error("%s %s: %s", request.method, request.path, error)
        return refuse(failed)
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return refuse(ServerError())


def _field(fault: dict[str, Any]) -> dict[str, Any]:
    where, *names = (str(part) for part in fault["loc"])
    path = [name for name in names if name != WHOLE]
    told = problem(fault["type"], fault["msg"], fault.get("ctx", {}))
    return {"in": where, "field": ".".join(path) or where, "kind": fault["type"], "problem": told}


View = Callable[..., HttpResponse]


def speaks_json(view: View) -> View:
    """Wrap a view of the API: an oversized body is refused unread, a wrong method and every fault get our shape."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit() and int(length) > MOST_BODY:
            return refuse(TooLarge())
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            return answer(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            told = refuse(WrongMethod(method=request.method, allowed=response["Allow"]))
            told["Allow"] = response["Allow"]
            return told
        return response

    return wrapped


def unknown_address(request: HttpRequest) -> HttpResponse:
    """Anything under /api that is no address of it."""
    return refuse(UnknownAddress(path=request.path))
