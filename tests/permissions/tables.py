# SPDX-License-Identifier: Apache-2.0
"""Every address and what it answers to whom: of the desk, the rules, the hotline, the squads, the sign-in and the API."""

from typing import Any

from tests.city import COVER, COVER_NORM, IN_EAST, UNIT_GRID_EAST
from wangge.cases.models import Call, Case, Photo
from wangge.common.clock import now
from wangge.rulebook.models import Draft

#: one of every post, of the east where it matters; the case of the table lies in the east and is with swj
EVERYBODY = (
    "operator_1", "operator_west", "inspector_east", "inspector_west", "squad_leader_east", "chief_1", "evaluator",
    "dispatcher_1", "coordinator", "leader", "clerk_swj", "clerk_xijie", "handler_swj", "handler_xijie", "administrator",
    "outsider",
)  # fmt: skip
SEES_THE_CASE = {"operator_1", "inspector_east", "squad_leader_east", "chief_1", "evaluator", "dispatcher_1", "coordinator",
                 "leader", "clerk_swj", "handler_swj"}  # fmt: skip
READS = set(EVERYBODY) - {"administrator", "outsider"}
REPORTS = {"operator_1", "operator_west", "inspector_east", "inspector_west", "squad_leader_east", "chief_1", "dispatcher_1",
           "clerk_swj", "clerk_xijie"}  # fmt: skip
WATCHES = {"operator_1", "operator_west", "chief_1", "evaluator", "dispatcher_1", "coordinator", "leader"}
REWARDS = {"chief_1", "chief_2", "chief_east", "chief_west", "evaluator", "leader"}
RULES = {"chief_1", "evaluator", "dispatcher_1", "coordinator", "leader", "administrator"}
ANSWERS = {"operator_1", "operator_west", "chief_1"}
ALL = set(EVERYBODY)
#: who opens the room of the inspection squads, and what in it
SQUADS = READS - {"dispatcher_1", "handler_swj", "handler_xijie"}
LEADS = {"squad_leader_east", "evaluator"}
PLANS = {"chief_1", "evaluator"}


def desk_table(case: Case, picture: Photo) -> dict[str, tuple[str, dict[str, Any], set[str], int, int]]:
    """Name -> (method, arguments or data, who may, what they get, what the others get)."""
    number = {"number": case.number}
    return {
        "desk:my_work": ("get", {}, ALL, 200, 0),
        "desk:notices": ("get", {}, ALL, 200, 0),
        "desk:read_notices": ("post", {}, ALL, 302, 0),
        "desk:cases": ("get", {}, READS, 200, 403),
        "desk:export_cases": ("get", {"form": "csv"}, READS, 200, 403),
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
        "desk:redact_visit": ("post", {"visit_id": 1}, set(), 302, 404),
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


def rules_table(draft: Draft) -> dict[str, tuple[str, dict[str, Any], dict[str, Any], set[str], int, int]]:
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
        "administration:oversight": ("get", {}, {}, RULES, 200, 403),
        "administration:inspectors": ("get", {}, {}, RULES, 200, 403),
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


def hotline_table(case: Case, call: Call) -> dict[str, tuple[str, dict[str, Any], dict[int, set[str]]]]:
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


def squads_table() -> dict[str, tuple[str, dict[str, Any], dict[str, Any], set[str], int, int]]:
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


def api_table(
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
