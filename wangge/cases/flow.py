# SPDX-License-Identifier: Apache-2.0
"""The flow of a case as frozen data: pure, no Django.

States, guards and needs are the product's vocabulary; what leads where, who may, by when and under what
name is the pack's. `parse` refuses a flow that could trap a case or let one person judge their own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wangge.cases.deadlines import Clock, Limit


class State(StrEnum):
    """Every state a flow may use."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CHECKING = "checking"
    CALLBACK = "callback"
    INVESTIGATING = "investigating"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOID = "void"
    MERGED = "merged"
    TRANSFERRED = "transferred"


NEW = "new"
OPEN_STATES = tuple(State)[: tuple(State).index(State.CLOSED)]
END_STATES = tuple(State)[tuple(State).index(State.CLOSED) :]


class Hand(StrEnum):
    """Two-hands rule: who acts (dispatches, handles) on a case never judges (checks, calls back, closes) it."""

    ACTS = "acts"
    JUDGES = "judges"
    NONE = "none"


#: every step a flow may use. Which hand a step uses is no pack's to choose, or a flow could switch the rule off;
#: a step with NONE may be bound to a hand by the flow.
STEP_HANDS: Mapping[str, Hand] = {
    **dict.fromkeys(
        ("report", "send_verify", "answer_verify", "accept", "reject", "file", "reject_filing", "merge", "link"),
        Hand.NONE,
    ),
    **dict.fromkeys(
        ("dispatch", "sign_for", "assign", "finish", "transfer", "return", "escalate", "ask_return",
         "ask_escalation", "refuse_request"),
        Hand.ACTS,
    ),
    **dict.fromkeys(
        ("send_check", "answer_check", "call_back", "conclude", "close", "void", "reopen"), Hand.JUDGES
    ),
}  # fmt: skip


class Scope(StrEnum):
    """Whose pool a task falls into."""

    AREA = "area"
    COMMAND = "command"
    SQUAD = "squad"
    UNIT = "unit"


GUARDS = ("wants_callback", "unsatisfied_before", "tries_left")
NEEDS = (
    "description", "grid", "class", "norm", "reason", "unit", "handler", "result", "photo", "position",
    "solved", "satisfied", "finding", "target", "destination", "request", "basis",
)  # fmt: skip


