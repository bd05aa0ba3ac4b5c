# SPDX-License-Identifier: Apache-2.0
"""The rules in versions; the rungs reached, each once; matters that come again and again."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.common.ordered import OrderedJSONField
from wangge.common.versions import Versioned, one_in_force


class OversightVersion(Versioned):
    """oversight.yaml as loaded."""

    code = models.CharField(max_length=30)
    document = OrderedJSONField()

    class Meta:
        constraints = [one_in_force("supervision_version_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.document.get('version')}"


class Reached(models.Model):
    """A rung of the ladder that a deadline has reached. Written once, whoever sweeps, and never changed.

    `task_id` 0 = the clock of the case. The due moment stands for the round: a deadline that was moved (a new round, an
    extension, a suspension that ended) is another one, and who keeps it is reminded of it again.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "提醒"
        URGING = "urging", "催办"
        ORDER = "order", "建议督办"
        ATTENTION = "attention", "提请关注"

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, db_index=False, related_name="+")
    task_id = models.BigIntegerField()
    rung = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = models.CharField(max_length=50, blank=True, help_text="the lead unit then")
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "task_id", "due_at", "rung"], name="supervision_reached_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["reminder", "urging", "order", "attention"]),
                name="supervision_reached_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-at", "-id"],
                condition=Q(kind__in=["order", "attention"]),
                name="supervision_brought_up",
            ),
            models.Index(fields=["unit", "-at"], name="supervision_reached_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rung}"


class Recurrence(models.Model):
    """同一事项重复反映: as found at the last look; a list made anew, not a record."""

    class_code = models.CharField(max_length=30)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, db_index=False, related_name="+")
    cases = ArrayField(models.BigIntegerField(), help_text="newest first, `case` the first")
    area_path = models.CharField(max_length=120, db_collation="C")
    unit = models.CharField(max_length=50, blank=True)
    times = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case"], name="supervision_recurrence_once")]
        indexes: ClassVar = [
            models.Index(fields=["area_path", "-times", "-id"], name="supervision_recurrence_area")
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.times}"
