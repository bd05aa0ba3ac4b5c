# SPDX-License-Identifier: Apache-2.0
"""领导坐席, and what a supervision order has beside its side record."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Sitting(models.Model):
    """A leader at the hotline for an hour or a day: guides, and orders."""

    leader = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    area_path = models.CharField(max_length=120, db_collation="C", help_text="of the leader then")
    remark = models.CharField(max_length=300, blank=True)
    kept_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["leader", "began_at"], name="supervision_sitting_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("began_at")),
                name="supervision_sitting_ends_after",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-began_at", "-id"], name="supervision_sitting_newest")]

    def __str__(self) -> str:
        return f"{self.leader_id} {self.began_at:%Y-%m-%d}"


class OrderDetail(models.Model):
    """What an order has beside the case's side record, which holds mode, cause, unit, state and moments."""

    record = models.OneToOneField(
        "cases.SideRecord", primary_key=True, on_delete=models.PROTECT, related_name="order_detail"
    )
    second_unit = models.CharField(
        max_length=50, blank=True, help_text="三方联合督办: the other unit, beside the centre"
    )
    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.PROTECT, related_name="orders")
    meeting = models.ForeignKey(
        "supervision.Paper", null=True, on_delete=models.PROTECT, db_index=False, related_name="orders"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["second_unit"], condition=~Q(second_unit=""), name="supervision_order_second"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id}"


class JointAnswer(models.Model):
    """What the second unit of a joint order wrote before both came to reply by the case's own step. Never changed, but for a
    text deleted; none is added."""

    key = models.UUIDField(unique=True, help_text="made by the page: the same form sent twice is one answer")
    record = models.ForeignKey("cases.SideRecord", on_delete=models.PROTECT, related_name="joint_answers")
    unit = models.CharField(max_length=50)
    text = models.TextField()
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.record_id} {self.unit}"
