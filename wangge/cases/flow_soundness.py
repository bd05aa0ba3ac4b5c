# SPDX-License-Identifier: Apache-2.0
"""Whether a flow may be used: no state that traps a case, no post that judges its own work. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from wangge.cases.deadlines import Limit
from wangge.cases.flow import (
    EARLY_STATES,
    END_STATES,
    NEW,
    OPEN_STATES,
    OPENED_BY,
    RECORD_OF,
    RECORD_STEPS,
    STAGE_STEPS,
    STEP_NEEDS,
    STEP_RESULTS,
    STEPS_BESIDE,
    STEPS_NEEDED,
    WITH_UNIT,
    Flow,
    Hand,
    RecordRule,
    Scope,
    State,
    Step,
    TaskRule,
)

#: the largest number of a limit, as of a norm: beyond every real one, and within what a calendar has
MOST_LIMIT = 100_000


class FlowFault(ValueError):
    """A flow that must not be loaded; `where` is the path of keys in the flow document."""

    def __init__(self, where: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(f"{'.'.join(where)}: {en}")
        self.where, self.zh, self.en = where, zh, en


def check_flow(flow: Flow, axes: Mapping[str, str]) -> None:
    """Raise FlowFault for the first thing that is wrong; `axes` maps post -> axis."""
    for step in flow.steps.values():
        where = _place(step)
        _check_posts(step, axes, where)
        _check_task(step.task, axes, (*where, "task"))
        _check_vocabulary(step, where)
        _check_side(step, where)
        _check_supervised(flow, step, where)
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
    _check_parts(flow)
    _check_reach(flow)
    _check_limits(flow)
    for kind, record in flow.records.items():
        first = RECORD_STEPS[kind][0]
        if first not in flow.steps:
            raise FlowFault(("records", kind, "steps"), f"缺少步骤“{first}”。", f"step “{first}” is missing.")
        _check_opened(flow, record)
        _check_takes_back(flow, record)
        _check_record(flow, record, axes)


def _check_limits(flow: Flow) -> None:
    for where, limit in _limits(flow):
        if limit and limit.value > MOST_LIMIT:
            raise FlowFault(
                where,
                f"时限 {limit.value} 过大，最多 {MOST_LIMIT}；不限时请写 none。",
                f"a limit of {limit.value} is too large: {MOST_LIMIT} at most, or none for no limit.",
            )


def _limits(flow: Flow) -> Iterator[tuple[tuple[str, ...], Limit | None]]:
    """Where each limit stands."""
    for state, rule in flow.states.items():
        yield ("states", state, "task", "clock"), _limit_of(rule.task)
    for step in flow.steps.values():
        yield (*_place(step), "within"), step.within
        yield (*_place(step), "task", "clock"), _limit_of(step.task)
    for kind, record in flow.records.items():
        for code, one in record.states.items():
            yield ("records", kind, "states", code, "task", "clock"), _limit_of(one.task)
        for name, some in record.choices.items():
            for code, choice in some.items():
                yield ("records", kind, "choices", name, code, "limit"), choice.limit


def _limit_of(task: TaskRule | None) -> Limit | None:
    return task.limit if task else None


def _place(step: Step) -> tuple[str, ...]:
    """Where in the document a step stands."""
    if step.record:
        return ("records", step.record, "steps", step.code)
    return ("beside" if step.beside else "steps", step.code)


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
    if not step.record and step.code in RECORD_OF:
        kind = RECORD_OF[step.code]
        raise FlowFault(
            where, f"这一步应写在 records.{kind} 下。", f"this step belongs under records.{kind}."
        )
    if not step.record and step.beside != (step.code in STEPS_BESIDE):
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


def _check_supervised(flow: Flow, step: Step, where: tuple[str, ...]) -> None:
    """What waits for an order to be issued and accepted stands where that can be done, or no case would get past it."""
    if "supervised" not in {*step.needs, *(need for o in step.outcomes for need in o.needs)}:
        return
    if missing := [s for s in step.sources if not flow.runs_in("supervision", s)]:
        raise FlowFault(
            where,
            f"needs 有“supervised”，而 records.supervision 不在 {'、'.join(missing)} 中进行：请加进其 while，或去掉这一要求。",
            f"“supervised” is needed, but records.supervision does not run in {', '.join(missing)}: add it to its "
            "`while`, or leave the need out.",
        )


def _check_parts(flow: Flow) -> None:
    """Whoever splits a case reports its parts; who cancels a split makes void the parts nobody handles yet."""
    split, report, void = (flow.steps.get(code) for code in ("split", "report", "void"))
    if split and report and (lacking := [post for post in split.posts if post not in report.posts]):
        raise FlowFault(
            ("steps", "split"),
            f"岗位“{'、'.join(lacking)}”不能上报，也就拆不出子案：请加进 report 的 posts，或不让其拆分。",
            f"{', '.join(lacking)} may not report, and so makes no parts: add it to the posts of report, or take it from these.",
        )
    early = [state for state in EARLY_STATES if state in flow.states and not (void and state in void.sources)]
    if "cancel_split" in flow.steps and early:
        raise FlowFault(
            ("steps", "cancel_split"),
            f"撤销拆分要作废还没有派遣的子案，而 void 不能从 {'、'.join(early)} 开始：请加进 void 的 from，或去掉这一步。",
            f"To cancel a split makes void its parts not dispatched yet, but void does not start from {', '.join(early)}: add "
            "them to its `from`, or leave this step out.",
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


def _check_opened(flow: Flow, rule: RecordRule) -> None:
    """What a step of the line opens: one for each unit that assists, once a step, while the unit in charge handles."""
    where, known = ("records", rule.kind, "states"), OPENED_BY.get(rule.kind, ())
    steps: set[str] = set()
    for code, one in rule.states.items():
        may = {step for step in known if step in flow.steps} - steps if one.open else set()
        steps |= {*one.opened_by}
        if not {*one.opened_by} <= may:
            allowed = ", ".join(step for step in known if step in may) or "—"
            raise FlowFault(
                (*where, code),
                f"opened_by 只用于有任务的状态，每一步只开启一个状态，可用：{allowed}。",
                f"opened_by is for a state with a task, each step opens one state; possible here: {allowed}.",
            )
    if not known:
        return
    if known[0] not in steps:
        raise FlowFault(
            where,
            f"须有一个状态写明 opened_by: [{known[0]}]，否则没有一步开启它。",
            f"one state must say opened_by: [{known[0]}], or nothing opens it.",
        )
    if not rule.several:
        raise FlowFault(
            where[:2], "须写明 several: true：每个单位各一项。", "several: true is needed: one a unit."
        )
    _check_with_unit(
        flow, rule.kind, [branch.to for o in flow.steps[known[0]].outcomes for branch in o.branches]
    )


def _check_with_unit(flow: Flow, kind: str, opened_in: Sequence[State]) -> None:
    """It runs where the step that opens it leads, and only there and where the unit in charge handles: then it falls away."""
    runs = {source for step in flow.steps.values() if step.record == kind for source in step.sources}
    if not {*opened_in} <= runs <= {*WITH_UNIT}:
        needed, most = ("、".join(states) for states in (opened_in, WITH_UNIT))
        raise FlowFault(
            ("records", kind, "while"),
            f"while 应含 {needed}，且不超出 {most}：主办单位处置完成后自行终止。",
            f"`while` must hold {needed} and nothing beyond {most}: it falls away once the unit in charge has finished.",
        )


def _check_takes_back(flow: Flow, rule: RecordRule) -> None:
    """What may be taken back is asked for and granted wherever it leads; a step this flow does not have leads nowhere."""
    where = ("records", rule.kind)
    for code in rule.takes_back:
        if code not in flow.steps:
            continue
        leads = {b.to for o in flow.steps[code].outcomes for b in o.branches if b.to not in END_STATES}
        steps = [step for step in flow.steps.values() if step.record == rule.kind]
        if missing := sorted(state for state in leads if any(state not in step.sources for step in steps)):
            raise FlowFault(
                (*where, "while"),
                f"takes_back 有“{code}”，这一步之后的状态须在 while 中：请加上 {'、'.join(missing)}。",
                f"“{code}” may be taken back, so `while` must hold the states it leads to: add {', '.join(missing)}.",
            )


def _check_record(flow: Flow, rule: RecordRule, axes: Mapping[str, str]) -> None:
    """A side record: opened by its first step or one of the line, every state of it can be reached, no open one lasts for
    ever."""
    where = ("records", rule.kind)
    leads = {NEW: {code for code, one in rule.states.items() if one.opened_by}}
    opener = RECORD_STEPS[rule.kind][0] if rule.kind not in OPENED_BY else ""
    for step in flow.steps.values():
        if step.record != rule.kind:
            continue
        place = _place(step)
        if (step.code == opener) != (NEW in step.record_from):
            raise FlowFault(
                place,
                f"只有 {opener} 从 new 开始。"
                if opener
                else "这项程序由主线的步骤开启，没有一步从 new 开始。",
                f"{opener}, and only it, starts from new."
                if opener
                else "a step of the line opens this record: none of its own starts from new.",
            )
        for need in {"mode", "cause"} & set(step.needs):
            if not rule.choices.get(need):
                raise FlowFault(
                    place,
                    f"needs 有“{need}”，choices 中却没有可选项。",
                    f"“{need}” is needed and choices lists none.",
                )
        for state in (*step.record_from, *(o.record_to for o in step.outcomes)):
            if state != NEW and state not in rule.states:
                raise FlowFault(
                    place,
                    f"状态“{state}”未在 {'.'.join(where)}.states 中定义。",
                    f"state “{state}” is not defined under {'.'.join(where)}.states.",
                )
        for source in step.record_from:
            leads.setdefault(source, set()).update(o.record_to for o in step.outcomes)
    for code, one in rule.states.items():
        _check_task(one.task, axes, (*where, "states", code, "task"))
    _check_paths(
        leads, list(rule.states), [c for c, s in rule.states.items() if not s.open], (*where, "states")
    )


def _check_paths(
    leads: Mapping[str, set[str]], states: Sequence[str], ends: Sequence[str], where: tuple[str, ...]
) -> None:
    """Every state of a record is reached from NEW, and leads to an end."""
    reached, ending = {NEW}, set(ends)
    while more := {to for s in reached for to in leads.get(s, ())} - reached:
        reached |= more
    while closer := {s for s, to in leads.items() if s not in ending and to & ending}:
        ending |= closer
    for state in states:
        if state not in reached:
            raise FlowFault((*where, state), f"到不了状态“{state}”。", f"state “{state}” is never reached.")
        if state not in ending:
            raise FlowFault(
                (*where, state),
                f"状态“{state}”没有出路，这项程序无法结束。",
                f"from state “{state}” the record can never end.",
            )


def _check_reach(flow: Flow) -> None:
    leads: dict[str, set[str]] = {}
    for step in flow.steps.values():
        if any(o.branches for o in step.outcomes):
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
