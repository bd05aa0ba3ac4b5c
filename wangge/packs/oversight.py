# SPDX-License-Identifier: Apache-2.0
"""oversight.yaml: what must hold beyond its shape."""

from collections.abc import Iterator
from typing import Any

from wangge.cases.deadlines import Limit
from wangge.packs.contents import Pack, Place, Source
from wangge.packs.faults import Fault
from wangge.packs.flows import whole_flows
from wangge.packs.lines import Path as KeyPath
from wangge.packs.references import AREA, UNIT, unknown
from wangge.supervision.rules import KEEPER, OccasionRule, Oversight, Rung, climbed

Faults = Iterator[Fault]


def oversight_faults(pack: Pack) -> Faults:
    """Codes that stand twice or name nothing, lights that leave a share without one, rungs without their span."""
    source, rules = pack.sources.get("oversight.yaml"), pack.rules.get("oversight")
    if source is None or not isinstance(rules, Oversight):
        return
    for name in ("lights", "rungs", "occasions"):
        yield from _twice(source, name, [one.code for one in getattr(rules, name)])
    shares = [band.from_percent for band in rules.lights]
    if shares != sorted(set(shares)) or shares[0] != 0:
        zh, en = (
            "灯的 from_percent 应从 0 开始，依次增大。",
            "from_percent of the lights begins at 0 and rises.",
        )
        yield source.fault(("lights",), zh, en)
    flows = list(whole_flows(pack).values())
    known = [_stages(flow) for flow in flows]
    stages = None if None in known else {code: task for some in known if some for code, task in some.items()}
    wrong = [fault for n, rung in enumerate(rules.rungs) for fault in _rung(pack, source, n, rung, stages)]
    yield from wrong
    for n, one in enumerate(rules.occasions):
        yield from _occasion(pack, source, n, one)
    if not wrong:  # what they leave undone would be a consequence
        yield from _unwatched(pack, source, rules, flows)


def _occasion(pack: Pack, source: Source, n: int, one: OccasionRule) -> Faults:
    """Where a meeting is held, and who is called to it."""
    where = ("occasions", n)
    if one.area and one.level:
        zh, en = "area 和 level 只写一个。", "Write area or level, not both."
        yield source.fault(where, zh, en)
    if one.kind == "bulletin" and (one.area or one.level):
        zh, en = (
            "通报是全市的，不写 area 和 level。",
            "A bulletin is of the whole city: leave area and level out.",
        )
        yield source.fault(where, zh, en)
    if one.area and one.area not in pack.areas:
        yield unknown(_place(source, (*where, "area")), *AREA[:2], one.area, AREA[2])
    if (
        one.level
        and one.level not in [level.code for level in pack.levels]
        and "levels.yaml" not in pack.unread
    ):
        yield unknown(_place(source, (*where, "level")), "层级", "level", one.level, "levels.yaml")
    for k, code in enumerate(one.units):
        if code not in pack.units:
            yield unknown(_place(source, (*where, "units", k)), *UNIT[:2], code, UNIT[2])


#: what a ladder does about the clock of a case and about a stage, with how its lack is told
_CASE = {
    ("reminder",): ("提醒", "reminds"),
    ("urging",): ("催办", "urges"),
    ("order",): ("建议督办", "proposes an order"),
}
_STAGE = {
    ("urging",): ("催办", "urges"),
    ("order", "attention"): ("督办或提请关注", "proposes an order or brings it to whoever leads"),
}


def _unwatched(pack: Pack, source: Source, rules: Oversight, flows: list[Any]) -> Faults:
    """Deadlines on which the ladder lacks a rung; a city without any rung has chosen so.

    Of a stage, of the city's flow or an area's, somebody is urged, then whoever leads is told; of the clock of a case, by any
    norm's limit, somebody is reminded before as well. The norm's own limit of a state is the clock of the case.
    """
    if not rules.rungs:
        return
    stages = dict.fromkeys(stage for flow in flows for stage in _timed(flow))
    for kinds, (zh_what, en_what) in _STAGE.items():
        on = {stage for rung in rules.rungs if rung.kind in kinds for stage in rung.stages}
        if left := [stage for stage in stages if stage not in on]:
            zh = f"这些限时环节没有{zh_what}，请写入一个这样的 rung 的 stages：{'、'.join(left)}。"
            en = f"No rung {en_what} at these timed stages; add them to the stages of one: {', '.join(left)}."
            yield source.fault(("rungs",), zh, en)
    limits = dict.fromkeys(Limit(norm.limit, norm.clock) for norm, _ in pack.norms.items())
    for kinds, (zh_what, en_what) in _CASE.items():
        left = [
            f"{one.value} {one.clock.value}" for one in limits
            if not any(rung.kind in kinds for rung in climbed(rules.rungs, one))
        ]  # fmt: skip
        if left:
            zh = f"这些立案条件的时限没有{zh_what}，请补一个没有 stages 的 rung：{'、'.join(left)}。"
            en = f"No rung {en_what} for norms with these limits; add one without stages: {', '.join(left)}."
            yield source.fault(("rungs",), zh, en)


