# SPDX-License-Identifier: Apache-2.0
"""Error pages: say what happened and what to do next."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from wangge.common.errors import BadInput, DomainError, NotFound, Refused
from wangge.common.outages import outage


class BodyTooLarge(BadInput):
    code = "body_too_large"
    http_status = 413
    zh = "提交的内容过大，没有记入。请缩短文字，或减少、缩小照片。"
    en = "What was sent is too large and nothing was recorded. Shorten the text, or send fewer or smaller photos."


class LengthMissing(BadInput):
    code = "length_missing"
    http_status = 411
    zh = "请求没有写明长度（Content-Length），没有读取，也没有记入。请换用浏览器提交，或检查中间的代理。"
    en = "The request tells no Content-Length: it was neither read nor recorded. Use a browser, or check the proxy between."


class Malformed(BadInput):
    code = "malformed_request"
    http_status = 400
    zh = "浏览器发来的请求不完整或有误，没有记入。请刷新页面后重试。"
    en = "The request was incomplete or malformed and nothing was recorded. Reload the page and try again."


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of a DomainError, with its status."""
    return render(request, "ui/refusal.html", {"error": error}, status=error.http_status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, NotFound())


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, Refused())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, BodyTooLarge() if isinstance(exception, RequestDataTooBig) else Malformed())


def server_error(request: HttpRequest) -> HttpResponse:
    """Also what the surroundings did (503). Nothing here may ask the database: it may be what failed.

    Called by Django while the exception is being handled, wherever it was raised.
    """
    failed = outage(sys.exc_info()[1])
    told = render_to_string("ui/failure.html", {"zh": failed.zh, "en": failed.en} if failed else {})
    if failed is None:
        return HttpResponse(told, status=500)
    return HttpResponse(told, status=failed.http_status, headers={"Retry-After": str(failed.retry_after)})
