# SPDX-License-Identifier: Apache-2.0
"""Flows a city, or one of its streets, might make of the standard one for the machine: what is left out, who takes a step
instead, how long a stage may take; played where it is sound."""

from collections import Counter
from copy import deepcopy
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.city import EAST
from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.cases.models import Case, FlowVersion
from wangge.cases.reference import flows
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.organizations.directory import directory

#: what goes together: steps, states, needs and kinds of side records by their codes
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "settling": ("settle", "settled"),
    "handling by whoever found it": ("self_handle",),
    "the level below": ("assign_down",),
    "parts": ("split", "cancel_split", "gather"),
    "links": ("link", "unlink"),
    "merging": ("merge", "unmerge", "merged"),
    "transfer": ("transfer", "receipt", "transferred"),
    "reopening": ("reopen",),
    "what holds closing": ("supervised",),
    "supervision": ("supervision", "supervised"),
    **{kind: (kind,) for kind in ("return", "escalation", "extension", "suspension", "consultation", "overdue_appeal",
                                  "correction", "reward", "assistance")},
}  # fmt: skip
#: who takes steps instead, and has the tasks of these stages: post, steps, stages (`kind.state` of a side record)
OTHER_POSTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "chiefs accept": ("duty_chief", ("accept", "reject", "send_verify"), ("reported",)),
    "operators file": ("operator", ("file", "reject_filing"), ("accepted",)),
    "coordinators dispatch": ("coordinator", ("dispatch", "transfer", "assign_down"), ("filed",)),
    "handlers sign": ("handler", ("sign_for",), ("dispatched",)),
    "squad leaders check": ("squad_leader", ("answer_verify", "answer_check"), ("verifying", "checking")),
    "chiefs call back": ("duty_chief", ("call_back",), ("callback",)),
    "operators close": ("operator", ("close",), ("closing",)),
    "coordinators give time": (
        "coordinator", ("extend", "refuse_extension", "suspend", "refuse_suspension"),
        ("extension.asked", "suspension.asked"),
    ),
    "evaluators judge replies": ("evaluator", ("accept_order", "send_back_order"), ("supervision.replied",)),
}  # fmt: skip
#: limits shorter than the standard's
QUICK = {"verifying": [5, "urgent_minute"], "dispatched": [1, "work_hour"], "checking": [1, "urgent_hour"]}


class Varied(NamedTuple):
    """What is otherwise than in the flow it is made of."""

    without: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    quick: bool = False


def _some(names: dict[str, Any], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(names)), max_size=most).map(tuple)


VARIED = st.builds(Varied, st.one_of(st.just(()), _some(LEFT_OUT, 6)), _some(OTHER_POSTS, 4), st.booleans())
#: what the city makes of the standard flow, and a street of that; every third time the street has none of its own
MADE = st.builds(lambda city, street, own: (city, street if own else None), VARIED, VARIED, st.integers(0, 2))


def put_in_force(standard: FlowVersion, city: Varied, street: Varied | None) -> Counter[str]:
    """Make the standard flow, varied so, the city's, and that, varied so, the eastern street's; without the variation where
    that is not sound. What of it was sound."""
    at, told = now(), Counter[str]()
    FlowVersion.objects.filter(valid_to=None).update(valid_to=at)
    document = _sound(standard.document, city, told)
    FlowVersion.objects.create(code=standard.code, document=document, valid_from=at)
    if street is not None:
        own = _sound(document, street, told)
        said = {part: body for part, body in own.items() if body != document.get(part)}
        FlowVersion.objects.create(area=EAST, code=standard.code, document=own, said=said, valid_from=at)
        told.update(("flows of a street",))
    forget_all()
    return told


def check_flow(case_id: int) -> None:
    """A case just reported follows the flow of its place."""
    case = Case.objects.get(pk=case_id)
    held = f"/{EAST}/" in f"/{case.area_path}" and EAST in flows()
    assert case.flow.area == (EAST if held else ""), "of another place"
    assert case.flow.valid_to is None, "not the one in force"


def _sound(document: dict[str, Any], varied: Varied, told: Counter[str]) -> dict[str, Any]:
    made = _made(document, varied)
    try:
        parse(made, {code: post.axis for code, post in directory().posts.items()})
    except FlowFault:
        return document
    told.update(("flows varied",) if any(varied) else ())
    told.update(("flows with other posts",) if varied.posts else ())
    return made


def _made(document: dict[str, Any], varied: Varied) -> dict[str, Any]:
    document, gone = deepcopy(document), {code for part in varied.without for code in LEFT_OUT[part]}
    for part in ("states", "steps", "beside", "records"):
        document[part] = {code: body for code, body in document[part].items() if code not in gone}
    records = document["records"].values()
    of_records = [step for record in records for step in record["steps"].values()]
    for body in (*document["steps"].values(), *document["beside"].values(), *records, *of_records):
        for name in {"needs", "from", "while"} & body.keys():
            body[name] = [code for code in body[name] if code not in gone]
    for name in varied.posts:
        _give(document, *OTHER_POSTS[name])
    if varied.quick:
        for state, clock in QUICK.items():
            document["states"][state]["task"]["clock"] = clock
    return document


def _give(document: dict[str, Any], post: str, steps: tuple[str, ...], stages: tuple[str, ...]) -> None:
    """Steps and tasks to a post; of those the flow has."""
    held = [document["steps"], *(record["steps"] for record in document["records"].values())]
    for rules in held:
        for code in rules.keys() & {*steps}:
            rules[code]["posts"] = [post]
    for stage in stages:
        kind, _, state = stage.rpartition(".")
        states = document["records"].get(kind, {"states": {}})["states"] if kind else document["states"]
        if state in states:
            states[state]["task"]["post"] = post
