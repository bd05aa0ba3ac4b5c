# SPDX-License-Identifier: Apache-2.0
"""Classes of components and events, and the norms they are filed, handled and closed by."""

from django.db import models

from wangge.common.versions import Versioned, one_in_force


class CatalogClass(Versioned):
    """A class: 大类 major, 小类 minor or 细类 detail of a module. `path` is the chain of codes, each ended by "/"."""

    class Kind(models.TextChoices):
        COMPONENT = "component", "部件"
        EVENT = "event", "事件"

    class Level(models.TextChoices):
        MAJOR = "major", "大类"
        MINOR = "minor", "小类"
        DETAIL = "detail", "细类"

    code = models.CharField(max_length=30)
    parent = models.CharField(max_length=30, blank=True)
    path = models.CharField(max_length=100, db_collation="C")
    level = models.CharField(max_length=10, choices=Level.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    module = models.CharField(max_length=50)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            one_in_force("catalog_class_in_force", "code"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["component", "event"]), name="catalog_class_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["major", "minor", "detail"]), name="catalog_class_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Norm(Versioned):
    """One filing condition of a class with its limit, closing action and photos. Limits hang here, not on the class."""

    code = models.CharField(max_length=40)
    class_code = models.CharField(max_length=30, db_index=True)
    condition_zh = models.CharField(max_length=500)
    condition_en = models.CharField(max_length=500)
    limit = models.PositiveIntegerField(help_text="in units of `clock`")
    clock = models.CharField(max_length=20)
    closing_zh = models.CharField(max_length=300, blank=True)
    closing_en = models.CharField(max_length=300, blank=True)
    photos_report = models.PositiveSmallIntegerField(default=0)
    photos_handle = models.PositiveSmallIntegerField(default=0)
    photos_check = models.PositiveSmallIntegerField(default=0)
    area_grade = models.CharField(max_length=30, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    local = models.BooleanField(default=False, help_text="one city's value, not the national one")

    class Meta:
        constraints = [
            one_in_force("catalog_norm_in_force", "code"),
            models.CheckConstraint(condition=models.Q(limit__gt=0), name="catalog_norm_limit_positive"),
            models.CheckConstraint(
                condition=models.Q(
                    clock__in=[
                        "urgent_minute",
                        "urgent_hour",
                        "urgent_day",
                        "work_hour",
                        "work_day",
                        "natural_day",
                    ]
                ),
                name="catalog_norm_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.code
