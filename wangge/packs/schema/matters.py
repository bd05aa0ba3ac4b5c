# SPDX-License-Identifier: Apache-2.0
"""The catalogue: modules, classes, norms, sheets and forms."""

from typing import Any, Literal

from pydantic import Field

from wangge.cases.deadlines import Clock
from wangge.packs.schema.fields import (
    MOST,
    Kind,
    NumberOrNone,
    OtherClock,
    Row,
    UnitKinds,
    YesNo,
    coded,
    named,
    said,
)


class ModuleRow(Row):
    """modules.csv: a business module 业务模块."""

    code: str = coded(30)
    name_zh: str = named(100)
    name_en: str = named(200)
    source: str = said(300)


class GenerationRow(Row):
    """generations.csv: an edition of the national catalogue, or a city's own classes. `filing`: cases are filed under
    its classes; else they stand for reference and mapping only."""

    code: str = coded(30)
    name_zh: str = named(100)
    name_en: str = named(200)
    filing: YesNo
    source: str = said(300)


class MappingRow(Row):
    """class_mappings.csv: `class` is the same as, narrower or broader than `other`, a class of another generation."""

    class_code: str = coded(30, alias="class")
    other: str = coded(30)
    relation: Literal["same", "narrower", "broader"]
    source: str = said(300)


class ClassRow(Row):
    code: str = coded(30)
    parent: str = coded(30, empty=True)
    level: Literal["major", "minor", "detail"]
    kind: Kind
    module: str = coded(30)
    generation: str = coded(30)
    name_zh: str = named(200)
    name_en: str = named(200)
    source: str = said(300)
    confidence: str = said(50)


class NormRow(Row):
    code: str = coded(40)
    class_code: str = coded(30, alias="class")
    condition_zh: str = named(500)
    condition_en: str = named(500)
    limit: int = Field(gt=0, le=MOST)
    clock: Clock
    arrive_limit: NumberOrNone = None
    arrive_clock: OtherClock = ""
    safe_limit: NumberOrNone = None
    safe_clock: OtherClock = ""
    safe_zh: str = Field("", max_length=300)
    safe_en: str = Field("", max_length=300)
    closing_zh: str = said(300)
    closing_en: str = said(300)
    photos_report: int = Field(ge=0, le=20)
    photos_handle: int = Field(ge=0, le=20)
    photos_check: int = Field(ge=0, le=20)
    area_grade: str = said(30)
    lead_kinds: UnitKinds = []
    assist_kinds: UnitKinds = []
    legal_basis: str = said(300)
    source: str = said(300)
    local: YesNo


class ProcedureRow(Row):
    """procedures.csv: what the procedure sheet of a class says beside its norms."""

    class_code: str = coded(30, alias="class")
    reviewed_zh: str = named(500)
    reviewed_en: str = named(500)
    basis_zh: str = said(300)
    basis_en: str = said(300)
    source: str = said(300)


class FormRow(Row):
    """An item of forms.yaml: extra fields of a class and those below it. `area` empty = everywhere.

    `fields`: JSON Schema (2020-12) of an object whose properties are of type string, integer, number or boolean, each with
    `title` and `title_en`; the values of an `enum` may have words in `x-enum-zh` and `x-enum-en`, in the same order.
    """

    class_code: str = coded(30, alias="class")
    area: str = coded(20, empty=True)
    use: Literal["report", "handle", "check", "visit"]
    title_zh: str = named(100)
    title_en: str = named(100)
    fields: dict[str, Any]
