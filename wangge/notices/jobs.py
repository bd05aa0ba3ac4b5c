# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app

from wangge.common.clock import now
from wangge.grids.queries import NoCity
from wangge.notices.actions import announce_calendar_end


@app.periodic(cron="12 * * * *")
@app.task(queueing_lock="notices.tell_calendar_ending")
def tell_calendar_ending(timestamp: int) -> None:
    """Hourly: a calendar about to end is told to its administrators, once."""
    try:
        announce_calendar_end(at=now())
    except NoCity:
        return  # nothing loaded yet
