# SPDX-License-Identifier: Apache-2.0
"""What is kept about the supervision of units."""

from wangge.supervision.models.campaigns import Campaign
from wangge.supervision.models.ladder import OversightVersion, Reached, Recurrence
from wangge.supervision.models.occasions import AgendaItem, Occasion
from wangge.supervision.models.orders import JointAnswer, OrderDetail, Sitting
from wangge.supervision.models.papers import Demand, DemandEntry, Paper, PaperCase, Redaction

__all__ = [
    "AgendaItem", "Campaign", "Demand", "DemandEntry", "JointAnswer", "Occasion", "OrderDetail", "OversightVersion", "Paper",
    "PaperCase", "Reached", "Recurrence", "Redaction", "Sitting",
]  # fmt: skip
