# SPDX-License-Identifier: Apache-2.0
from django.urls import URLPattern, path, re_path

from wangge.exchange.answers import speaks_json, unknown_address
from wangge.exchange.api import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    assert isinstance(_pattern, URLPattern)
    _pattern.callback = speaks_json(_pattern.callback)

app_name = "exchange"
urlpatterns = [path("v1/", (_patterns, _app, _namespace)), re_path(r"", unknown_address)]
