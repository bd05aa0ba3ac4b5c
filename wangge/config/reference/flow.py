# SPDX-License-Identifier: Apache-2.0
"""The standard flow as a chart and tables."""

from collections import defaultdict
from collections.abc import Iterator

import yaml

from wangge.cases.deadlines import Limit
from wangge.cases.flow import NEW, RECORD_FIGURES, Branch, Flow, RecordRule, State, Step, TaskRule
from wangge.cases.flow_document import parse
from wangge.config.reference.markdown import code, page, table
from wangge.packs.reading import shipped_packs

SOURCE = "packs/standard/flow.yaml"


def standard_flow() -> Flow:
    """The flow the standard pack ships, parsed by the product's own reader."""
    folder = shipped_packs() / "standard"
    posts = yaml.safe_load((folder / "posts.yaml").read_text())
    return parse(yaml.safe_load((folder / "flow.yaml").read_text()), {p["code"]: p["axis"] for p in posts})


def flow_page() -> str:
    """docs/reference/flow.md."""
    flow = standard_flow()
    return page(
        f"The flow: {flow.label.en} {flow.label.zh}",
        SOURCE,
        f"Version {flow.version}. A city's pack may bring its own flow; a case keeps the version it was taken in by. "
        "Why each step is held to one hand: [two hands](../explanation/two-hands.md). What the clocks count: "
        "[clocks and calendars](../explanation/clocks-and-calendars.md).",
        "Marked as illustrations, which no published source prints and a city confirms or replaces: "
        f"{code(*flow.illustrations)}.",
        "```mermaid\n" + "\n".join(_chart(flow)) + "\n```",
        "## States",
        table(["state", "名称", "name", "waits for", "pool", "clock"], _states(flow)),
        "## Steps",
        "One row for each result of a step and each state it leads to. `hand`: `acts` and `judges` exclude each other "
        "for one person on one case.",
        table(
            ["from", "step", "名称", "result", "to", "posts", "needs", "hand"],
            (row for step in flow.steps.values() if not step.beside for row in _rows(step)),
        ),
        "## Beside the line",
        "These keep the state.",
        table(["in", "step", "名称", "posts", "needs", "hand", "task of", "clock"], _beside(flow)),
        "## Side records",
        "What is asked for, ruled on and timed beside the line, one open record of a kind a case (of consultations and "
        "assistance one a unit). A record whose case leaves the states it runs in falls away; whoever asked does not rule.",
        *(part for rule in flow.records.values() for part in _record(flow, rule)),
        "## Grades",
        "Given with the filing, if at all: which level dispatches first.",
        table(
            ["grade", "名称", "name", "first"],
            _grades(flow),
        ),
    )


def _grades(flow: Flow) -> Iterator[list[str]]:
    for one in flow.grades.values():
        first = "the lowest level" if one.lowest else "as the class says"
        yield [f"`{one.code}`", one.label.zh, one.label.en, first]


def _record(flow: Flow, rule: RecordRule) -> Iterator[str]:
    yield f"### {rule.label.en} {rule.label.zh} `{rule.kind}`"
    yield table(
        ["state", "名称", "name", "waits for", "pool", "clock"],
        (
            [
                f"`{one.code}`", one.label.zh, one.label.en,
                f"`{one.task.post}`" if one.task else "nobody" if one.open else "ended",
                f"`{one.task.scope}`" if one.task else "", clock(one.task),
            ]
            for one in rule.states.values()
        ),
    )  # fmt: skip
    for one in rule.states.values():
        if one.opened_by:
            yield f"Opened in `{one.code}` by {code(*one.opened_by)}, for each unit that assists."
    steps = [step for step in flow.steps.values() if step.record == rule.kind]
    yield table(
        ["from", "step", "名称", "result", "to", "case", "while", "posts", "needs", "hand"],
        (row for step in steps for row in _record_rows(step)),
    )
    figures = {"most": rule.most, "budget": rule.budget}
    if given := [
        f"`{name}` {figures[name]} (up to {top})" for name, top in RECORD_FIGURES.get(rule.kind, {}).items()
    ]:
        yield "Figures: " + ", ".join(given) + "."
    if rule.takes_back:
        yield f"May take back, as the last step of the line: {code(*rule.takes_back)}."
    for name, some in rule.choices.items():
        rows = (
            [f"`{one.code}`", one.label.zh, one.label.en, _limit(one.limit) if one.limit else ""]
            for one in some.values()
        )
        yield table([name, "名称", "name", "limit"], rows)


