# SPDX-License-Identifier: Apache-2.0
"""What to do about a value that a row's model refuses, in Chinese and English."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少这一项，请补上。", "is missing; add it."),
    "extra_forbidden": (
        "没有这一项，请删除或改正名称。",
        "is not known here; remove it or correct its name.",
    ),
    "string_too_long": (
        "最多 {max_length} 个字，请缩短。",
        "may have {max_length} characters at most; shorten it.",
    ),
    "string_type": ("应为文字，请加引号。", "must be text; put it in quotes."),
    "string_pattern_mismatch": (
        "“{value}”为空或含有不允许的字符，应符合 {pattern}。",
        "“{value}” is empty or holds a character not allowed; it must match {pattern}.",
    ),
    "literal_error": ("“{value}”不可用，只能是 {expected}。", "“{value}” is not one of {expected}."),
    "enum": ("“{value}”不可用，只能是 {expected}。", "“{value}” is not one of {expected}."),
    "int_parsing": ("“{value}”应为整数。", "“{value}” must be a whole number."),
    "int_type": ("“{value}”应为整数。", "“{value}” must be a whole number."),
    "float_parsing": ("“{value}”应为数值。", "“{value}” must be a number."),
    "greater_than": ("{value} 应大于 {gt}。", "{value} must be greater than {gt}."),
    "greater_than_equal": ("{value} 应不小于 {ge}。", "{value} must be at least {ge}."),
    "less_than_equal": ("{value} 应不大于 {le}。", "{value} must be at most {le}."),
    "list_type": ("应为列表。", "must be a list."),
    "dict_type": ("应为键值表。", "must be a mapping."),
    "model_type": ("应为键值表。", "must be a mapping."),
    "yes_no": ("“{value}”应为 yes 或 no。", "“{value}” must be yes or no."),
    "star": ("为空；不限请写 *。", "is empty; write * for any."),
    "time_zone": (
        "没有时区“{value}”，请用 IANA 名称，如 Asia/Shanghai。",
        "there is no time zone “{value}”; use an IANA name such as Asia/Shanghai.",
    ),
    "iso_date": (
        "“{value}”不是日期，应为 2026-01-31 的形式。",
        "“{value}” is no date; write it as 2026-01-31.",
    ),
    "remind_after_due": ("提醒时间（remind）应早于截止时间（due）。", "remind must come before due."),
    "personal_number": (
        "含有像电话或证件号码的数字；人员名单只放姓名或代称，请删除。",
        "holds what looks like a telephone or identity number; people are listed by name only, remove it.",
    ),
}


def explain(error: ErrorDetails) -> tuple[str, str]:
    """The two sentences for one error of a model, with the name of the field in front."""
    field = ".".join(str(part) for part in error["loc"])
    facts: dict[str, Any] = {**error.get("ctx", {}), "value": _shown(error["input"])}
    zh, en = _SENTENCES.get(error["type"], ("有误：{message}", "is wrong: {message}"))
    facts["message"] = error["msg"]
    return f"{field}：{zh.format(**facts)}", f"{field}: {en.format(**facts)}"


def _shown(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
