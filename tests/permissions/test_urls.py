# SPDX-License-Identifier: Apache-2.0
"""Every address of the project, for every post: what it answers. A new address must come into the table."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.city import COVER, COVER_NORM, IN_EAST, UNIT_GRID_EAST, actor, person
from tests.loop import bring_to, call_about, png
from tests.permissions import oversight
from wangge.cases.flow import State
from wangge.cases.models import Call, Case, Photo
from wangge.common.clock import now
from wangge.exchange.actions import create_key
from wangge.exchange.models import ApiKey
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: one of every post, of the east where it matters; the case of the table lies in the east and is with swj
EVERYBODY = (
    "operator_1", "operator_west", "inspector_east", "inspector_west", "squad_leader_east", "chief_1", "evaluator",
    "dispatcher_1", "coordinator", "leader", "clerk_swj", "clerk_xijie", "handler_swj", "handler_xijie", "administrator",
    "outsider",
)  # fmt: skip
SEES_THE_CASE = {"operator_1", "inspector_east", "squad_leader_east", "chief_1", "evaluator", "dispatcher_1", "coordinator",
                 "leader", "clerk_swj", "handler_swj"}  # fmt: skip
READS = set(EVERYBODY) - {"administrator", "outsider"}
REPORTS = {"operator_1", "operator_west", "inspector_east", "inspector_west", "chief_1", "dispatcher_1", "clerk_swj",
           "clerk_xijie"}  # fmt: skip
WATCHES = {"operator_1", "operator_west", "chief_1", "evaluator", "dispatcher_1", "coordinator", "leader"}
REWARDS = {"chief_1", "chief_2", "chief_east", "chief_west", "evaluator", "leader"}
RULES = {"chief_1", "evaluator", "dispatcher_1", "coordinator", "leader", "administrator"}
ANSWERS = {"operator_1", "operator_west", "chief_1"}
ALL = set(EVERYBODY)
#: who opens the room of the inspection squads, and what in it
SQUADS = READS - {"dispatcher_1", "handler_swj", "handler_xijie"}
LEADS = {"squad_leader_east", "evaluator"}
PLANS = {"chief_1", "evaluator"}


def _desk(case: Case, picture: Photo) -> dict[str, tuple[str, dict[str, Any], set[str], int, int]]:
    """Name -> (method, arguments or data, who may, what they get, what the others get)."""
    number = {"number": case.number}
    return {
        "desk:my_work": ("get", {}, ALL, 200, 0),
        "desk:notices": ("get", {}, ALL, 200, 0),
        "desk:read_notices": ("post", {}, ALL, 302, 0),
        "desk:cases": ("get", {}, READS, 200, 403),
        "desk:case": ("get", number, SEES_THE_CASE, 200, 404),
        "desk:precedents": ("get", {}, RULES, 200, 403),
        "desk:rewards": ("get", {}, REWARDS, 200, 403),
        # a step whose moment has not come: who sees the case is told so, the others that there is no case
        "desk:step": ("post", number | {"step_code": "close"}, SEES_THE_CASE, 409, 404),
        "desk:report": ("get", {}, REPORTS, 200, 403),
        "desk:place": ("get", {}, ALL, 200, 0),
        "desk:duplicates": ("get", {}, ALL, 200, 0),
        "desk:form_fields": ("get", {}, ALL, 204, 0),
        "desk:procedure_sheet": ("get", {"code": COVER}, READS, 200, 403),
        "desk:class_search": ("get", {}, ALL, 200, 0),
        "desk:grid_search": ("get", {}, ALL, 200, 0),
        "desk:norm_search": ("get", {}, ALL, 200, 0),
        "desk:visits": ("get", {}, READS, 200, 403),
        "desk:new_visit": ("get", {}, REPORTS, 200, 403),
        "desk:visit": ("get", {"visit_id": 1}, set(), 200, 404),
        "desk:report_visit": ("post", {"visit_id": 1}, set(), 302, 404),
        "desk:roster": ("get", {}, ALL, 200, 0),
        # an empty form; and what is nobody's is not there
        "desk:set_absence": ("post", {}, ALL, 422, 0),
        "desk:end_absence": ("post", {"absence_id": 0}, ALL, 404, 0),
        "desk:add_hours": ("post", {}, ALL, 422, 0),
        "desk:remove_hours": ("post", {"hours_id": 0}, ALL, 404, 0),
        "desk:board": ("get", {}, WATCHES, 200, 403),
        "desk:photo": ("get", {"photo_id": picture.pk}, SEES_THE_CASE, 200, 404),
        "desk:outline": ("get", {}, ALL, 200, 0),
        "desk:supervision_grids": ("get", {"language": "zh"}, ALL, 200, 0),
        "desk:unit_grid": ("get", {"code": UNIT_GRID_EAST}, ALL, 200, 0),
    }


def _rules(draft: Draft) -> dict[str, tuple[str, dict[str, Any], dict[str, Any], set[str], int, int]]:
    """Name -> (method, arguments, data, who may, what they get, what the others get); the draft is the administrator's."""
    norms, one, norm = {"table": "norms"}, {"draft_id": draft.pk}, {"key": COVER_NORM}
    edits = {"administrator"}
    return {
        "administration:overview": ("get", {}, {}, RULES, 200, 403),
        "administration:drafts": ("get", {}, {}, RULES, 200, 403),
        "administration:draft": ("get", one, {}, RULES, 200, 403),
        "administration:preview": ("get", one, {}, RULES, 200, 403),
        "administration:draft_state": ("get", one, {}, RULES, 200, 403),
        "administration:calendar": ("get", {}, {}, RULES, 200, 403),
        "administration:flow": ("get", {}, {}, RULES, 200, 403),
        "administration:codes": ("get", {"kind": "units"}, {}, RULES, 200, 403),
        "administration:browse": ("get", norms, {}, RULES, 200, 403),
        "administration:row": ("get", norms, norm, RULES, 200, 403),
        "administration:export": ("get", norms | {"form": "csv"}, {}, RULES, 200, 403),
        "administration:edit": ("get", norms, norm, edits, 200, 403),
        "administration:import": ("get", norms, {}, edits, 200, 403),
        "administration:end": ("post", norms, {"key": "C9999-1"}, edits, 409, 403),
        # the leader publishes, the author may not
        "administration:act": (
            "post",
            one | {"action": "submit"},
            {"due_at": "2020-01-01"},
            {"leader"},
            409,
            403,
        ),
    }


