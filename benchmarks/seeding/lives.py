# SPDX-License-Identifier: Apache-2.0
"""Lives of cases, recorded: each taken through the real door by staff of the pack, its rows kept after every step.

The shares of the ways are invented; every end but merging and every open state occurs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import connection
from django.db.models import Max

from wangge.cases.actions import StepData, report, take
from wangge.cases.errors import StepDenied
from wangge.cases.flow import END_STATES, State
from wangge.cases.models import Case
from wangge.cases.models.case import Origin
from wangge.cases.reference import channels
from wangge.catalog.queries import ClassInfo, NormInfo, catalog
from wangge.grids.locate import GridInfo, grid_index
from wangge.grids.queries import areas, top_area_path
from wangge.notices.models import Notice
from wangge.organizations.directory import directory
from wangge.organizations.models import Responsibility
from wangge.replay.next_step import Next, lying_time, next_step, take_photo
from wangge.replay.staff import Staff

Row = dict[str, Any]
#: rows that change while a case lives, and rows that are only added
CHANGING = ("cases_task", "cases_dispatch", "cases_siderecord")
ADDED = ("cases_logentry", "cases_casetext", "cases_photo", "notices_notice")
_WAYS = {"": 84, "refuse_filing": 3, "void": 2, "transfer": 2, "escalate": 3, "unsatisfied": 3, "reopen": 3}
_CHANNELS = {"inspector": 60, "hotline": 15, "app": 10, "web": 5, "operator": 5, "walk_in": 3, "media": 2}
#: how much slower than the generated day; a life lasts hours to days
_PACE = (10.0, 120.0)
_REOPENED_AFTER = timedelta(hours=30)
_TRIES = 20


@dataclass(frozen=True)
class Plan:
    """What a life is to be: its place, its matter, the way it takes, and the seed of every choice on it."""

    grid: GridInfo
    info: ClassInfo
    norm: NormInfo
    channel: str
    way: str
    seed: int


@dataclass(frozen=True)
class Stage:
    """The rows that change, as they stood after a step."""

    case: Row
    rows: dict[str, list[Row]]


@dataclass(frozen=True)
class Life:
    """A recorded life: `stages[n]` after log entry n + 1; `rows` of the tables that only grow, as at the end."""

    plan: Plan
    stages: tuple[Stage, ...]
    rows: dict[str, list[Row]]

    @property
    def moments(self) -> tuple[timedelta, ...]:
        """When each step was taken, from the report on."""
        return tuple(stage.case["last_at"] - stage.case["reported_at"] for stage in self.stages)


def place_key(grid: GridInfo, named: frozenset[str]) -> tuple[str, str, str]:
    """Grids with one key are alike to the product: same area, squad and duties. `named`: see `named_places`."""
    return grid.parent, grid.area_path, grid.code if grid.code in named else ""


def named_places() -> frozenset[str]:
    """Codes the responsibility matrix names."""
    return frozenset(Responsibility.objects.current().values_list("place", flat=True))


def plans(seed: int) -> Iterator[Plan]:
    """Without end: every place before one comes again, every norm of every class likewise."""
    choice, named = Random(seed), named_places()
    alike: dict[tuple[str, str, str], list[GridInfo]] = {}
    for grid in grid_index().unit_grids:
        alike.setdefault(place_key(grid, named), []).append(grid)
    groups, matters = list(alike.values()), _matters()
    choice.shuffle(groups)
    choice.shuffle(matters)
    known = [c for c in _CHANNELS if c in channels()] or list(channels())
    called_back = [c for c in known if channels()[c].callback]
    for n in count():
        way = choice.choices(list(_WAYS), list(_WAYS.values()))[0]
        channel = choice.choices(known, [_CHANNELS.get(c, 1) for c in known])[0]
        if way == "unsatisfied":
            channel = choice.choice(called_back)
        info, norm = matters[n % len(matters)]
        yield Plan(
            choice.choice(groups[n % len(groups)]), info, norm, channel, way, choice.randrange(1 << 30)
        )


def _matters() -> list[tuple[ClassInfo, NormInfo]]:
    known = catalog()
    return [(c, n) for c in known.classes.values() if known.fileable(c.code) for n in known.norms_of(c.code)]


def places() -> int:
    """How many lives it takes until every place has one."""
    named = named_places()
    return len({place_key(grid, named) for grid in grid_index().unit_grids})


def record(plan: Plan, at: datetime, moments: Sequence[timedelta] = (), point: Any = None) -> Life:
    """Live `plan` from `at` on through the door until the case ends.

    `moments`, `point`: when each step is taken (from `at` on) and where (lon, lat), instead of the plan's own choice.
    Raises the DomainError of a step nobody could take.
    """
    return _Living(plan, at, moments).live(point or point_in(plan.grid, plan.seed))


def point_in(grid: GridInfo, seed: int) -> tuple[float, float]:
    """A point inside the grid, in degrees."""
    rng = np.random.default_rng(seed)
    lon, lat = points_in(np.array([boundaries()[grid.id]], dtype=object), rng)
    return float(lon[0]), float(lat[0])


def points_in(grids: "np.ndarray[Any, Any]", rng: np.random.Generator) -> tuple[Any, Any]:
    """A point inside each of these polygons as (lon, lat) arrays of six decimals; one in its middle at the worst."""
    box = shapely.bounds(grids)
    middle = shapely.point_on_surface(grids)
    lon, lat = shapely.get_x(middle).round(6), shapely.get_y(middle).round(6)
    left = np.arange(len(grids))
    for _ in range(20):
        west, south, east, north = box[left].T
        x, y = rng.uniform(west, east).round(6), rng.uniform(south, north).round(6)
        inside = shapely.contains_xy(grids[left], x, y)
        lon[left[inside]], lat[left[inside]] = x[inside], y[inside]
        left = left[~inside]
        if not len(left):
            break
    return lon, lat


@cache
def boundaries() -> "dict[int, shapely.Geometry]":
    """The polygons of all grids in force, by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, boundary::text FROM grids_grid WHERE valid_to IS NULL")
        ids, texts = zip(*cursor.fetchall(), strict=True)
    polygons = shapely.from_geojson(np.array(texts, dtype=object))
    shapely.prepare(polygons)
    return dict(zip(ids, polygons, strict=True))


