# SPDX-License-Identifier: Apache-2.0
"""Modules and classes of what a case can be about, and the norms, forms and sheets they are handled by."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.common.ordered import OrderedJSONField
from wangge.common.versions import Versioned, one_in_force


class Kind(models.TextChoices):
    """What a class is about."""

    COMPONENT = "component", "部件"
    EVENT = "event", "事件"
    SERVICE = "service", "服务"
    HAZARD = "hazard", "隐患"
    DISPUTE = "dispute", "纠纷"
    CAMPAIGN = "campaign", "专项"


#: what a limit counts in: the values of cases.deadlines.Clock, which stands above this room
CLOCKS = ("urgent_minute", "urgent_hour", "urgent_day", "work_hour", "work_day", "natural_day")


class Module(Versioned):
    """业务模块, such as city management: classes of every kind hang below it."""

    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("catalog_module_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Generation(Versioned):
    """An edition of the national catalogue, or a city's own classes: several live at once."""

    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    filing = models.BooleanField(
        help_text="cases are filed under its classes; else for reference and mapping only"
    )
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("catalog_generation_in_force", "code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class CatalogClass(Versioned):
    """A class: 大类 major, 小类 minor or 细类 detail of a module. `path` is the chain of codes, each ended by "/"."""

    class Level(models.TextChoices):
        MAJOR = "major", "大类"
        MINOR = "minor", "小类"
        DETAIL = "detail", "细类"

    code = models.CharField(max_length=30)
    parent = models.CharField(max_length=30, blank=True)
    path = models.CharField(max_length=100, db_collation="C")
    level = models.CharField(max_length=10, choices=Level.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    module = models.CharField(max_length=30)
    generation = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            one_in_force("catalog_class_in_force", "code"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="catalog_class_kind"),
            models.CheckConstraint(
                condition=models.Q(level__in=["major", "minor", "detail"]), name="catalog_class_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class ClassMapping(Versioned):
    """A class of one generation as another names it; `relation`: what `class_code` is to `other`."""

    class Relation(models.TextChoices):
        SAME = "same", "相同"
        NARROWER = "narrower", "属于"
        BROADER = "broader", "包含"

    natural_key = ("class_code", "other")

    class_code = models.CharField(max_length=30)
    other = models.CharField(max_length=30)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            one_in_force("catalog_classmapping_in_force", "class_code", "other"),
            models.CheckConstraint(
                condition=models.Q(relation__in=["same", "narrower", "broader"]),
                name="catalog_classmapping_relation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.relation} {self.other}"


class Norm(Versioned):
    """One filing condition of a class with its limits, closing action and photos. Limits hang here, not on the class.

    `arrive_limit`: until somebody of the unit must be on site. `safe_limit`: the first of two stages, by when the danger
    must be fenced off (`safe_zh`, `safe_en`); `limit` is then the second, the repair. Both run from dispatch, as `limit`
    does, and are empty together with their clock. `lead_kinds`, `assist_kinds`: kinds of unit that may lead and assist,
    empty = any.
    """

    code = models.CharField(max_length=40)
    class_code = models.CharField(max_length=30, db_index=True)
    condition_zh = models.CharField(max_length=500)
    condition_en = models.CharField(max_length=500)
    limit = models.PositiveIntegerField(help_text="in units of `clock`")
    clock = models.CharField(max_length=20)
    arrive_limit = models.PositiveIntegerField(null=True, help_text="in units of `arrive_clock`")
    arrive_clock = models.CharField(max_length=20, blank=True)
    safe_limit = models.PositiveIntegerField(null=True, help_text="in units of `safe_clock`")
    safe_clock = models.CharField(max_length=20, blank=True)
    safe_zh = models.CharField(max_length=300, blank=True)
    safe_en = models.CharField(max_length=300, blank=True)
    closing_zh = models.CharField(max_length=300, blank=True)
    closing_en = models.CharField(max_length=300, blank=True)
    photos_report = models.PositiveSmallIntegerField(default=0)
    photos_handle = models.PositiveSmallIntegerField(default=0)
    photos_check = models.PositiveSmallIntegerField(default=0)
    area_grade = models.CharField(max_length=30, blank=True)
    lead_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    assist_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    local = models.BooleanField(default=False, help_text="one city's value, not the national one")

    class Meta:
        constraints = [
            one_in_force("catalog_norm_in_force", "code"),
            models.CheckConstraint(condition=models.Q(limit__gt=0), name="catalog_norm_limit_positive"),
            models.CheckConstraint(condition=models.Q(clock__in=CLOCKS), name="catalog_norm_clock"),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{stage}_limit__gt": 0, f"{stage}_clock__in": CLOCKS})
                    | models.Q(**{f"{stage}_limit__isnull": True, f"{stage}_clock": ""}),
                    name=f"catalog_norm_{stage}",
                )
                for stage in ("arrive", "safe")
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Procedure(Versioned):
    """What the procedure sheet of a class says beside its norms: what is reviewed, and on what basis."""

    natural_key = ("class_code",)

    class_code = models.CharField(max_length=30)
    reviewed_zh = models.CharField(max_length=500)
    reviewed_en = models.CharField(max_length=500)
    basis_zh = models.CharField(max_length=300, blank=True)
    basis_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [one_in_force("catalog_procedure_in_force", "class_code")]

    def __str__(self) -> str:
        return self.class_code


class Form(Versioned):
    """Extra fields of a class as JSON Schema: what is asked when it is reported, handled, checked, or a premises visited.

    `area` empty = everywhere; else that area and those below have a form of their own.
    """

    class Use(models.TextChoices):
        REPORT = "report", "上报"
        HANDLE = "handle", "处置"
        CHECK = "check", "核查"
        VISIT = "visit", "上门检查"

    natural_key = ("class_code", "area", "use")

    class_code = models.CharField(max_length=30)
    area = models.CharField(max_length=20, blank=True)
    use = models.CharField(max_length=10, choices=Use.choices)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    fields = OrderedJSONField(help_text="JSON Schema of an object")

    class Meta:
        constraints = [
            one_in_force("catalog_form_in_force", "class_code", "area", "use"),
            models.CheckConstraint(
                condition=models.Q(use__in=["report", "handle", "check", "visit"]), name="catalog_form_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.area or '*'} {self.use}"
