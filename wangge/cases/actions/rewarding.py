# SPDX-License-Identifier: Apache-2.0
"""隐患奖励: proposed for a case that has ended, granted within the budget of the year, paid, or withdrawn before.

Who gets it stands in the record as an id: `payee` = the member of staff who reported the case, `payee_call` = the call of
whoever did. Their name and number are where they were, sealed, and go on time: see `contacts_due`.
"""

from django.db import connection

from wangge.cases.access import of_staff
from wangge.cases.actions.side_records import open_record, tell_asker, turn_record
from wangge.cases.actions.work import Work
from wangge.cases.models import Call, Case
from wangge.cases.queries.rewards import budget_of
from wangge.cases.reward_errors import BudgetSpent, NoPayee, RewardOutOfRange
from wangge.grids.queries import city


def propose_reward(work: Work) -> None:
    amount, most = work.data.amount or 0, work.flow.records["reward"].most
    if not 1 <= amount <= most:
        raise RewardOutOfRange(most=most)
    work.facts["yuan"] = amount
    open_record(work, unit=work.held.unit, amount=amount, facts=_payee(work.case))


def _payee(case: Case) -> dict[str, int]:
    """Whoever of the staff reported it themselves; else of those who called and left a name or number whoever's call
    opened the case, or was the first about it. Raises NoPayee."""
    if of_staff(case) and case.reporter_id is not None:
        return {"payee": case.reporter_id}
    calls = (
        Call.objects.filter(case=case.pk, contact__isnull=False).order_by("pk").values_list("pk", "outcome")
    )
    opened = [pk for pk, outcome in calls if outcome == Call.Outcome.REPORTED]
    if not calls:
        raise NoPayee
    return {"payee_call": next(iter(opened), calls[0][0])}


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
    _tell_payee(work, "rewarded")


def withdraw_reward(work: Work) -> None:
    """Before it is paid, by a second person: the budget has it back."""
    assert work.record
    work.facts["yuan"] = work.record.amount
    turn_record(work, "withdrawn")
    tell_asker(work, "reward_withdrawn")
    _tell_payee(work, "reward_withdrawn")


def _tell_payee(work: Work, template: str) -> None:
    """One of the staff who gets it, and has not heard of it as whoever asked; who took a call in gets nothing."""
    assert work.record
    payee = work.record.facts.get("payee")
    if payee and payee != work.record.opened_by:
        work.tell((payee,), template)
