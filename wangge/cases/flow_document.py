# SPDX-License-Identifier: Apache-2.0
"""A flow read from its document. A fault names the place: see FlowFault. Pure."""

from collections.abc import Mapping
from typing import Any

from wangge.cases.deadlines import STANDARD_THRESHOLDS, Clock, LightThresholds, Limit
from wangge.cases.flow import (
    BY_CLASS,
    FIRST,
    GUARDS,
    LOWEST,
    NEEDS,
    NEW,
    RECORD_FIGURES,
    RECORD_STEPS,
    SEVERAL,
    STEP_HANDS,
    TAKEN_BACK,
    Branch,
    Choice,
    Flow,
    Grade,
    Hand,
    Label,
    Outcome,
    RecordRule,
    RecordState,
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
    _check_illustrations(document)
    return flow


def build(document: Mapping[str, Any], *, flow_id: int = 0) -> Flow:
    """The Flow a document describes: of a stored version, that was checked against the posts of its own time."""
    states = {
        _state(code, ("states", code)): StateRule(
            State(code), _label(body, ("states", code)), _task(body.get("task"), ("states", code, "task"))
        )
        for code, body in _mapping(document, "states").items()
    }
    steps = {code: _step(code, body, ("steps",)) for code, body in _mapping(document, "steps").items()}
    steps |= {code: _step(code, body, ("beside",)) for code, body in (document.get("beside") or {}).items()}
    records: dict[str, RecordRule] = {}
    for kind, body in (document.get("records") or {}).items():
        records[kind] = _record(kind, body)
        for code, step in _record_steps(kind, body).items():
            if code in steps:
                where = ("records", kind, "steps", code)
                raise FlowFault(where, f"步骤“{code}”写了两次。", f"step “{code}” stands in two places.")
            steps[code] = step
    return Flow(
        str(document.get("code", "")),
        str(document.get("version", "")),
        _label(document, ()),
        states,
        steps,
        records,
        _tries(document.get("callback_tries", 3)),
        {code: _grade(body, ("grades", code)) for code, body in (document.get("grades") or {}).items()},
        _lights(document.get("yellow_percent", STANDARD_THRESHOLDS.yellow)),
        tuple(document.get("illustrations") or ()),
        flow_id,
    )


#: what may be marked though it is not there: an area leaves out what its city's flow has
_MAY_LACK = {"states": [*State], "steps": STEP_HANDS, "beside": STEP_HANDS, "records": RECORD_STEPS}


def _check_illustrations(document: Mapping[str, Any]) -> None:
    """Each names a part that is there, or may be."""
    found = document.get("illustrations") or []
    if not isinstance(found, list) or not all(isinstance(path, str) for path in found):
        raise FlowFault(("illustrations",), "illustrations 应为列表。", "illustrations is a list.")
    for path in found:
        if not _is_part(document, path):
            raise FlowFault(
                ("illustrations",),
                f"流程中没有“{path}”，不能标为示例；请改正或删去。",
                f"the flow has no “{path}” to mark as an illustration; correct it or take it out.",
            )


def _is_part(document: Mapping[str, Any], path: str) -> bool:
    part, *rest = path.split(".")
    if path == "grades" or (
        rest and rest[0] in _MAY_LACK.get(part, ()) and rest[0] not in (document.get(part) or {})
    ):
        return True
    place: Any = document
    for code in (part, *rest):
        if not isinstance(place, Mapping) or code not in place:
            return False
        place = place[code]
    return True


def _record(kind: str, body: Any) -> RecordRule:
    """A kind of side record: its states, its figures, and the lists its steps choose from."""
    where = ("records", kind)
    if kind not in RECORD_STEPS:
        known = ", ".join(RECORD_STEPS)
        raise FlowFault(
            where, f"未知的旁支程序“{kind}”，可用：{known}。", f"unknown record “{kind}”; known: {known}."
        )
    label = _label(body, where)
    choices = {
        name: {
            code: _choice(code, one, (*where, "choices", name, code)) for code, one in (some or {}).items()
        }
        for name, some in (body.get("choices") or {}).items()
    }
    states = {
        code: _record_state(code, one, (*where, "states", code), choices)
        for code, one in _mapping(body, "states", where).items()
    }
    figures = {
        name: _figure(body.get(name), largest, (*where, name))
        for name, largest in RECORD_FIGURES.get(kind, {}).items()
    }
    return RecordRule(
        kind, label, states, choices, _several(kind, body, where), takes_back=_takes_back(kind, body, where), **figures
    )  # fmt: skip


def _takes_back(kind: str, body: Mapping[str, Any], where: tuple[str, ...]) -> tuple[str, ...]:
    value = body.get("takes_back") or []
    known = TAKEN_BACK if kind == "correction" else ()
    if not isinstance(value, list) or not {*value} <= {*known}:
        listed = ", ".join(known) or "—"
        raise FlowFault(
            (*where, "takes_back"),
            f"takes_back 只用于 correction，列出可以更正的步骤，可用：{listed}。",
            f"takes_back is for corrections: it lists the steps that may be taken back; possible: {listed}.",
        )
    return tuple(value)


def _several(kind: str, body: Mapping[str, Any], where: tuple[str, ...]) -> bool:
    value = body.get("several", False)
    if value is not False and (value is not True or kind not in SEVERAL):
        known = ", ".join(SEVERAL)
        raise FlowFault(
            (*where, "several"),
            f"several 只可为 true 或 false，只用于 {known}。",
            f"several is true or false, and true only of: {known}.",
        )
    return value is True


def _grade(body: Any, where: tuple[str, ...]) -> Grade:
    label, first = _label(body, where), body.get("first", BY_CLASS)
    if first not in FIRST:
        raise FlowFault(
            (*where, "first"),
            "first 应为 lowest（由最低一级先行派遣）或 class（按类别）。",
            "first is lowest (the lowest level dispatches first) or class (as the class says).",
        )
    return Grade(where[-1], label, first == LOWEST)


def _figure(value: Any, largest: int, where: tuple[str, ...]) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        raise FlowFault(
            where,
            f"{'.'.join(where)} 应写明，为 0 至 {largest} 的整数。",
            f"{'.'.join(where)} must be given: a whole number from 0 to {largest}.",
        )
    return value


def _choice(code: str, body: Any, where: tuple[str, ...]) -> Choice:
    limit = (
        _limit(body["limit"], (*where, "limit")) if isinstance(body, Mapping) and "limit" in body else None
    )
    return Choice(code, _label(body, where), limit)


def _record_state(
    code: str, body: Any, where: tuple[str, ...], choices: Mapping[str, Mapping[str, Choice]]
) -> RecordState:
    """`task: none` = open and nobody's task; without `task` the record has ended."""
    label, opened_by = _label(body, where), tuple(body.get("opened_by") or ())
    if body.get("task") == "none":
        return RecordState(code, label, True, None, opened_by)
    task = _task(body.get("task"), (*where, "task"), choices)
    return RecordState(code, label, task is not None, task, opened_by)


def _record_steps(kind: str, body: Mapping[str, Any]) -> dict[str, Step]:
    """Its steps; `while`: the states of the case they may be taken in, the record's own unless a step says its."""
    found = {}
    for code, one in _mapping(body, "steps", ("records", kind)).items():
        where = ("records", kind, "steps")
        if code not in RECORD_STEPS[kind]:
            known = ", ".join(RECORD_STEPS[kind])
            raise FlowFault((*where, code), f"未知步骤，可用：{known}。", f"unknown step; known: {known}.")
        given = {**one, "from": one.get("while") or body.get("while")}
        found[code] = _step(code, given, where, record=kind, record_from=tuple(one.get("from") or ()))
    return found


def _tries(value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise FlowFault(
            ("callback_tries",), "callback_tries 应为不小于 1 的整数。", "callback_tries must be 1 or more."
        )
    return value


def _lights(yellow: Any) -> LightThresholds:
    """Red is when the limit is over; yellow before, from this percent of it on."""
    if not isinstance(yellow, int) or isinstance(yellow, bool) or not 0 < yellow <= STANDARD_THRESHOLDS.red:
        raise FlowFault(
            ("yellow_percent",),
            "yellow_percent 应为 1 至 100 的整数。",
            "yellow_percent must be from 1 to 100.",
        )
    return LightThresholds(yellow, STANDARD_THRESHOLDS.red)


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


def _task(
    body: Any, where: tuple[str, ...], choices: Mapping[str, Mapping[str, Choice]] | None = None
) -> TaskRule | None:
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
            where,
            "scope 应为 area、command、squad、unit 或 record。",
            "scope must be area, command, squad, unit or record.",
        )
    post, scope, clock = str(body.get("post", "")), Scope(body["scope"]), body["clock"]
    if choices and isinstance(clock, str) and clock in choices:
        return TaskRule(post, scope, None, by_choice=clock)
    limit = None if clock in ("norm", "none") else _limit(clock, (*where, "clock"))
    return TaskRule(post, scope, limit, by_norm=clock == "norm")


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


def _step(
    code: str,
    body: Mapping[str, Any],
    under: tuple[str, ...],
    *,
    record: str = "",
    record_from: tuple[str, ...] = (),
) -> Step:
    where, beside = (*under, code), under == ("beside",)
    label = _label(body, where)
    sources = tuple(body.get("from") or ())
    for source in sources:
        if source != NEW:
            _state(source, where)
    if not sources or (record and not record_from):
        missing = "while" if record and not sources else "from"
        raise FlowFault(where, f"缺少 {missing}。", f"`{missing}` is missing.")
    within = _limit(body["within"], (*where, "within")) if "within" in body else None
    return Step(
        code, label, sources, tuple(body.get("posts") or ()), _hand(code, body, where), _needs(body.get("needs"), where),
        _outcomes(body, label, where, beside=beside, record=record), within, beside or bool(record),
        _task(body.get("task"), (*where, "task")), record, record_from,
    )  # fmt: skip


def _outcomes(
    body: Mapping[str, Any], label: Label, where: tuple[str, ...], *, beside: bool, record: str
) -> tuple[Outcome, ...]:
    def outcome(code: str, one: Mapping[str, Any], label: Label, where: tuple[str, ...]) -> Outcome:
        needs = _needs(one.get("needs"), where) if code else ()
        if record:
            branches = _branches(one["case"], where) if "case" in one else ()
            return Outcome(code, label, branches, needs, str(one.get("to", "")))
        return Outcome(code, label, () if beside else _branches(one.get("to"), where), needs)

    if "results" not in body:
        return (outcome("", body, label, where),)
    return tuple(
        outcome(code, one, _label(one, (*where, "results", code)), (*where, "results", code))
        for code, one in _mapping(body, "results", where).items()
    )


def _hand(code: str, body: Mapping[str, Any], where: tuple[str, ...]) -> Hand:
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
    return Hand(body["hand"])