def _hotline(case: Case, call: Call) -> dict[str, tuple[str, dict[str, Any], dict[int, set[str]]]]:
    """Name -> (method, arguments, who gets which status); everybody else gets 403. The call is the case's, which is no
    longer with its unit."""
    number, one = {"number": case.number}, {"call_id": call.pk}
    centre, unit, strangers = (
        {"operator_1", "chief_1"},
        {"clerk_swj", "handler_swj"},
        {"clerk_xijie", "handler_xijie"},
    )
    answers = {200: ANSWERS}
    nobody_else = {404: ALL - centre - unit}
    return {
        "hotline:take": ("get", {}, answers),
        "hotline:repeats": ("post", {}, answers),
        "hotline:calls": ("get", {}, answers),
        "hotline:callbacks": ("get", {}, answers),
        "hotline:callback": ("get", number, {200: centre, 404: {"operator_west"}}),
        "hotline:of_case": ("get", number, {200: centre | unit, 404: strangers | {"operator_west"}}),
        "hotline:call": ("get", one, {200: centre | unit} | nobody_else),
        # without a reason; the unit has no reason any more
        "hotline:redact": ("post", one, {422: {"chief_1"}, 403: unit | {"operator_1"}} | nobody_else),
        "hotline:contact": ("post", one, {422: centre, 403: unit} | nobody_else),
    }


