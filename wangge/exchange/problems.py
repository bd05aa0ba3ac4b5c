# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a field, in Chinese and English. The English is the validator's own sentence."""

from collections.abc import Mapping
from typing import Any

#: by the validator's error type; the gaps are filled from what it tells beside
_CHINESE = {
    "missing": "缺少这一项。",
    "extra_forbidden": "没有这一项，请核对名称。",
    "string_type": "应为文字。",
    "string_unicode": "应为有效的 Unicode 文字。",
    "string_too_short": "至少 {min_length} 个字符。",
    "string_too_long": "至多 {max_length} 个字符。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_parsing_size": "整数过大。",
    "int_from_float": "应为整数，不能有小数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "less_than": "应小于 {lt}。",
    "enum": "应为以下之一：{expected}。",
    "list_type": "应为数组。",
    "too_long": "至多 {max_length} 项，现有 {actual_length} 项。",
    "uuid_type": "应为 UUID。",
    "uuid_parsing": "应为 UUID。",
    "datetime_type": "应为 ISO 8601 时间。",
    "date_type": "应为日期，例如 2026-01-31。",
    "datetime_parsing": "应为 ISO 8601 时间。",
    "datetime_from_date_parsing": "应为 ISO 8601 时间。",
    "datetime_object_invalid": "应为有效的时间。",
    "timezone_aware": "时间须写明与 UTC 的偏移，例如 +08:00。",
    "model_type": "应为 JSON 对象。",
    "model_attributes_type": "应为 JSON 对象。",
    "dict_type": "应为 JSON 对象。",
    "value_error": "应为上传的文件。",
    "not_storable": "文字中有无法保存的字符（U+0000 或半个代理对）。",
    "half_a_point": "经度和纬度须同时给出，或都不给。",
    "field_value": "应为文字、数字、true 或 false。",
    "name_and_value": "field 须写成 名称:值。",
    "word_too_short": "q 中每个词至少两个字。",
}


def problem(kind: str, english: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """The sentence of a validator's error `kind`, {zh, en}; one that is not known here names its kind."""
    # the validator strings alternatives together in English
    plain = {name: str(value).replace(" or ", "、").replace(", ", "、") for name, value in facts.items()}
    try:
        chinese = _CHINESE[kind].format(**plain)
    except KeyError:
        chinese = f"不符合要求（{kind}）。"
    return {"zh": chinese, "en": english}
