# SPDX-License-Identifier: Apache-2.0
"""What the load reports, and the steps that lead each of it to its end: who takes them, and with what.

Random unit grids, classes, norms and channels of the pack; every step by a holder of the right post, judged by other
people than those who act. Made from the reference data in memory, before anything is measured.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import shapely
from shapely.geometry import shape

from wangge.cases.actions.needs import photos_needed
from wangge.cases.actions.placing import command_path_for, decide
from wangge.cases.reference import channels
from wangge.catalog.queries import ClassInfo, NormInfo, catalog
from wangge.common.clock import now
from wangge.grids.locate import Located, grid_index
from wangge.grids.models import Grid
from wangge.grids.queries import areas, city
from wangge.organizations.directory import Actor, directory
from wangge.replay.errors import StaffMissing
from wangge.replay.staff import Staff

#: shares of the channels, where the pack has them; by the hotline there is a callback before closing
CHANNELS = {"inspector": 60, "operator": 25, "hotline": 15}
GRIDS = 1500  # different places


@dataclass(frozen=True)
class Move:
    """A step: by whom, the body of its request, how many photos it needs."""

    login: str
    body: bytes
    photos: int = 0

    def with_photos(self, ids: list[str]) -> bytes:
        """The body naming these photos."""
        return self.body[:-1] + b', "photos": ' + json.dumps(ids).encode() + b"}" if ids else self.body


@dataclass(frozen=True)
class Matter:
    """A report and the steps that lead it to closed; `reject` ends it at once instead."""

    report: Move
    steps: tuple[Move, ...]
    reject: Move

    @property
    def logins(self) -> set[str]:
        """Everybody who takes part."""
        return {move.login for move in (self.report, *self.steps)}


def matters(count: int, seed: int = 1) -> list[Matter]:
    """So many different matters, always the same of one pack."""
    choice, staff = Random(seed), Staff("live")
    places, classes = list(_places(choice)), _classes()
    known = [c for c in CHANNELS if c in channels()]
    found: list[Matter] = []
    while len(found) < count:
        channel = choice.choices(known, [CHANNELS[c] for c in known])[0]
        info, norms = choice.choice(classes)
        try:
            found.append(
                _Making(choice, staff, *choice.choice(places), info, choice.choice(norms), channel).made()
            )
        except StaffMissing:
            continue  # nobody holds a post there: no such case is reported
    return found


def _places(choice: Random) -> Iterator[tuple[Located, float, float]]:
    """Points inside random unit grids, in WGS84 degrees."""
    grids = {
        grid.id: grid
        for grid in choice.sample(grid_index().unit_grids, min(GRIDS, len(grid_index().unit_grids)))
    }
    for grid_id, boundary in Grid.objects.filter(pk__in=grids).order_by("pk").values_list("pk", "boundary"):
        point: shapely.Point = shape(boundary).representative_point()
        located = grid_index().by_code(grids[grid_id].code)
        assert located
        yield located, round(point.x, 6), round(point.y, 6)


def _classes() -> list[tuple[ClassInfo, tuple[NormInfo, ...]]]:
    known = catalog()
    return [
        (info, known.norms_of(code)) for code, info in sorted(known.classes.items()) if known.fileable(code)
    ]


class _Making:
    def __init__(
        self, choice: Random, staff: Staff, located: Located, lon: float, lat: float, info: ClassInfo, norm: NormInfo,
        channel: str,
    ) -> None:  # fmt: skip
        self.choice, self.staff, self.located, self.info, self.norm = choice, staff, located, info, norm
        self.channel, self.here = channel, {"lon": lon, "lat": lat}
        self.turn = choice.randrange(1 << 30)

    def made(self) -> Matter:
        """The matter. Raises StaffMissing."""
        operator, inspector = self._area("operator"), self._inspector()
        report = {
            "description": self._description(), "class_code": self.info.code, "channel": self.channel,
            "place": self._place(), **self.here,
        }  # fmt: skip
        reporter = inspector if self.channel == "inspector" else operator
        reject = {"step": "reject", "texts": {"reason": "压测结束，未办理。"}}
        return Matter(
            _move(reporter, report), tuple(self._steps(operator, inspector)), _move(operator, reject)
        )

    def _steps(self, operator: Actor, inspector: Actor) -> Iterator[Move]:
        chief, dispatcher = self._area("duty_chief"), self._area("dispatcher")
        supervision = self.located.supervision
        codes = (self.located.unit_grid.code, *([supervision.code] if supervision else []))
        unit = decide(self.info.code, self.located.area_path, codes, day=_today()).lead
        clerk = self.staff.holder("unit_clerk", turn=self.turn, unit=unit)
        handler = self.staff.holder("handler", turn=self.turn, unit=unit)
        yield _move(operator, {"step": "accept"})
        # the photos of the site the norm asks for, whoever took them: the report is measured without
        yield _move(chief, {"step": "file", "norm_id": self.norm.id}, self.norm.photos_report)
        yield _move(dispatcher, {"step": "dispatch", "unit": unit})
        if self.choice.random() < 0.5:
            yield _move(clerk, {"step": "sign_for"})
        else:
            yield _move(clerk, {"step": "assign", "handler_id": handler.person_id})
        done = {"result": f"{self.norm.closing_zh or '已处置'}。"}
        yield _move(
            handler, {"step": "finish", "texts": done} | self.here, photos_needed("finish", self.norm)
        )
        yield _move(operator, {"step": "send_check"})
        checked = {"step": "answer_check", "result": "passed"} | self.here
        yield _move(inspector, checked, photos_needed("answer_check", self.norm))
        if channels()[self.channel].callback:
            pleased = {"result": "satisfied", "solved": True, "satisfied": True}
            yield _move(operator, {"step": "call_back"} | pleased)
        yield _move(chief, {"step": "close", "result": "solved"})

    def _description(self) -> str:
        return f"【压测】{self._place()}：{self.info.name_zh}，{self.norm.condition_zh}。"

    def _place(self) -> str:
        codes = self.located.area_path.strip("/").split("/")[1:]
        return "".join(areas()[code].name_zh for code in codes)

    def _area(self, post: str) -> Actor:
        path = self.located.area_path
        if post == "dispatcher":
            path = command_path_for(self.info.code, path)
        return self.staff.holder(post, turn=self.turn, area_path=path)

    def _inspector(self) -> Actor:
        supervision = self.located.supervision
        squad = directory().squad_of(supervision.code) if supervision else ""
        return self.staff.holder("inspector", turn=self.turn, unit=squad, area_path=self.located.area_path)


def _today() -> date:
    return now().astimezone(city().zone).date()


def _move(actor: Actor, body: dict[str, Any], photos: int = 0) -> Move:
    return Move(actor.login, json.dumps(body, ensure_ascii=False).encode(), photos)
