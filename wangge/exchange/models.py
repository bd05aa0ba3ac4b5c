# SPDX-License-Identifier: Apache-2.0
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """A peer's key: acts as one person (a service account) within its scopes. Only a digest of the key is kept."""

    class Scope(models.TextChoices):
        READ = "case:read", "读取"
        REPORT = "case:report", "上报"
        STEP = "case:step", "办理"

    prefix = models.CharField(max_length=12, unique=True, help_text="first characters, shown to people")
    digest = models.CharField(max_length=64, help_text="hex SHA-256 of the key (32 random bytes)")
    name = models.CharField(max_length=100)
    person = models.ForeignKey("organizations.Person", on_delete=models.PROTECT, related_name="api_keys")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    per_minute = models.PositiveIntegerField(default=600)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class ApiUse(models.Model):
    """Requests of a key in one minute: the counter behind its limit, shared by all web processes."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="uses", db_index=False)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "minute"], name="exchange_apiuse_minute")
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.minute:%H:%M} {self.count}"
