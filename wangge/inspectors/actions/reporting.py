# SPDX-License-Identifier: Apache-2.0
"""零报告: a unit's report of a day, corrected by another version; the reminder of those that are missing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from wangge.catalog.queries import catalog
from wangge.grids.queries import city
from wangge.inspectors.daily import due_moment, grids_of, reporting_units, units_filed_by
from wangge.inspectors.errors import CountWrong, DayClosed, NotYourUnit, ReportedMeanwhile, SettledWrong
from wangge.inspectors.models import DailyReport, ReportingDay, SettledCount
from wangge.inspectors.reference import current_rules, first_day, local_day
from wangge.inspectors.texts import person_of, sent_once
from wangge.notices.actions import tell
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, UnitInfo, directory

MOST = 100_000
DAY = timedelta(days=1)
Settled = Sequence[tuple[str, str, int]]


def file_report(
    unit: str,
    day: date,
    found: int,
    *,
    settled: Settled = (),
    seen: int = 0,
    actor: Actor,
    at: datetime,
    key: UUID,
) -> DailyReport:
    """The report of a unit for a day of the city: `found` matters reported up, 0 = zero report; `settled`: (grid, class,
    count) of what was settled in the grid. A later one corrects it and keeps the first.

    `seen`: the newest version the page showed. Sent again with the same `key`, the first. Raises NotYourUnit, DayClosed,
    CountWrong, SettledWrong, ReportedMeanwhile.
    """
    require(actor, Permission.DAILY_REPORT_FILE)
    mine = next((one for one in units_filed_by(actor) if one.code == unit), None)
    if mine is None:
        raise NotYourUnit
    days, today = current_rules().rules.zero_report.correct_days, local_day(at)
    if not max(today - days * DAY, first_day()) <= day <= today:
        raise DayClosed(day=day.isoformat(), days=days)
    if not 0 <= found <= MOST:
        raise CountWrong(most=MOST)
    _check_settled(settled, mine)
    report = DailyReport(
        unit=unit, day=day, version=seen + 1, found=found, late=at >= due_moment(day),
        filed_by_id=person_of(actor), filed_at=at, key=key,
    )  # fmt: skip
    try:
        return sent_once(
            DailyReport.objects.all(), key, lambda: _filed(report, settled),
            unit=unit, day=day, found=found, filed_by_id=actor.person_id,
        )  # fmt: skip
    except IntegrityError:
        raise ReportedMeanwhile from None


def _filed(report: DailyReport, settled: Settled) -> DailyReport:
    report.save(force_insert=True)
    SettledCount.objects.bulk_create(
        SettledCount(report=report, grid=grid, class_code=code, count=count) for grid, code, count in settled
    )
    return report


def _check_settled(settled: Settled, unit: UnitInfo) -> None:
    grids, classes, named = set(grids_of(unit)) if settled else set(), catalog().classes, set()
    for line, (grid, code, count) in enumerate(settled, start=1):
        if grid not in grids or code not in classes or not 0 < count <= MOST or (grid, code) in named:
            raise SettledWrong(line=line)
        named.add((grid, code))


def remind(at: datetime) -> int:
    """From the time of the rules on, tell whoever may file that their unit's report of today is missing: once a day,
    however many workers ask. How many people were told."""
    rule, local = current_rules().rules.zero_report, at.astimezone(city().zone)
    if not rule.remind_time <= local.time() < rule.due_time:
        return 0
    day = local.date()
    with transaction.atomic():
        _, first = ReportingDay.objects.get_or_create(day=day, defaults={"reminded_at": at})
        if not first:
            return 0
        filed = set(DailyReport.objects.filter(day=day).values_list("unit", flat=True))
        facts: dict[int, dict[str, str]] = {}
        lacking = {unit.code for unit in reporting_units()} - filed
        for person in directory().people:
            for held in directory().held_with(directory().actor(person), Permission.DAILY_REPORT_FILE):
                if held.unit in lacking:
                    facts[person] = {"unit": held.unit, "day": day.isoformat(), "due": rule.due}
        tell(facts, "daily_report_missing", at=at)
    return len(facts)
