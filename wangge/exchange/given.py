# SPDX-License-Identifier: Apache-2.0
"""What a peer may send. Shapes only: what the field allows is judged by the door."""

import re
from datetime import date
from typing import Annotated, Any, Self, cast
from uuid import UUID

from ninja import Header
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    model_validator,
)  # fmt: skip
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from wangge.cases.actions import StepData
from wangge.cases.actions.calls import MOST_NAME, CallData
from wangge.cases.actions.needs import MOST_METRES, MOST_TEXT
from wangge.cases.flow import State
from wangge.cases.models import Call
from wangge.common.coordinates import CoordinateSystem, to_wgs84


def _storable(text: str) -> str:
    """PostgreSQL stores every character but U+0000; half a surrogate pair is no character."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise PydanticCustomError("not_storable", "The text holds U+0000 or half a surrogate pair.")
    return text


Storable = AfterValidator(_storable)
# Limits stand before it: told of a text as of a list otherwise, and missing from the description.
Text = Annotated[str, Storable, Field(json_schema_extra={"maxLength": MOST_TEXT})]
Code = Annotated[str, StringConstraints(max_length=80), Storable]
#: a number or name of a caller: no fault of it repeats what was sent
Phone = Annotated[str, StringConstraints(max_length=MOST_NAME), Storable]


def _iso(given: Any) -> Any:
    """A number would be read as seconds or as milliseconds since 1970, by its size."""
    if isinstance(given, str) and re.match(r"\d{4}-\d\d-\d\d", given, re.ASCII):
        return given
    raise PydanticCustomError("datetime_type", "Input should be a moment in ISO 8601")


def _day(given: Any) -> Any:
    """A number would be read as seconds since 1970, a moment as its day somewhere."""
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given, re.ASCII):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise PydanticCustomError("date_type", "Input should be a day such as 2026-01-31")


Day = Annotated[
    date, BeforeValidator(_day), Field(json_schema_extra={"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]
Moment = Annotated[AwareDatetime, BeforeValidator(_iso)]
Number = Annotated[int, Field(ge=0, lt=2**63)]


#: as long a name or value as any form takes is judged by the form
MOST_FIELDS = 200


def _answer(value: Any) -> Any:
    """The form says what a field takes; here only what could not be kept whatever it says."""
    if not isinstance(value, str | int | float) or value != value:
        raise PydanticCustomError("field_value", "Input should be text, a number, true or false.")
    return _storable(value) if isinstance(value, str) else value


Answer = Annotated[
    Any, AfterValidator(_answer), Field(json_schema_extra={"type": ["string", "number", "boolean"]})
]
Answers = Annotated[
    dict[Code, Answer],
    Field(
        max_length=MOST_FIELDS,
        description="answers to the form of the class: see `form` where it is asked for",
    ),
]


def _degrees(most: int) -> FieldInfo:
    """The border is told here and kept by the rooms below, who say it better."""
    told: dict[str, Any] = {"minimum": -most, "maximum": most}
    return cast(FieldInfo, Field(description="degrees of `system`", json_schema_extra=told))


Longitude = Annotated[FiniteFloat, _degrees(180)]
Latitude = Annotated[FiniteFloat, _degrees(90)]
Metres = Annotated[
    FiniteFloat,
    Field(ge=0, description="radius of uncertainty, metres", json_schema_extra={"maximum": MOST_METRES}),
]
Photos = Annotated[list[UUID], Field(max_length=20, description="ids of photos uploaded before")]
IdempotencyKey = Annotated[
    UUID,
    Header(
        alias="Idempotency-Key",
        description="Made by the sender, one for each request: sent again, it gives the first answer and does nothing.",
    ),
]


class Given(BaseModel):
    """A body of ours: nothing unknown is accepted, so that a misspelt name is told and not dropped."""

    model_config = ConfigDict(extra="forbid")


class Positioned(Given):
    """Something at a place, at a moment."""

    lon: Longitude | None = None
    lat: Latitude | None = None
    system: CoordinateSystem = CoordinateSystem.WGS84
    accuracy_m: Metres | None = None
    at: Moment | None = Field(
        None,
        description="when it happened, with its offset from UTC; counts only near the server's own clock",
    )

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise PydanticCustomError("half_a_point", "Give both lon and lat, or neither.")
        return self

    def point(self) -> tuple[float | None, float | None]:
        """(lon, lat) in WGS84 degrees; raises CoordinatesOutOfRange."""
        if self.lon is None or self.lat is None:
            return None, None
        return to_wgs84(self.lon, self.lat, self.system)


class ReportGiven(Positioned):
    """A case to open."""

    description: Text
    place: Text = ""
    grid_code: Code = Field("", description="a unit grid, for a report without coordinates")
    class_code: Code = ""
    channel: Code = "api"
    photos: Photos = []
    external_id: Code = Field(
        "",
        description="the sender's own number of the matter; at most one case each, whatever numbers other senders use",
    )
    fields: Answers = {}


class CallGiven(Positioned):
    """A call as it was taken. `answered` needs the answer, `joined` the case; a case named with `reported` is linked."""

    outcome: Call.Outcome = Field(
        description="answered: at once; reported: makes a case; joined: to the case named"
    )
    text: Text = Field(description="what the caller says, without names and numbers of people")
    place: Text = ""
    grid_code: Code = Field("", description="a unit grid, for a call without coordinates")
    class_code: Code = ""
    channel: Code = Field("", description="a hotline of the city; empty = its first")
    number: Phone = Field("", description="kept sealed, told to nobody by this API, deleted on time")
    name: Phone = Field("", description="what the caller wants to be called; as the number")
    confidential: bool = Field(False, description="no unit may learn who called")
    answer: Text = ""
    case: Code = Field("", description="number of an earlier case about the same matter")
    began_at: Moment | None = Field(None, description="when the call began")
    external_id: Code = Field("", description="the sender's own number of the call; at most one call each")
    fields: Answers = {}

    def data(self) -> CallData:
        """The same as the action takes it."""
        names = (
            "channel", "number", "name", "confidential", "class_code", "text", "place", "lon", "lat", "system", "accuracy_m",
            "grid_code", "answer", "case", "external_id", "began_at", "fields",
        )  # fmt: skip
        return CallData(**{name: getattr(self, name) for name in names})


class TextsGiven(Given):
    reason: Text = ""
    basis: Text = ""
    result: Text = ""
    finding: Text = ""
    destination: Text = ""
    remark: Text = ""


class StepGiven(Positioned):
    """A step to take. Which of the rest it needs stands in GET /cases/{number}/steps and in GET /flow."""

    step: Code
    seen: Number | None = Field(
        None, description="`seq` of the case the sender looked at; refused when it has moved on"
    )
    result: Code = ""
    class_code: Code = ""
    norm_id: Number | None = None
    grid_code: Code = ""
    unit: Code = ""
    assist: list[Code] = Field([], max_length=20)
    handler_id: Number | None = None
    owner: Code = Field("", description="unit that owns the component, where known")
    target: Code = Field("", description="number of another case")
    passage: Code = Field(
        "", description="the text to delete, as `seq:name` of the log, such as 1:description"
    )
    call: Number | None = Field(
        None, description="the call whose caller was called back: see GET /cases/{number}/steps, `calls`"
    )
    entry: Number | None = Field(None, description="`seq` of the log entry a correction takes back")
    solved: bool | None = None
    satisfied: bool | None = None
    photos: Photos = []
    amount: Number | None = Field(None, description="units of the norm's clock an extension asks for")
    until: Day | None = Field(None, description="last day of a suspension")
    choices: dict[Code, Code] = Field(
        {},
        max_length=5,
        description="by the name of a list of the step: see GET /flow, `records` and `grades`",
    )
    area: Code = Field("", description="the area below a case is assigned down to")
    parts: list[Text] = Field([], max_length=20, description="what each part of a split case is about")
    texts: TextsGiven = TextsGiven()
    fields: Answers = {}

    def data(self) -> StepData:
        """The same as the door takes it."""
        lon, lat = self.point()
        texts = {name: text for name, text in self.texts.model_dump().items() if text}
        return StepData(
            result=self.result, class_code=self.class_code, norm_id=self.norm_id, grid_code=self.grid_code,
            unit=self.unit, assist=tuple(self.assist), handler_id=self.handler_id, owner=self.owner,
            target=self.target, passage=self.passage, call=self.call, entry=self.entry,
            solved=self.solved, satisfied=self.satisfied, lon=lon, lat=lat, accuracy_m=self.accuracy_m,
            photos=tuple(self.photos), amount=self.amount, until=self.until, choices=dict(self.choices), area=self.area,
            parts=tuple(self.parts), texts=texts,
            fields=self.fields,
        )  # fmt: skip


Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), Storable]


class ListGiven(Given):
    """Filters of the list of cases; empty = any."""

    state: State | None = None
    class_: Code = Field("", alias="class", description="a class or any class above it")
    area: Code = Field("", description="code of an area; holds those below it")
    unit: Code = Field("", description="lead unit")
    since: Moment | None = Field(None, description="reported at or after")
    until: Moment | None = Field(None, description="reported before")
    q: Words = Field("", description="words of the description, each of two characters or more")
    field: Words = Field("", description="an answer given in a form, as `name:value`")
    after: Code = Field("", description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)

    @model_validator(mode="after")
    def _searchable(self) -> Self:
        if any(len(word) < 2 for word in self.q.split()):
            raise PydanticCustomError("word_too_short", "Each word of q needs two characters or more.")
        if self.field and not all(self.answer or ("",)):
            raise PydanticCustomError("name_and_value", "field is written as name:value.")
        return self

    @property
    def answer(self) -> tuple[str, str] | None:
        """(field, value), None without one."""
        name, _, value = self.field.partition(":")
        return (name.strip(), value.strip()) if self.field else None


class SearchGiven(Given):
    """A search of the classes a case can be filed under."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Storable]
    limit: int = Field(20, ge=1, le=100)


class FlowGiven(Given):
    """`area`: code of the area whose cases are meant; "" = the city's flow."""

    area: Code = ""


class LocateGiven(Given):
    lon: Longitude
    lat: Latitude
    system: CoordinateSystem = CoordinateSystem.WGS84
