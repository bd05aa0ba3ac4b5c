# SPDX-License-Identifier: Apache-2.0
"""The addresses on which units are supervised: what each answers to whom."""

from typing import Any, NamedTuple


class Supervised(NamedTuple):
    """Ids of what was supervised."""

    number: str
    order: int
    paper: int
    draft: int
    demand: int
    campaign: int
    occasion: int


NOTHING = Supervised("TC0", 0, 0, 0, 0, 0, 0)


#: who watches over units, who may draft papers, who answers for a unit
WATCHES_UNITS = {
    "operator_1",
    "operator_west",
    "chief_1",
    "evaluator",
    "dispatcher_1",
    "coordinator",
    "leader",
}
#: the case lies in the east and is with swj
SEES_THE_CASE = (WATCHES_UNITS - {"operator_west"}) | {
    "inspector_east",
    "squad_leader_east",
    "clerk_swj",
    "handler_swj",
}
CLERKS = {"clerk_swj", "clerk_xijie"}


def table(made: Supervised) -> dict[str, tuple[str, dict[str, Any], dict[str, Any], set[str], int, int]]:
    """Name -> (method, arguments, data, who may, what they get, what the others get; 0 = 404, or 403 for who sees it).

    The order and the demand are swj's, in the east; the draft is chief_2's.
    """
    order, demand, paper, draft = (
        {"order_id": made.order}, {"demand_id": made.demand}, {"paper_id": made.paper}, {"paper_id": made.draft}
    )  # fmt: skip
    occasion = {"occasion_id": made.occasion}
    both, east = WATCHES_UNITS | CLERKS, WATCHES_UNITS - {"operator_west"}
    drafts, number = {"chief_1", "coordinator"}, {"number": made.number}
    return {
        "oversight:overview": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:proposals": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:must": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:repeats": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:receipts": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:orders": ("get", {}, {}, both, 200, 403),
        "oversight:new_order": ("get", {}, {"case": made.number}, SEES_THE_CASE, 200, 404),
        "oversight:order": ("get", order, {}, east | {"clerk_swj"}, 200, 404),
        "oversight:order_sheet": ("get", order, {}, east | {"clerk_swj"}, 200, 404),
        # there is no such step, for nobody
        "oversight:order_step": ("post", order | {"step": "fly"}, {}, set(), 404, 404),
        "oversight:papers": ("get", {}, {}, both, 200, 403),
        "oversight:new_paper": ("get", {}, {"kind": "bulletin"}, drafts, 200, 403),
        "oversight:paper": ("get", paper, {}, east | {"clerk_swj"}, 200, 404),
        "oversight:edit_paper": ("get", draft, {}, drafts, 200, 403),
        "oversight:issue_paper": ("post", draft, {"edition": 9}, {"chief_1", "leader"}, 409, 0),
        "oversight:discard_paper": ("post", draft, {"edition": 9}, drafts, 409, 0),
        "oversight:occasions": ("get", {}, {}, both, 200, 403),
        "oversight:occasion": ("get", occasion, {}, east | CLERKS, 200, 404),
        # nothing is written: the units that are called and who keeps the meeting are told so
        "oversight:raise_matter": ("post", occasion, {}, drafts | CLERKS, 422, 0),
        "oversight:decide_matter": ("post", occasion | {"item_id": 0}, {}, drafts, 409, 0),
        "oversight:owed": ("get", {}, {}, both, 200, 403),
        "oversight:demand": ("get", demand, {}, east | {"clerk_swj"}, 200, 404),
        # a text that is not there; whoever issues papers there deletes
        "oversight:redact": (
            "post",
            {"subject": "paper", "subject_id": made.paper},
            {"why": "姓名"},
            {"chief_1", "leader"},
            404,
            0,
        ),
        "oversight:sittings": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:campaigns": ("get", {}, {}, WATCHES_UNITS, 200, 403),
        "oversight:new_campaign": ("get", {}, {}, drafts, 200, 403),
        "oversight:campaign": ("get", {"campaign_id": made.campaign}, {}, WATCHES_UNITS, 200, 403),
        "oversight:hands": ("get", number, {}, {"chief_1", "evaluator", "leader"}, 200, 403),
    }


#: what may stand in their addresses
FIELDS = {
    "oversight:proposals": ("after",),
    "oversight:must": ("after",),
    "oversight:receipts": ("after",),
    "oversight:orders": ("mode", "cause", "state", "unit", "since", "until", "after"),
    "oversight:new_order": ("case", "cause"),
    "oversight:papers": ("kind", "after"),
    "oversight:occasions": ("area", "after"),
    "oversight:owed": ("all", "after"),
    "oversight:sittings": ("since", "until"),
    "oversight:campaigns": ("after",),
}
