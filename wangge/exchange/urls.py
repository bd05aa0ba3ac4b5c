# SPDX-License-Identifier: Apache-2.0
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_GET

from wangge.exchange.answers import speaks_json, unknown_address
from wangge.exchange.api import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    assert isinstance(_pattern, URLPattern)
    # ninja's own page answers every method
    _view = require_GET(_pattern.callback) if _pattern.name == "openapi-json" else _pattern.callback
    _pattern.callback = speaks_json(_view)

app_name = "exchange"
urlpatterns = [path("v1/", (_patterns, _app, _namespace)), re_path(r"", unknown_address)]
