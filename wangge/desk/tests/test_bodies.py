# SPDX-License-Identifier: Apache-2.0
"""Bodies that are too large or do not tell their length are refused before a byte of them is read."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from wangge.desk.input import MOST_FORM
from wangge.desk.tests.browsing import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

MIB = 1 << 20
FORM = "multipart/form-data; boundary=x"


class Unread(BytesIO):
    """A body nobody may ask for."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(client: Client, path: str, **environment: Any) -> Any:
    """A POST whose body must not be read, past the CSRF check as in a browser."""
    client.handler.enforce_csrf_checks = True
    body: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_TYPE": FORM}
    return client.generic("POST", path, **(body | environment))


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/report/", MOST_FORM),
        ("/cases/TC1/steps/finish/", MOST_FORM),
        ("/notices/read/", MIB),
        ("/language/", MIB),
        ("/accounts/login/", MIB),
        ("/cases/", MIB),
    ],
)
def test_a_large_body_is_refused_unread(path: str, most: int) -> None:
    for client in (client_of("operator_1"), Client()):
        answer = send(client, path, CONTENT_LENGTH=str(most + 1))
        page = answer.content.decode()
        assert answer.status_code == 413 and "body_too_large" in page
        assert "提交的内容过大" in page and "What was sent" not in page
        with pytest.raises(AssertionError, match="the body was read"):  # up to the limit it is looked at
            send(client, path, CONTENT_LENGTH=str(most))


@pytest.mark.parametrize("path", ["/report/", "/language/", "/accounts/login/"])
def test_a_body_without_its_length_is_refused_unread(path: str) -> None:
    answer = send(client_of("operator_1"), path, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    page = answer.content.decode()
    assert answer.status_code == 411 and "length_missing" in page
    assert "请求没有写明长度" in page


def test_a_large_body_is_refused_in_english() -> None:
    page = send(client_of("operator_1", "en"), "/cases/", CONTENT_LENGTH=str(MIB + 1)).content.decode()
    assert "What was sent is too large and nothing was recorded." in page


def test_nine_photos_of_ten_mebibytes_fit() -> None:
    assert MOST_FORM == 9 * 10 * MIB + MIB


def test_the_api_keeps_its_own_limit_and_shape() -> None:
    answer = send(Client(), "/api/v1/cases", CONTENT_LENGTH=str(1 << 30))
    assert answer.status_code == 413 and answer.json()["code"] == "too_large"
    answer = send(Client(), "/api/v1/cases", CONTENT_LENGTH=str(2 * MIB))
    assert answer.status_code == 401 and answer.json()["code"] == "key_missing"
