# SPDX-License-Identifier: Apache-2.0
"""What happens to a case when a stored moment has come, and nobody does it."""

from datetime import datetime

from wangge.cases.actions.door import take_by_itself
from wangge.cases.models import SideRecord


def resume_due(*, at: datetime) -> int:
    """Let the clocks of the cases go on whose suspension has ended by `at`; how many those were.

    Each in its own transaction, under its lock: safe to run twice, by two workers, or to be killed between two.
    """
    ended = SideRecord.objects.filter(kind="suspension", ended_at=None, until__lte=at)
    cases = ended.order_by("until").values_list("case_id", flat=True)
    return sum(take_by_itself("resume", case, at=at) for case in list(cases))
