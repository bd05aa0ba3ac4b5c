# SPDX-License-Identifier: Apache-2.0
"""上门检查: a visit to premises, answered by the checklist of their class. Nothing about residents."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Visit(models.Model):
    """One visit as recorded; never changed, but for its texts deleted. `failed`: the fields answered with no.

    `texts_gone_at`: its texts and photos went on time; `redacted_at`: its texts before that, because of what they told."""

    key = models.UUIDField(help_text="made by the page: the same form sent twice is one visit")
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    class_code = models.CharField(max_length=30)
    form = models.ForeignKey("catalog.Form", on_delete=models.PROTECT, db_index=False, related_name="+")
    place = models.CharField(max_length=200, help_text="the premises: name, door number")
    lon = models.FloatField(null=True, help_text="degrees, WGS84")
    lat = models.FloatField(null=True, help_text="degrees, WGS84")
    unit_grid = models.ForeignKey(
        "grids.Grid", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    area_path = models.CharField(max_length=120, db_collation="C")
    answers = models.JSONField(help_text="{field: text, number or boolean}")
    failed = ArrayField(models.CharField(max_length=100), default=list)
    redacted_at = models.DateTimeField(null=True, help_text="the place and the answers in words were deleted")
    redacted_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    redacted_why = models.CharField(max_length=300, blank=True)
    texts_gone_at = models.DateTimeField(null=True, help_text="its texts and photos were deleted on time")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key"], name="cases_visit_once")]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="cases_visit_newest"),
            models.Index(fields=["person", "-at", "-id"], name="cases_visit_own"),
            models.Index(fields=["at"], condition=models.Q(texts_gone_at=None), name="cases_visit_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.at:%Y-%m-%d}"


class VisitReport(models.Model):
    """A failing item of a visit (`field` of its checklist) that was reported as a case; once each."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="reports")
    field = models.CharField(max_length=100)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "field"], name="cases_visitreport_once")
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.field} {self.case_id}"
