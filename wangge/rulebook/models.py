# SPDX-License-Identifier: Apache-2.0
"""Drafts of changes to reference data, and what was published when and by whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.common.ordered import OrderedJSONField


class Draft(models.Model):
    """Changes one person prepares and another puts in force.

    `open`: its author changes it; `submitted`: it waits for the worker to put it in force (from `due_at` on);
    `published` and `discarded` are its ends. A submitted draft that cannot be put in force is open again, with `refusal`.
    """

    class State(models.TextChoices):
        OPEN = "open", "编辑中"
        SUBMITTED = "submitted", "等待生效"
        PUBLISHED = "published", "已生效"
        DISCARDED = "discarded", "已放弃"

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    author = models.ForeignKey("organizations.Person", on_delete=models.PROTECT, related_name="drafts")
    created_at = models.DateTimeField()
    publisher = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, related_name="published_drafts"
    )
    due_at = models.DateTimeField(null=True, help_text="when it is to take effect")
    ended_at = models.DateTimeField(null=True, help_text="published or discarded")
    refusal = models.JSONField(default=list, help_text="telling.Reason: why it could not be put in force")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "submitted", "published", "discarded"]),
                name="rulebook_draft_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "published"])
                | (Q(publisher__isnull=False) & ~Q(publisher=models.F("author"))),
                name="rulebook_draft_two_hands",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="submitted"), name="rulebook_draft_due")]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class Change(models.Model):
    """One row as it is to be; `row` None = it ends. `before`: the row in force when it was changed, None = none."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=30)
    key = ArrayField(models.CharField(max_length=60))
    row = OrderedJSONField(
        null=True, help_text="as the pack's file says it: where an order has a meaning, in it"
    )
    before = models.JSONField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "table", "key"], name="rulebook_change_once"),
            models.CheckConstraint(
                condition=Q(row__isnull=False) | Q(before__isnull=False), name="rulebook_change_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {' '.join(self.key)}"


class Publication(models.Model):
    """What was put in force at a moment: rows that start or end at `at` belong to it. Append-only."""

    at = models.DateTimeField(unique=True)
    draft = models.OneToOneField(Draft, null=True, on_delete=models.PROTECT)
    pack = models.CharField(max_length=100, blank=True, help_text="name and version of a pack loaded whole")
    counts = models.JSONField(help_text="{table: [added, changed, ended]}")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | ~Q(pack=""), name="rulebook_publication_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.pack or self.draft}"