def _squads() -> dict[str, tuple[str, dict[str, Any], dict[str, Any], set[str], int, int]]:
    """Name -> (method, arguments, data, who may, what they get, what the others get); nothing is there yet."""
    one, day = {"plan_id": 1}, f"{now():%Y-%m-%d}"
    report = {"unit": "squad_west", "day": day}
    return {
        "squads:overview": ("get", {}, {}, SQUADS, 200, 403),
        "squads:plans": ("get", {}, {}, PLANS, 200, 403),
        "squads:plan": ("get", one, {}, PLANS, 404, 403),
        "squads:act": ("post", one | {"act": "approve"}, {}, PLANS, 404, 403),
        "squads:move": ("post", one | {"move_id": 1}, {}, PLANS, 404, 403),
        "squads:draws": ("get", {}, {}, LEADS, 200, 403),
        "squads:draw": ("get", {"draw_id": 1}, {}, LEADS, 404, 403),
        "squads:recheck": ("get", {"sample_id": 1}, {}, LEADS, 404, 403),
        "squads:ledger": ("get", {}, {}, LEADS | {"inspector_east", "inspector_west"}, 200, 403),
        "squads:new_entry": ("get", {}, {}, LEADS, 200, 403),
        # nobody learns whether there is an entry
        "squads:entry": ("get", {"entry_id": 1}, {}, set(), 200, 404),
        "squads:appeal": ("post", {"entry_id": 1}, {}, set(), 200, 404),
        "squads:ruling": ("post", {"entry_id": 1}, {"granted": "yes"}, {"evaluator"}, 404, 403),
        "squads:feedback": ("get", {}, {}, {"operator_1", "operator_west", "evaluator"}, 200, 403),
        "squads:new_feedback": ("get", {}, {}, {"operator_1", "operator_west"}, 200, 403),
        "squads:one_feedback": (
            "get",
            {"feedback_id": 1},
            {},
            {"operator_1", "operator_west", "evaluator"},
            404,
            403,
        ),
        "squads:reports": ("get", {}, {}, SQUADS, 200, 403),
        "squads:report": ("get", report, {}, SQUADS, 0, 403),
    }


#: who reads the daily report of the western squad
READS_THE_WEST = {
    "operator_1",
    "operator_west",
    "inspector_west",
    "chief_1",
    "evaluator",
    "coordinator",
    "leader",
}


#: pages of the sign-in itself: (method, what anonymous gets, what a signed-in person gets)
ACCOUNTS = {
    "account_login": ("get", 200, 302),
    "account_logout": ("get", 302, 200),
    "account_reauthenticate": ("get", 302, 200),
    "account_change_password": ("get", 302, 200),
    "account_set_password": ("get", 302, 403),
    "mfa_index": ("get", 302, 200),
    "mfa_authenticate": ("get", 302, 302),
    "mfa_reauthenticate": ("get", 302, 302),
    "mfa_activate_totp": ("get", 302, 302),
    "mfa_deactivate_totp": ("get", 302, 404),
    "mfa_view_recovery_codes": ("get", 302, 404),
    "mfa_generate_recovery_codes": ("get", 302, 302),
    "mfa_download_recovery_codes": ("get", 302, 404),
    "desk:set_language": ("post", 302, 302),
}
API = "exchange:v1:"


