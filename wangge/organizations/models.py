# SPDX-License-Identifier: Apache-2.0
"""Units, posts, people and their appointments, who supervises which grid, who handles what, work calendars."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.common.versions import Versioned, one_in_force


class Unit(Versioned):
    """责任单位 or a body of the supervision axis; `path` is the chain of codes from the top, each ended by "/"."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "中心"
        DEPARTMENT = "department", "部门"
        STREET = "street", "街道"
        STATION = "station", "工作站"
        SQUAD = "squad", "监督分队"
        COMPANY = "company", "企业"

    code = models.CharField(max_length=50)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    parent = models.CharField(max_length=50, blank=True)
    path = models.CharField(max_length=200, db_collation="C")
    area = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_unit_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Post(Versioned):
    """岗位: its axis decides which hand it is (two-hands rule), its permissions what pages it opens."""

    class Axis(models.TextChoices):
        SUPERVISION = "supervision", "监督轴"
        COMMAND = "command", "指挥轴"
        UNIT = "unit", "责任单位"
        NONE = "none", "不经办案卷"

    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50)
    axis = models.CharField(max_length=20, choices=Axis.choices)
    permissions = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [one_in_force("organizations_post_in_force", "code")]

    def __str__(self) -> str:
        return self.code


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login=username)


class Person(AbstractBaseUser):
    """A member of staff: login and name only. What they may do comes from their appointments."""

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=300, blank=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.login


class Appointment(Versioned):
    """任职: a person holds a post with a scope: an area subtree and, for units and squads, a unit subtree."""

    natural_key = ("person_id", "post", "unit", "area")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    post = models.CharField(max_length=30)
    unit = models.CharField(max_length=50, blank=True)
    unit_path = models.CharField(max_length=200, blank=True, db_collation="C")
    area = models.CharField(max_length=20)
    area_path = models.CharField(max_length=120, db_collation="C")

    class Meta:
        constraints = [one_in_force("organizations_appointment_in_force", "person", "post", "unit", "area")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post}"


class SupervisionDuty(Versioned):
    """Which squad (unit) walks a supervision grid."""

    natural_key = ("grid",)

    grid = models.CharField(max_length=30)
    unit = models.CharField(max_length=50)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_supervisionduty_in_force", "grid")]

    def __str__(self) -> str:
        return f"{self.grid} {self.unit}"


class Responsibility(Versioned):
    """权责清单 row: class x place x owner (empty = any) -> lead unit, assisting units."""

    natural_key = ("class_code", "place", "owner")

    class_code = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=30, blank=True, help_text="code of an area or a grid")
    owner = models.CharField(max_length=50, blank=True, help_text="unit owning the component")
    lead = models.CharField(max_length=50)
    assist = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    basis_zh = models.CharField(max_length=300, blank=True)
    basis_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_responsibility_in_force", "class_code", "place", "owner")]

    def __str__(self) -> str:
        return f"{self.class_code or '*'} {self.place or '*'} {self.owner or '*'} -> {self.lead}"


class CalendarVersion(Versioned):
    """A work calendar: {weekly, first_year, last_year} and its exceptions [{date, kind, name_zh, name_en}]."""

    code = models.CharField(max_length=30, default="standard")
    weekly = models.JSONField()
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    exceptions = models.JSONField()

    class Meta:
        constraints = [one_in_force("organizations_calendar_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.first_year}-{self.last_year}"
