# SPDX-License-Identifier: Apache-2.0
from django.db import models


class Revision(models.Model):
    """The one counter that changes whenever reference data do."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="common_revision_one")]

    def __str__(self) -> str:
        return str(self.number)