def _record_rows(step: Step) -> Iterator[list[str]]:
    within = f" within {_limit(step.within)}" if step.within else ""
    for outcome in step.outcomes:
        result = f"`{outcome.code}` {outcome.label.zh}" if outcome.code else ""
        yield [
            code(*step.record_from) + within, f"`{step.code}`", step.label.zh, result, f"`{outcome.record_to}`",
            code(*(branch.to for branch in outcome.branches)), code(*step.sources), code(*step.posts),
            code(*step.needs, *outcome.needs), step.hand,
        ]  # fmt: skip


def _limit(limit: Limit) -> str:
    return f"{limit.value} `{limit.clock}`"


def _chart(flow: Flow) -> Iterator[str]:
    yield "stateDiagram-v2"
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in flow.steps.values():
        for outcome in step.outcomes:
            for branch in outcome.branches:
                label = f"{step.label.zh}：{outcome.label.zh}" if outcome.code else step.label.zh
                for source in step.sources:
                    arrows[source, branch.to].append(label.replace(":", "："))
    for state in flow.states.values():
        yield f"    {state.state}: {state.label.zh} {state.state}"
    for (source, target), labels in arrows.items():
        yield f"    {'[*]' if source == NEW else source} --> {target}: {'、'.join(dict.fromkeys(labels))}"
    for state in flow.states.values():
        if state.task is None:
            yield f"    {state.state} --> [*]"


def _states(flow: Flow) -> Iterator[list[str]]:
    for rule in flow.states.values():
        post, pool = (f"`{rule.task.post}`", f"`{rule.task.scope}`") if rule.task else ("ends", "")
        yield [f"`{rule.state}`", rule.label.zh, rule.label.en, post, pool, clock(rule.task)]


def clock(task: TaskRule | None) -> str:
    """The limit of a task in words."""
    if task is None:
        return ""
    if task.by_norm:
        return "the case clock (limit of the norm)"
    if task.by_choice:
        return f"that of the `{task.by_choice}` chosen"
    return _limit(task.limit) if task.limit else "none"


def _rows(step: Step) -> Iterator[list[str]]:
    within = f" within {step.within.value} `{step.within.clock}`" if step.within else ""
    for outcome in step.outcomes:
        result = f"`{outcome.code}` {outcome.label.zh}" if outcome.code else ""
        for branch in outcome.branches:
            needs = code(*step.needs, *outcome.needs)
            yield [
                code(*step.sources) + within, f"`{step.code}`", step.label.zh, result, _target(branch),
                code(*step.posts), needs, step.hand,
            ]  # fmt: skip


def _target(branch: Branch) -> str:
    return f"`{branch.to}`" + (f" if {_GUARDS[branch.when]}" if branch.when else "")


_GUARDS = {
    "wants_callback": "the channel asks for a callback, or somebody called about it and left a number",
    "unsatisfied_before": "unsatisfied before",
    "tries_left": "tries are left",
    "was_filed": "it was filed before",
    "was_accepted": "it was accepted before",
    "is_split": "it was split into parts",
}


def _beside(flow: Flow) -> Iterator[list[str]]:
    for step in flow.steps.values():
        if step.beside and not step.record:
            task = f"`{step.task.post}`" if step.task else ""
            yield [
                code(*step.sources), f"`{step.code}`", step.label.zh, code(*step.posts), code(*step.needs), step.hand,
                task, clock(step.task),
            ]  # fmt: skip


def steps_of(flow: Flow, post: str) -> list[Step]:
    """The steps a post may take."""
    return [step for step in flow.steps.values() if post in step.posts]


__all__ = ["State", "clock", "flow_page", "standard_flow", "steps_of"]
