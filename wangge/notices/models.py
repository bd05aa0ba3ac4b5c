# SPDX-License-Identifier: Apache-2.0
"""Outbox: one row per recipient, written in the transaction of the step that causes it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    class Channel(models.TextChoices):
        IN_APP = "in_app", "站内"

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENT = "sent", "已发送"
        DELIVERED = "delivered", "已送达"
        FAILED = "failed", "发送失败"
        GIVEN_UP = "given_up", "放弃"

    recipient = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="notices"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.IN_APP)
    template = models.CharField(max_length=30, help_text="code of the sentence: see notices.templates")
    case_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict, help_text="ids and codes the sentence needs; no free text")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sent", "delivered", "failed", "given_up"]),
                name="notices_notice_state",
            ),
            # what many cases meet is told once: its facts say of what and on which day
            models.UniqueConstraint(
                fields=["recipient", "facts"],
                condition=Q(template="row_invalid"),
                name="notices_notice_row_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notices_notice_recipient"),
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="notices_notice_unread"
            ),
            models.Index(
                fields=["id"], condition=Q(state__in=["queued", "failed"]), name="notices_notice_to_send"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.template}"
