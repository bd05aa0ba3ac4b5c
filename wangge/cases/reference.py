# SPDX-License-Identifier: Apache-2.0
"""Reference data the loop works by, held in memory: flows, channels, the responsibility matrix."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wangge.cases.flow import Flow
from wangge.cases.flow_document import build
from wangge.cases.models import Channel, FlowVersion
from wangge.cases.routing import Matrix, MatrixRow
from wangge.common.fresh import Fresh
from wangge.organizations.models import Responsibility


@dataclass(frozen=True)
class ChannelInfo:
    code: str
    name_zh: str
    name_en: str
    callback: bool
    external: bool


def _load_flow() -> Flow:
    row = FlowVersion.objects.get(valid_to__isnull=True)
    return flow_by_id(row.pk)


@lru_cache(maxsize=100)
def flow_by_id(flow_id: int) -> Flow:
    """Any version of a flow; the content of a version never changes."""
    return build(FlowVersion.objects.get(pk=flow_id).document, flow_id=flow_id)


def _load_channels() -> dict[str, ChannelInfo]:
    rows = Channel.objects.values_list("code", "name_zh", "name_en", "callback", "external")
    return {row[0]: ChannelInfo(*row) for row in rows}


def _load_matrix() -> Matrix:
    columns = (
        "id", "class_code", "place", "owner", "lead", "assist", "basis_zh", "basis_en", "first_day", "last_day"
    )  # fmt: skip
    rows: Any = Responsibility.objects.current().values(*columns).iterator()
    return Matrix(MatrixRow(**row | {"assist": tuple(row["assist"])}) for row in rows)


current_flow = Fresh(_load_flow)
channels = Fresh(_load_channels)
matrix = Fresh(_load_matrix)
