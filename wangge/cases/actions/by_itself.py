# SPDX-License-Identifier: Apache-2.0
"""What happens to a case when a stored moment has come, and nobody does it."""

import logging
from datetime import datetime

from wangge.cases.actions.door import take_by_itself
from wangge.cases.models import SideRecord

log = logging.getLogger(__name__)


def resume_due(*, at: datetime) -> int:
    """Let the clocks of the cases go on whose suspension has ended by `at`; how many those were.

    Each in its own transaction, under its lock: safe to run twice, by two workers, or to be killed between two. One that
    cannot go on is logged, tried again the next time, and keeps no other waiting.
    """
    ended = SideRecord.objects.filter(kind="suspension", ended_at=None, until__lte=at)
    cases = ended.order_by("until").values_list("case_id", flat=True)
    return sum(_resumed(case, at) for case in list(cases))


def _resumed(case: int, at: datetime) -> bool:
    try:
        return take_by_itself("resume", case, at=at)
    except Exception:  # whatever it is, it is this case's alone
        log.exception("the suspension of case %s has ended, but the case could not be resumed", case)
        return False
