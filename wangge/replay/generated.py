# SPDX-License-Identifier: Apache-2.0
"""A generated day: reports come in at a rate, and staff of the pack take every step by the real actions.

Everything it writes is marked `generated` and says so in its text. What waits for whom is read from the database at
the start, so that it may be stopped or killed at any moment and simply goes on; a step a person takes is respected.
"""

import heapq
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import shapely
from django.db import Error
from shapely.geometry import shape

from wangge.cases.actions import report, take
from wangge.cases.actions.calls import CallData
from wangge.cases.errors import StepDenied
from wangge.cases.flow import OPEN_STATES
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Case
from wangge.cases.models.case import Origin
from wangge.cases.norms import norms_at
from wangge.cases.reference import channels_in_force
from wangge.catalog.queries import ClassInfo, catalog
from wangge.common.errors import DomainError
from wangge.grids.locate import GridInfo, grid_index
from wangge.grids.models import Grid
from wangge.grids.queries import areas
from wangge.organizations.directory import Actor, directory
from wangge.replay.callers import Callers
from wangge.replay.next_step import LONGEST_LYING, lying_time, next_step, take_photo
from wangge.replay.staff import Staff

#: at the start a first part lies behind: reports of this long, each step taking this many times as long
FIRST_PART, FIRST_PACE = timedelta(hours=6), 20.0
#: a case that was waiting when the day was started again is taken up within this time
_TAKEN_UP = 60.0
_TRIES = 6
_WEIGHT = {"component": 1, "event": 3}
_CHANNELS = {"inspector": 60, "hotline": 15, "app": 10, "web": 5, "operator": 5, "walk_in": 3, "media": 2}
logger = logging.getLogger(__name__)