def _timed(flow: Any) -> list[str]:
    """The stages whose task has a limit of its own; none where the flow could not be read."""
    try:
        stages = {code: state for code, state in flow["states"].items() if _clock(state) != "norm"}
        stages |= flow.get("beside") or {}
        for kind, record in (flow.get("records") or {}).items():
            stages |= {f"{kind}.{code}": state for code, state in record["states"].items()}
        return [code for code, stage in stages.items() if _clock(stage) != "none"]
    except (AttributeError, KeyError, TypeError):
        return []


def _clock(stage: Any) -> Any:
    """Of the task that waits there; none as well where there is no task, or nobody's."""
    task: Any = stage.get("task") or "none"
    return task if task == "none" else task["clock"]


def _twice(source: Source, section: str, codes: list[str]) -> Faults:
    for n, code in enumerate(codes):
        if code in codes[:n]:
            zh, en = f"代码“{code}”写了两次。", f"Code “{code}” stands twice."
            yield source.fault((section, n), zh, en)


def _stages(flow: Any) -> dict[str, Any] | None:
    """The stages, each with its task as written; None where the flow could not be read."""
    try:
        records = (flow.get("records") or {}).items()
        beside = {f"{kind}.{code}": one for kind, record in records for code, one in record["states"].items()}
        all_of_them = {**flow["states"], **(flow.get("beside") or {}), **beside}
        return {code: one.get("task") for code, one in all_of_them.items()}
    except (AttributeError, KeyError, TypeError):
        return None


def _place(source: Source, path: KeyPath) -> Place:
    return Place(source.file, source.document.line(path))


def _rung(pack: Pack, source: Source, n: int, rung: Rung, stages: dict[str, Any] | None) -> Faults:
    where = ("rungs", n)
    for k, post in enumerate(rung.tell):
        if post != KEEPER and post not in pack.posts:
            yield unknown(_place(source, (*where, "tell", k)), "岗位", "post", post, "posts.yaml")
    for k, stage in enumerate(rung.stages):
        if stages is not None and stage not in stages:
            yield unknown(_place(source, (*where, "stages", k)), "环节", "stage", stage, "flow.yaml")
    for k, stage in enumerate(rung.stages if rung.kind == "order" else ()):
        task = (stages or {}).get(stage)
        if stages and stage in stages and not (isinstance(task, dict) and task.get("scope") == "unit"):
            zh, en = (
                f"督办下达给主办单位，而“{stage}”不由其办理：请改写在 kind: attention 的 rung。",
                f"An order goes to the unit in charge, which does not act at “{stage}”: use a rung of kind attention.",
            )
            yield source.fault((*where, "stages", k), zh, en)
    if rung.kind == "attention" and not rung.stages:
        zh, en = (
            "提请关注须写 stages；案卷本身超期的，建议督办。",
            "A rung of kind attention names its stages; for the clock of a case an order is proposed.",
        )
        yield source.fault(where, zh, en)
    if (rung.when == "before") and rung.span is None:
        yield source.fault(where, "到期前的提醒须写 span。", "A rung before the due moment needs a span.")
    if rung.when == "yellow" and rung.span is not None:
        yield source.fault(
            (*where, "span"), "随黄灯的提醒不写 span。", "A rung with the yellow light has no span."
        )
    if (rung.kind == "reminder") == (rung.when == "after"):
        zh, en = (
            "提醒在到期之前，催办、督办和提请关注在到期之后。",
            "Reminders come before the due moment, all other rungs after it.",
        )
        yield source.fault((*where, "when"), zh, en)
