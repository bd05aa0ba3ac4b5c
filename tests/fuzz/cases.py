# SPDX-License-Identifier: Apache-2.0
"""The cases the requests are aimed at: one in every state, some that few may see, and what belongs to them."""

from typing import Any
from uuid import uuid4

from tests.city import (
    COVER,
    COVER_NORM,
    EAST_ONE,
    IN_EAST,
    IN_WEST,
    OUTSIDE,
    STREET_EVENT,
    UNIT_GRID_EAST,
    UNIT_GRID_WEST,
    actor,
    person,
)
from tests.loop import PATHS, bring_to, call_about, new_case, photo, step
from wangge.cases.actions.calls import CallData, take_call
from wangge.cases.flow import State
from wangge.cases.models import Call, Case, Photo
from wangge.cases.reference import current_flow
from wangge.catalog.models import Norm
from wangge.common.clock import now

#: of callers: no answer of the API holds one in clear, whoever asks
NUMBERS, NAME = ("13912345678", "010-65001234"), "欧阳建国"


def make_cases() -> None:
    """Every state in the east, with swj; the west and its street; outside; joined across the two streets."""
    for state in PATHS:
        bring_to(state, at=None)
    west = bring_to(State.HANDLED, class_code=STREET_EVENT, where=IN_WEST, at=None)
    new_case(where=OUTSIDE, at=None)
    new_case(where=None, at=None)
    east = new_case(external_id="7", channel="hotline", at=None)
    step(east, "link", target=west.number)
    step(east, "merge", target=new_case(where=IN_WEST, at=None).number)
    step(bring_to(State.HANDLING, at=None), "ask_return")
    step(new_case(at=None), "redact")
    for case in (west, east):
        call_about(case, name=NAME)
    call_about(west, number=NUMBERS[1], confidential=True)
    answered = CallData(
        text="问公厕几点开", answer="已告知", number=NUMBERS[0], name=NAME, grid_code=UNIT_GRID_WEST
    )
    take_call(Call.Outcome.ANSWERED, answered, actor=actor("operator_west"), at=now(), key=uuid4())
    for login in ("operator_1", "operator_1", "inspector_east", "handler_swj"):
        photo(login)


def words() -> dict[str, list[str | int | float]]:
    """Values that mean something, by the name of the parameter or field."""
    handler = person("handler_swj").pk
    norm = Norm.objects.get(code=COVER_NORM).pk
    numbers: list[str | int | float] = [*Case.objects.order_by("id").values_list("number", flat=True)]
    return {
        "path.number": numbers,
        "path.photo_id": [str(key) for key in Photo.objects.values_list("pk", flat=True)],
        "path.call_id": [*Call.objects.values_list("pk", flat=True)],
        "body.case": numbers,
        "body.number": [*NUMBERS],
        "body.name": [NAME],
        "body.call": [*Call.objects.values_list("pk", flat=True)],
        "body.photos[*]": [str(key) for key in Photo.objects.filter(case=None).values_list("pk", flat=True)],
        "body.lon": [IN_EAST.lon],
        "body.lat": [IN_EAST.lat],
        "body.step": [*current_flow().steps],
        "body.target": numbers,
        "body.result": ["confirmed", "passed", "failed", "satisfied", "unsatisfied", "explained", "solved"],
        "body.class_code": [COVER, STREET_EVENT, COVER[:3]],
        "body.channel": ["hotline", "operator", "api"],
        "body.grid_code": [UNIT_GRID_EAST],
        "body.unit": ["swj", "xijie", "csgl"],
        "body.owner": ["swj"],
        "body.passage": ["1:description", "1:place"],
        "body.handler_id": [handler],
        "body.norm_id": [norm],
        "body.external_id": ["7"],
        "body.seen": [1, 2, 3],
        "query.class": [COVER, COVER[:3]],
        "query.area": [EAST_ONE, EAST_ONE[:6]],
        "query.unit": ["swj", "xijie"],
        "query.q": ["井盖", "破损 井盖", "cover"],
    }


def config() -> dict[str, Any]:
    """The same as schemathesis takes it: a dictionary for each, drawn from two times in three."""
    found = words()
    return {
        "generation": {"with-security-parameters": False},
        "dictionaries": {name: {"values": values} for name, values in found.items()},
        "parameters": {name: {"dictionary": name, "probability": 0.66} for name in found},
    }
