# SPDX-License-Identifier: Apache-2.0
"""办理经过: the append-only log, the redactable texts beside it, photos, links and idempotency keys."""

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from wangge.cases.models.case import Case, Origin


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    def of(self, case: Case) -> Self:
        """The entries of a case. None was recorded before the case was reported: older partitions are left out."""
        return self.filter(case=case, recorded_at__gte=case.reported_at)

    def standing(self) -> Self:
        """Without the steps that a correction took back."""
        corrections = LogEntry.objects.filter(
            case=OuterRef("case"), recorded_at__gte=OuterRef("recorded_at"), step="correct"
        ).annotate(took_back=Cast(KeyTextTransform("taken_back", "data"), models.PositiveIntegerField()))
        return self.exclude(Exists(corrections.filter(took_back=OuterRef("seq"))))


class LogEntry(models.Model):
    """One step of one case: ids, codes and digests only. Month partitions by `recorded_at`; no update, no delete."""

    pk = models.CompositePrimaryKey("case_id", "seq", "recorded_at")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="log")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=30)
    result = models.CharField(max_length=30, blank=True)
    from_state = models.CharField(max_length=15)
    to_state = models.CharField(max_length=15)
    actor = models.ForeignKey("organizations.Person", null=True, on_delete=models.PROTECT, db_index=False)
    post = models.CharField(max_length=30)
    hand = models.CharField(max_length=10)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    at = models.DateTimeField(help_text="when it happened")
    recorded_at = models.DateTimeField(help_text="when the server recorded it; never before `at`")
    data = models.JSONField(help_text="ids, codes, digests of texts and photos")
    digest = models.BinaryField()

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        managed = False  # partitioned: made by SQL in the first migration
        db_table = "cases_logentry"

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.step}"


class CaseText(models.Model):
    """Free text of a case. Redaction empties `text` and `salt`; the chained digest stays true."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="texts")
    seq = models.PositiveIntegerField()
    field = models.CharField(max_length=20)
    text = models.TextField(null=True)
    salt = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq", "field"], name="cases_casetext_once"),
            models.CheckConstraint(
                condition=Q(text__isnull=True, salt__isnull=True) | Q(text__isnull=False, salt__isnull=False),
                name="cases_casetext_redacted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.field}"


class FilledForm(models.Model):
    """The answers to a form of the case's class, given with a step. Redaction empties `answers` and `salt`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="filled_forms")
    seq = models.PositiveIntegerField()
    form = models.ForeignKey("catalog.Form", on_delete=models.PROTECT, db_index=False, related_name="+")
    answers = models.JSONField(null=True, help_text="{field: text, number or boolean}")
    salt = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="cases_filledform_once"),
            models.CheckConstraint(
                condition=Q(answers__isnull=True, salt__isnull=True)
                | Q(answers__isnull=False, salt__isnull=False),
                name="cases_filledform_redacted_whole",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["answers"], opclasses=["jsonb_path_ops"], name="cases_filledform_answers")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq}"


class Photo(models.Model):
    """A re-encoded picture without metadata; attached to one step of one case, or to a visit, or waiting to be."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="photos")
    seq = models.PositiveIntegerField(null=True)
    visit = models.ForeignKey(
        "cases.Visit", null=True, on_delete=models.PROTECT, db_index=False, related_name="photos"
    )
    file = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="bytes")
    uploaded_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["uploaded_at"],
                condition=Q(case__isnull=True, visit__isnull=True),
                name="cases_photo_waiting",
            ),
            models.Index(fields=["visit"], condition=Q(visit__isnull=False), name="cases_photo_visit"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CaseLink(models.Model):
    """Two cases held to be about the same matter; `unlinked_at`: somebody found they are not."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="linked_from")
    linked_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    linked_at = models.DateTimeField()
    unlinked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "other"], name="cases_caselink_once"),
            models.CheckConstraint(condition=~Q(case=models.F("other")), name="cases_caselink_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.other_id}"


class IdempotencyKey(models.Model):
    """A key a sender made: the same key gives the first result again. Unpartitioned, so unique for good."""

    key = models.UUIDField(primary_key=True)
    actor = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    request_digest = models.CharField(max_length=64)
    case_id = models.BigIntegerField(null=True)
    seq = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="cases_idempotency_age")]

    def __str__(self) -> str:
        return str(self.key)
