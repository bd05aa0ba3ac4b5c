# SPDX-License-Identifier: Apache-2.0
"""What people typed into a form about a case, as the actions take it."""

from datetime import date
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, QueryDict

from wangge.cases.actions import StepData
from wangge.cases.actions.photos import MOST_BYTES, receive_photo
from wangge.common.clock import now
from wangge.common.errors import BadInput
from wangge.organizations.directory import Actor
from wangge.ui.input import (
    BrokenForm,
    ClassNotChosen,
    HalfAPoint,
    NotANumber,
    Position,
    class_code,
    decimal,
    key_of,
    position,
    uuid_of,
    whole,
)  # fmt: skip

__all__ = [
    "BrokenForm", "ClassNotChosen", "HalfAPoint", "NotANumber", "Position", "TooManyPhotos", "class_code", "decimal",
    "key_of", "photos", "position", "step_data", "uuid_of", "whole",
]  # fmt: skip

TEXTS = ("reason", "basis", "result_text", "finding", "destination", "remark")
#: lists a step of a side record chooses from
CHOICES = ("mode", "cause", "grade")
MOST_PHOTOS = 9
#: bytes of a form with all its photos and texts
MOST_FORM = MOST_PHOTOS * MOST_BYTES + (1 << 20)


class TooManyPhotos(BadInput):
    code = "too_many_photos"
    zh = "一次最多 {most} 张照片。"
    en = "At most {most} photos at once."


def photos(request: HttpRequest, actor: Actor) -> tuple[UUID, ...]:
    """Ids of the photos of a form: those kept from an earlier try and those sent now.

    Raises TooManyPhotos, and what `receive_photo` refuses.
    """
    kept = [uuid_of(text) for text in request.POST.getlist("photo")]
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
    what = given.get("what", "")
    texts = {name.removesuffix("_text"): given.get(name, "").strip() for name in TEXTS}
    return StepData(
        result=given.get("result", ""),
        class_code=right_class or class_code(given),
        norm_id=whole(right_norm or given.get("norm_id", "")),
        grid_code=given.get("grid_code", "") if what in ("", "place", "both") else "",
        entry=whole(given.get("entry", "")) if what == "step" else None,
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
    """(class, id of the norm) as a correction names them, `class:norm`; none where it is about something else."""
    if given.get("what", "class") not in ("class", "both"):
        return "", ""
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