class _Living:
    def __init__(self, plan: Plan, at: datetime, moments: Sequence[timedelta]) -> None:
        self.plan, self.at, self.moments = plan, at, moments
        self.choice, self.lying = Random(plan.seed), Random(plan.seed + 1)
        self.pace = self.lying.uniform(*_PACE)
        self.staff = Staff(Origin.GENERATED)

    def live(self, point: tuple[float, float]) -> Life:
        before = {"notices_notice": Notice.objects.aggregate(newest=Max("id"))["newest"] or 0}
        case = Case.objects.get(pk=self._report(point))
        stages = [_stage(case.pk)]
        while (after := self._after(case, len(stages))) is not None:
            self._step(case, case.reported_at + after)
            stages.append(_stage(case.pk))
        return Life(
            self.plan,
            tuple(stages),
            {table: _rows(table, case.pk, after=before.get(table)) for table in ADDED},
        )

    def _after(self, case: Case, taken: int) -> timedelta | None:
        """When the next step is taken, from the report on; None: this was the last."""
        if self.moments:
            return self.moments[taken] if taken < len(self.moments) else None
        if case.state in END_STATES:
            if self.plan.way != "reopen" or case.state != State.CLOSED or case.reopened_count:
                return None
            lies = _REOPENED_AFTER
        else:
            lies = lying_time(case, self.lying, self.pace) or timedelta()
        return case.last_at + lies - case.reported_at

    def _report(self, point: tuple[float, float]) -> int:
        grid, info, norm, channel = self.plan.grid, self.plan.info, self.plan.norm, self.plan.channel
        turn = self.choice.randrange(1 << 30)
        photos: tuple[UUID, ...] = ()
        if channel == "inspector":
            squad = directory().squad_of(grid.parent)
            actor = self.staff.holder("inspector", turn=turn, unit=squad, area_path=grid.area_path)
            photos = tuple(take_photo(actor, self.choice, self.at) for _ in range(max(1, norm.photos_report)))
        else:
            actor = self.staff.holder("operator", turn=turn, area_path=grid.area_path)
        where = "".join(areas()[code].name_zh for code in grid.area_path.strip("/").split("/")[1:])
        return report(
            description=f"【演示生成】{where}：{info.name_zh}，{norm.condition_zh}。", class_code=info.code,
            place_text=where, lon=point[0], lat=point[1], channel=channel, photos=photos, actor=actor, at=self.at,
        ).case_id  # fmt: skip

    def _step(self, case: Case, at: datetime) -> None:
        for left in range(_TRIES - 1, -1, -1):
            decided = self._forced(case) or next_step(case, self.choice, self.staff, at)
            try:
                take(decided.step, case.pk, decided.data, actor=decided.actor, at=at, seen=case.log_seq)
            except StepDenied:  # another holder may do what this one may not: two hands
                if not left:
                    raise
                continue
            case.refresh_from_db()
            return

    def _forced(self, case: Case) -> Next | None:
        """The step the plan's way asks for here."""
        reason, area = {"reason": "【演示生成】情况属实。"}, case.area_path
        basis = {"basis": "【演示生成】超出本级权限。"}
        match self.plan.way, case.state:
            case "refuse_filing", "accepted":
                return self._next("reject_filing", "duty_chief", reason, area_path=area)
            case "void", "filed":
                return self._next("void", "duty_chief", reason, area_path=area)
            case "transfer", "filed":
                texts = reason | {"destination": "【演示生成】市级主管部门。"}
                return self._next("transfer", "dispatcher", texts, area_path=case.command_path)
            case "escalate", "dispatched" if case.command_path != top_area_path():
                if case.side_records.filter(kind="escalation", ended_at=None).exists():
                    return self._next("escalate", "dispatcher", reason, area_path=case.command_path)
                return self._next("ask_escalation", "unit_clerk", reason | basis, unit=case.lead_unit)
            case "unsatisfied", "callback":
                data = StepData(result="unsatisfied", solved=False, satisfied=False)
                return self._next("call_back", "operator", {}, data, area_path=area)
            case "reopen", "closed":
                return self._next("reopen", "duty_chief", reason, area_path=area)
        return None

    def _next(
        self, step: str, post: str, texts: dict[str, str], data: StepData | None = None, **pool: str
    ) -> Next:
        actor = self.staff.holder(post, turn=self.choice.randrange(1 << 30), **pool)
        return Next(step, data or StepData(texts=texts), actor)


def _stage(case_id: int) -> Stage:
    (case,) = _rows("cases_case", case_id, column="id")
    return Stage(case, {table: _rows(table, case_id) for table in CHANGING})


def _rows(table: str, case_id: int, column: str = "case_id", after: int | None = None) -> list[Row]:
    """Rows of a case, oldest first; `after`: an id below theirs, where no index finds a case's rows."""
    newer = "" if after is None else f" AND id > {after}"
    order = "seq" if table == "cases_logentry" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s{newer} ORDER BY {order}", [case_id])
        names = [c.name for c in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
