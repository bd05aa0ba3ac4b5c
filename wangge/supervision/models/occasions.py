# SPDX-License-Identifier: Apache-2.0
"""例会日程: regular line-and-block meetings and bulletins as they came round, and the matters raised for the meetings."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Occasion(models.Model):
    """One of a series, opened by the worker in time; never changed. Its minutes or bulletin is a paper that names it."""

    class Kind(models.TextChoices):
        REGULAR_MEETING = "regular_meeting", "条块例会"
        BULLETIN = "bulletin", "每周通报"

    series = models.CharField(max_length=30, help_text="code of the rule in oversight.yaml")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    planned_day = models.DateField(help_text="by the rule")
    day = models.DateField(help_text="the first work day from there on")
    units = ArrayField(models.CharField(max_length=50), default=list, help_text="called to the meeting")
    area_path = models.CharField(max_length=120, db_collation="C", help_text="of the area that holds it")
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "area_path", "planned_day"], name="supervision_occasion_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["regular_meeting", "bulletin"]), name="supervision_occasion_kind"
            ),
            models.CheckConstraint(
                condition=Q(planned_day__lte=models.F("day")), name="supervision_occasion_days"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="supervision_occasion_newest"),
            GinIndex(fields=["units"], name="supervision_occasion_units"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.day}"


class AgendaItem(models.Model):
    """A matter raised for a meeting. Until it is decided every later meeting of the series in its area has it: nothing
    is copied."""

    key = models.UUIDField(help_text="made by the page: the same form sent twice is one item")
    series = models.CharField(max_length=30)
    occasion = models.ForeignKey(
        Occasion,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="raised",
        help_text="first raised for",
    )
    text = models.CharField(max_length=500, help_text="no resident")
    case = models.ForeignKey(
        "cases.Case", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    raised_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    raised_at = models.DateTimeField()
    decided_in = models.ForeignKey(
        Occasion, null=True, on_delete=models.PROTECT, db_index=False, related_name="decided"
    )
    decided_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="supervision_agendaitem_once"),
            models.CheckConstraint(
                condition=Q(decided_in__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_in__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="supervision_agendaitem_decided",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["series", "id"], name="supervision_agendaitem_series")]

    def __str__(self) -> str:
        return f"{self.series} {self.pk}"
