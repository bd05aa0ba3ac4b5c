# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from procrastinate.contrib.django import app

from wangge.common.clock import now
from wangge.exchange.models import ApiUse

KEPT_USE = timedelta(days=1)  # a limit looks back one minute


@app.periodic(cron="42 * * * *")
@app.task(queueing_lock="exchange.purge_use")
def purge_use(timestamp: int) -> None:
    """Hourly: old counters of API keys go."""
    ApiUse.objects.filter(minute__lt=now() - KEPT_USE).delete()
