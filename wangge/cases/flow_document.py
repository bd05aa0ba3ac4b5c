# SPDX-License-Identifier: Apache-2.0
"""A flow read from its document. A fault names the place: see FlowFault. Pure."""

from collections.abc import Mapping
from typing import Any

from wangge.cases.deadlines import Clock, Limit
from wangge.cases.flow import (
    GUARDS,
    NEEDS,
    NEW,
    STEP_HANDS,
    Branch,
    Flow,
    Hand,
    Label,
    Outcome,
    Scope,
    State,
    StateRule,
    Step,
    TaskRule,
)
from wangge.cases.flow_soundness import FlowFault, check_flow


def parse(document: Mapping[str, Any], axes: Mapping[str, str]) -> Flow:
    """A Flow that may be loaded; `axes` maps post -> axis. Raises FlowFault with the place of the fault."""
    flow = build(document)
    check_flow(flow, axes)
    return flow


def build(document: Mapping[str, Any], *, flow_id: int = 0) -> Flow:
    """The Flow a document describes: of a stored version, that was checked against the posts of its own time."""
    states = {
        _state(code, ("states", code)): StateRule(
            State(code), _label(body, ("states", code)), _task(body.get("task"), ("states", code, "task"))
        )
        for code, body in _mapping(document, "states").items()
    }
    steps = {code: _step(code, body, beside=False) for code, body in _mapping(document, "steps").items()}
    steps |= {code: _step(code, body, beside=True) for code, body in (document.get("beside") or {}).items()}
    return Flow(
        str(document.get("code", "")),
        str(document.get("version", "")),
        _label(document, ()),
        states,
        steps,
        _tries(document.get("callback_tries", 3)),
        flow_id,
    )


def _tries(value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise FlowFault(
            ("callback_tries",), "callback_tries 应为不小于 1 的整数。", "callback_tries must be 1 or more."
        )
    return value


def _mapping(document: Mapping[str, Any], key: str, where: tuple[str, ...] = ()) -> Mapping[str, Any]:
    value = document.get(key)
    if not isinstance(value, Mapping) or not value:
        raise FlowFault((*where, key), f"缺少“{key}”。", f"“{key}” is missing; list at least one.")
    return value


def _label(body: Any, where: tuple[str, ...]) -> Label:
    if not isinstance(body, Mapping) or not body.get("name_zh") or not body.get("name_en"):
        raise FlowFault(where, "缺少 name_zh 或 name_en。", "name_zh or name_en is missing.")
    return Label(body["name_zh"], body["name_en"])


def _state(code: str, where: tuple[str, ...]) -> State:
    if code not in State.__members__.values():
        known = ", ".join(State)
        raise FlowFault(
            where, f"未知状态“{code}”，可用：{known}。", f"unknown state “{code}”; known: {known}."
        )
    return State(code)


def _limit(value: Any, where: tuple[str, ...]) -> Limit:
    try:
        number, clock = value
        if int(number) < 1:
            raise ValueError
        return Limit(int(number), Clock(clock))
    except (TypeError, ValueError):
        clocks = ", ".join(Clock)
        raise FlowFault(
            where,
            f"时限应写成 [数值, 时钟]，时钟为 {clocks}。",
            f"write a limit as [number, clock]; clocks: {clocks}.",
        ) from None


def _task(body: Any, where: tuple[str, ...]) -> TaskRule | None:
    if body is None:
        return None
    if "clock" not in body:
        raise FlowFault(
            where,
            "每项任务须写明 clock（时限、norm 或 none）。",
            "a task must name its clock: a limit, norm or none.",
        )
    if body.get("scope") not in Scope.__members__.values():
        raise FlowFault(
            where, "scope 应为 area、command、squad 或 unit。", "scope must be area, command, squad or unit."
        )
    clock = body["clock"]
    limit = None if clock in ("norm", "none") else _limit(clock, (*where, "clock"))
    return TaskRule(str(body.get("post", "")), Scope(body["scope"]), limit, by_norm=clock == "norm")


def _branches(to: Any, where: tuple[str, ...]) -> tuple[Branch, ...]:
    entries = to if isinstance(to, list) else [{"to": to}]
    branches = tuple(Branch(_state(e.get("to", ""), where), e.get("when", "")) for e in entries)
    if not branches or branches[-1].when or any(not b.when for b in branches[:-1]):
        raise FlowFault(
            where, "分支的最后一项、且只有最后一项不写 when。", "the last branch, and only it, has no `when`."
        )
    for branch in branches[:-1]:
        if branch.when not in GUARDS:
            raise FlowFault(
                where,
                f"未知条件“{branch.when}”。",
                f"unknown guard “{branch.when}”; known: {', '.join(GUARDS)}.",
            )
    return branches


def _needs(values: Any, where: tuple[str, ...]) -> tuple[str, ...]:
    for value in values or ():
        if value not in NEEDS:
            raise FlowFault(
                where, f"未知要求“{value}”。", f"unknown need “{value}”; known: {', '.join(NEEDS)}."
            )
    return tuple(values or ())


def _step(code: str, body: Mapping[str, Any], *, beside: bool) -> Step:
    where = ("beside" if beside else "steps", code)
    label = _label(body, where)
    if "results" in body:
        outcomes: tuple[Outcome, ...] = tuple(
            Outcome(r, _label(v, (*where, "results", r)), _branches(v.get("to"), (*where, "results", r)),
                    _needs(v.get("needs"), (*where, "results", r)))
            for r, v in _mapping(body, "results", where).items()
        )  # fmt: skip
    else:
        outcomes = (Outcome("", label, () if beside else _branches(body.get("to"), where)),)
    sources = tuple(body.get("from") or ())
    for source in sources:
        if source != NEW:
            _state(source, where)
    if not sources:
        raise FlowFault(where, "缺少 from。", "`from` is missing.")
    if body.get("hand") not in Hand.__members__.values():
        raise FlowFault(where, "hand 应为 acts、judges 或 none。", "hand must be acts, judges or none.")
    if code not in STEP_HANDS:
        known = ", ".join(STEP_HANDS)
        raise FlowFault(where, f"未知步骤，可用：{known}。", f"unknown step; known: {known}.")
    if (hand := STEP_HANDS[code]) not in (Hand.NONE, body["hand"]):
        raise FlowFault(
            where,
            f"这一步的 hand 必须是 {hand}（两手分开）。",
            f"the hand of this step is {hand} (two-hands rule).",
        )
    within = _limit(body["within"], (*where, "within")) if "within" in body else None
    return Step(
        code, label, sources, tuple(body.get("posts") or ()), Hand(body["hand"]), _needs(body.get("needs"), where),
        outcomes, within, beside, _task(body.get("task"), (*where, "task")),
    )  # fmt: skip
