# SPDX-License-Identifier: Apache-2.0
"""What people typed into a form, as the actions take it."""

import unicodedata
from datetime import date
from typing import BinaryIO, NamedTuple, cast
from uuid import UUID

from django.http import HttpRequest, QueryDict

from wangge.cases.actions import StepData
from wangge.cases.actions.photos import MOST_BYTES, receive_photo
from wangge.common.clock import now
from wangge.common.errors import BadInput
from wangge.organizations.directory import Actor

TEXTS = ("reason", "basis", "result_text", "finding", "destination", "remark")
#: lists a step of a side record chooses from
CHOICES = ("mode", "cause")
MOST_PHOTOS = 9
#: bytes of a form with all its photos and texts
MOST_FORM = MOST_PHOTOS * MOST_BYTES + (1 << 20)


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


class TooManyPhotos(BadInput):
    code = "too_many_photos"
    zh = "一次最多 {most} 张照片。"
    en = "At most {most} photos at once."


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
    return _uuid(given.get("key", ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BrokenForm from None


def photos(request: HttpRequest, actor: Actor) -> tuple[UUID, ...]:
    """Ids of the photos of a form: those kept from an earlier try and those sent now.

    Raises TooManyPhotos, and what `receive_photo` refuses.
    """
    kept = [_uuid(text) for text in request.POST.getlist("photo")]
    files = request.FILES.getlist("photos")
    if len(kept) + len(files) > MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    key = key_of(request.POST)
    return (
        *kept,
        *(receive_photo(cast(BinaryIO, file), actor=actor, at=now(), key=key).id for file in files),
    )


def step_data(given: QueryDict, photo_ids: tuple[UUID, ...]) -> StepData:
    """The fields of a step's form; empty ones are left out. Raises NotANumber, HalfAPoint, ClassNotChosen, BrokenForm."""
    at, (right_class, right_norm) = position(given), _right(given)
    texts = {name.removesuffix("_text"): given.get(name, "").strip() for name in TEXTS}
    return StepData(
        result=given.get("result", ""),
        class_code=right_class or class_code(given),
        norm_id=whole(right_norm or given.get("norm_id", "")),
        grid_code=given.get("grid_code", ""),
        unit=given.get("unit", ""),
        owner=given.get("owner", ""),
        assist=tuple(code for code in given.getlist("assist") if code != given.get("unit")),
        handler_id=whole(given.get("handler_id", "")),
        target=given.get("target", "").strip(),
        passage=given.get("passage", ""),
        solved=_yes_no(given.get("solved", "")),
        satisfied=_yes_no(given.get("satisfied", "")),
        lon=at.lon,
        lat=at.lat,
        accuracy_m=at.accuracy_m,
        photos=photo_ids,
        amount=whole(given.get("amount", "")),
        until=_day(given.get("until", "")),
        area=given.get("area", ""),
        parts=tuple(line.strip() for line in given.get("parts", "").splitlines() if line.strip()),
        choices={name: given.get(name, "") for name in CHOICES if given.get(name)},
        texts={name: text for name, text in texts.items() if text},
    )


def _right(given: QueryDict) -> tuple[str, str]:
    """(class, id of the norm) as a correction names them, `class:norm`."""
    code, _, norm_id = given.get("right", "").rpartition(":")
    return code, norm_id


def _day(text: str) -> date | None:
    """A day the page's own field gave; raises BrokenForm."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BrokenForm from None


def _yes_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
