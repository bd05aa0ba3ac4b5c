# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app

from wangge.common.clock import now
from wangge.grids.queries import NoCity
from wangge.inspectors.actions.entering import purge
from wangge.inspectors.actions.planning import compute_waiting
from wangge.inspectors.actions.plans import apply_due
from wangge.inspectors.actions.reminding import (
    remind_of_draws,
    remind_of_feedback,
    remind_of_rechecks,
    remind_of_turns,
)
from wangge.inspectors.actions.reporting import remind
from wangge.inspectors.errors import NoRules
from wangge.inspectors.reference import local_day


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="inspectors.compute_plans")
def compute_plans(timestamp: int) -> None:
    """Every minute: rotation plans that were asked for are computed."""
    try:
        compute_waiting(now())
    except (NoCity, NoRules):
        return  # nothing loaded yet


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="inspectors.apply_plans")
def apply_plans(timestamp: int) -> None:
    """Every five minutes: approved plans whose day has come are put in force."""
    try:
        apply_due(now())
    except NoCity:
        return


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="inspectors.remind_of_reports")
def remind_of_reports(timestamp: int) -> None:
    """Every five minutes: once a day the units whose report is missing are reminded."""
    try:
        remind(now())
    except (NoCity, NoRules):
        return


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="inspectors.remind_of_what_is_due")
def remind_of_what_is_due(timestamp: int) -> None:
    """Hourly: re-checks and feedback due within a day, turns of rotation and a month's draw that are due, once each."""
    try:
        for remind_once in (remind_of_rechecks, remind_of_feedback, remind_of_turns, remind_of_draws):
            remind_once(now())
    except (NoCity, NoRules):
        return


@app.periodic(cron="47 * * * *")
@app.task(queueing_lock="inspectors.purge_ledger")
def purge_ledger(timestamp: int) -> None:
    """Hourly: entries, samples and feedback that are kept no longer go."""
    try:
        purge(local_day(now()))
    except NoCity:
        return
