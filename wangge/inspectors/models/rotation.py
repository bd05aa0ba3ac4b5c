# SPDX-License-Identifier: Apache-2.0
"""The rules as loaded; 轮岗: who walks which grid from when, plans with their moves."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.common.ordered import OrderedJSONField
from wangge.common.versions import Versioned, one_in_force


class InspectorRules(Versioned):
    """inspectors.yaml as loaded; what is judged by a version keeps its id."""

    code = models.CharField(max_length=30)
    document = OrderedJSONField()

    class Meta:
        constraints = [one_in_force("inspectors_rules_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.document.get('version')}"


class RotationPlan(models.Model):
    """A plan: computed by the worker, changed by hand, approved by a second person, in force from `first_day`."""

    class Kind(models.TextChoices):
        GRIDS = "grids", "分队内换网格"
        SQUADS = "squads", "换分队"
        LEADERS = "leaders", "分队长换分队"

    class State(models.TextChoices):
        WAITING = "waiting", "等待编制"
        COMPUTING = "computing", "编制中"
        FAILED = "failed", "编制失败"
        DRAFT = "draft", "草案"
        DISCARDED = "discarded", "已放弃"
        PUBLISHED = "published", "已批准，待生效"
        WITHDRAWN = "withdrawn", "已撤销"
        IN_FORCE = "in_force", "已生效"

    #: what a kind and a state are called in English
    KINDS_EN: ClassVar = {"grids": "grids inside squads", "squads": "squads", "leaders": "squad leaders"}
    STATES_EN: ClassVar = {
        "waiting": "waiting", "computing": "being computed", "failed": "failed", "draft": "draft",
        "discarded": "given up", "published": "approved, not yet in force", "withdrawn": "withdrawn",
        "in_force": "in force",
    }  # fmt: skip

    kind = models.CharField(max_length=10, choices=Kind.choices)
    squad = models.CharField(max_length=50, blank=True, help_text="of kind grids: one squad; empty = all")
    area_path = models.CharField(
        max_length=120, db_collation="C", help_text="of the squad, else of whoever made it: its squads move"
    )
    first_day = models.DateField(help_text="in force from this day of the city on")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rules = models.ForeignKey(InspectorRules, on_delete=models.PROTECT, db_index=False)
    loads = models.JSONField(default=dict, help_text="{grid: cases it weighs}")
    figures = models.JSONField(
        default=dict, help_text="{squads: {squad: fairness}, unsolved: {squad: why}, seconds}"
    )
    done = models.PositiveIntegerField(default=0, help_text="squads computed")
    total = models.PositiveIntegerField(default=0, help_text="squads to compute")
    started_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, help_text="given up, withdrawn or put in force")
    key = models.UUIDField(help_text="made by the page: the same form sent twice is one plan")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="inspectors_plan_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["grids", "squads", "leaders"]), name="inspectors_plan_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[
                    "waiting", "computing", "failed", "draft", "discarded", "published", "withdrawn", "in_force"
                ]),
                name="inspectors_plan_state",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="inspectors_plan_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "in_force"]) | Q(approved_by__isnull=False),
                name="inspectors_plan_approved",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["first_day"],
                condition=Q(state__in=["waiting", "computing", "published"]),
                name="inspectors_plan_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day} {self.state}"


class RotationMove(models.Model):
    """One person in a plan. `avoided`: the places the rule keeps them from."""

    plan = models.ForeignKey(RotationPlan, on_delete=models.PROTECT, db_index=False, related_name="moves")
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    from_squad = models.CharField(max_length=50)
    from_grid = models.CharField(max_length=30, blank=True)
    to_squad = models.CharField(max_length=50)
    to_grid = models.CharField(max_length=30, blank=True)
    avoided = ArrayField(models.CharField(max_length=50), default=list)
    by_hand = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person"], name="inspectors_move_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["person"], name="inspectors_move_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.to_squad} {self.to_grid}"


class GridDuty(models.Model):
    """Who walks which supervision grid from `first_day` to `last_day`, both included; no last day = still."""

    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="grid_duties"
    )
    squad = models.CharField(max_length=50)
    grid = models.CharField(max_length=30)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    plan = models.ForeignKey(
        RotationPlan,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        help_text="none: as at the start, by the pack",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(last_day__isnull=True), name="inspectors_gridduty_one"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(first_day__lte=F("last_day")),
                name="inspectors_gridduty_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-first_day"], name="inspectors_gridduty_person"),
            models.Index(
                fields=["grid"], condition=Q(last_day__isnull=True), name="inspectors_gridduty_grid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.grid} {self.first_day}"


class Reminded(models.Model):
    """A turn of rotation, or a month's draw, that whoever is to see to it was reminded of: once, however many workers look."""

    subject = models.CharField(max_length=200, primary_key=True, db_collation="C")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject
