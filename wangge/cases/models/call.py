# SPDX-License-Identifier: Apache-2.0
"""12345 工单: calls to a hotline. Who called stands in a table of its own, sealed, and is deleted on time."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangge.cases.models.case import Case, Channel
from wangge.common.versions import Versioned, one_in_force


class HotlineRule(Versioned):
    """hotlines.csv: a channel that is a telephone, and by what rules its calls are taken and kept."""

    natural_key = ("channel",)

    channel = models.CharField(max_length=30)
    calling_code = models.CharField(max_length=4, help_text="of the country, left out of a number")
    repeat_days = models.PositiveIntegerField(
        help_text="earlier calls and like matters are shown so far back"
    )
    retry_hours = models.PositiveIntegerField(help_text="between two tries to reach a caller")
    contact_days = models.PositiveIntegerField(
        help_text="a contact is kept so long after the matter has ended"
    )
    answered_days = models.PositiveIntegerField(help_text="texts of a call answered at once are kept so long")
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("cases_hotlinerule_in_force", "channel")]

    def __str__(self) -> str:
        return self.channel


class Call(models.Model):
    """One call as it was taken; nothing of it is changed, but texts go. Where it became a case, what was said stands in the
    texts of the case.

    `text`, `place`, `answer` None = deleted on time. `case`: the one it opened, or had been opened about the same matter.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "直接答复"
        REPORTED = "reported", "转为案卷"
        JOINED = "joined", "并入已有案卷"

    key = models.UUIDField(help_text="made by the sender: the same call sent twice is one")
    request_digest = models.CharField(max_length=64, help_text="keyed digest of what was sent with the key")
    external_id = models.CharField(max_length=80, blank=True, help_text="the sender's own number of the call")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False, related_name="+")
    taken_by = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    began_at = models.DateTimeField()
    taken_at = models.DateTimeField(help_text="when it was recorded")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, db_index=False, related_name="calls")
    confidential = models.BooleanField(help_text="no unit learns who called")
    class_code = models.CharField(max_length=30, blank=True)
    text = models.TextField(null=True, help_text="empty where it is the case's description")
    place = models.TextField(null=True, help_text="as the text")
    answer = models.TextField(null=True)
    area_path = models.CharField(max_length=120, db_collation="C")
    redacted_at = models.DateTimeField(null=True, help_text="its texts were deleted before their time")
    redacted_by = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    redacted_why = models.CharField(max_length=200, blank=True)
    contact_gone_at = models.DateTimeField(null=True, help_text="the contact was deleted on time")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="cases_call_once"),
            models.UniqueConstraint(
                fields=["taken_by", "external_id"], condition=~Q(external_id=""), name="cases_call_external"
            ),
            models.CheckConstraint(
                condition=Q(outcome="answered", case__isnull=True)
                | Q(outcome__in=["reported", "joined"], case__isnull=False),
                name="cases_call_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-taken_at", "-id"], name="cases_call_newest"),
            models.Index(fields=["case", "id"], condition=Q(case__isnull=False), name="cases_call_case"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.pk}"


class Contact(models.Model):
    """Who called, sealed. The row goes when its time is over: with it both the token and the digest of the number."""

    call = models.OneToOneField(Call, primary_key=True, on_delete=models.PROTECT, related_name="contact")
    sealed = models.TextField(help_text="token of {name, number}")
    sealed_with = models.CharField(max_length=8, help_text="name of the key")
    number_digest = models.CharField(
        max_length=64, help_text="keyed digest of the number; of one called twice the same"
    )
    taken_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number_digest", "-taken_at"], name="cases_contact_number"),
            models.Index(fields=["sealed_with"], name="cases_contact_key"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}"


class ContactReading(models.Model):
    """Who read a contact in clear, when and why. Append-only; it outlives the contact."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    post = models.CharField(max_length=30)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.call_id} {self.person_id}"


class CallbackTry(models.Model):
    """A caller was called back, by the step `seq` of the case: reached or not, and what they answered. Append-only; shown to
    the centre alone, and no figure of anybody.

    `case` None: of the time when all callers of a case were given one answer.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="tries")
    person = models.ForeignKey(
        "organizations.Person", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    seq = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    reached = models.BooleanField()
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="cases_callbacktry_one_a_step"),
            models.CheckConstraint(
                condition=Q(case=None, seq=None, solved=None, satisfied=None)
                | Q(case__isnull=False, seq__isnull=False)
                & (
                    Q(reached=False, solved=None, satisfied=None)
                    | Q(reached=True, solved__isnull=False, satisfied__isnull=False)
                ),
                name="cases_callbacktry_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.at:%Y-%m-%d}"
