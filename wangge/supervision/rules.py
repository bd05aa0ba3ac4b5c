# SPDX-License-Identifier: Apache-2.0
"""The rules units are supervised by, as oversight.yaml of a pack says them: a document in versions, pure data."""

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from wangge.cases.deadlines import Clock, Limit

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=30)]
Name = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=100)]
#: a state, a step beside the line, or `kind.state` of a side record
Stage = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$", max_length=50)]
#: whoever the deadline waits for, where a rung names whom it tells
KEEPER = "keeper"


class Span(NamedTuple):
    """`[2, work_day]`: so many units of a clock."""

    value: Annotated[int, Field(gt=0, le=1000)]
    clock: Clock


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(_Shape):
    """A light of a unit, from this share of its running cases that are overdue (percent, included) on."""

    code: Code
    colour: Literal["green", "blue", "yellow", "red"]
    name_zh: Name
    name_en: Name
    from_percent: int = Field(ge=0, le=100)


class Rung(_Shape):
    """A rung of the ladder: what is done about a deadline, when, and who is told of it.

    `kind`: reminder, urging, order (one to the unit in charge is proposed), attention (提请关注: whoever leads is told of a stage
    that no order fits). `stages`: the stages whose tasks it is for; empty = the case clock. `when`: `yellow` with the
    light, `before` and `after` the due moment by `span`, a clock of its own (`after` without span = at the due moment). One
    before the due moment is for limits counted in the same clock and longer than the span. `clocks`: of the limits it is for;
    empty = any. `longest`: of limits in these clocks only those up to so long. `tell`: posts, each in its unit or area, and
    `keeper`, whoever the deadline waits for.
    """

    code: Code
    kind: Literal["reminder", "urging", "order", "attention"]
    name_zh: Name
    name_en: Name
    stages: list[Stage] = []
    when: Literal["yellow", "before", "after"]
    span: Span | None = None
    clocks: list[Clock] = []
    longest: list[Span] = []
    tell: list[Code] = Field(min_length=1)

    def is_for(self, limit: Limit) -> bool:
        """Does a deadline by this limit climb it? As the sweep asks the database."""
        if self.clocks and limit.clock not in self.clocks:
            return False
        if (
            self.when == "before"
            and self.span
            and (limit.clock, limit.value > self.span.value) != (self.span.clock, True)
        ):
            return False
        return all(limit.value <= most.value for most in self.longest if most.clock is limit.clock)


class Repeats(_Shape):
    """The same matter: cases of one class within so many metres, so many times within so many days."""

    times: int = Field(ge=2, le=100)
    days: int = Field(ge=1, le=366)
    metres: int = Field(ge=1, le=5000)


class Replies(_Shape):
    """How long a unit has to answer a paper that names it; a decision or finding may name a day of its own."""

    bulletin: Span
    special_meeting: Span
    regular_meeting: Span
    accountability: Span
    inspection: Span


class OccasionRule(_Shape):
    """What comes round: a regular line-and-block meeting, or the bulletin.

    On `weekday` (1 = Monday) of each week, or of the `week`-th of each month (0 = every week); where nobody works, on the next
    work day. Opened `ahead` days before, and those of units of `unit_kinds` are told. A meeting is of the whole city, of one
    `area`, or of every area of a `level`, each with its own matters and minutes: the units of `unit_kinds` that lie in the area
    are called, and the `units` named, wherever they lie.
    """

    code: Code
    kind: Literal["regular_meeting", "bulletin"]
    name_zh: Name
    name_en: Name
    week: int = Field(ge=0, le=4)
    weekday: int = Field(ge=1, le=7)
    ahead: int = Field(ge=0, le=28)
    unit_kinds: list[Literal["centre", "department", "street", "station", "squad", "company"]] = []
    area: str = Field(default="", max_length=30)
    level: str = Field(default="", max_length=30)
    units: list[str] = []


class Oversight(_Shape):
    """oversight.yaml. `illustrations`: the sections that are examples until the city confirms them."""

    code: Code
    version: str = Field(max_length=30)
    illustrations: list[
        Literal[
            "lights",
            "rungs",
            "repeats",
            "replies",
            "occasions",
            "bulletin_cases",
            "must_days",
            "receipt_days",
        ]
    ] = []
    lights: list[Band] = Field(min_length=1)
    rungs: list[Rung] = []
    repeats: Repeats
    replies: Replies
    occasions: list[OccasionRule] = []
    #: a bulletin's draft holds so many cases at most
    bulletin_cases: int = Field(ge=1, le=200)
    #: unsatisfied and unrated cases must be supervised for so many days after they were closed
    must_days: int = Field(ge=1, le=366)
    #: a case transferred outside is looked after once it has no receipt for so many days; without it none is
    receipt_days: int | None = Field(default=None, ge=1, le=366)


def climbed(rungs: list[Rung], limit: Limit, stage: str = "") -> list[Rung]:
    """The rungs a deadline by this limit climbs, in their order: of a stage's task, or ("") of the clock of a case."""
    return [
        rung for rung in rungs if (stage in rung.stages if stage else not rung.stages) and rung.is_for(limit)
    ]


def band_of(lights: list[Band], overdue: int, running: int) -> Band | None:
    """The light of a unit with so many running cases, so many of them overdue; None without any running one."""
    if not running:
        return None
    return max((b for b in lights if overdue * 100 >= b.from_percent * running), key=lambda b: b.from_percent)
