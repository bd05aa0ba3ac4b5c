# SPDX-License-Identifier: Apache-2.0
"""Units, posts, people and their appointments, who supervises which grid, who handles what, work calendars."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.functions import Now, TruncDate

from wangge.common.versions import Versioned, one_in_force
from wangge.grids.queries import city


class Unit(Versioned):
    """责任单位 or a body of the supervision axis; `path` is the chain of codes from the top, each ended by "/"."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "中心"
        DEPARTMENT = "department", "部门"
        STREET = "street", "街道"
        STATION = "station", "工作站"
        SQUAD = "squad", "监督分队"
        COMPANY = "company", "企业"

    #: what a kind is called in English
    KINDS_EN: ClassVar = {
        "centre": "centre", "department": "department", "street": "street office", "station": "station",
        "squad": "inspection squad", "company": "company",
    }  # fmt: skip

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


class PersonName(Versioned):
    """What a person is called, from when to when; Person has what they are called now."""

    natural_key = ("person_id",)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_personname_in_force", "person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.name}"


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
    """权责清单 row: class x place x owner (empty = any) -> lead unit, assisting units.

    `first_day` and `last_day` (both included, in the city's zone) bound when it is so; empty = always.
    """

    natural_key = ("class_code", "place", "owner", "first_day")

    class_code = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=30, blank=True, help_text="code of an area or a grid")
    owner = models.CharField(max_length=50, blank=True, help_text="unit owning the component")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    lead = models.CharField(max_length=50)
    assist = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    basis_zh = models.CharField(max_length=300, blank=True)
    basis_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["class_code", "place", "owner", "first_day"],
                condition=models.Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="organizations_responsibility_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__isnull=True)
                | models.Q(last_day__isnull=True)
                | models.Q(first_day__lte=models.F("last_day")),
                name="organizations_responsibility_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code or '*'} {self.place or '*'} {self.owner or '*'} -> {self.lead}"


class CommandLevel(Versioned):
    """The level at which cases of a class are dispatched first, where it is not the city's `command_level`."""

    natural_key = ("class_code",)

    class_code = models.CharField(max_length=30)
    level = models.CharField(max_length=20)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_commandlevel_in_force", "class_code")]

    def __str__(self) -> str:
        return f"{self.class_code} {self.level}"


class AreaProfile(Versioned):
    """The classes an area (and those below it) stresses: whoever works there finds them first."""

    natural_key = ("area",)

    area = models.CharField(max_length=20)
    classes = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("organizations_areaprofile_in_force", "area")]

    def __str__(self) -> str:
        return self.area


class CalendarVersion(Versioned):
    """A work calendar of some kinds of unit; "standard" is everybody else's.

    `weekly`: hours of each weekday; `seasons`: [{first, last, weekly}], first and last as "MM-DD", both included;
    `exceptions`: [{date, kind, name_zh, name_en}], the same in all calendars.
    """

    code = models.CharField(max_length=30, default="standard")
    name_zh = models.CharField(max_length=50, default="")
    name_en = models.CharField(max_length=50, default="")
    unit_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    weekly = models.JSONField()
    seasons = models.JSONField(default=list)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    exceptions = models.JSONField()

    class Meta:
        constraints = [one_in_force("organizations_calendar_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.first_year}-{self.last_year}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def today(self) -> Self:
        """Those that run on this day of the city, by the database's clock."""
        rows = self.annotate(today=TruncDate(Now(), tzinfo=city().zone))
        return rows.filter(first_day__lte=F("today"), last_day__gte=F("today"))


class Absence(models.Model):
    """Somebody is away from the first to the last day, both included; `substitute` sees their tasks meanwhile.

    Why they are away is nobody's business: there is no column for it. An absence taken back goes, and so does an old one; who
    entered or took it back stands in RosterEntry.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    substitute = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, db_index=False, related_name="stands_in"
    )
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=F("last_day")), name="organizations_absence_days"
            ),
            models.CheckConstraint(
                condition=~models.Q(substitute=F("person")), name="organizations_absence_other"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "last_day"], name="organizations_absence_person"),
            models.Index(fields=["substitute", "last_day"], name="organizations_absence_subst"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_day} {self.last_day}"


class DutyHours(models.Model):
    """值班: on this weekday (0 = Monday) the person is on duty from `begins` to `ends`, on the city's wall clock.

    Hours that end before they begin go on past midnight. Who has no such row is on duty always.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="duty_hours")
    weekday = models.PositiveSmallIntegerField()
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "weekday", "begins"], name="organizations_dutyhours_once"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6) & ~models.Q(begins=F("ends")),
                name="organizations_dutyhours_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekday} {self.begins}-{self.ends}"


class RosterEntry(models.Model):
    """Who entered or took back whose absence or hours, and when. Never changed; deleted a year later."""

    class What(models.TextChoices):
        ABSENCE_SET = "absence_set", "登记外出"
        ABSENCE_ENDED = "absence_ended", "撤销外出"
        HOURS_ADDED = "hours_added", "加入值班时间"
        HOURS_REMOVED = "hours_removed", "删除值班时间"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    what = models.CharField(max_length=15, choices=What.choices)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    substitute = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__startswith="absence", first_day__isnull=False, begins__isnull=True)
                | models.Q(what__startswith="hours", first_day__isnull=True, begins__isnull=False),
                name="organizations_rosterentry_what",
            )
        ]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="organizations_rosterentry_new")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.what}"


class UnitHours(Versioned):
    """A unit's duty hours: on this weekday it is staffed from `begins` to `ends` ("HH:MM" on the city's wall clock).

    Hours that end before they begin go on past midnight. They are those of its people without hours of their own, and of
    units below it without any; a unit with no such row is staffed always.
    """

    natural_key = ("unit", "weekday", "begins")

    unit = models.CharField(max_length=50)
    weekday = models.CharField(max_length=3)
    begins = models.CharField(max_length=5)
    ends = models.CharField(max_length=5)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            one_in_force("organizations_unithours_in_force", "unit", "weekday", "begins"),
            models.CheckConstraint(
                condition=models.Q(weekday__in=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
                & ~models.Q(begins=F("ends")),
                name="organizations_unithours_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.weekday} {self.begins}-{self.ends}"
