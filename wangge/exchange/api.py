# SPDX-License-Identifier: Apache-2.0
"""The API as one object: its parts, its refusals, its description at /api/v1/openapi.json."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from wangge.exchange.answers import answer
from wangge.exchange.views import router


class ReadableRenderer(JSONRenderer):
    """JSON in UTF-8, Chinese as it is."""

    json_dumps_params = {"ensure_ascii": False}


class Api(NinjaAPI):
    """All that goes wrong is told in one shape."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer(request, exc)


api = Api(
    title="Wangge",
    version="1",
    description="网格化城市管理平台接口。 Grid-based city management: report, read and handle cases.",
    urls_namespace="exchange:v1",
    docs_url=None,
    renderer=ReadableRenderer(),
)
api.add_router("", router)
