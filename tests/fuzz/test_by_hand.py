# SPDX-License-Identifier: Apache-2.0
"""What no description leads a machine to: bodies, addresses, headers and queries nobody sends in good faith."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.city import IN_WEST
from tests.loop import new_case
from wangge.common.clock import now
from wangge.exchange.actions import create_key
from wangge.exchange.models import ApiKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def ask(method: str, path: str, body: bytes = b"", login: str = "operator_1", **headers: str) -> Any:
    """An answer of the API, which must be in its shape unless it is a success."""
    _, key = create_key(login=login, name="test", scopes=ApiKey.Scope.values, per_minute=10**6, at=now())
    kind = headers.pop("Content-Type", "application/json")
    sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())} | headers
    client = Client(raise_request_exception=False)
    answer = client.generic(method, f"/api/v1{path}", body, content_type=kind, headers=sent)
    if answer.status_code >= 400:
        assert answer.status_code < 500, (method, path, body[:80], answer.content)
        assert method == "HEAD" or {"code", "message"} <= set(answer.json())
    return answer


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"description":"x","lon":NaN,"lat":Infinity}', 422),
        (b'{"description":"x","lon":1e999,"lat":-1e999}', 422),
        (b'{"description":"\\ud800"}', 422),
        ('{"description":"\ud800"}'.encode("utf-8", "surrogatepass"), 422),
        (b'{"description":"a\\u0000b"}', 422),
        (b'{"description":"x","\\ud800":1}', 422),
        (b'{"description":"x","\\u0000":1}', 422),
        (b'{"description":' + b"1" * 5000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"description":' * 50_000, 400),
        (b"[" * 200 + b"]" * 200, 422),
        (b"\xff", 400),
        (b"null", 422),
        (b'{"description":"x","at":0}', 422),
        (b'{"description":"x","at":"1767225600"}', 422),
        (b'{"description":"x","at":1e308}', 422),
        (b'{"description":"x","at":"0001-01-01T00:00:00+14:00"}', 201),
        (b'{"description":"x","at":"9999-12-31T23:59:59-14:00"}', 201),
        (b'{"description":"x","accuracy_m":1e308}', 422),
        (b'{"description":"x","place":"' + b"x" * 900_000 + b'"}', 422),
        (b'{"description":"x","place":"' + b"x" * (1 << 20) + b'"}', 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bodies(body: bytes, status: int) -> None:
    assert ask("POST", "/cases", body).status_code == status
    number = new_case(at=None).number
    assert 400 <= ask("POST", f"/cases/{number}/steps", body).status_code < 500


def test_a_moment_is_written_out() -> None:
    """Numbers would be taken for seconds or milliseconds, by their size."""
    for value in (
        "0",
        "-1",
        "1767225600",
        "1767225600000",
        "1e9",
        "Infinity",
        "2026-01-01",
        "2026-01-01T00:00",
    ):
        for name in ("since", "until"):
            assert ask("GET", f"/cases?{name}={value}").status_code == 422, value


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_at_the_ends_of_time(moment: str) -> None:
    plain = moment.replace("+", "%2B")
    cursor = base64.urlsafe_b64encode(f"{moment} {2**63 - 1}".encode()).decode()
    for query in (f"since={plain}", f"until={plain}", f"since={plain}&until={plain}", f"after={cursor}"):
        assert ask("GET", f"/cases?{query}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=1e2", "limit=%00", "limit", "limit=" + "9" * 5000, "=1", "%ff=1", "%00=1",
        "state[]=x", "q=a%00b", "q=%ed%a0%80%00", "after=%3D%3D%3D%3D", "after=" + "A" * 79,
        "after=" + base64.urlsafe_b64encode(b"2026-01-01T00:00:00+00:00 " + b"9" * 30).decode(),
    ],
    ids=lambda query: query[:20],
)  # fmt: skip
def test_queries(query: str) -> None:
    assert ask("GET", f"/cases?{query}").status_code == 422


def test_a_cursor_of_another_list_moves_no_border() -> None:
    """It is a place in time, no permission: what follows it is judged anew."""
    new_case(at=None)
    new_case(at=None, where=IN_WEST)
    page = ask("GET", "/cases?limit=1").json()
    for login in ("outsider", "administrator"):
        assert ask("GET", f"/cases?after={page['next']}", login=login).json() == {"cases": [], "next": None}
    east = ask("GET", f"/cases?after={page['next']}", login="operator_east").json()["cases"]
    assert len(east) == 1 and east[0]["number"] != page["cases"][0]["number"]


@pytest.mark.parametrize(
    "path",
    [
        "/cases/..%2f..%2fflow", "/cases/%2e%2e/flow", "/cases//log", "/cases/%00", "/cases/%ff", "/cases/%ed%a0%80",
        "/cases/%0d%0aX:%20y", "/cases/" + "x" * 5000, "//flow", "/flow%00", "/flow/", "/photos/%7b%7d",
        "/photos/6d2b64dc-8a35-4f6b-9a1e-0d6a9c1f2b3c%0a", "/\xff",
    ],
    ids=lambda path: path[:20],
)  # fmt: skip
def test_addresses(path: str) -> None:
    for method in ("GET", "POST"):
        for more in ("", "/log", "/steps"):
            assert ask(method, path + more, b'{"step":"accept"}').status_code in (404, 405, 422)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "X"])
def test_methods(method: str) -> None:
    number = new_case(at=None).number
    for path in ("/cases", f"/cases/{number}", f"/photos/{uuid4()}", "/flow", "/openapi.json"):
        answer = ask(method, path, b"", **{"X-HTTP-Method-Override": "GET"})
        assert answer.status_code == 405 and "GET" in answer["Allow"], path


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "zh-" + "x" * 5000}, {"Accept-Language": "*;q=NaN"}, {"Accept-Language": "\xff, ../../etc"},
        {"Accept": "text/html"}, {"If-None-Match": "*"}, {"Range": "bytes=0-1"}, {"Cookie": "sessionid=" + "x" * 5000},
        {"X-Forwarded-Host": "elsewhere.example"}, {"Content-Type": "application/json; charset=no-such"},
    ],
    ids=str,
)  # fmt: skip
def test_headers_change_nothing(headers: dict[str, str]) -> None:
    number = new_case(at=None).number
    answer = ask("GET", f"/cases/{number}", b'{"limit":1}', **headers)
    assert answer.status_code == 200 and answer.json()["number"] == number
    assert answer["Content-Type"] == "application/json; charset=utf-8"


def test_a_step_on_a_hidden_case_is_refused_as_on_none() -> None:
    """Whatever else is wrong with it, or the fault would tell that the case is there."""
    hidden = new_case(at=None).number
    for body in (
        b'{"step":"accept"}', b'{"step":"fly"}', b'{"step":"accept","lon":999,"lat":1}',
        b'{"step":"accept","accuracy_m":1e9}', b'{"step":"accept","texts":{"remark":"' + b"x" * 4001 + b'"}}',
    ):  # fmt: skip
        told = [ask("POST", f"/cases/{n}/steps", body, login="operator_west") for n in (hidden, "NONE")]
        assert told[0].status_code == told[1].status_code and told[0].content == told[1].content, body


def test_a_text_is_measured_in_characters() -> None:
    answers = [
        ask("POST", "/cases", b'{"description":"x","external_id":"' + b"7" * 81 + b'"}'),
        ask("GET", "/classes?q=%20"),
        ask("GET", f"/cases?area={'9' * 81}"),
    ]
    kinds = [answer.json()["fields"][0]["kind"] for answer in answers]
    assert kinds == ["string_too_long", "string_too_short", "string_too_long"]
    assert "81 " not in str(answers[0].json())


def test_a_lacking_permission_is_named_as_described() -> None:
    document = ask("GET", "/openapi.json").json()["components"]["schemas"]["Refusal"]["properties"]
    upload = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--x--\r\n'
    told = ask(
        "POST",
        "/photos",
        upload,
        login="administrator",
        **{"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert told.status_code == 403 and set(told.json()) == {"code", "message", "permission"} <= set(document)


def test_uploads_that_are_none() -> None:
    form = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n%s\r\n%s\r\n--x--\r\n'
    for body, kind in (
        (part % (b"../../x", b"", b""), form),
        (part % (b"a\0b", b"", b"x"), form),
        (part % (b"a", b"Content-Transfer-Encoding: base64\r\n", b"!!!"), form),
        (part % (b"a" * 100_000, b"", b"x"), form),
        (part % (b"a", b"A: b\r\n" * 20_000, b"x"), form),
        (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nv\r\n' * 1500 + b"--x--\r\n", form),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + "x" * 500),
    ):
        assert ask("POST", "/photos", body, **{"Content-Type": kind}).status_code in (400, 422), body[:80]
