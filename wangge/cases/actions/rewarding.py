# SPDX-License-Identifier: Apache-2.0
"""隐患奖励: proposed for a case that has ended, granted within the budget of the year, paid."""

from django.db import connection

from wangge.cases.actions.side_records import open_record, tell_asker, turn_record
from wangge.cases.actions.work import Work
from wangge.cases.errors import BudgetSpent, RewardOutOfRange
from wangge.cases.queries.rewards import budget_of
from wangge.grids.queries import city


def propose_reward(work: Work) -> None:
    amount, most = work.data.amount or 0, work.flow.records["reward"].most
    if not 1 <= amount <= most:
        raise RewardOutOfRange(most=most)
    work.facts["yuan"] = amount
    open_record(work, unit=work.held.unit, amount=amount)


def grant_reward(work: Work) -> None:
    """Within the year's budget: whoever grants meanwhile waits."""
    assert work.record and work.record.amount
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.rewards'))")
    year = work.recorded_at.astimezone(city().zone).year
    left = budget_of(year).left
    if work.record.amount > left:
        raise BudgetSpent(left=left, year=year)
    work.facts["yuan"] = work.record.amount
    turn_record(work, "granted")
    tell_asker(work, "record_granted")
    if work.case.reporter_id and work.case.reporter_id != work.record.opened_by:
        work.tell((work.case.reporter_id,), "rewarded")
