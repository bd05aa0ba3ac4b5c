# SPDX-License-Identifier: Apache-2.0
"""The form of a row, made from its model: fields with words in the reader's language, and what was typed as a row."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from wangge.administration.choices import YES_NO, choices_of
from wangge.administration.columns import Words, referred, words_of
from wangge.administration.values import name_of
from wangge.organizations.access import Permission
from wangge.packs import schema
from wangge.rulebook.errors import RowFaulty
from wangge.rulebook.importing import read_json
from wangge.rulebook.tables import ReferenceTable
from wangge.ui.words import language

#: from this length on a text has several lines
LONG = 200
#: empty inputs after the codes of a list
SPARE = 3
_ANY = schema.AnyCode.__metadata__[0]  # type: ignore[attr-defined]


@dataclass
class Field:
    """A field: `kind` is the template, `values` what stands in it, `wrong` what must be corrected."""

    table: str
    column: str
    kind: str
    words: Words
    required: bool
    most: int | None = None
    choices: dict[str, Words] = field(default_factory=dict)
    refers: str = ""
    any_when_empty: bool = False
    fixed: bool = False
    values: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def inputs(self) -> list[str]:
        """Of a list of codes: those there are, and some to fill in."""
        return [*filter(None, self.values), *[""] * SPARE]

    @property
    def meaning(self) -> str:
        """What the code in it names."""
        name = name_of(self.refers, self.value) if self.refers and self.value else ""
        return name if name != self.value else ""


@cache
def _shape(row: type[schema.Row]) -> dict[str, Any]:
    found = row.model_json_schema(by_alias=True)
    return {
        name: {**body, **found.get("$defs", {}).get(body.get("$ref", "").rpartition("/")[2], {})}
        for name, body in found["properties"].items()
    }


@cache
def _starred(row: type[schema.Row]) -> frozenset[str]:
    """The columns in which "*" says any."""
    return frozenset(i.alias or name for name, i in row.model_fields.items() if _ANY in i.metadata)


def fields_of(table: ReferenceTable, values: dict[str, Any], *, fixed: bool) -> list[Field]:
    """The fields of a row with its values; `fixed`: what identifies it cannot be changed."""
    assert table.row
    return [
        _with(_field(table, column), values.get(column, ""), fixed and column in table.key)
        for column in table.columns
    ]


def _with(made: Field, value: Any, fixed: bool) -> Field:
    made.fixed = fixed
    if isinstance(value, dict):
        made.values = [json.dumps(value, ensure_ascii=False, indent=2)]
    elif isinstance(value, list):
        made.values = [str(one) for one in value]
    elif made.kind in ("codes", "several"):
        made.values = str(value).split(";") if value else []
    else:
        made.values = ["" if value in (None, "*") else str(value)]
    return made


def _field(table: ReferenceTable, column: str) -> Field:
    assert table.row
    body, words = _shape(table.row)[column], words_of(table.name, column)
    starred = column in _starred(table.row)
    made = Field(
        table.name,
        column,
        _kind(table.name, column, body),
        words,
        required=not starred and _needed(body),
        most=body.get("maxLength"),
        refers=referred(table.name, column),
        any_when_empty=starred,
    )
    known = choices_of(table.name, column)
    if made.kind == "yes_no":
        made.choices = YES_NO
    elif made.kind == "several" and column == "permissions":
        made.choices = {one.value: known.get(one.value, Words(one.value, one.value)) for one in Permission}
    elif made.kind in ("choice", "several"):
        listed = body.get("enum") or body.get("items", {}).get("enum", [])
        made.choices = {code: known.get(code, Words(code, code)) for code in listed if code}
    return made


def _kind(table: str, column: str, body: dict[str, Any]) -> str:
    kinds = {body.get("type"), *(one.get("type") for one in body.get("anyOf", ()))}
    if "boolean" in kinds:
        return "yes_no"
    if "object" in kinds:
        return "long"
    if "array" in kinds:
        return "several" if choices_of(table, column) else "codes"
    if "enum" in body:
        return "choice"
    if "integer" in kinds:
        return "number"
    if column in ("date", "first_day", "last_day"):
        return "date"
    if referred(table, column):
        return "code"
    return "long" if body.get("maxLength", 0) >= LONG else "text"


def _needed(body: dict[str, Any]) -> bool:
    """Must something stand in it?"""
    if body.get("type") in ("integer", "boolean", "object"):
        return True
    if "enum" in body:
        return "" not in body["enum"]
    if "anyOf" in body or body.get("type") == "array" or "default" in body:
        return False
    return "pattern" in body and not re.fullmatch(body["pattern"], "")


def typed_row(table: ReferenceTable, given: QueryDict) -> dict[str, Any]:
    """What a form of `fields_of` sent, as the file says a row. Raises RowFaulty for a JSON that is none."""
    return {column: _typed(_field(table, column), given) for column in table.columns}


def _typed(made: Field, given: QueryDict) -> Any:
    parts = [part.strip() for part in given.getlist(made.column) if part.strip()]
    if made.column == "permissions":
        return parts
    if made.kind in ("codes", "several"):
        return ";".join(
            dict.fromkeys(code for part in parts for code in re.split(r"[;；,，\s]+", part) if code)
        )
    text = parts[0].replace("\r\n", "\n") if parts else ""
    if made.kind == "number":
        return unicodedata.normalize("NFKC", text)
    if made.column == "fields":
        return _json(text, made.column)
    return text or ("*" if made.any_when_empty else "")


def _json(text: str, column: str) -> Any:
    try:
        return read_json(text)
    except ValueError as error:
        zh, en = f"不是有效的 JSON（{error}）。", f"is no valid JSON ({error})."
        raise RowFaulty([(f"{column}：{zh}", f"{column}: {en}")]) from None


def mark(fields: list[Field], error: RowFaulty) -> list[str]:
    """Put each fault at its field, in the reader's language; those of no field are returned."""
    by_column, left = {made.column: made for made in fields}, []
    for zh, en in error.faults:
        where, _middle, text = (zh if language() == "zh" else en).partition(
            "：" if language() == "zh" else ": "
        )
        made = by_column.get(where.partition(".")[0])
        if made is None:
            left.append(zh if language() == "zh" else en)
        elif made.required and not made.value:
            made.wrong.append(_("请填写这一项。"))
        else:
            made.wrong.append(text[:1].upper() + text[1:])
    return left
