# SPDX-License-Identifier: Apache-2.0
"""The record of cases."""

from wangge.cases.models.call import Call, CallbackTry, Contact, ContactReading, HotlineRule
from wangge.cases.models.case import Case, Channel, ChannelVersion, FlowVersion, Origin
from wangge.cases.models.record import CaseLink, CaseText, FilledForm, IdempotencyKey, LogEntry, Photo
from wangge.cases.models.side import SideRecord
from wangge.cases.models.visit import Visit, VisitReport
from wangge.cases.models.work import Dispatch, Task

__all__ = [
    "Call", "CallbackTry", "Case", "CaseLink", "CaseText", "Channel", "ChannelVersion", "Contact",
    "ContactReading", "Dispatch", "FilledForm", "FlowVersion", "HotlineRule", "IdempotencyKey", "LogEntry", "Origin", "Photo",
    "SideRecord", "Task", "Visit", "VisitReport",
]  # fmt: skip
