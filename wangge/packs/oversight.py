# SPDX-License-Identifier: Apache-2.0
"""oversight.yaml: what must hold beyond its shape."""

from collections.abc import Iterator
from typing import Any

from wangge.packs.contents import Pack, Place, Source
from wangge.packs.faults import Fault
from wangge.packs.flows import whole_flows
from wangge.packs.lines import Path as KeyPath
from wangge.packs.references import AREA, UNIT, unknown
from wangge.supervision.rules import KEEPER, OccasionRule, Oversight, Rung

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
    stages = None if None in known else {stage for some in known if some for stage in some}
    for n, rung in enumerate(rules.rungs):
        yield from _rung(pack, source, n, rung, stages)
    for n, one in enumerate(rules.occasions):
        yield from _occasion(pack, source, n, one)
    yield from _unwatched(source, rules, flows)


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


def _unwatched(source: Source, rules: Oversight, flows: list[Any]) -> Faults:
    """Timed stages, of the city's flow or an area's, nobody would be urged about; a city without any rung has chosen so.
    The norm's own limit of a state is the clock of the case: rungs without stages are for it."""
    watched = {stage for rung in rules.rungs for stage in rung.stages}
    left = dict.fromkeys(stage for flow in flows for stage in _timed(flow) if stage not in watched)
    if rules.rungs and left:
        zh = f"这些限时环节没有催办，请写入一个 rung 的 stages：{'、'.join(left)}。"
        en = f"These timed stages stand on no rung; add them to the stages of one: {', '.join(left)}."
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


def _stages(flow: Any) -> set[str] | None:
    """The stages that have a task; None where the flow could not be read."""
    try:
        records = (flow.get("records") or {}).items()
        beside = {f"{kind}.{state}" for kind, record in records for state in record["states"]}
        return {*flow["states"], *flow.get("beside", {}), *beside}
    except (AttributeError, KeyError, TypeError):
        return None


def _place(source: Source, path: KeyPath) -> Place:
    return Place(source.file, source.document.line(path))


def _rung(pack: Pack, source: Source, n: int, rung: Rung, stages: set[str] | None) -> Faults:
    where = ("rungs", n)
    for k, post in enumerate(rung.tell):
        if post != KEEPER and post not in pack.posts:
            yield unknown(_place(source, (*where, "tell", k)), "岗位", "post", post, "posts.yaml")
    for k, stage in enumerate(rung.stages):
        if stages is not None and stage not in stages:
            yield unknown(_place(source, (*where, "stages", k)), "环节", "stage", stage, "flow.yaml")
    if rung.kind == "order" and rung.stages:
        zh, en = (
            "督办按案卷的时限建议，不写 stages。",
            "Orders are proposed by the clock of the case; leave stages out.",
        )
        yield source.fault((*where, "stages"), zh, en)
    if (rung.when == "before") and rung.span is None:
        yield source.fault(where, "到期前的提醒须写 span。", "A rung before the due moment needs a span.")
    if rung.when == "yellow" and rung.span is not None:
        yield source.fault(
            (*where, "span"), "随黄灯的提醒不写 span。", "A rung with the yellow light has no span."
        )
    if (rung.kind == "reminder") == (rung.when == "after"):
        zh, en = (
            "提醒在到期之前，催办和督办在到期之后。",
            "Reminders come before the due moment, urging and orders after it.",
        )
        yield source.fault((*where, "when"), zh, en)
