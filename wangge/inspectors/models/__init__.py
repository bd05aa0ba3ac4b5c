# SPDX-License-Identifier: Apache-2.0
"""Inspectors' work: rules, grids and their rotation, sampling, ledger, feedback, daily reports."""

from wangge.inspectors.models.daily import DailyReport, ReportingDay, SettledCount
from wangge.inspectors.models.ledger import LedgerEntry, StaffFeedback
from wangge.inspectors.models.rotation import (
    GridDuty,
    InspectorRules,
    Reminded,
    RotationMove,
    RotationPlan,
)
from wangge.inspectors.models.sampling import Draw, Sample

__all__ = [
    "DailyReport", "Draw", "GridDuty", "InspectorRules", "LedgerEntry", "Reminded", "ReportingDay", "RotationMove",
    "RotationPlan", "Sample", "SettledCount", "StaffFeedback",
]  # fmt: skip
