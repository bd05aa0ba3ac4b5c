# SPDX-License-Identifier: Apache-2.0
"""零报告: what a unit reports for a day. A correction is another version; the first stays."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class DailyReport(models.Model):
    """For one day of the city: `found` matters reported up (0 = zero report). Append-only."""

    unit = models.CharField(max_length=50)
    day = models.DateField()
    version = models.PositiveSmallIntegerField(help_text="1 = the first")
    found = models.PositiveIntegerField()
    late = models.BooleanField(help_text="after the time of day of the rules")
    filed_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    filed_at = models.DateTimeField()
    key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day", "version"], name="inspectors_daily_version"),
            models.UniqueConstraint(fields=["key"], name="inspectors_daily_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="inspectors_daily_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day} {self.found}"


class SettledCount(models.Model):
    """Matters of a class settled in a grid and not reported up: a count, nothing else. Append-only."""

    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, db_index=False, related_name="settled")
    grid = models.CharField(max_length=30)
    class_code = models.CharField(max_length=30)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "grid", "class_code"], name="inspectors_settled_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="inspectors_settled_some"),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.class_code} {self.count}"


class ReportingDay(models.Model):
    """A day whose missing reports were reminded of: once, however many workers look."""

    day = models.DateField(primary_key=True)
    reminded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)
