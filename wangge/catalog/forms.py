# SPDX-License-Identifier: Apache-2.0
"""What a form of a class asks and whether answers fit it. Pure: JSON Schema (Draft 2020-12), judged by its library.

Answers are {name: text, number or boolean}; a name the form does not have is refused, and nothing is needed but what the
schema says. Their sentences name no value: they may be shown and logged.
"""

import json
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

Answers = dict[str, str | int | float | bool]
#: characters of a text where the schema sets no narrower limit
MOST_TEXT = 4000
#: a number beyond it is not told apart from its neighbours by everything that reads it
MOST_NUMBER = 10**15


@dataclass(frozen=True)
class Choice:
    """A value that may be chosen, and what people call it."""

    value: Any
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Field:
    """A field of a form. `kind`: string, integer, number, boolean; `choices`: all that may be chosen, empty = free."""

    name: str
    kind: str
    title_zh: str
    title_en: str
    required: bool
    choices: tuple[Choice, ...]
    rule: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with the answer to `field`; `kind` is the keyword of the schema, or "unknown"."""

    field: str
    kind: str
    zh: str
    en: str


@dataclass(frozen=True)
class Said:
    """An answer as it is read: the field's title, and the value in words."""

    name: str
    value: Any
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    #: `name:value`, as a search for it is written; of free text none, which may be personal and belongs in no address
    address: str


@dataclass(frozen=True, eq=False)
class FormInfo:
    """A version of a form; see catalog.models.Form. `fields` is its JSON Schema."""

    id: int
    class_code: str
    area: str
    use: str
    title_zh: str
    title_en: str
    fields: dict[str, Any]

    @cached_property
    def asked(self) -> tuple[Field, ...]:
        """The fields in the order of the schema."""
        required = self.fields.get("required", ())
        return tuple(
            Field(name, rule["type"], rule.get("title", name), rule.get("title_en", name), name in required,
                  tuple(_choices(rule)), rule)
            for name, rule in self.fields["properties"].items()
        )  # fmt: skip

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.asked}

    @cached_property
    def _validator(self) -> Draft202012Validator:
        """An empty registry: a schema never sends the server to fetch another one."""
        checker = Draft202012Validator.FORMAT_CHECKER
        return Draft202012Validator(self.fields, format_checker=checker, registry=Registry())

    def faults(self, answers: Mapping[str, Any]) -> list[Fault]:
        """What does not fit, one fault a field, in the order of the fields; empty when everything does."""
        found = {name: _unknown(name) for name in answers if name not in self.by_name}
        found |= {fault.field: fault for fault in _bounds(answers) if fault.field not in found}
        if not found:
            for error in self._validator.iter_errors(dict(answers)):
                for fault in _told(error):
                    found.setdefault(fault.field, fault)
        order = list(self.by_name)
        return sorted(found.values(), key=lambda f: order.index(f.field) if f.field in order else len(order))

    def read(self, answers: Mapping[str, Any]) -> list[Said]:
        """`answers` in words, in the order of the fields."""
        return [_read(field, answers[field.name]) for field in self.asked if field.name in answers]


def normal(answers: Mapping[str, Any]) -> Answers:
    """The one form in which an answer is kept, searched and digested: 3.0 is 3, and there is no -0."""
    return {name: _number(v) if isinstance(v, float) else v for name, v in answers.items()}


def _number(value: float) -> int | float:
    return int(value) if math.isfinite(value) and value == int(value) else value


def canonical(answers: Mapping[str, Any]) -> str:
    """The text whose digest is chained; `answers` as `normal` gives them, also after a stay in the database."""
    return json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parsed(field: Field, text: str) -> Any:
    """What was typed as the field's type takes it; what is no such thing stays text, for `faults` to tell."""
    if field.choices:
        return next((c.value for c in field.choices if plain(c.value) == text), text)
    if field.kind in ("integer", "number"):
        return _read_number(text, text)
    return text


def _read_number(text: str, otherwise: Any) -> Any:
    try:
        number = float(
            unicodedata.normalize("NFKC", text)
        )  # wide digits of an input method are meant as well
    except ValueError:
        return otherwise
    return _number(number) if math.isfinite(number) else otherwise


def values_of(text: str) -> list[Any]:
    """What a value written as text may mean in a search: the text, a number, yes or no."""
    found: list[Any] = [text]
    if text in ("true", "false"):
        found.append(text == "true")
    number = _read_number(text, None)
    return found if number is None or abs(number) > MOST_NUMBER else [*found, number]


