# SPDX-License-Identifier: Apache-2.0
"""抽查: draws by rule and seed, and the cases drawn, each looked at again once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangge.cases.models import Case
from wangge.inspectors.models.rotation import InspectorRules


class Draw(models.Model):
    """One draw: the same rules, period and seed give the same cases. Days of the city, both included."""

    since = models.DateField()
    until = models.DateField()
    area_path = models.CharField(max_length=120, db_collation="C")
    seed = models.CharField(max_length=40)
    rules = models.ForeignKey(InspectorRules, on_delete=models.PROTECT, db_index=False)
    counts = models.JSONField(help_text="{kind: {squad: [cases of the period, drawn]}}")
    due_day = models.DateField()
    reminded_at = models.DateTimeField(
        null=True, help_text="who may look again was reminded that the day comes"
    )
    drawn_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    drawn_at = models.DateTimeField()
    delete_on = models.DateField()
    key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="inspectors_draw_once"),
            models.CheckConstraint(condition=Q(since__lte=models.F("until")), name="inspectors_draw_days"),
        ]

    def __str__(self) -> str:
        return f"{self.since} {self.until} {self.seed}"


class Sample(models.Model):
    """A case drawn. `inspector`: whose work is looked at again, theirs who reported it, else the last inspector's in the
    case's log; once a fault was found, whose step it was."""

    class Kind(models.TextChoices):
        CLOSED = "closed", "已结案"
        SIMPLE = "simple", "简易案件"
        REJECTED = "rejected", "核实后未立案"

    class Result(models.TextChoices):
        NONE = "", "待复查"
        AGREED = "agreed", "相符"
        WRONG = "wrong_report", "错报"
        MISSED = "missed_report", "漏报"

    KINDS_EN: ClassVar = {
        "closed": "closed",
        "simple": "simple case",
        "rejected": "rejected after verification",
    }
    RESULTS_EN: ClassVar = {
        "": "to be looked at", "agreed": "agreed", "wrong_report": "wrong report", "missed_report": "missed report",
    }  # fmt: skip

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, db_index=False, related_name="samples")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    squad = models.CharField(max_length=50)
    inspector = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    result = models.CharField(max_length=15, choices=Result.choices, blank=True)
    reason = models.TextField(blank=True)
    found = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, db_index=False, related_name="+",
        help_text="the case a missed matter was reported as",
    )  # fmt: skip
    rechecked_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    rechecked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "case"], name="inspectors_sample_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["closed", "simple", "rejected"]), name="inspectors_sample_kind"
            ),
            models.CheckConstraint(
                condition=Q(result="", rechecked_by__isnull=True)
                | Q(result__in=["agreed", "wrong_report", "missed_report"], rechecked_by__isnull=False),
                name="inspectors_sample_result",
            ),
            models.CheckConstraint(
                condition=Q(inspector__isnull=True)
                | Q(rechecked_by__isnull=True)
                | ~Q(inspector=models.F("rechecked_by")),
                name="inspectors_sample_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.case_id} {self.result}"
