# SPDX-License-Identifier: Apache-2.0
"""文书: bulletins, minutes, notices of accountability, inspections; the cases they cite; what units owe on them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Paper(models.Model):
    """Drafted by one, issued by another; issued, it is never changed again, but for a text deleted (a trigger holds it)."""

    class Kind(models.TextChoices):
        BULLETIN = "bulletin", "每周通报"
        SPECIAL_MEETING = "special_meeting", "专题会"
        REGULAR_MEETING = "regular_meeting", "条块例会"
        ACCOUNTABILITY = "accountability", "问责通知"
        INSPECTION = "inspection", "专项督查"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ISSUED = "issued", "已印发"
        DISCARDED = "discarded", "已作废"

    key = models.UUIDField(help_text="made by the page: the same form sent twice is one paper")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True, help_text="introduction, minutes, grounds or findings; no resident")
    place = models.CharField(max_length=100, blank=True)
    first_day = models.DateField(help_text="of the week, of the inspection; of the meeting")
    last_day = models.DateField()
    units = ArrayField(models.CharField(max_length=50), default=list, help_text="named, present or inspected")
    area_path = models.CharField(max_length=120, db_collation="C")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    edition = models.PositiveIntegerField(
        default=1, help_text="rises with each change: what is issued is what was seen"
    )
    editors = ArrayField(models.BigIntegerField(), default=list)
    drafted_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    drafted_at = models.DateTimeField()
    occasion = models.ForeignKey(
        "supervision.Occasion", null=True, on_delete=models.PROTECT, db_index=False, related_name="papers",
        help_text="the meeting these are the minutes of, or the bulletin's week",
    )  # fmt: skip
    issued_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    issued_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="supervision_paper_once"),
            models.UniqueConstraint(
                fields=["occasion"],
                condition=~Q(state="discarded") & Q(occasion__isnull=False),
                name="supervision_paper_occasion",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "bulletin",
                        "special_meeting",
                        "regular_meeting",
                        "accountability",
                        "inspection",
                    ]
                ),
                name="supervision_paper_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", issued_by__isnull=False, issued_at__isnull=False)
                | Q(state__in=["draft", "discarded"], issued_by__isnull=True, issued_at__isnull=True),
                name="supervision_paper_issued",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=models.F("drafted_by")),
                name="supervision_paper_second_person",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=models.F("last_day")), name="supervision_paper_days"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-drafted_at", "-id"], name="supervision_paper_newest"),
            models.Index(fields=["kind", "-drafted_at", "-id"], name="supervision_paper_kind_newest"),
            GinIndex(fields=["units"], name="supervision_paper_units"),
        ]

    def __str__(self) -> str:
        return self.title


class PaperCase(models.Model):
    """A case a paper cites, by its number alone."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, db_index=False, related_name="cited")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=50, blank=True, help_text="its lead unit when it was cited")
    why = models.CharField(
        max_length=30, blank=True, help_text="unsatisfied, overdue, repeated; empty = chosen by hand"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["paper", "case"], name="supervision_papercase_once")
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.case_id}"


class Demand(models.Model):
    """What a paper asks of a unit: an explanation, a decision to carry out, a fault to mend."""

    class State(models.TextChoices):
        DRAFTED = "drafted", "随文书印发"
        OPEN = "open", "待答复"
        ANSWERED = "answered", "待审核"
        ACCEPTED = "accepted", "已完成"

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="demands")
    unit = models.CharField(max_length=50)
    text = models.CharField(
        max_length=500, blank=True, help_text="what is to be done; empty = a written explanation"
    )
    due_day = models.DateField(
        null=True, help_text="the day named; without one the limit of the kind of paper"
    )
    due_at = models.DateTimeField(
        null=True, help_text="none where the calendar ends before it, until it goes on"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTED)
    seq = models.PositiveIntegerField(default=0, help_text="of its newest entry")
    accepted_at = models.DateTimeField(null=True)
    urged_at = models.DateTimeField(null=True, help_text="told that it is overdue")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="drafted", due_at__isnull=True)
                | Q(state__in=["open", "answered", "accepted"]),
                name="supervision_demand_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["open", "answered"]),
                name="supervision_demand_open",
            ),
            models.Index(fields=["unit", "due_at", "id"], name="supervision_demand_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.unit}"


class DemandEntry(models.Model):
    """What was written on a demand; never changed, but for a text deleted."""

    class Step(models.TextChoices):
        ANSWER = "answer", "答复"
        ACCEPT = "accept", "通过"
        SEND_BACK = "send_back", "退回"

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, db_index=False, related_name="entries")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=10, choices=Step.choices)
    text = models.TextField(blank=True)
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["demand", "seq"], name="supervision_demandentry_once"),
            models.CheckConstraint(
                condition=Q(step__in=["answer", "accept", "send_back"]), name="supervision_demandentry_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id}#{self.seq} {self.step}"


class Redaction(models.Model):
    """A text deleted for good because somebody is told of in it: who, when and why. The text itself is a dash then."""

    class Of(models.TextChoices):
        PAPER = "paper", "文书"
        DEMAND = "demand", "事项"
        ENTRY = "entry", "答复"
        JOINT = "joint", "另一单位的回复"
        ITEM = "item", "议题"

    of = models.CharField(max_length=10, choices=Of.choices)
    row = models.BigIntegerField(help_text="its id")
    field = models.CharField(max_length=10, help_text="title, text or place")
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    why = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "row", "field"], name="supervision_redaction_once"),
            models.CheckConstraint(
                condition=Q(of__in=["paper", "demand", "entry", "joint", "item"]),
                name="supervision_redaction_of",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.row} {self.field}"
