# SPDX-License-Identifier: Apache-2.0
"""Flow documents: what is shipped holds, what is broken is refused at its place."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from wangge.cases.actions.effects import EFFECTS
from wangge.cases.actions.needs import NEEDED
from wangge.cases.flow import END_STATES, NEEDS, STEP_HANDS, Hand
from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault

PACKS = Path(__file__).parents[3] / "packs"
AXES = {p["code"]: p["axis"] for p in yaml.safe_load((PACKS / "standard/posts.yaml").read_text())}
STANDARD: dict[str, Any] = yaml.safe_load((PACKS / "standard/flow.yaml").read_text())
Document = dict[str, Any]


@pytest.mark.parametrize("path", sorted(PACKS.glob("*/flow.yaml")), ids=lambda p: p.parent.name)
def test_shipped_flows_keep_two_hands(path: Path) -> None:
    posts = path.parent / "posts.yaml"
    own = yaml.safe_load(posts.read_text()) if posts.exists() else []
    axes = AXES | {p["code"]: p["axis"] for p in own}
    flow = parse(yaml.safe_load(path.read_text()), axes)
    for step in flow.steps.values():
        sides = {axes[post] for post in step.posts}
        if step.hand is Hand.JUDGES:
            assert sides == {"supervision"}, step.code
        if step.hand is Hand.ACTS:
            assert sides <= {"command", "unit"}, step.code
    used = {post: {s.hand for s in flow.steps.values() if post in s.posts} - {Hand.NONE} for post in axes}
    assert all(len(hands) < 2 for hands in used.values()), used


def test_every_step_and_need_of_the_vocabulary_has_its_code() -> None:
    assert set(STEP_HANDS) == set(EFFECTS) | {"report"}
    assert set(NEEDS) == set(NEEDED)


def test_a_flow_keeps_the_order_of_its_document_and_names_everything() -> None:
    flow = parse(STANDARD, AXES)
    records = [code for one in STANDARD["records"].values() for code in one["steps"]]
    assert list(flow.steps) == [*STANDARD["steps"], *STANDARD["beside"], *records]
    assert list(flow.records) == list(STANDARD["records"])
    assert {step.record for step in flow.steps.values()} == {"", *flow.records}
    assert flow.label_of("return.asked").en == "Return: To be ruled on"
    assert [s.code for s in flow.steps_from("accepted")] == [
        "send_verify",
        "file",
        "reject_filing",
        "self_handle",
        "void",
        "merge",
        "link",
        "unlink",
        "redact",
        "ask_correction",
        "correct",
        "refuse_correction",
    ]
    assert all(rule.task or rule.state in END_STATES for rule in flow.states.values())
    assert flow.steps["answer_check"].outcome("failed") and not flow.steps["answer_check"].outcome("maybe")


def _at(document: Document, *keys: str) -> Document:
    for key in keys:
        document = document[key]
    return document


def _set(*path: Any) -> Callable[[Document], None]:
    """Put the last of `path` where the others lead."""
    *keys, last, value = path

    def change(document: Document) -> None:
        _at(document, *keys)[last] = value

    return change


def _drop(*path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del _at(document, *path[:-1])[path[-1]]

    return change


def _only_back(document: Document) -> None:
    """From callback on, everything leads back to callback."""
    for result in document["steps"]["call_back"]["results"].values():
        result["to"] = "callback"


BROKEN: dict[str, tuple[Callable[[Document], None], str]] = {
    "no states": (_set("states", {}), "states"),
    "no steps": (_drop("steps"), "steps"),
    "flow without a name": (_drop("name_en"), ""),
    "unknown state": (_set("states", "dreaming", {"name_zh": "梦", "name_en": "D"}), "states.dreaming"),
    "state is a text": (_set("states", "closed", "已结案"), "states.closed"),
    "state without a name": (_drop("states", "filed", "name_zh"), "states.filed"),
    "unreachable state": (_set("steps", "send_verify", "to", "accepted"), "states.verifying"),
    "loop without an end": (_only_back, "states.callback"),
    "open state without a task": (_drop("states", "filed", "task"), "states.filed"),
    "task without a clock": (_drop("states", "filed", "task", "clock"), "states.filed.task"),
    "unknown clock": (_set("states", "filed", "task", "clock", [2, "moon"]), "states.filed.task.clock"),
    "limit of nothing": (_set("states", "filed", "task", "clock", [0, "work_day"]), "states.filed.task.clock"),
    "unknown scope": (_set("states", "filed", "task", "scope", "galaxy"), "states.filed.task"),
    "task of an unknown post": (_set("states", "filed", "task", "post", "king"), "states.filed"),
    "task in an ending state": (
        _set("states", "void", "task", {"post": "operator", "scope": "area", "clock": "none"}), "states.void",
    ),
    "task beside of an unknown post": (_set("beside", "arrive", "task", "post", "king"), "beside.arrive.task"),
    "unknown record": (_set("records", "feast", {"name_zh": "宴", "name_en": "F"}), "records.feast"),
    "record without states": (_drop("records", "return", "states"), "records.return.states"),
    "record nobody can open": (_drop("records", "return", "steps", "ask_return"), "records.return.steps"),
    "record opened by a ruling": (
        _set("records", "extension", "steps", "extend", "from", ["new"]), "records.extension.steps.extend",
    ),
    "record step of another kind": (
        _set("records", "return", "steps", "extend", {"name_zh": "延", "name_en": "E"}), "records.return.steps.extend",
    ),
    "record that never ends": (
        _set("records", "consultation", "steps", "answer_consultation", "to", "asked"), "records.consultation.states.asked",
    ),
    "record state never reached": (
        _set("records", "return", "steps", "refuse_return", "to", "granted"), "records.return.states.objected",
    ),
    "record step to an unknown state": (
        _set("records", "return", "steps", "refuse_return", "to", "void"), "records.return.steps.refuse_return",
    ),
    "record in an unknown state of the case": (
        _set("records", "extension", "while", ["asleep"]), "records.extension.steps.ask_extension",
    ),
    "record in no state of the case": (_drop("records", "extension", "while"), "records.extension.steps.ask_extension"),
    "record that leads the case nowhere": (
        _set("records", "return", "steps", "return", "case", "asleep"), "records.return.steps.return",
    ),
    "record task of an unknown post": (
        _set("records", "return", "states", "asked", "task", "post", "king"), "records.return.states.asked.task",
    ),
    "extensions without their number": (_drop("records", "extension", "most"), "records.extension.most"),
    "suspension for ever": (_set("records", "suspension", "most", 100_000), "records.suspension.most"),
    "a stage for ever": (
        _set("states", "reported", "task", "clock", [100_000_000, "natural_day"]), "states.reported.task.clock",
    ),
    "a choice for ever": (
        _set("records", "supervision", "choices", "mode", "phone", "limit", [100_001, "work_hour"]),
        "records.supervision.choices.mode.phone.limit",
    ),
    "suspension of a yes": (_set("records", "suspension", "most", True), "records.suspension.most"),
    "budget in words": (_set("records", "reward", "budget", "plenty"), "records.reward.budget"),
    "returns side by side": (_set("records", "return", "several", True), "records.return.several"),
    "several of a number": (_set("records", "consultation", "several", 3), "records.consultation.several"),
    "record opened by a step that opens none": (
        _set("records", "assistance", "states", "asked", "opened_by", ["dispatch", "finish"]),
        "records.assistance.states.asked",
    ),
    "record opened by nothing": (_drop("records", "assistance", "states", "asked", "opened_by"), "records.assistance.states"),
    "record opened twice by one step": (
        _set("records", "assistance", "states", "late",
             {"name_zh": "晚", "name_en": "L", "opened_by": ["call_back"],
              "task": {"post": "unit_clerk", "scope": "record", "clock": "norm"}}), "records.assistance.states.late",
    ),
    "record opened where it has ended": (
        _set("records", "assistance", "states", {
            "asked": STANDARD["records"]["assistance"]["states"]["asked"] | {"opened_by": ["dispatch"]},
            "answered": {"name_zh": "答", "name_en": "A", "opened_by": ["conclude"]},
        }), "records.assistance.states.answered",
    ),
    "return opened by the dispatch": (
        _set("records", "return", "states", "asked", "opened_by", ["dispatch"]), "records.return.states.asked",
    ),
    "record opened by the dispatch and by itself": (
        _set("records", "assistance", "steps", "answer_assistance", "from", ["new", "asked"]),
        "records.assistance.steps.answer_assistance",
    ),
    "a closing taken back": (_set("records", "correction", "takes_back", ["close"]), "records.correction.takes_back"),
    "steps taken back as text": (_set("records", "correction", "takes_back", "file"), "records.correction.takes_back"),
    "a return that takes back": (_set("records", "return", "takes_back", ["dispatch"]), "records.return.takes_back"),
    "nobody asks where it leads": (
        _set("records", "correction", "while", ["filed", "dispatched", "handling"]), "records.correction.while",
    ),
    "one assistance in all": (_set("records", "assistance", "several", False), "records.assistance"),
    "assistance past the handling": (
        _set("records", "assistance", "while", ["dispatched", "handling", "handled"]), "records.assistance.while",
    ),
    "assistance not where the dispatch leads": (
        _set("records", "assistance", "while", ["handling"]), "records.assistance.while",
    ),
    "assistance without a word": (
        _set("records", "assistance", "steps", "answer_assistance", "needs", []),
        "records.assistance.steps.answer_assistance",
    ),
    "yellow after red": (_set("yellow_percent", 101), "yellow_percent"),
    "yellow of a yes": (_set("yellow_percent", True), "yellow_percent"),
    "grade to nowhere": (_set("grades", "simple", "first", "moon"), "grades.simple.first"),
    "grade without a name": (_drop("grades", "ordinary", "name_zh"), "grades.ordinary"),
    "clock by a choice nobody has": (
        _set("records", "supervision", "states", "issued", "task", "clock", "colour"),
        "records.supervision.states.issued.task.clock",
    ),
    "a choice that is asked for and not listed": (
        _drop("records", "supervision", "choices", "cause"), "records.supervision.steps.issue_order",
    ),
    "limit of a choice in words": (
        _set("records", "supervision", "choices", "mode", "phone", "limit", "soon"),
        "records.supervision.choices.mode.phone.limit",
    ),
    "order judged by the unit": (
        _set("records", "supervision", "steps", "accept_order", "posts", ["unit_clerk"]),
        "records.supervision.steps.accept_order",
    ),
    "return asked beside the line": (
        _set("beside", "ask_return", {"name_zh": "退", "name_en": "R", "from": ["handling"], "hand": "acts",
                                      "posts": ["unit_clerk"]}), "records.return.steps.ask_return",
    ),
    "unknown step": (_set("steps", "shred", {"name_zh": "毁", "name_en": "S", "from": ["filed"], "to": "void",
                          "hand": "none", "posts": ["operator"]}), "steps.shred"),
    "step from nowhere": (_set("steps", "file", "from", []), "steps.file"),
    "step from an unknown state": (_set("steps", "file", "from", ["asleep"]), "steps.file"),
    "step to an unknown state": (_set("steps", "file", "to", "asleep"), "steps.file"),
    "step to a state the flow leaves out": (_drop("states", "transferred"), "steps.transfer"),
    "a second way in": (_set("steps", "accept", "from", ["new", "reported"]), "steps.accept"),
    "no way in": (_drop("steps", "report"), "steps"),
    "no way to a handler": (_drop("steps", "assign"), "steps"),
    "filing without a norm": (_set("steps", "file", "needs", []), "steps.file"),
    "merging with nothing": (_set("steps", "merge", "needs", []), "steps.merge"),
    "a result the product does not know": (
        _set("steps", "close", "results", {"done": {"name_zh": "完", "name_en": "Done", "to": "closed"}}), "steps.close",
    ),
    "results of a step that has none": (
        _set("steps", "accept", "results", {"yes": {"name_zh": "是", "name_en": "Yes", "to": "accepted"}}), "steps.accept",
    ),
    "step nobody may take": (_set("steps", "file", "posts", []), "steps.file"),
    "step of an unknown post": (_set("steps", "file", "posts", ["king"]), "steps.file"),
    "posts written as a text": (_set("steps", "file", "posts", "duty_chief"), "steps.file"),
    "judge on the command axis": (_set("steps", "close", "posts", ["duty_chief", "dispatcher"]), "steps.close"),
    "judge in the unit": (_set("steps", "answer_check", "posts", ["handler"]), "steps.answer_check"),
    "supervisor who dispatches": (_set("steps", "dispatch", "posts", ["operator"]), "steps.dispatch"),
    "post on no axis that acts": (_set("steps", "dispatch", "posts", ["administrator"]), "steps.dispatch"),
    "two hands switched off for closing": (_set("steps", "close", "hand", "none"), "steps.close"),
    "dispatch that claims to judge": (_set("steps", "dispatch", "hand", "judges"), "steps.dispatch"),
    "unknown hand": (_set("steps", "file", "hand", "waves"), "steps.file"),
    "unknown need": (_set("steps", "file", "needs", ["money"]), "steps.file"),
    "unknown need of a result": (
        _set("steps", "close", "results", "forced", "needs", ["money"]), "steps.close.results.forced",
    ),
    "no results": (_set("steps", "close", "results", {}), "steps.close.results"),
    "unknown guard": (_set("steps", "answer_check", "results", "passed", "to",
                           [{"when": "full_moon", "to": "callback"}, {"to": "closing"}]),
                      "steps.answer_check.results.passed"),
    "branches without a last resort": (
        _set("steps", "answer_check", "results", "passed", "to", [{"when": "wants_callback", "to": "callback"}]),
        "steps.answer_check.results.passed",
    ),
    "branch after the last resort": (
        _set("steps", "answer_check", "results", "passed", "to",
             [{"to": "closing"}, {"when": "wants_callback", "to": "callback"}]),
        "steps.answer_check.results.passed",
    ),
    "window that is no limit": (_set("steps", "reopen", "within", "a month"), "steps.reopen.within"),
    "who splits may not report": (_set("steps", "split", "posts", ["coordinator"]), "steps.split"),
    "parts that cannot be taken back": (_drop("steps", "void"), "steps.cancel_split"),
    "parts that cannot be taken back from filed": (
        _set("steps", "void", "from", ["reported", "verifying", "accepted", "dispatched"]), "steps.cancel_split"
    ),
    "callback given up before it is tried": (_set("callback_tries", 0), "callback_tries"),
    "callback tries in words": (_set("callback_tries", "three"), "callback_tries"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_flow_is_refused_at_its_place(name: str) -> None:
    change, where = BROKEN[name]
    document = deepcopy(STANDARD)
    change(document)
    with pytest.raises(FlowFault) as fault:
        parse(document, AXES)
    assert ".".join(fault.value.where) == where
    assert fault.value.zh and fault.value.en


def test_a_flow_may_bind_a_free_step_to_a_hand() -> None:
    document = deepcopy(STANDARD)
    document["steps"]["file"]["hand"] = "judges"
    assert parse(document, AXES).steps["file"].hand is Hand.JUDGES


def test_what_a_flow_lacks_need_not_be_struck_from_what_may_be_taken_back() -> None:
    document = deepcopy(STANDARD)
    del document["records"]["return"]
    assert "return" in parse(document, AXES).records["correction"].takes_back
