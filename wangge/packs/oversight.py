# SPDX-License-Identifier: Apache-2.0
"""oversight.yaml: what must hold beyond its shape."""

from collections.abc import Iterator
from typing import Any

from wangge.packs.contents import Pack, Place, Source
from wangge.packs.faults import Fault
from wangge.packs.lines import Path as KeyPath
from wangge.packs.references import unknown
from wangge.supervision.rules import KEEPER, Oversight, Rung

Faults = Iterator[Fault]


def oversight_faults(pack: Pack) -> Faults:
    """Codes that stand twice or name nothing, lights that leave a share without one, rungs without their span."""
    source, rules = pack.sources.get("oversight.yaml"), pack.rules.get("oversight")
    if source is None or not isinstance(rules, Oversight):
        return
    for name in ("lights", "rungs"):
        yield from _twice(source, name, [one.code for one in getattr(rules, name)])
    shares = [band.from_percent for band in rules.lights]
    if shares != sorted(set(shares)) or shares[0] != 0:
        zh, en = (
            "灯的 from_percent 应从 0 开始，依次增大。",
            "from_percent of the lights begins at 0 and rises.",
        )
        yield source.fault(("lights",), zh, en)
    stages = _stages(pack.flow)
    for n, rung in enumerate(rules.rungs):
        yield from _rung(pack, source, n, rung, stages)


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
