# SPDX-License-Identifier: Apache-2.0
"""Answers judged by the schema of a form: an examples table, and the form in which they are kept."""

import json
import re
from typing import Any

import pytest

from wangge.catalog.forms import FormInfo, canonical, normal, parsed, values_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["cause"],
    "properties": {
        "cause": {
            "type": "string", "enum": ["traffic", "age"], "x-enum-zh": ["碾压", "老化"], "x-enum-en": ["Traffic", "Age"],
            "title": "原因", "title_en": "Cause",
        },
        "mark": {"type": "string", "maxLength": 4, "title": "标识", "title_en": "Mark"},
        "since": {"type": "string", "format": "date", "title": "自", "title_en": "Since"},
        "depth": {"type": "integer", "minimum": 0, "maximum": 2000, "title": "深", "title_en": "Depth"},
        "width": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5, "title": "宽", "title_en": "Width"},
        "fenced": {"type": "boolean", "title": "已围护", "title_en": "Fenced"},
    },
}  # fmt: skip
FORM = FormInfo(1, "C0101", "", "report", "表", "Form", SCHEMA)


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({}, {"cause": "required"}),
        ({"cause": "age"}, {}),
        ({"cause": "rust"}, {"cause": "enum"}),
        ({"cause": None}, {"cause": "type"}),
        ({"cause": "age", "mark": "标识四字"}, {}),
        ({"cause": "age", "mark": "标识五个字"}, {"mark": "maxLength"}),
        ({"cause": "age", "mark": 7}, {"mark": "type"}),
        ({"cause": "age", "mark": "\0"}, {"mark": "unstorable"}),
        ({"cause": "age", "since": "2026-02-28"}, {}),
        ({"cause": "age", "since": "2026-02-30"}, {"since": "format"}),
        ({"cause": "age", "since": "昨天"}, {"since": "format"}),
        ({"cause": "age", "depth": 0}, {}),
        ({"cause": "age", "depth": 2001}, {"depth": "maximum"}),
        ({"cause": "age", "depth": -1}, {"depth": "minimum"}),
        ({"cause": "age", "depth": 1.5}, {"depth": "type"}),
        ({"cause": "age", "depth": True}, {"depth": "type"}),
        ({"cause": "age", "depth": "深"}, {"depth": "type"}),
        ({"cause": "age", "depth": 10**400}, {"depth": "maximum"}),
        ({"cause": "age", "width": float("nan")}, {"width": "maximum"}),
        ({"cause": "age", "width": 0}, {"width": "exclusiveMinimum"}),
        ({"cause": "age", "width": 1.2}, {"width": "multipleOf"}),
        ({"cause": "age", "width": 1.5, "fenced": False}, {}),
        ({"cause": "age", "fenced": 1}, {"fenced": "type"}),
        ({"cause": "age", "colour": "red"}, {"colour": "unknown"}),
        ({"depth": "深", "fenced": "x"}, {"cause": "required", "depth": "type", "fenced": "type"}),
    ],
)  # fmt: skip
def test_what_fits_and_what_is_told(answers: dict[str, Any], faults: dict[str, str]) -> None:
    told = FORM.faults(answers)
    assert {fault.field: fault.kind for fault in told} == faults
    for fault in told:
        assert re.search("[一-鿿]", fault.zh) and not re.search("[一-鿿]", fault.en)
        assert not {"{", "}"} & {*fault.zh, *fault.en}


def test_a_schema_sends_the_server_nowhere() -> None:
    """A reference to an address is never fetched: it fails by itself."""
    schema = {"type": "object", "properties": {"x": {"type": "string", "$ref": "http://127.0.0.1:1/x"}}}
    with pytest.raises(Exception, match="Unresolvable"):
        FormInfo(2, "C0101", "", "report", "表", "Form", schema).faults({"x": "1"})


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("depth", "12", 12), ("depth", "１２", 12), ("depth", "12.0", 12), ("depth", "1.5", 1.5), ("depth", "x", "x"),
        ("depth", "nan", "nan"), ("width", "0.5", 0.5), ("fenced", "true", True), ("fenced", "false", False),
        ("fenced", "maybe", "maybe"), ("cause", "age", "age"), ("cause", "rust", "rust"), ("mark", "12", "12"),
    ],
)  # fmt: skip
def test_what_is_typed_is_taken_by_the_type_of_its_field(field: str, typed: str, value: Any) -> None:
    read = parsed(FORM.by_name[field], typed)
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [({"x": 3.0}, '{"x":3}'), ({"x": -0.0}, '{"x":0}'), ({"x": 1e3}, '{"x":1000}'), ({"x": 0.1}, '{"x":0.1}'),
     ({"b": True, "a": "水"}, '{"a":"水","b":true}')],
)  # fmt: skip
def test_an_answer_is_kept_in_one_form(given: dict[str, Any], kept: str) -> None:
    assert canonical(normal(given)) == kept == canonical(json.loads(kept))


def test_read_in_words_in_the_order_of_the_form() -> None:
    said = FORM.read({"fenced": True, "depth": 30, "cause": "age"})
    assert [(s.title_zh, s.text_zh, s.text_en) for s in said] == [
        ("原因", "老化", "Age"), ("深", "30", "30"), ("已围护", "是", "Yes")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("age", ["age"]),
        ("true", ["true", True]),
        ("30", ["30", 30]),
        ("1.50", ["1.50", 1.5]),
        ("1e999", ["1e999"]),
    ],
)
def test_a_word_of_a_search_may_mean_several_values(text: str, values: list[Any]) -> None:
    assert values_of(text) == values
