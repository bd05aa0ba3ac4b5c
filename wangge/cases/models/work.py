# SPDX-License-Identifier: Apache-2.0
"""Who has the case now: tasks with stage deadlines, dispatches to units."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangge.cases.models.case import Case


class Task(models.Model):
    """What waits for a post (or a person) in a state, by when.

    `stage` is the state, the code of a step beside the line, or `kind.state` of a side record.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    stage = models.CharField(max_length=30)
    post = models.CharField(max_length=30)
    unit_path = models.CharField(max_length=200, blank=True, db_collation="C")
    area_path = models.CharField(max_length=120, db_collation="C")
    assignee = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="tasks"
    )
    opened_at = models.DateTimeField()
    yellow_at = models.DateTimeField(null=True, help_text="the light turns yellow; red at `due_at`")
    due_at = models.DateTimeField(null=True)
    limit_value = models.PositiveIntegerField(null=True)
    limit_clock = models.CharField(max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    closed_seq = models.PositiveIntegerField(null=True, help_text="log entry that closed it")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "stage", "unit_path"],
                condition=Q(closed_at__isnull=True),
                name="cases_task_one_open",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["post", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_task_open_post",
            ),
            models.Index(
                fields=["post", "unit_path", "area_path"],
                condition=Q(closed_at__isnull=True),
                name="cases_task_open_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"


class Dispatch(models.Model):
    """A case given to a unit, as lead or assisting; the used time stays with the unit that returned it."""

    class Role(models.TextChoices):
        LEAD = "lead", "主办"
        ASSIST = "assist", "协办"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="dispatches")
    seq = models.PositiveIntegerField(help_text="log entry of the dispatch")
    role = models.CharField(max_length=10, choices=Role.choices)
    unit = models.CharField(max_length=50)
    unit_path = models.CharField(max_length=200, db_collation="C")
    dispatched_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="returned, escalated, voided or the case ended")
    used_seconds = models.PositiveIntegerField(
        null=True, help_text="on the clock of the norm, dispatch to end"
    )
    mistaken = models.BooleanField(
        default=False, db_default=False, help_text="taken back by a correction: charged to nobody"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq", "unit"], name="cases_dispatch_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True, role="lead"),
                name="cases_dispatch_one_lead",
            ),
            models.CheckConstraint(condition=Q(role__in=["lead", "assist"]), name="cases_dispatch_role"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit_path", "case"], name="cases_dispatch_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role} {self.unit}"