def plain(value: Any) -> str:
    """A value as an address or an input holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choices(rule: Mapping[str, Any]) -> Iterator[Choice]:
    if "enum" in rule:
        zh, en = rule.get("x-enum-zh") or rule["enum"], rule.get("x-enum-en") or rule["enum"]
        for value, name_zh, name_en in zip(rule["enum"], zh, en, strict=True):
            yield Choice(value, str(name_zh), str(name_en))
    elif rule["type"] == "boolean":
        yield from (Choice(True, "是", "Yes"), Choice(False, "否", "No"))


def _read(field: Field, value: Any) -> Said:
    chosen = next((c for c in field.choices if c.value == value), None)
    zh, en = (chosen.name_zh, chosen.name_en) if chosen else (plain(value), plain(value))
    address = f"{field.name}:{plain(value)}" if chosen or not isinstance(value, str) else ""
    return Said(field.name, value, field.title_zh, field.title_en, zh, en, address)


def _unknown(name: str) -> Fault:
    return Fault(
        name, "unknown", "表单没有这一项，请核对名称。", "The form has no such field; check its name."
    )


def _bounds(answers: Mapping[str, Any]) -> Iterator[Fault]:
    """What no schema may allow: texts and numbers that cannot be kept as they are."""
    for name, value in answers.items():
        match value:
            case bool():
                pass
            case str() if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
                yield Fault(name, "unstorable", "有无法保存的控制字符，请删除。",
                            "Holds a character that cannot be stored; remove it.")  # fmt: skip
            case str() if len(value) > MOST_TEXT:
                yield Fault(name, "maxLength", f"至多 {MOST_TEXT} 个字。", f"At most {MOST_TEXT} characters.")
            case int() | float() if not abs(value) <= MOST_NUMBER:  # NaN is not
                yield Fault(name, "maximum", "数字过大。", "The number is too large.")


_TYPES = {
    "string": ("应为文字。", "Must be text."),
    "integer": ("应为整数，例如 12。", "Must be a whole number, such as 12."),
    "number": ("应为数字，例如 1.5。", "Must be a number, such as 1.5."),
    "boolean": ("应选“是”或“否”。", "Must be yes or no (true or false)."),
}
_FORMATS = {"date": ("应为日期，例如 2026-03-15。", "Must be a date, such as 2026-03-15.")}

#: keyword of the schema -> what to say of its value
_RULES: dict[str, Callable[[Any], tuple[str, str]]] = {
    "type": lambda v: _TYPES.get(str(v), ("类型不对。", "Is of the wrong type.")),
    "format": lambda v: _FORMATS.get(v, (f"格式应为 {v}。", f"Must be in the format {v}.")),
    "enum": lambda v: (f"应为以下之一：{_listed(v, '、')}。", f"Must be one of: {_listed(v, ', ')}."),
    "minimum": lambda v: (f"不能小于 {v}。", f"Must be {v} or more."),
    "maximum": lambda v: (f"不能大于 {v}。", f"Must be {v} or less."),
    "exclusiveMinimum": lambda v: (f"应大于 {v}。", f"Must be more than {v}."),
    "exclusiveMaximum": lambda v: (f"应小于 {v}。", f"Must be less than {v}."),
    "multipleOf": lambda v: (f"应为 {v} 的倍数。", f"Must be a multiple of {v}."),
    "minLength": lambda v: (f"至少 {v} 个字。", f"At least {v} character(s)."),
    "maxLength": lambda v: (f"至多 {v} 个字。", f"At most {v} character(s)."),
    "pattern": lambda v: (f"格式不对，应符合 {v}。", f"Must match {v}."),
}


def _listed(values: list[Any], by: str) -> str:
    return by.join(map(plain, values))


def _told(error: ValidationError) -> Iterator[Fault]:
    if error.validator == "required":
        needed: Any = error.validator_value
        given: Any = error.instance
        for name in needed:
            if name not in given:
                yield Fault(name, "required", "请填写这一项。", "Please fill this in.")
        return
    field, kind = (str(error.path[0]) if error.path else ""), str(error.validator)
    say = _RULES.get(kind)
    zh, en = say(error.validator_value) if say else (f"不符合规定（{kind}）。", f"Breaks the rule “{kind}”.")
    yield Fault(field, kind, zh, en)
