# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app

from wangge.common.clock import now
from wangge.supervision.actions.occasions import open_occasions
from wangge.supervision.actions.papers import date_demands
from wangge.supervision.recurrences import find_recurrences
from wangge.supervision.reference import NoOversight, oversight
from wangge.supervision.sweep import sweep, urge_demands


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="supervision.sweep")
def climb(timestamp: int) -> None:
    """Every five minutes: rungs reached since the last time, and answers that are overdue."""
    try:
        sweep(oversight(), at=now())
        date_demands()
    except NoOversight:
        return
    urge_demands(at=now())


@app.periodic(cron="42 * * * *")
@app.task(queueing_lock="supervision.recurrences")
def look_for_recurrences(timestamp: int) -> None:
    """Hourly: the matters that came again and again."""
    try:
        find_recurrences(oversight().repeats, at=now())
    except NoOversight:
        return


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="supervision.occasions")
def open_what_comes_round(timestamp: int) -> None:
    """Hourly: regular meetings and bulletins whose time has come."""
    try:
        open_occasions(oversight(), at=now())
    except NoOversight:
        return
