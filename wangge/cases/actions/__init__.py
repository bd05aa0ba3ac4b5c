# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a case. `report` opens one, `take` takes every further step; there is no third way.

The product itself, as nobody, does one thing: `recompute` moves the deadlines that run when a calendar has changed.
"""

from wangge.cases.actions.door import StepData, take
from wangge.cases.actions.in_bulk import recompute
from wangge.cases.actions.once import Taken
from wangge.cases.actions.report import report

__all__ = ["StepData", "Taken", "recompute", "report", "take"]
