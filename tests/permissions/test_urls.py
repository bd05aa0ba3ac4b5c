# SPDX-License-Identifier: Apache-2.0
"""Every address of the project, for every post: what it answers. A new address must come into the table."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.city import COVER, COVER_NORM, actor, person
from tests.loop import bring_to, call_about, png
from tests.permissions import oversight
from tests.permissions.tables import (
    ACCOUNTS,
    API,
    DESCRIPTION,
    EVERYBODY,
    NOTHING_THERE,
    READS_THE_WEST,
    SQUADS,
    api_table,
    desk_table,
    hotline_table,
    rules_table,
    squads_table,
)
from wangge.cases.flow import State
from wangge.cases.models import Call, Case, Photo
from wangge.common.clock import now
from wangge.exchange.actions import create_key
from wangge.exchange.models import ApiKey
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def case() -> Case:
    """In the east, with swj, with a photo."""
    return bring_to(State.HANDLED)


@pytest.fixture
def call(case: Case) -> Call:
    """By somebody who calls about the case."""
    return call_about(case)


@pytest.fixture
def draft() -> Draft:
    """The administrator's, with a change."""
    started = drafts.start("t", actor=actor("administrator"), at=now())
    drafts.end_row(started.pk, "norms", (COVER_NORM,), actor=actor("administrator"), at=now())
    return started


@pytest.fixture
def picture(case: Case) -> Photo:
    return Photo.objects.get(case=case, seq=case.log_seq)


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _names(one, namespace + (f"{one.namespace}:" if one.namespace else ""))
        elif isinstance(one, URLPattern):
            yield namespace + (one.name or f"({one.pattern})")


def test_every_address_stands_in_a_table(case: Case, picture: Photo, draft: Draft, call: Call) -> None:
    tables = {
        *desk_table(case, picture),
        *hotline_table(case, call),
        *rules_table(draft),
        *oversight.table(oversight.NOTHING),
        *squads_table(),
        *ACCOUNTS,
        *(API + n for n in (*api_table(case, picture, call), *DESCRIPTION)),
        "exchange:()",
    }
    assert set(_names(get_resolver())) == tables


def _client(login: str) -> Client:
    client = Client(raise_request_exception=False)
    if login:
        client.force_login(person(login))
    return client


@pytest.mark.parametrize("login", EVERYBODY)
def test_pages_answer_each_post_as_the_table_says(login: str, case: Case, picture: Photo) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, may, allowed, refused) in desk_table(case, picture).items():
        data = {"key": str(uuid4())} if method == "post" else {}
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_rules_answer_each_post_as_the_table_says(login: str, draft: Draft) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, data, may, allowed, refused) in rules_table(draft).items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_hotline_answers_each_post_as_the_table_says(login: str, case: Case, call: Call) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, statuses) in hotline_table(case, call).items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments)).status_code
        expected[name] = next((status for status, logins in statuses.items() if login in logins), 403)
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_squads_answer_each_post_as_the_table_says(login: str) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, data, may, allowed, refused) in squads_table().items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    if login in SQUADS - {"inspector_east", "inspector_west", "squad_leader_east"}:
        expected["squads:overview"] = 302  # to the first section: nothing there is their own
    expected["squads:report"] = 200 if login in READS_THE_WEST else 404 if login in SQUADS else 403
    assert found == expected


def test_pages_send_the_unknown_to_the_sign_in(case: Case, picture: Photo, draft: Draft, call: Call) -> None:
    client = _client("")
    asked = {name: row[:2] for name, row in desk_table(case, picture).items()}
    asked |= {name: row[:2] for name, row in rules_table(draft).items()}
    asked |= {name: row[:2] for name, row in oversight.table(oversight.NOTHING).items()}
    asked |= {name: row[:2] for name, row in hotline_table(case, call).items()}
    asked |= {name: row[:2] for name, row in squads_table().items()}
    for name, (method, arguments) in asked.items():
        answer = getattr(client, method)(reverse(name, kwargs=arguments))
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), name


@pytest.mark.parametrize("name", ACCOUNTS)
def test_pages_of_the_sign_in(name: str) -> None:
    method, anonymous, signed_in = ACCOUNTS[name]
    staff = person("operator_1")
    staff.set_password("a password of the tests")
    staff.save()
    found = tuple(getattr(_client(login), method)(reverse(name)).status_code for login in ("", "operator_1"))
    assert found == (anonymous, signed_in)


@pytest.mark.parametrize("name", ["desk:my_work", "desk:cases", "desk:report", "desk:board", "desk:place"])
def test_pages_that_read_take_no_posts(name: str) -> None:
    if name != "desk:report":
        assert _client("operator_1").post(reverse(name)).status_code == 405
    assert _client("operator_1").delete(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["desk:read_notices", "desk:step"])
def test_nothing_changes_by_following_a_link(name: str, case: Case) -> None:
    arguments = {"number": case.number, "step_code": "close"} if name == "desk:step" else {}
    before = (case.log_seq, case.state)
    assert _client("operator_1").get(reverse(name, kwargs=arguments)).status_code == 302
    case.refresh_from_db()
    assert (case.log_seq, case.state) == before


