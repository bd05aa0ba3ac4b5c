# SPDX-License-Identifier: Apache-2.0
"""Behind a reverse proxy that ends TLS: a page sent over HTTPS can send its form back."""

import os
import subprocess
import sys

import pytest

POST = """
import django; django.setup()
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import RequestFactory
sent = RequestFactory(HTTP_HOST="localhost", HTTP_ORIGIN="https://localhost", **{extra})
request = sent.post("/", {{"csrfmiddlewaretoken": "a" * 32}}, HTTP_COOKIE="csrftoken=" + "a" * 32)
check = CsrfViewMiddleware(lambda request: HttpResponse())
check._reject = lambda request, reason: reason
check.process_request(request)
print("refused" if check.process_view(request, lambda request: None, (), {{}}) else "taken")
"""


@pytest.mark.parametrize(
    ("https", "scheme", "answer"),
    [("1", "https", "taken"), ("1", "http", "refused"), ("0", "https", "refused")],
    ids=["the proxy says so", "the proxy says otherwise", "no proxy was announced"],
)
def test_form_over_https(https: str, scheme: str, answer: str) -> None:
    script = POST.format(extra={"HTTP_X_FORWARDED_PROTO": scheme})
    environment = os.environ | {"WANGGE_HTTPS": https, "DJANGO_SETTINGS_MODULE": "wangge.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == answer
