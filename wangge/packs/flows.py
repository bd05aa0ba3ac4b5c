# SPDX-License-Identifier: Apache-2.0
"""flow.yaml and the flows of areas: each is sound by itself, and lists of the whole city may go by the city's."""

import json
from collections.abc import Generator, Iterator
from typing import Any

from wangge.cases.flow import PART_CHANNEL, Flow, Label
from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.packs.contents import FLOW, Pack, Source, flow_file
from wangge.packs.faults import Fault
from wangge.packs.lines import Path as KeyPath
from wangge.packs.overlays import laid_over

Faults = Iterator[Fault]


def whole_flows(pack: Pack) -> dict[str, Any]:
    """The flow documents by area, each whole; under "" the city's."""
    return {"": pack.flow} | {area: laid_over(pack.flow, pack.flows[area]) for area in sorted(pack.flows)}


def flow_faults(pack: Pack) -> Faults:
    """What is wrong with the city's flow; where nothing is, with those of areas."""
    source = pack.sources.get(FLOW)
    if source is None or not isinstance(pack.flow, dict) or pack.posts.unread:
        return
    city = yield from _sound(pack, source, pack.flow)
    if city is None:
        return  # what areas say is laid over it: their faults would be consequences
    known = dict(_labels(city))
    for area, document in whole_flows(pack).items():
        if not area:
            continue
        source = pack.sources[flow_file(area)]
        yield from _place(pack, area, source)
        own = yield from _sound(pack, source, document)
        if own is not None:
            yield from _disagreeing(source, city, own, known)


def _sound(pack: Pack, source: Source, document: Any) -> Generator[Fault, None, Flow | None]:
    """The flow, if there is nothing to say of it."""
    try:
        flow = parse(document, {row.code: row.axis for row in pack.posts.rows.values()})
        json.dumps(document)
    except FlowFault as fault:
        yield source.fault(fault.where, fault.zh, fault.en)
        return None
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        yield source.fault((), f"流程写法有误：{error}。", f"The flow is not written as it must be: {error}.")
        return None
    if "split" in document["steps"] and PART_CHANNEL not in pack.channels:
        yield source.fault(
            ("steps", "split"),
            f"拆分出的子案来自渠道“{PART_CHANNEL}”，channels.csv 中没有：请加上，或去掉这一步。",
            f"The parts of a split case come by the channel “{PART_CHANNEL}”, which channels.csv lacks: add it, or leave this "
            "step out.",
        )
        return None
    code = document.get("code")
    if not isinstance(code, str) or not 0 < len(code) <= 30:
        yield source.fault(
            ("code",), "流程须有代码，最多 30 个字符。", "The flow needs a code of at most 30 characters."
        )
        return None
    return flow


def _place(pack: Pack, area: str, source: Source) -> Faults:
    row = pack.areas.get(area)
    if area not in pack.areas:
        yield source.fault(
            (),
            f"区域“{area}”不在 areas.csv 中；文件名应为区域代码，请改名或删除。",
            f"Area “{area}” is not in areas.csv; the file is named by the code of its area: rename or remove it.",
        )
    elif row and not row.parent:
        yield source.fault(
            (),
            f"全市的流程写在 {FLOW} 中，请移到那里。",
            f"The flow of the whole city stands in {FLOW}; move it there.",
        )


def _disagreeing(source: Source, city: Flow, own: Flow, known: dict[KeyPath, Label]) -> Faults:
    """Whatever a list of the whole city asks of the city's flow. `known`: the labels of the flows read so far."""
    differing = list(_differing(city, own))
    for where, label in _labels(own):
        if known.setdefault(where, label) != label:
            differing.append(where)
    for where in differing:
        named = ".".join(map(str, where))
        yield source.fault(
            where,
            f"{named} 应与全市的流程（{FLOW}）或其他区域的相同，因为全市的列表不分区域；请删去这里的写法，或改成一样。",
            f"{named} must be as in the city's flow ({FLOW}) or in another area's, since lists of the whole city do not tell "
            "areas apart; remove it here or make it the same.",
        )


def _differing(city: Flow, own: Flow) -> Iterator[KeyPath]:
    """Tries of a callback, the words of supervision orders, the money of rewards."""
    if own.callback_tries != city.callback_tries:
        yield ("callback_tries",)
    for kind, rule in own.records.items():
        of_city = city.records.get(kind)
        if kind == "supervision":
            held = of_city.choices if of_city else {}
            for name in dict.fromkeys((*held, *rule.choices)):
                words, others = (
                    {c: one.label for c, one in r.get(name, {}).items()} for r in (rule.choices, held)
                )
                if words != others:
                    yield ("records", kind, "choices", name)
        for name in ("most", "budget") if kind == "reward" else ():
            if getattr(rule, name) != (getattr(of_city, name) if of_city else 0):
                yield ("records", kind, name)


def _labels(flow: Flow) -> Iterator[tuple[KeyPath, Label]]:
    """What a list shows of a case without asking for its flow: its states, and the stages in which a task may wait."""
    for state in flow.states.values():
        yield ("states", state.state.value), state.label
    for step in flow.steps.values():
        if step.task and not step.record:
            yield ("beside", step.code), step.label
    for kind, rule in flow.records.items():
        yield ("records", kind), rule.label
        for code, one in rule.states.items():
            yield ("records", kind, "states", code), one.label
