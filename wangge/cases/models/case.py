# SPDX-License-Identifier: Apache-2.0
"""案卷: one row a case, its state now; everything it went through stands in the log."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from wangge.cases.flow import OPEN_STATES, State
from wangge.common.ordered import OrderedJSONField
from wangge.common.versions import Versioned, one_in_force


class FlowVersion(Versioned):
    """A flow document as loaded: the city's, or that of an area; a case keeps the version it was taken in by."""

    natural_key = ("area",)

    area = models.CharField(
        max_length=20, blank=True, default="", help_text="code of the area whose own it is; empty: the city's"
    )
    code = models.CharField(max_length=30)
    document = OrderedJSONField(help_text="whole, whatever the area's file says of it")
    said = OrderedJSONField(
        null=True, help_text="what the file of the area says: the rest is as the city's was"
    )

    class Meta:
        constraints: ClassVar = [
            one_in_force("cases_flowversion_in_force", "area"),
            models.CheckConstraint(
                condition=Q(area="", said__isnull=True) | (~Q(area="") & Q(said__isnull=False)),
                name="cases_flowversion_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area or self.code} {self.document.get('version')}"


class Channel(models.Model):
    """Where reports come from: the code alone, which stays; what is known of it stands in ChannelVersion."""

    code = models.CharField(max_length=30, primary_key=True)

    def __str__(self) -> str:
        return self.code


class ChannelVersion(Versioned):
    """A channel as channels.csv says it; `callback`: the reporter is called back before closing, `external`: reports come
    from outside. Without a version in force nothing is reported by it any more."""

    code = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50)
    callback = models.BooleanField()
    external = models.BooleanField()

    class Meta:
        constraints: ClassVar = [one_in_force("cases_channelversion_in_force", "code")]

    def __str__(self) -> str:
        return self.code


class Origin(models.TextChoices):
    """How a case or entry came about: at work, replayed from recorded data, or generated for a demonstration."""

    LIVE = "live", "实际办理"
    REPLAYED = "replayed", "历史数据回放"
    GENERATED = "generated", "演示生成"


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> Self:
        return self.filter(state__in=[s.value for s in OPEN_STATES])

    def newest_first(self) -> Self:
        return self.order_by("-reported_at", "-id")

    def before(self, reported_at: datetime, case_id: int) -> Self:
        """Keyset paging: the cases after (reported_at, id) in the order newest first."""
        return self.filter(
            Q(reported_at__lt=reported_at) | Q(reported_at=reported_at, id__lt=case_id),
            reported_at__lte=reported_at,
        )

    def down_to(self, reported_at: datetime, case_id: int) -> Self:
        """The cases from the newest down to (reported_at, id) itself."""
        return self.filter(
            Q(reported_at__gt=reported_at) | Q(reported_at=reported_at, id__gte=case_id),
            reported_at__gte=reported_at,
        )


#: what visibility.py asks of a case, but for the units that had it
SEEN_BY = ["area_path", "reporter", "squad"]


class Case(models.Model):
    class Closing(models.TextChoices):
        NONE = "", "—"
        SOLVED = "solved", "解决"
        EXPLAINED = "explained", "解释说明"
        FORCED = "forced", "强制"

    number = models.CharField(max_length=40)
    external_id = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.LIVE)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    flow = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, db_index=False)
    state = models.CharField(max_length=15, choices=[(s.value, s.value) for s in State])
    reporter = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, related_name="reported_cases"
    )

    class_version = models.ForeignKey(
        "catalog.CatalogClass", null=True, on_delete=models.PROTECT, db_index=False
    )
    norm = models.ForeignKey("catalog.Norm", null=True, on_delete=models.PROTECT, db_index=False)
    class_code = models.CharField(max_length=30, blank=True)

    lon = models.FloatField(null=True, help_text="degrees, WGS84")
    lat = models.FloatField(null=True, help_text="degrees, WGS84")
    position = models.JSONField(null=True, help_text="as given: {lon, lat, system, accuracy_m}")
    outside = models.BooleanField(default=False, help_text="no grid holds the position, or there is none")
    unit_grid = models.ForeignKey(
        "grids.Grid", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    supervision_grid = models.ForeignKey(
        "grids.Grid", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    area_path = models.CharField(max_length=120, db_collation="C")
    command_path = models.CharField(
        max_length=120, db_collation="C", help_text="area that commands the case now"
    )
    squad = models.CharField(
        max_length=50, blank=True, help_text="unit code of the squad that walks the grid"
    )

    owner = models.CharField(max_length=50, blank=True, help_text="unit that owns the component, where known")
    route = models.JSONField(
        null=True, help_text="which row of the matrix fired and why: see routing.Decision"
    )
    lead_unit = models.CharField(max_length=50, blank=True)
    lead_unit_path = models.CharField(max_length=200, blank=True, db_collation="C")
    units = ArrayField(
        models.CharField(max_length=50),
        default=list,
        help_text="codes of the units it was ever dispatched to, and of those above them: who may see it",
    )
    handler = models.ForeignKey(
        "organizations.Person", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    reported_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(
        null=True, help_text="the present unit has had the case from here; a further round begins anew"
    )
    clock_start = models.DateTimeField(
        null=True,
        help_text="the case clock runs from here: dispatched, or resumed; none while it stands still",
    )
    clock_used = models.IntegerField(
        default=0,
        help_text="seconds of the norm's clock gone before that; less those extensions have granted",
    )
    suspended_until = models.DateTimeField(null=True, help_text="the case clock stands still until then")
    overdue_exempt = models.BooleanField(default=False, help_text="an appeal of its overdue mark was granted")
    yellow_at = models.DateTimeField(null=True, help_text="the light turns yellow; red at `due_at`")
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    calendar_missing = models.BooleanField(
        default=False, help_text="a due moment falls in a year without calendar data"
    )
    closing = models.CharField(max_length=10, choices=Closing.choices, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="merged"
    )

    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="children"
    )
    parts = models.PositiveSmallIntegerField(default=0, help_text="cases it was split into")

    rework_count = models.PositiveSmallIntegerField(default=0)
    return_count = models.PositiveSmallIntegerField(default=0)
    unsatisfied_count = models.PositiveSmallIntegerField(default=0)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    callback_tries = models.PositiveSmallIntegerField(default=0)

    order_owed = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text="why it must be supervised: what a callback ended with and no accepted order has answered since",
    )

    last_step = models.JSONField(
        null=True,
        help_text="what the last step of the line changed, as it was before: see actions.last_step; none where no "
        "correction may take it back",
    )
    last_at = models.DateTimeField(help_text="`at` of the newest log entry")
    log_seq = models.PositiveIntegerField(default=0)
    log_digest = models.BinaryField()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="cases_case_number"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="cases_case_state"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="cases_case_origin"),
            models.CheckConstraint(
                condition=Q(closing__in=["", "solved", "explained", "forced"]), name="cases_case_closing"
            ),
            models.CheckConstraint(
                condition=Q(order_owed__in=["", "unsatisfied", "unrated"]), name="cases_case_order_owed_why"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closing="")),
                name="cases_case_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=(Q(state="merged") & Q(merged_into__isnull=False))
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="cases_case_merged_has_target",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dispatched", "handling", "handled", "checking"]) | ~Q(lead_unit=""),
                name="cases_case_with_unit_has_lead",
            ),
            models.UniqueConstraint(
                fields=["origin", "reporter", "external_id"],
                condition=~Q(external_id=""),
                name="cases_case_external",
            ),
        ]
        indexes: ClassVar = [
            # lists: newest first inside an area or a unit, keyset by (reported_at, id)
            models.Index(fields=["area_path", "-reported_at", "-id"], name="cases_case_area"),
            # with what decides who may see a case: lists pass over those of others without fetching them
            models.Index(fields=["-reported_at", "-id"], include=SEEN_BY, name="cases_case_newest"),
            models.Index(fields=["squad", "-reported_at", "-id"], name="cases_case_squad"),
            models.Index(fields=["lead_unit", "-reported_at", "-id"], name="cases_case_lead"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="cases_case_merged"
            ),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="cases_case_parent"),
            models.Index(fields=["channel", "-reported_at", "-id"], name="cases_case_channel"),
            # the states few cases are in: a list that looks for one in all cases would find it last
            models.Index(
                fields=["state", "-reported_at", "-id"],
                condition=~Q(state=State.CLOSED.value),
                name="cases_case_rare_state",
            ),
            # lists of a class, duplicate candidates
            models.Index(
                fields=["class_code", "-reported_at", "-id"],
                include=SEEN_BY,
                condition=~Q(class_code=""),
                name="cases_case_class",
            ),
            GinIndex(fields=["units"], name="cases_case_units"),
            # the few that must be supervised
            models.Index(
                fields=["-reported_at", "-id"], condition=~Q(order_owed=""), name="cases_case_order_owed"
            ),
            # the open few: lists and the board
            models.Index(
                fields=["-reported_at", "-id"],
                condition=Q(state__in=[s.value for s in OPEN_STATES]),
                name="cases_case_open",
            ),
            models.Index(
                fields=["supervision_grid"],
                condition=Q(state__in=[s.value for s in OPEN_STATES]),
                name="cases_case_open_grid",
            ),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="cases_case_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def answerable_unit(self) -> str:
        """Code of the unit an order goes to: the one in charge; of a split case that of the part finished last, "" = none. One
        query where it is split."""
        if self.lead_unit or not self.parts:
            return self.lead_unit
        parts = self.children.exclude(lead_unit="").order_by(
            models.F("finished_at").desc(nulls_last=True), "-pk"
        )
        return parts.values_list("lead_unit", flat=True).first() or ""
