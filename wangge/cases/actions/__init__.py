# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a case. `report` opens one, `take` takes every further step; there is no third way."""

from wangge.cases.actions.door import StepData, take
from wangge.cases.actions.once import Taken
from wangge.cases.actions.report import report

__all__ = ["StepData", "Taken", "report", "take"]
