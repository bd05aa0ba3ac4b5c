# SPDX-License-Identifier: Apache-2.0
"""Reference data the loop works by, held in memory: flows, channels, the responsibility matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wangge.cases.flow import Flow, Label, StateRule
from wangge.cases.flow_document import build
from wangge.cases.models import ChannelVersion, FlowVersion
from wangge.cases.routing import Matrix, MatrixRow
from wangge.common.fresh import Fresh
from wangge.organizations.models import Responsibility


@dataclass(frozen=True)
class ChannelInfo:
    """`ended`: nothing is reported by it any more."""

    code: str
    name_zh: str
    name_en: str
    callback: bool
    external: bool
    ended: bool


def _load_flows() -> Mapping[str, Flow]:
    """By area, the city's first under "": two queries, and one for each version not known yet."""
    in_force = FlowVersion.objects.current().order_by("area").values_list("area", "pk")
    return {area: flow_by_id(pk) for area, pk in in_force}


@lru_cache(maxsize=200)
def flow_by_id(flow_id: int) -> Flow:
    """Any version of a flow; the content of a version never changes."""
    return build(FlowVersion.objects.get(pk=flow_id).document, flow_id=flow_id)


#: the flows in force by area; under "" the city's
flows = Fresh(_load_flows)


def current_flow() -> Flow:
    """The city's: what goes for every place without a flow of its own, and for every list of the whole city."""
    return flows()[""]


def flow_at(area_path: str) -> Flow:
    """What a case follows that is taken in at this place: the flow of the smallest area around it that has its own,
    else the city's. No query."""
    held = flows()
    around = reversed(area_path.strip("/").split("/")) if len(held) > 1 else ()
    return next((held[code] for code in around if code in held), held[""])


def stage_label(stage: str) -> Label | None:
    """What a stage is called in lists of the whole city (see Flow.label_of): the flows in force agree about those they
    share. None for one of an older flow."""
    for flow in flows().values():
        try:
            return flow.label_of(stage)
        except (KeyError, ValueError):
            continue
    return None


def states_in_use() -> list[StateRule]:
    """The states of the city's flow, then those that only areas have."""
    found: dict[str, StateRule] = {}
    for flow in flows().values():
        for rule in flow.states.values():
            found.setdefault(rule.state, rule)
    return list(found.values())


def _load_channels() -> dict[str, ChannelInfo]:
    newest = ChannelVersion.objects.order_by("code", "-valid_from", "-pk").distinct("code")
    rows = newest.values_list("code", "name_zh", "name_en", "callback", "external", "valid_to")
    return {
        code: ChannelInfo(code, zh, en, callback, external, ended_at is not None)
        for code, zh, en, callback, external, ended_at in rows
    }


def channels_in_force() -> dict[str, ChannelInfo]:
    """Those something is reported by now."""
    return {code: info for code, info in channels().items() if not info.ended}


def _load_matrix() -> Matrix:
    columns = (
        "id", "class_code", "place", "owner", "lead", "assist", "basis_zh", "basis_en", "first_day", "last_day"
    )  # fmt: skip
    rows: Any = Responsibility.objects.current().values(*columns).iterator()
    return Matrix(MatrixRow(**row | {"assist": tuple(row["assist"])}) for row in rows)


#: every channel there ever was, as it was called last: a case keeps its own
channels = Fresh(_load_channels)
matrix = Fresh(_load_matrix)
