# SPDX-License-Identifier: Apache-2.0
"""Whether a flow may be used: no state that traps a case, no post that judges its own work. Pure."""

from collections.abc import Mapping

from wangge.cases.flow import (
    END_STATES,
    NEW,
    OPEN_STATES,
    STAGE_STEPS,
    STEP_NEEDS,
    STEP_RESULTS,
    STEPS_BESIDE,
    STEPS_NEEDED,
    Flow,
    Hand,
    Scope,
    State,
    Step,
    TaskRule,
)


class FlowFault(ValueError):
    """A flow that must not be loaded; `where` is the path of keys in the flow document."""

    def __init__(self, where: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(f"{'.'.join(where)}: {en}")
        self.where, self.zh, self.en = where, zh, en


def check_flow(flow: Flow, axes: Mapping[str, str]) -> None:
    """Raise FlowFault for the first thing that is wrong; `axes` maps post -> axis."""
    for step in flow.steps.values():
        where = ("beside" if step.beside else "steps", step.code)
        _check_posts(step, axes, where)
        _check_task(step.task, axes, (*where, "task"))
        _check_vocabulary(step, where)
        _check_side(step, where)
        if (step.code == "report") != (NEW in step.sources):
            raise FlowFault(where, "上报、且只有上报从 new 开始。", "report, and only it, starts from new.")
        for place in (*step.sources, *(b.to for o in step.outcomes for b in o.branches)):
            if place != NEW and place not in flow.states:
                raise FlowFault(
                    where,
                    f"状态“{place}”未在 states 中定义。",
                    f"state “{place}” is not defined under states.",
                )
    for code in STEPS_NEEDED:
        if code not in flow.steps:
            raise FlowFault(("steps",), f"缺少步骤“{code}”。", f"step “{code}” is missing.")
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


def _check_vocabulary(step: Step, where: tuple[str, ...]) -> None:
    """A step has what it cannot do without, and only results the product knows."""
    for need in STEP_NEEDS.get(step.code, ()):
        if need not in step.needs:
            raise FlowFault(where, f"这一步的 needs 须有“{need}”。", f"this step needs “{need}” under needs.")
    known = STEP_RESULTS.get(step.code, ("",))
    for outcome in step.outcomes:
        if outcome.code not in known:
            choice = ", ".join(known) if known != ("",) else "—"
            raise FlowFault(
                where,
                f"结果“{outcome.code or '（无）'}”不可用；这一步的 results 为：{choice}。",
                f"result “{outcome.code or '(none)'}” is not possible; the results of this step: {choice}.",
            )


def _check_side(step: Step, where: tuple[str, ...]) -> None:
    """A step that leads nowhere stands under `beside`; what a norm sets a limit for is a task of the unit."""
    if step.beside != (step.code in STEPS_BESIDE):
        place = "beside" if step.code in STEPS_BESIDE else "steps"
        raise FlowFault(where, f"这一步应写在 {place} 下。", f"this step belongs under {place}.")
    if step.code in STAGE_STEPS:
        task = step.task
        if task is None or not task.by_norm or task.scope is not Scope.UNIT or task.post not in step.posts:
            raise FlowFault(
                where,
                "这一步须有 task：post 为可办理本步的岗位，scope: unit，clock: norm（时限由立案条件规定）。",
                "this step needs a task: a post that may take the step, scope: unit, clock: norm (the norm sets the limit).",
            )


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
