# SPDX-License-Identifier: Apache-2.0
"""The rules of inspectors' work as data: what inspectors.yaml of a pack holds. Pure."""

from datetime import time
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

SECTIONS = ("rotation", "sampling", "ledger", "feedback", "zero_report")
Section = Literal["rotation", "sampling", "ledger", "feedback", "zero_report"]
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_CODE = r"^[\w.\-]+$"


class Rule(BaseModel):
    """Nothing but the names given, nothing missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(Rule):
    """轮岗: after `months` somebody moves, never to one of their last `avoid_last` places."""

    months: int = Field(gt=0, le=120)
    avoid_last: int = Field(gt=0, le=12)


class Rotation(Rule):
    """Inspectors change grids inside their squad, and squads; squad leaders change squads."""

    inspector_post: str = Field(pattern=_CODE, max_length=30)
    leader_post: str = Field(pattern=_CODE, max_length=30)
    grids: Turn
    squads: Turn
    leaders: Turn
    #: a grid weighs as many cases as were reported in it in these months before the plan
    load_months: int = Field(gt=0, le=24)
    #: a plan that takes longer is given up
    seconds: int = Field(gt=0, le=3600)


class Share(Rule):
    """Of the cases of each inspector, or squad: so many in a hundred, and `least` at any rate where there are as many."""

    percent: float = Field(ge=0, le=100)
    least: int = Field(ge=0, le=1000)


class Sampling(Rule):
    """抽查: shares by how a case ended, `of` each inspector or each squad; looked at again within `days` natural days. From
    `remind_day` of a month on, whoever draws is reminded where nothing was drawn of the month before."""

    of: Literal["inspector", "squad"] = "squad"
    remind_day: int = Field(default=1, gt=0, le=28)
    closed: Share
    simple: Share
    rejected: Share
    days: int = Field(gt=0, le=365)

    def share(self, kind: str) -> Share:
        """Of a kind of case."""
        return {"closed": self.closed, "simple": self.simple, "rejected": self.rejected}[kind]


class Consequence(Rule):
    kind: Literal["points", "training", "none"]
    points: int = Field(ge=0, le=100)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)


class Consequences(Rule):
    wrong_report: Consequence
    missed_report: Consequence
    complaint: Consequence
    praise: Consequence


class Ledger(Rule):
    """台账: what an entry entails, until when it may be appealed, when it is deleted (natural days)."""

    consequences: Consequences
    appeal_days: int = Field(gt=0, le=365)
    keep_days: int = Field(gt=0, le=3660)


class Feedback(Rule):
    """社会监督: answered within `limit` working days."""

    limit: int = Field(gt=0, le=365)


class ZeroReport(Rule):
    """零报告: units of these kinds report each day until `due`, are reminded at `remind` (the city's wall clock), and may
    correct it for `correct_days` days."""

    unit_kinds: list[Literal["centre", "department", "street", "station", "squad", "company"]]
    remind: str = Field(pattern=_CLOCK)
    due: str = Field(pattern=_CLOCK)
    correct_days: int = Field(ge=0, le=31)

    @model_validator(mode="after")
    def _reminded_before(self) -> Self:
        if self.remind >= self.due:
            raise PydanticCustomError("remind_after_due", "remind must come before due")
        return self

    @property
    def due_time(self) -> time:
        return time.fromisoformat(self.due)

    @property
    def remind_time(self) -> time:
        return time.fromisoformat(self.remind)


class Rules(Rule):
    """inspectors.yaml. `illustrations`: sections whose figures no source prints."""

    code: str = Field(pattern=_CODE, max_length=30)
    version: str = Field(min_length=1, max_length=50)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    illustrations: list[Section]
    rotation: Rotation
    sampling: Sampling
    ledger: Ledger
    feedback: Feedback
    zero_report: ZeroReport


def read_rules(document: dict[str, Any]) -> Rules:
    """Raises pydantic's ValidationError."""
    return Rules.model_validate(document)