class Day:
    """The day so far; `run_until` takes everything that is due. `counts`: steps taken and codes of refusals."""

    def __init__(self, *, per_minute: float, at: datetime, seed: int = 1) -> None:
        """A day from `at` on, with `per_minute` reports (0 = none); the same seed gives the same day in a new city."""
        cases = Case.objects.filter(origin=Origin.GENERATED)
        self.is_new = not cases.exists()
        self.counts: Counter[str] = Counter()
        self._choice = Random(f"{seed}:{cases.order_by('-pk').values_list('pk', flat=True).first() or 0}")
        self._staff = Staff(Origin.GENERATED)
        self._callers = Callers(self._choice, self._staff)
        self._per_minute, self._pace = per_minute, 1.0
        self._waiting: list[tuple[datetime, int]] = []
        for case in cases.filter(state__in=OPEN_STATES).iterator():
            self._schedule(case, not_before=at + timedelta(seconds=self._choice.uniform(0, _TAKEN_UP)))
        self._next_report = at
        self._classes = _classes()

    def first_part(self, reports: int, until: datetime) -> None:
        """What happened in the hours before `until`: so many reports, and their steps at an office's pace."""
        start, self._pace = until - FIRST_PART, FIRST_PACE
        for moment in sorted(start + FIRST_PART * self._choice.random() for _ in range(reports)):
            self._take_due(moment)
            self._report(moment)
        self._take_due(until)
        self._pace, self._next_report = 1.0, until
        # From here on things go at the quick pace, but for what was left to go overdue.
        left = [(moment - until, case_id) for moment, case_id in self._waiting]
        usual = timedelta(seconds=FIRST_PACE * LONGEST_LYING)
        self._waiting = [(until + (lies / FIRST_PACE if lies <= usual else lies), c) for lies, c in left]
        heapq.heapify(self._waiting)

    def run_until(self, moment: datetime) -> None:
        """Report and take steps, each at its own moment, up to `moment`."""
        while self._per_minute and self._next_report <= moment:
            at = self._next_report
            self._next_report = at + timedelta(seconds=self._choice.expovariate(self._per_minute / 60))
            self._take_due(at)
            self._report(at)
        self._take_due(moment)

    # -- reports ----------------------------------------------------------------------------------------------

    def _report(self, at: datetime) -> None:
        grid = self._choice.choice(grid_index().unit_grids)
        lon, lat = _point_in(grid, self._choice)
        info = self._choice.choices(self._classes, [_WEIGHT.get(c.kind, 1) for c in self._classes])[0]
        known = [c for c in _CHANNELS if c in channels_in_force()] or list(channels_in_force())
        channel = self._choice.choices(known, [_CHANNELS.get(c, 1) for c in known])[0]
        norm = self._choice.choice(norms_at(info.code, grid.area_path))
        matter = CallData(
            text=f"【演示生成】{_place_name(grid)}：{info.name_zh}，{norm.condition_zh}。", class_code=info.code,
            place=_place_name(grid), lon=lon, lat=lat, channel=channel,
        )  # fmt: skip
        try:
            actor = self._reporter(grid, channel)
            case_id = self._open(matter, actor, at, photos=max(1, norm.photos_report))
        except DomainError as refusal:
            self._refused("report", refusal)
            return
        self.counts["report"] += 1
        self._schedule(Case.objects.get(pk=case_id))
        if channel in hotlines():
            self._ring(matter, actor, at)

    def _ring(self, matter: CallData, actor: Actor, at: datetime) -> None:
        """Others ring while one call is made a case."""
        try:
            for outcome in self._callers.others(matter, actor, at):
                self.counts[f"call {outcome}"] += 1
        except DomainError as refusal:
            self._refused("call", refusal)

    def _open(self, matter: CallData, actor: Actor, at: datetime, *, photos: int) -> int:
        """The case of a report; whoever rang is kept with it."""
        if matter.channel in hotlines():
            return self._callers.opens(matter, actor, at)
        seen = range(photos if matter.channel == "inspector" else 0)
        return report(
            description=matter.text, class_code=matter.class_code, place_text=matter.place, lon=matter.lon, lat=matter.lat,
            channel=matter.channel, photos=tuple(take_photo(actor, self._choice, at) for _ in seen), actor=actor, at=at,
        ).case_id  # fmt: skip

    def _reporter(self, grid: GridInfo, channel: str) -> Actor:
        turn = self._choice.randrange(1 << 30)
        if channel == "inspector":
            squad = directory().squad_of(grid.parent)
            return self._staff.holder("inspector", turn=turn, unit=squad, area_path=grid.area_path)
        return self._staff.holder("operator", turn=turn, area_path=grid.area_path)

    # -- steps ------------------------------------------------------------------------------------------------

    def _wait(self, until: datetime, case_id: int) -> None:
        heapq.heappush(self._waiting, (until, case_id))

    def _schedule(self, case: Case, not_before: datetime | None = None) -> None:
        lying = lying_time(case, self._choice, self._pace)
        if lying is not None:
            self._wait(max(case.last_at + lying, not_before or case.last_at), case.pk)

    def _take_due(self, moment: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= moment:
            at, case_id = heapq.heappop(self._waiting)
            try:
                self._step(Case.objects.get(pk=case_id), at)
            except Error:  # the database is away: the case is not forgotten
                self._wait(at, case_id)
                raise

    def _step(self, case: Case, at: datetime) -> None:
        if case.state not in OPEN_STATES:
            return
        for last in range(_TRIES - 1, -1, -1):
            try:
                decided = next_step(case, self._choice, self._staff, at)
                take(decided.step, case.pk, decided.data, actor=decided.actor, at=at, seen=case.log_seq)
            except DomainError as refusal:
                # Another holder may do what this one may not (two hands), another look what a person changed.
                if last and isinstance(refusal, StepDenied):
                    continue
                self._refused(case.state, refusal)
                self._wait(at + timedelta(minutes=5), case.pk)
                return
            self.counts[decided.step] += 1
            case.refresh_from_db()
            self._schedule(case)
            return

    def _refused(self, what: str, refusal: DomainError) -> None:
        self.counts[f"refused: {refusal.code}"] += 1
        logger.warning("%s: %s", what, refusal)


def _classes() -> Sequence[ClassInfo]:
    """The classes cases are filed under: those without classes below."""
    known = catalog()
    parents = {info.parent for info in known.classes.values()}
    return [c for c in known.classes.values() if c.code not in parents and known.fileable(c.code)]


def _place_name(grid: GridInfo) -> str:
    """Names of the grid's areas below the whole city, largest first."""
    return "".join(areas()[code].name_zh for code in grid.area_path.strip("/").split("/")[1:])


def _point_in(grid: GridInfo, choice: Random) -> tuple[float, float]:
    """A point inside the grid, in degrees; tried at random, else the point the library is sure of."""
    boundary = shape(Grid.objects.values_list("boundary", flat=True).get(pk=grid.id))
    west, south, east, north = boundary.bounds
    for _ in range(20):
        point = shapely.Point(choice.uniform(west, east), choice.uniform(south, north))
        if boundary.contains(point):
            return round(point.x, 6), round(point.y, 6)
    point = boundary.representative_point()
    return round(point.x, 6), round(point.y, 6)
