# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a case. `report` opens one, `take` takes every further step; there is no third way.

The product itself, as nobody, does two things: `recompute` moves the deadlines that run when a calendar has changed,
`resume_due` lets the clock go on when a suspension ends.
"""

from wangge.cases.actions.by_itself import resume_due
from wangge.cases.actions.door import StepData, take
from wangge.cases.actions.in_bulk import recompute
from wangge.cases.actions.once import Taken
from wangge.cases.actions.report import report

__all__ = ["StepData", "Taken", "recompute", "report", "resume_due", "take"]