def test_a_form_from_elsewhere_is_refused(case: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("operator_1"))
    answer = client.post(reverse("desk:step", args=[case.number, "send_check"]), {"key": str(uuid4())})
    case.refresh_from_db()
    assert (answer.status_code, case.state) == (403, "handled")


def _send(client: Client, name: str, method: str, arguments: dict[str, Any], body: Any, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = reverse(API + name, kwargs=arguments)
    if body == "photo":
        from django.core.files.uploadedfile import SimpleUploadedFile

        sent = SimpleUploadedFile("a.png", png(), "image/png")
        headers["Idempotency-Key"] = str(uuid4())
        return client.post(address, {"file": sent}, headers=headers).status_code
    if method == "post":
        headers["Idempotency-Key"] = str(uuid4())
        return client.post(address, body, content_type="application/json", headers=headers).status_code
    return client.get(address, body or {}, headers=headers).status_code


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_api_answers_each_post_as_the_table_says(
    login: str, case: Case, picture: Photo, call: Call
) -> None:
    _, key = create_key(login=login, name="t", scopes=ApiKey.Scope.values, per_minute=600, at=now())
    found, expected = {}, {}
    for name, (method, arguments, body, may, allowed, refused) in api_table(case, picture, call).items():
        found[name] = _send(_client(""), name, method, arguments, body, key)
        expected[name] = allowed if login in may else refused
    assert found == expected


def test_the_api_asks_everybody_for_a_key(case: Case, picture: Photo, call: Call) -> None:
    table = api_table(case, picture, call)
    for key in ("", "wg_0000000000_wrong"):
        found = {n: _send(_client("operator_1"), n, m, a, b, key) for n, (m, a, b, *_) in table.items()}
        assert found == dict.fromkeys(table, 401), "being signed in at the desk opens nothing here"
    assert _client("").get(NOTHING_THERE).status_code == 404


@pytest.mark.parametrize("scope", list(ApiKey.Scope))
def test_a_key_reaches_no_further_than_its_scope(
    scope: ApiKey.Scope, case: Case, picture: Photo, call: Call
) -> None:
    opens = {
        ApiKey.Scope.READ: {"find_cases", "read_case", "read_log", "offer_steps", "read_photo", "find_classes",
                            "locate", "read_flow", "read_call"},
        ApiKey.Scope.REPORT: {"report_case", "upload_photo", "record_call"},
        ApiKey.Scope.STEP: {"take_step", "upload_photo"},
    }  # fmt: skip
    _, key = create_key(login="operator_1", name="t", scopes=[scope], per_minute=600, at=now())
    table = api_table(case, picture, call)
    refused = {n for n, (m, a, b, *_) in table.items() if _send(_client(""), n, m, a, b, key) == 403}
    assert refused == set(table) - opens[scope]


#: what no page may stumble over
HOSTILE = ("\0", "x\0y", "' OR 1=1 --", "%", "../../etc/passwd", "9" * 5000, "-1", "NaN", "1e999", "<b>", "字" * 300,
           "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00,1", "9999-12-31T23:59:59-12:00,1",
           f"2026-01-01T00:00:00+00:00,{10**30}")  # fmt: skip
FIELDS = {
    "desk:my_work": ("stage", "after"),
    "desk:cases": ("state", "class_code", "area", "grid", "unit", "channel", "since", "until", "words", "light",
                   "field", "after"),
    "desk:form_fields": ("class_code", "lon", "lat", "form", "field.mark"),
    "desk:place": ("lon", "lat"),
    "desk:duplicates": ("class_code", "lon", "lat"),
    "desk:class_search": ("class_words", "class_code"),
    "desk:visits": ("after", "failed"),
    "desk:new_visit": ("class_code", "lon", "lat", "place", "field.clean"),
    "desk:report": ("visit",),
    "hotline:calls": ("outcome", "after"),
    "hotline:callbacks": ("after",),
    "desk:grid_search": ("grid_words",),
    "desk:norm_search": ("norm_words",),
    "squads:reports": ("month", "after"),
    "squads:feedback": ("after", "waiting"),
    API + "find_cases": ("state", "class", "area", "unit", "since", "until", "q", "field", "after", "limit"),
    "administration:calendar": ("year", "calendar"),
    "administration:flow": ("area",),
    **oversight.FIELDS,
    API + "find_classes": ("q", "limit"),
    API + "read_flow": ("area",),
    API + "locate": ("lon", "lat", "system"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_typed_into_an_address_breaks_a_page(name: str) -> None:
    client = _client("operator_1")
    _, key = create_key(login="operator_1", name="t", scopes=ApiKey.Scope.values, per_minute=6000, at=now())
    headers = {"Authorization": f"Bearer {key}"}
    base = (
        {"lon": "120.015", "lat": "30.015", "class_code": COVER} if "place" in name or "dupl" in name else {}
    )
    broken = [
        (field, text[:40])
        for field in FIELDS[name]
        for text in HOSTILE
        if client.get(reverse(name), base | {field: text}, headers=headers).status_code >= 500
    ]
    assert broken == []


def test_nothing_typed_breaks_the_rules(draft: Draft) -> None:
    client, broken = _client("administrator"), []
    fields = ("words", "page", "draft", "code", "limit", "condition_zh", "sheet", "year", "calendar", "0-code", "0-mon",
              "0-0-first", "first_year", "callback_tries", "states-reported-value", "states-reported-clock",
              "states-reported-name_zh", "area", "repeats-times", "replies-bulletin", "replies-bulletin-clock",
              "rungs-0-tell-shown", "rungs-0-tell", "zero_report-due", "rotation-leader_post")  # fmt: skip
    documents = ("calendar", "flow", "oversight", "inspectors")
    for text in HOSTILE:
        for name in ("browse", "row", "edit", "import", "end", *documents):
            at = reverse(f"administration:{name}", args=() if name in documents else ("norms",))
            sent = [{"key": text}, {"key": COVER_NORM} | dict.fromkeys(fields, text)]
            answers = [client.get(at, one) for one in sent] + [client.post(at, one) for one in sent]
            broken += [(name, text[:40]) for answer in answers if answer.status_code >= 500]
    assert broken == []


def test_nothing_typed_breaks_the_squads() -> None:
    client, broken = _client("evaluator"), []
    forms = {
        "/squads/rotation/": ("kind", "first_day", "squad", "key"),
        "/squads/samples/": ("since", "until", "seed", "key"),
        "/squads/ledger/new/": ("person", "number", "reason", "key"),
    }
    reads = {
        "/squads/samples/": ("after",),
        "/squads/ledger/": ("person", "state", "after"),
        "/squads/reports/": ("month",),
    }
    for text in HOSTILE[::2]:
        for at, fields in forms.items():
            good = {"key": str(uuid4()), "kind": "grids", "first_day": "2026-12-31", "seed": "a", "reason": "x",
                    "since": "2026-01-01", "until": "2026-01-02", "person": str(person("inspector_east").pk)}  # fmt: skip
            broken += [
                (at, f, text[:40]) for f in fields if client.post(at, good | {f: text}).status_code >= 500
            ]
        broken += [
            (at, f, text[:40])
            for at, fs in reads.items()
            for f in fs
            if client.get(at, {f: text}).status_code >= 500
        ]
    report, inspector = f"/squads/reports/squad_east/{now():%Y-%m-%d}/", _client("inspector_east")
    for text in HOSTILE[::2]:
        for field in ("found", "seen", "grid-1", "class-1", "count-1", "key"):
            sent = {"key": str(uuid4()), "found": "1", field: text}
            broken += [(report, field, text[:40])] if inspector.post(report, sent).status_code >= 500 else []
    assert broken == []


def test_no_address_of_a_thing_breaks_a_page(case: Case) -> None:
    client = _client("operator_1")
    for text in ("%00", "x%00y", "9" * 3000, "%27", "..%2f", "%F0%9F%98%80", "%ED%A0%80"):
        for address in (
            f"/cases/{text}/",
            f"/map/unit-grids/{text}.geojson",
            f"/photos/{text}/",
            f"/classes/{text}/",
            f"/hotline/calls/{text}/",
            f"/hotline/cases/{text}/",
            f"/hotline/callbacks/{text}/",
        ):
            assert client.get(address).status_code in (400, 404), address
        step = client.post(f"/cases/{case.number}/steps/{text}/", {"key": str(uuid4())})
        assert step.status_code in (400, 404, 422), text


def test_nothing_typed_breaks_a_call(case: Case, call: Call) -> None:
    client, broken = _client("operator_1"), []
    fields = ("number", "name", "text", "place", "answer", "case", "case_number", "class_code", "lon", "lat", "accuracy_m",
              "channel", "began", "key", "outcome", "reason", "reached", "solved", "seen", "remark")  # fmt: skip
    for name, arguments in (
        ("take", {}), ("repeats", {}), ("contact", {"call_id": call.pk}), ("callback", {"number": case.number}),
    ):  # fmt: skip
        address = reverse(f"hotline:{name}", kwargs=arguments)
        for field in fields:
            for text in HOSTILE:
                form = {
                    "key": str(uuid4()),
                    "text": "x",
                    "place": "x",
                    "answer": "x",
                    "outcome": "answered",
                    field: text,
                }
                if client.post(address, form).status_code >= 500:
                    broken.append((name, field, text[:40]))
    assert broken == []


def test_nothing_typed_into_a_form_breaks_a_step(case: Case) -> None:
    client = _client("operator_1")
    fields = ("result", "class_code", "norm_id", "grid_code", "unit", "assist", "handler_id", "target", "lon", "lat",
              "accuracy_m", "reason", "remark", "field.mark", "photo", "key", "seen", "description", "place",
              "channel")  # fmt: skip
    broken = []
    for address in (
        reverse("desk:report"),
        reverse("desk:new_visit"),
        reverse("desk:step", args=[case.number, "link"]),
    ):
        for field in fields:
            for text in HOSTILE:
                form = {"key": str(uuid4()), "description": "x", "target": case.number, field: text}
                if client.post(address, form).status_code >= 500:
                    broken.append((address, field, text[:40]))
    assert broken == []