class FlowFault(ValueError):
    """A flow that must not be loaded; `where` is the path of keys in the flow document."""

    def __init__(self, where: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(f"{'.'.join(where)}: {en}")
        self.where, self.zh, self.en = where, zh, en


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


@dataclass(frozen=True)
class TaskRule:
    """The task waiting in a state: `limit` None with `by_norm` = the case clock, without it = no clock."""

    post: str
    scope: Scope
    limit: Limit | None
    by_norm: bool = False


@dataclass(frozen=True)
class StateRule:
    state: State
    label: Label
    task: TaskRule | None


@dataclass(frozen=True)
class Branch:
    to: State
    when: str = ""


@dataclass(frozen=True)
class Outcome:
    """One result of a step (`code` empty where the step has only one)."""

    code: str
    label: Label
    branches: tuple[Branch, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    code: str
    label: Label
    sources: tuple[str, ...]
    posts: tuple[str, ...]
    hand: Hand
    needs: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    within: Limit | None = None
    #: a step beside the line keeps the state and may open a task of its own
    beside: bool = False
    task: TaskRule | None = None

    def outcome(self, result: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.code == result), None)


@dataclass(frozen=True)
class Flow:
    code: str
    version: str
    label: Label
    states: Mapping[State, StateRule]
    steps: Mapping[str, Step]
    callback_tries: int = 3
    id: int = field(default=0, compare=False)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that may be taken in `state`, in the order of the flow document."""
        return tuple(s for s in self.steps.values() if state in s.sources)


def choose(outcome: Outcome, guards: Mapping[str, bool]) -> State:
    """The state `outcome` leads to; `guards` tells which guards hold."""
    return next(b.to for b in outcome.branches if not b.when or guards[b.when])


def parse(document: Mapping[str, Any], axes: Mapping[str, str], *, flow_id: int = 0) -> Flow:
    """A validated Flow from its document; `axes` maps post -> axis. Raises FlowFault with the place of the fault."""
    states = {
        _state(code, ("states", code)): StateRule(
            State(code), _label(body, ("states", code)), _task(body.get("task"), ("states", code, "task"))
        )
        for code, body in _mapping(document, "states").items()
    }
    steps = {code: _step(code, body, beside=False) for code, body in _mapping(document, "steps").items()}
    steps |= {code: _step(code, body, beside=True) for code, body in (document.get("beside") or {}).items()}
    flow = Flow(
        str(document.get("code", "")),
        str(document.get("version", "")),
        _label(document, ()),
        states,
        steps,
        _tries(document.get("callback_tries", 3)),
        flow_id,
    )
    _validate(flow, axes)
    return flow


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


def _validate(flow: Flow, axes: Mapping[str, str]) -> None:
    for step in flow.steps.values():
        where = ("beside" if step.beside else "steps", step.code)
        _check_posts(step, axes, where)
        _check_task(step.task, axes, (*where, "task"))
        if (step.code == "report") != (NEW in step.sources):
            raise FlowFault(where, "上报、且只有上报从 new 开始。", "report, and only it, starts from new.")
        for place in (*step.sources, *(b.to for o in step.outcomes for b in o.branches)):
            if place != NEW and place not in flow.states:
                raise FlowFault(
                    where,
                    f"状态“{place}”未在 states 中定义。",
                    f"state “{place}” is not defined under states.",
                )
    for rule in flow.states.values():
        where = ("states", rule.state)
        if rule.state in END_STATES and rule.task:
            raise FlowFault(where, "结束状态不能有任务。", "an ending state cannot have a task.")
        if rule.state in OPEN_STATES and not rule.task:
            raise FlowFault(
                where,
                "未结束的状态须有任务和时钟（可为 none）。",
                "an open state needs a task with a clock (or none).",
            )
        _check_task(rule.task, axes, where)
    _check_reach(flow)


def _check_task(task: TaskRule | None, axes: Mapping[str, str], where: tuple[str, ...]) -> None:
    if task and task.post not in axes:
        raise FlowFault(where, f"未知岗位“{task.post}”。", f"unknown post “{task.post}”.")


def _check_posts(step: Step, axes: Mapping[str, str], where: tuple[str, ...]) -> None:
    if not step.posts:
        raise FlowFault(
            where, "没有写明哪个岗位可以进行这一步。", "no post may take this step; name at least one."
        )
    for post in step.posts:
        if post not in axes:
            raise FlowFault(where, f"未知岗位“{post}”。", f"unknown post “{post}”.")
        allowed = {Hand.ACTS: ("command", "unit"), Hand.JUDGES: ("supervision",)}.get(step.hand)
        if allowed and axes[post] not in allowed:
            raise FlowFault(
                where,
                f"岗位“{post}”在{axes[post]}轴上，不能既办又评（两手分开）。",
                f"post “{post}” stands on the {axes[post]} axis and may not take a step that {step.hand} (two-hands rule).",
            )


def _check_reach(flow: Flow) -> None:
    leads: dict[str, set[str]] = {}
    for step in flow.steps.values():
        if not step.beside:
            for source in step.sources:
                leads.setdefault(source, set()).update(b.to for o in step.outcomes for b in o.branches)
    reached, todo = set(), [NEW]
    while todo:
        for state in leads.get(todo.pop(), ()):
            if state not in reached:
                reached.add(state)
                todo.append(state)
    ending = {s for s in flow.states if s in END_STATES}
    while more := {s for s, to in leads.items() if s not in ending and to & ending}:
        ending |= {State(s) if s != NEW else s for s in more}  # type: ignore[misc]
    for state in flow.states:
        if state not in reached:
            raise FlowFault(
                ("states", state),
                f"从上报走不到状态“{state}”。",
                f"state “{state}” cannot be reached from report.",
            )
        if state not in ending:
            raise FlowFault(
                ("states", state),
                f"状态“{state}”是死循环，案卷无法结束。",
                f"from state “{state}” no case can ever end (a loop).",
            )
