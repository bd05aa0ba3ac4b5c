# SPDX-License-Identifier: Apache-2.0
"""台账: wrong and missed reports and public feedback, with what they entail; appraisal of the post, deleted on time."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wangge.cases.models import Case
from wangge.inspectors.models.rotation import InspectorRules
from wangge.inspectors.models.sampling import Sample


class StaffFeedback(models.Model):
    """社会监督: a complaint or praise about the work of the people of a unit, in a case or at large. Who gave it is kept
    nowhere."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", "投诉"
        PRAISE = "praise", "表扬"

    KINDS_EN: ClassVar = {"complaint": "complaint", "praise": "praise"}

    kind = models.CharField(max_length=10, choices=Kind.choices)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.CharField(
        max_length=50, help_text="code: whose work it is about; of a case alone its squad"
    )
    area_path = models.CharField(max_length=120, db_collation="C")
    text = models.TextField()
    taken_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    taken_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="none in a year without calendar data")
    reminded_at = models.DateTimeField(null=True, help_text="who answers was reminded that it is due")
    upheld = models.BooleanField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    delete_on = models.DateField()
    key = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="inspectors_feedback_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["complaint", "praise"]), name="inspectors_feedback_kind"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, upheld__isnull=True)
                | Q(answered_by__isnull=False, upheld__isnull=False),
                name="inspectors_feedback_answered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-taken_at", "-id"], name="inspectors_feedback_newest"),
            models.Index(fields=["delete_on"], name="inspectors_feedback_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit}"


class LedgerEntry(models.Model):
    """One entry about an inspector, by the rules in force then; it stands unless an appeal is granted."""

    class Kind(models.TextChoices):
        WRONG = "wrong_report", "错报"
        MISSED = "missed_report", "漏报"
        COMPLAINT = "complaint", "投诉属实"
        PRAISE = "praise", "表扬"

    class State(models.TextChoices):
        STANDING = "standing", "已记录"
        APPEALED = "appealed", "申诉中"
        CONFIRMED = "confirmed", "申诉不成立，维持"
        CANCELLED = "cancelled", "申诉成立，已取消"

    KINDS_EN: ClassVar = {
        "wrong_report": "wrong report", "missed_report": "missed report", "complaint": "complaint upheld",
        "praise": "praise",
    }  # fmt: skip
    STATES_EN: ClassVar = {
        "standing": "entered", "appealed": "under appeal", "confirmed": "appeal refused, stands",
        "cancelled": "appeal upheld, cancelled",
    }  # fmt: skip

    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    squad = models.CharField(max_length=50)
    area_path = models.CharField(max_length=120, db_collation="C")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    sample = models.OneToOneField(Sample, null=True, on_delete=models.PROTECT, related_name="entry")
    feedback = models.OneToOneField(StaffFeedback, null=True, on_delete=models.PROTECT, related_name="entry")
    reason = models.TextField()
    rules = models.ForeignKey(InspectorRules, on_delete=models.PROTECT, db_index=False)
    entered_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField()
    appeal_until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDING)
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)
    ruled_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    ruled_at = models.DateTimeField(null=True)
    delete_on = models.DateField()
    key = models.UUIDField(null=True, help_text="of an entry made on its own page")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="inspectors_entry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["wrong_report", "missed_report", "complaint", "praise"]),
                name="inspectors_entry_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["standing", "appealed"], ruled_by__isnull=True)
                | Q(state__in=["confirmed", "cancelled"], ruled_by__isnull=False),
                name="inspectors_entry_state",
            ),
            models.CheckConstraint(
                condition=~Q(entered_by=F("person"))
                & (Q(ruled_by__isnull=True) | (~Q(ruled_by=F("entered_by")) & ~Q(ruled_by=F("person")))),
                name="inspectors_entry_two_people",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-entered_at", "-id"], name="inspectors_entry_person"),
            models.Index(fields=["-entered_at", "-id"], name="inspectors_entry_newest"),
            models.Index(fields=["delete_on"], name="inspectors_entry_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.state}"
