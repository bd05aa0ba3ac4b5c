# SPDX-License-Identifier: Apache-2.0
"""What people typed into a form, of whatever room: numbers, a position, a class, the key of the form."""

import unicodedata
from typing import NamedTuple
from uuid import UUID

from django.http import QueryDict

from wangge.common.errors import BadInput


class NotANumber(BadInput):
    code = "not_a_number"
    zh = "“{zh_field}”应为数字，例如 {example}。"
    en = "“{en_field}” must be a number, such as {example}."


class HalfAPoint(BadInput):
    code = "half_a_point"
    zh = "经度和纬度要一起填写，或都留空。"
    en = "Give both longitude and latitude, or neither."


class ClassNotChosen(BadInput):
    code = "class_not_chosen"
    zh = "类别未选定：请从列表中选择，或清空类别框。"
    en = "No class was chosen: choose one from the list, or clear the class box."


class BrokenForm(BadInput):
    code = "broken_form"
    zh = "页面提交的内容不完整，请刷新页面后重试。"
    en = "The page sent something incomplete; reload it and try again."


class Position(NamedTuple):
    """Degrees WGS84 and metres, as typed or measured."""

    lon: float | None
    lat: float | None
    accuracy_m: float | None


def decimal(text: str, zh_field: str, en_field: str, example: str) -> float | None:
    """A number, None when empty; raises NotANumber."""
    if not text.strip():
        return None
    try:
        return float(unicodedata.normalize("NFKC", text))  # wide digits of an input method are meant as well
    except ValueError:
        raise NotANumber(zh_field=zh_field, en_field=en_field, example=example) from None


def whole(text: str) -> int | None:
    """A number the page itself put into the form; raises BrokenForm."""
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise BrokenForm from None


def position(given: QueryDict) -> Position:
    """Longitude, latitude and accuracy of a form; raises NotANumber, HalfAPoint."""
    lon = decimal(given.get("lon", ""), "经度", "Longitude", "116.397")
    lat = decimal(given.get("lat", ""), "纬度", "Latitude", "39.908")
    if (lon is None) != (lat is None):
        raise HalfAPoint
    return Position(lon, lat, decimal(given.get("accuracy_m", ""), "精度", "Accuracy", "15"))


def class_code(given: QueryDict) -> str:
    """The chosen class, or ""; raises ClassNotChosen when words were typed and nothing chosen."""
    code = given.get("class_code", "")
    if not code and given.get("class_words", "").strip():
        raise ClassNotChosen
    return code


def key_of(given: QueryDict) -> UUID:
    """The key the page was given; the same form sent twice carries the same one. Raises BrokenForm."""
    return uuid_of(given.get("key", ""))


def uuid_of(text: str) -> UUID:
    """A UUID the page itself put into the form; raises BrokenForm."""
    try:
        return UUID(text)
    except ValueError:
        raise BrokenForm from None
