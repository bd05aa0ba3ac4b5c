# SPDX-License-Identifier: Apache-2.0
"""The record of cases."""

from wangge.cases.models.case import Case, Channel, FlowVersion, Origin
from wangge.cases.models.record import CaseLink, CaseText, IdempotencyKey, LogEntry, Photo
from wangge.cases.models.work import Dispatch, Task, UnitRequest

__all__ = [
    "Case", "CaseLink", "CaseText", "Channel", "Dispatch", "FlowVersion", "IdempotencyKey", "LogEntry", "Origin",
    "Photo", "Task", "UnitRequest",
]  # fmt: skip
