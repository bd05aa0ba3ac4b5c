# SPDX-License-Identifier: Apache-2.0
"""What is sent in good faith: of every operation a request that some key is answered with success."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.city import COVER, EAST_ONE, IN_EAST
from tests.fuzz.cases import NAME, NUMBERS
from tests.loop import new_case, png
from wangge.cases.models import Call, Case, Photo

#: the parts of a request as schemathesis takes them
Parts = dict[str, Any]
_POINT = {"lon": IN_EAST.lon, "lat": IN_EAST.lat}
_CALL = {"text": "井盖破损", "number": NUMBERS[0], "name": NAME, "answer": "已转告"}


def _case() -> str:
    return Case.objects.earliest("pk").number


def _about(**path: Any) -> Parts:
    return {"path_parameters": path}


def _posted(body: Any, kind: str = "application/json", **path: Any) -> Parts:
    return {
        "path_parameters": path,
        "body": body,
        "media_type": kind,
        "headers": {"Idempotency-Key": str(uuid4())},
    }


def _call(outcome: str) -> Callable[[], Parts]:
    return lambda: _about(call_id=Call.objects.filter(outcome=outcome).earliest("pk").pk)


#: by operation; each made anew for every key, since what is done once cannot be done again
GOOD: dict[str, tuple[Callable[[], Parts], ...]] = {
    "POST /cases": (lambda: _posted({"description": "路灯不亮", "class_code": COVER} | _POINT),),
    "GET /cases": (lambda: {"query": {"class": COVER[:3], "q": "井盖", "limit": 3}},),
    "GET /cases/{number}": (lambda: _about(number=_case()),),
    "GET /cases/{number}/log": (lambda: _about(number=_case()),),
    "GET /cases/{number}/steps": (lambda: _about(number=_case()),),
    "POST /cases/{number}/steps": (
        lambda: _posted({"step": "accept", "class_code": COVER}, number=new_case(at=None).number),
    ),
    "POST /calls": (
        lambda: _posted(_CALL | _POINT | {"outcome": "reported"}),
        lambda: _posted(_CALL | {"outcome": "answered", "confidential": True}),
        lambda: _posted(_CALL | {"outcome": "joined", "case": _case()}),
    ),
    "GET /calls/{call_id}": (_call("joined"), _call("answered")),
    "POST /photos": (lambda: _posted({"file": png()}, "multipart/form-data"),),
    "GET /photos/{photo_id}": (lambda: _about(photo_id=str(Photo.objects.exclude(case=None).earliest("seq").pk)),),
    "GET /classes": (lambda: {"query": {"q": "井盖"}},),
    "GET /locate": (lambda: {"query": _POINT},),
    "GET /flow": (lambda: {"query": {"area": EAST_ONE}},),
}  # fmt: skip
