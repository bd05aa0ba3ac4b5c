# SPDX-License-Identifier: Apache-2.0
"""What runs beside the line of a case: requests with their rulings, orders, appeals, rewards: see flow.RECORD_STEPS."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangge.cases.flow import RECORD_STEPS, SEVERAL
from wangge.cases.models.case import Case


class SideRecord(models.Model):
    """旁支程序: one row a procedure; its steps are entries of the case's log, its reasons their texts."""

    class Ruling(models.TextChoices):
        NONE = "", "—"
        GRANTED = "granted", "准予"
        REFUSED = "refused", "不准"
        FINAL = "final", "终裁不准"
        LAPSED = "lapsed", "自行终止"
        WITHDRAWN = "withdrawn", "撤销"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="side_records")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20, help_text="a state of its kind in the flow of the case")
    seq = models.PositiveIntegerField(help_text="log entry that opened it")
    unit = models.CharField(max_length=50, help_text="that asks, or that it is addressed to")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    ruling = models.CharField(max_length=10, choices=Ruling.choices, blank=True, default="")
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    amount = models.PositiveIntegerField(
        null=True, help_text="of an extension units of the norm's clock, of a reward yuan"
    )
    until = models.DateTimeField(null=True, help_text="when a suspension ends by itself")
    facts = models.JSONField(default=dict, help_text="codes: what was chosen, what is right; no free text")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(ended_at__isnull=True) & ~Q(kind__in=SEVERAL),
                name="cases_siderecord_one_open",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "unit"],
                condition=Q(ended_at__isnull=True, kind__in=SEVERAL),
                name="cases_siderecord_one_open_a_unit",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(RECORD_STEPS)), name="cases_siderecord_kind"),
            models.CheckConstraint(
                condition=Q(ruling__in=["", "granted", "refused", "final", "lapsed", "withdrawn"]),
                name="cases_siderecord_ruling",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["until"],
                condition=Q(kind="suspension", ended_at__isnull=True),
                name="cases_siderecord_resume",
            ),
            models.Index(
                fields=["kind", "-opened_at", "-id"],
                condition=Q(ended_at__isnull=True),
                name="cases_siderecord_open",
            ),
            models.Index(fields=["kind", "-opened_at", "-id"], name="cases_siderecord_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.state}"
