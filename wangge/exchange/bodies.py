# SPDX-License-Identifier: Apache-2.0
"""What a peer gets. Moments are ISO 8601 with offset, coordinates WGS84 degrees; nobody's contact is in any of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """Made by us from checked data; written with the aliases."""

    model_config = ConfigDict(validate_by_name=True)


class Words(Body):
    zh: str
    en: str


class Named(Body):
    code: str
    name: Words


class Fault(Body):
    """One fault of a request: where it lies (body, query, path, header, file) and what it is."""

    where: str = Field(alias="in")
    field: str
    kind: str
    problem: Words


class Refusal(Body):
    """Every answer that is not a success. `code` is stable; `message` says what to do next.

    `reason`: why this person may not take the step; `permission`: which one their posts lack.
    """

    code: str
    message: Words
    reason: str | None = None
    permission: str | None = None
    fields: list[Fault] | None = None


class TakenBody(Body):
    """A step as recorded: `seq` is its place in the log of the case."""

    number: str
    seq: int
    state: str


class CallerBody(Body):
    """Nearly nothing: the first character of the name, the last digits of the number."""

    name: str
    number: str


class CallBody(Body):
    """A call as recorded. `caller` is masked, null where nothing is kept of them or they wished it.

    `text` null = deleted on time; empty where it is the description of the case. `case` null also where the key's person may
    not see that case, only the one it was merged into.
    """

    id: int
    outcome: str
    case: str | None
    channel: str
    class_code: str
    text: str | None
    answer: str | None
    confidential: bool
    caller: CallerBody | None
    began_at: datetime
    taken_at: datetime
    external_id: str


class Position(Body):
    lon: float
    lat: float


class NormBody(Body):
    """A filing condition; `limit` in units of `clock`; photos asked for at handling and at checking;
    `area_grade` where it holds, empty = everywhere."""

    id: int
    code: str
    condition: Words
    closing: Words
    limit: int
    clock: str
    photos_handle: int
    photos_check: int
    area_grade: str
    legal_basis: str


class FormBody(Body):
    """A form of a class: `fields` is its JSON Schema, `area` empty = everywhere; answers go into `fields` of the body."""

    id: int
    use: str
    area: str
    title: Words
    fields: dict[str, Any]


class FilledBody(Body):
    """A form as filled in with a step; `answers` null = redacted."""

    id: int
    use: str
    title: Words
    answers: dict[str, Any] | None


class CaseRowBody(Body):
    """A case in a list. `light`: green, yellow, red, or empty where no clock runs."""

    number: str
    state: Named
    class_: Named | None = Field(alias="class")
    description: str | None
    area: str
    lead_unit: str
    reported_at: datetime
    due_at: datetime | None
    light: str
    outside: bool
    origin: str
    position: Position | None


class PageBody(Body):
    """`next` goes into `after` for the page that follows; null on the last."""

    cases: list[CaseRowBody]
    next: str | None


class RecordBody(Body):
    """What runs beside the line of the case; `seq`: the log entry that opened it, `facts`: codes chosen with it."""

    kind: Named
    state: Named
    unit: str
    seq: int
    opened_at: datetime
    ended_at: datetime | None
    ruling: str
    amount: int | None
    until: datetime | None
    facts: dict[str, Any]


class CaseBody(Body):
    """A case now. `seq` is what a step gives back as `seen`; `description` null = redacted.

    `merged_into` null also where the key's person may not see that case.
    """

    number: str
    external_id: str
    origin: str
    channel: str
    state: Named
    class_: Named | None = Field(alias="class")
    norm: NormBody | None
    description: str | None
    place: str | None
    position: Position | None
    outside: bool
    unit_grid: str | None
    supervision_grid: str | None
    area: list[Named]
    squad: str
    lead_unit: Named | None
    route: dict[str, Any] | None
    reported_at: datetime
    filed_at: datetime | None
    dispatched_at: datetime | None
    yellow_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    closing: str
    merged_into: str | None
    suspended_until: datetime | None
    overdue_exempt: bool
    records: list[RecordBody]
    rework_count: int
    return_count: int
    reopened_count: int
    calendar_missing: bool
    photos: list[UUID]
    seq: int
    last_step: int | None = Field(
        description="`seq` of the step a correction may take back: `entry` of that step"
    )


class LogBody(Body):
    """One entry of the log. `data` holds ids, codes and digests; a redacted text is null.

    `data.target` null = another case, which the key's person may not see.
    """

    seq: int
    step: Named
    result: Named | None
    from_state: str
    to_state: str
    post: str
    origin: str
    at: datetime
    recorded_at: datetime
    data: dict[str, Any]
    taken_back_by: int | None = Field(description="`seq` of the correction that took the step back")
    texts: dict[str, str | None]
    form: FilledBody | None
    photos: list[UUID]


class ResultBody(Named):
    needs: list[str]


class HandlerBody(Body):
    id: int
    name: str


class OfferBody(Body):
    """A step of the case's present state: allowed, or why not. `handlers`: whom an assignment may name.

    `form`: what the step asks beside its needs. `calls`: one of each caller who waits to be called back.
    """

    step: Named
    allowed: bool
    reason: Words | None
    needs: list[str]
    results: list[ResultBody]
    norms: list[NormBody] | None = None
    handlers: list[HandlerBody] | None = None
    calls: list[int] | None = None
    form: FormBody | None = None


class PhotoBody(Body):
    """A stored photo: a JPEG without metadata; `sha256` of its bytes, `size` in bytes."""

    id: UUID
    sha256: str
    width: int
    height: int
    size: int


class ClassBody(Named):
    """`forms`: those asked for when such a case is reported, handled or checked, of every area that has its own."""

    parent: str
    level: str
    kind: str
    module: str
    norms: list[NormBody]
    forms: list[FormBody]


class LocatedBody(Body):
    """Where a point lies; outside every grid all but `inside` and `position` are null or empty."""

    inside: bool
    position: Position
    unit_grid: Named | None
    supervision_grid: Named | None
    area: list[Named]
    squad: str


class StateBody(Named):
    post: str | None


class StepBody(Body):
    step: Named
    sources: list[str]
    posts: list[str]
    hand: str
    needs: list[str]
    results: list[ResultBody]
    record: str = Field(description="the kind of side record it belongs to; empty = a step of the case")
    record_from: list[str]


class ChoiceBody(Named):
    """One of a list; `limit` in units of `clock`, of the reply it asks for."""

    limit: int | None
    clock: str | None


class RecordRuleBody(Named):
    """A kind of side record: its states, and the lists its steps choose from."""

    states: list[StateBody]
    choices: dict[str, list[ChoiceBody]]
    takes_back: list[str] = Field(description="of corrections: the steps they may take back")


class FlowBody(Body):
    code: str
    version: str
    states: list[StateBody]
    steps: list[StepBody]
    records: list[RecordRuleBody]
    grades: list[Named] = Field(description="what `choices` of the filing may name as `grade`")