def _api(
    case: Case, picture: Photo, call: Call
) -> dict[str, tuple[str, dict[str, Any], Any, set[str], int, int]]:
    """Name -> (method, arguments, body, who may, what they get, what the others get), for keys of every scope."""
    number = {"number": case.number}
    fly, report = (
        {"step": "fly"},
        {"description": "井盖破损", "class_code": COVER, "lon": IN_EAST.lon, "lat": IN_EAST.lat},
    )
    called = {
        "outcome": "reported",
        "text": "井盖破损",
        "class_code": COVER,
        "lon": IN_EAST.lon,
        "lat": IN_EAST.lat,
    }
    return {
        "find_cases": ("get", {}, None, ALL, 200, 0),
        "report_case": ("post", {}, report, REPORTS, 201, 403),
        "read_case": ("get", number, None, SEES_THE_CASE, 200, 404),
        "read_log": ("get", number, None, SEES_THE_CASE, 200, 404),
        "offer_steps": ("get", number, None, SEES_THE_CASE, 200, 404),
        "take_step": ("post", number, fly, SEES_THE_CASE, 422, 404),
        "upload_photo": ("post", {}, "photo", READS, 201, 403),
        "read_photo": ("get", {"photo_id": picture.pk}, None, SEES_THE_CASE, 200, 404),
        "find_classes": ("get", {}, {"q": "井盖"}, ALL, 200, 0),
        "locate": ("get", {}, {"lon": IN_EAST.lon, "lat": IN_EAST.lat}, ALL, 200, 0),
        "read_flow": ("get", {}, None, ALL, 200, 0),
        "record_call": ("post", {}, called, ANSWERS, 201, 403),
        "read_call": (
            "get",
            {"call_id": call.pk},
            None,
            {"operator_1", "chief_1", "clerk_swj", "handler_swj"},
            200,
            404,
        ),
    }


#: addresses of the API that describe it or say that there is nothing: (with a key, without)
DESCRIPTION = {"openapi-json": (200, 200), "api-root": (404, 404)}
NOTHING_THERE = "/api/v1/nothing/"


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
        *_desk(case, picture),
        *_hotline(case, call),
        *_rules(draft),
        *oversight.table(oversight.NOTHING),
        *_squads(),
        *ACCOUNTS,
        *(API + n for n in (*_api(case, picture, call), *DESCRIPTION)),
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
    for name, (method, arguments, may, allowed, refused) in _desk(case, picture).items():
        data = {"key": str(uuid4())} if method == "post" else {}
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_rules_answer_each_post_as_the_table_says(login: str, draft: Draft) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, data, may, allowed, refused) in _rules(draft).items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_hotline_answers_each_post_as_the_table_says(login: str, case: Case, call: Call) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, statuses) in _hotline(case, call).items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments)).status_code
        expected[name] = next((status for status, logins in statuses.items() if login in logins), 403)
    assert found == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_squads_answer_each_post_as_the_table_says(login: str) -> None:
    client, found, expected = _client(login), {}, {}
    for name, (method, arguments, data, may, allowed, refused) in _squads().items():
        found[name] = getattr(client, method)(reverse(name, kwargs=arguments), data).status_code
        expected[name] = allowed if login in may else refused
    expected["squads:report"] = 200 if login in READS_THE_WEST else 404 if login in SQUADS else 403
    assert found == expected


def test_pages_send_the_unknown_to_the_sign_in(case: Case, picture: Photo, draft: Draft, call: Call) -> None:
    client = _client("")
    asked = {name: row[:2] for name, row in _desk(case, picture).items()}
    asked |= {name: row[:2] for name, row in _rules(draft).items()}
    asked |= {name: row[:2] for name, row in oversight.table(oversight.NOTHING).items()}
    asked |= {name: row[:2] for name, row in _hotline(case, call).items()}
    asked |= {name: row[:2] for name, row in _squads().items()}
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
    for name, (method, arguments, body, may, allowed, refused) in _api(case, picture, call).items():
        found[name] = _send(_client(""), name, method, arguments, body, key)
        expected[name] = allowed if login in may else refused
    assert found == expected


def test_the_api_asks_everybody_for_a_key(case: Case, picture: Photo, call: Call) -> None:
    table = _api(case, picture, call)
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
    table = _api(case, picture, call)
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
    **oversight.FIELDS,
    API + "find_classes": ("q", "limit"),
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
              "states-reported-name_zh")  # fmt: skip
    for text in HOSTILE:
        for name in ("browse", "row", "edit", "import", "end", "calendar", "flow"):
            at = reverse(f"administration:{name}", args=() if name in ("calendar", "flow") else ("norms",))
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
