# SPDX-License-Identifier: Apache-2.0
"""专项行动: a period, areas and classes looked at together."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Campaign(models.Model):
    """What it finds and handles is counted from the cases and visits of its classes, areas and days."""

    key = models.UUIDField(help_text="made by the page: the same form sent twice is one campaign")
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    areas = ArrayField(models.CharField(max_length=20), help_text="codes; with all below them")
    classes = ArrayField(models.CharField(max_length=30), help_text="codes; with all below them")
    checklist = models.CharField(
        max_length=30, blank=True, help_text="class whose checklist of visits is its own"
    )
    area_path = models.CharField(max_length=120, db_collation="C", help_text="of whoever set it up")
    set_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="supervision_campaign_once"),
            models.CheckConstraint(
                condition=Q(first_day__lte=models.F("last_day")), name="supervision_campaign_days"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-set_at", "-id"], name="supervision_campaign_newest")]

    def __str__(self) -> str:
        return self.title
