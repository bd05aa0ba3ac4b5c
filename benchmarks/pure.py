# SPDX-License-Identifier: Apache-2.0
"""What is computed in memory, on one core: points located, due moments, routing, classes searched; at once
and one by one.

Each load runs three times; the figure is the middle one. The answers one by one must be those of the batch, or the
run ends: a fast wrong answer is no figure.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from benchmarks import catalogue
from benchmarks.figures import Figure, percentile
from wangge.cases.deadlines import Clock, Limit, due_at, due_many, yellow_at, yellow_many
from wangge.cases.reference import matrix
from wangge.cases.routing import Decision, Matrix, MatrixRow
from wangge.catalog.queries import catalog
from wangge.grids.locate import GridInfo, grid_index
from wangge.grids.queries import city
from wangge.organizations.calendars import WorkCalendar, moment_at, second_of
from wangge.organizations.directory import directory

Answer = TypeVar("Answer")
Array = np.ndarray[Any, Any]
Asked = tuple[Sequence[str], Sequence[str], str]

POINTS = 1_000_000
ROWS = 1_000_000
SINGLY = 100_000  # of them asked one by one
MATRIX_ROWS = 100_000
DAY = date(2026, 3, 11)  # the matrix is asked for its decisions of
ROUNDS = 3
SEARCHES = 1_000  # of classes
MOST_UNITS = 12  # of a limit: 12 work days, 12 urgent minutes
#: with daylight saving, which the city's own zone may not have
JUMPING = ZoneInfo("America/New_York")


def measure(points: int = POINTS, rows: int = ROWS) -> list[Figure]:
    """All figures; needs an installation opened, whose pack's grids, calendar, classes and units are used."""
    calendar = directory().calendar
    return [
        *_locating(points),
        *_due_moments(calendar, rows, ""),
        *_due_moments(replace(calendar, zone=JUMPING), rows, ", with daylight saving"),
        *_routing(),
        *_searching(),
    ]


def _locating(count: int) -> list[Figure]:
    index, points = grid_index(), _points(count)
    taken, many = _timed(lambda: index.locate_many(points))
    some = points[:SINGLY].tolist()
    singly, found = _timed(lambda: [index.locate(lon, lat) for lon, lat in some])
    grids = index.unit_grids
    if [grids[at] for at in many[:SINGLY]] != [each.unit_grid if each else None for each in found]:
        raise RuntimeError("points located at once and one by one do not agree")
    alone = len(some) / singly
    whole = f"{count:,} points would take {count / alone:.1f} s; measured on {len(some):,}"
    return [
        Figure(
            f"locate {count:,} points at once",
            taken,
            "s",
            "< 2",
            note=f"{len(grids):,} grids, {(many >= 0).mean():.1%} inside one",
        ),
        Figure("locate at once", count / taken, "points/s"),
        Figure("locate one by one", alone, "points/s", of="locate at once", note=whole),
    ]


def _points(count: int) -> Array:
    """Lon and lat of `count` points, evenly over the ground inside the city's outline, in no order."""
    outline = shapely.from_geojson(json.dumps(city().outline["geometry"]))
    shapely.prepare(outline)
    west, south, east, north = outline.bounds
    random, inside = np.random.default_rng(1), np.empty((0, 2))
    while len(inside) < count:
        thrown = random.uniform((west, south), (east, north), (count, 2))
        inside = np.concatenate((inside, thrown[shapely.contains_xy(outline, *thrown.T)]))
    return inside[:count]


@dataclass(frozen=True)
class Limits:
    """Rows of limits as arrays, and the first of them one by one."""

    clocks: Array
    values: Array
    starts: Array

    def of(self, clock: Clock) -> "Limits":
        return Limits(np.full_like(self.clocks, clock.value), self.values, self.starts)

    def singly(self) -> list[tuple[Limit, datetime]]:
        part = (each[:SINGLY].tolist() for each in (self.clocks, self.values, self.starts))
        return [(Limit(value, Clock(clock)), moment_at(at)) for clock, value, at in zip(*part, strict=True)]


def _due_moments(calendar: WorkCalendar, rows: int, where: str) -> Iterator[Figure]:
    random = np.random.default_rng(2)
    first, last = (
        second_of(datetime(*each, tzinfo=UTC))
        for each in ((calendar.first_year, 2, 1), (calendar.last_year, 11, 1))
    )
    mixed = Limits(
        np.array(list(Clock), dtype=np.str_)[random.integers(0, len(Clock), rows)],
        random.integers(1, MOST_UNITS + 1, rows),
        random.integers(first, last, rows),
    )
    name = f"all clocks mixed{where}"
    yield from _at_once_and_singly(f"due moments, {name}", mixed, calendar, due_many, due_at, ">= 500,000")
    yield from _at_once_and_singly(f"yellow moments, {name}", mixed, calendar, yellow_many, yellow_at)
    for clock in (Clock.NATURAL_DAY,) if where else Clock:
        limits = mixed.of(clock)
        yield from _at_once_and_singly(f"due moments, {clock}{where}", limits, calendar, due_many, due_at)


def _at_once_and_singly(
    name: str,
    limits: Limits,
    calendar: WorkCalendar,
    at_once: Callable[..., Array],
    one: Callable[..., datetime],
    bar: str = "",
) -> Iterator[Figure]:
    taken, many = _timed(lambda: at_once(limits.clocks, limits.values, limits.starts, calendar))
    each = limits.singly()
    singly, found = _timed(lambda: [one(limit, start, calendar) for limit, start in each])
    if many[:SINGLY].tolist() != [second_of(moment) for moment in found]:
        raise RuntimeError(f"{name}: at once and one by one do not agree")
    yield Figure(f"{name}: at once", len(many) / taken, "/s", bar)
    yield Figure(f"{name}: one by one", len(found) / singly, "/s", of=f"{name}: at once")


def _routing() -> Iterator[Figure]:
    places = Places()
    rows = places.rows(MATRIX_ROWS)
    built, large = _timed(lambda: Matrix(MatrixRow(**row) for row in rows))
    yield Figure(f"matrix of {MATRIX_ROWS:,} rows built", built, "s")
    asked = [places.case() for _ in range(SINGLY)]
    own, known = "routing by the pack's own matrix", directory().units
    for name, table in ((own, matrix()), (f"routing by {MATRIX_ROWS:,} rows", large)):
        decide = partial(table.route, default="", known=known, day=DAY)
        taken, found = _timed(partial(_decisions, decide, asked))
        fitting = sum(len(each.alternatives) + (each.row is not None) for each in found) / len(found)
        note = f"{fitting:.1f} rows fit a case"
        yield Figure(name, len(asked) / taken, "decisions/s", of="" if name == own else own, note=note)


def _decisions(decide: Callable[..., Decision], asked: list[Asked]) -> list[Decision]:
    return [decide(*each) for each in asked]


def _searching() -> Iterator[Figure]:
    """p95 of many searches of classes, where a catalogue is as large as the largest district's."""
    known, asked = catalogue.generated(), catalogue.words(SEARCHES)
    known.search("x", 1)  # its names are put in order once
    seconds = []
    for words in asked:
        begun = perf_counter()
        known.search(words, 20)
        seconds.append(perf_counter() - begun)
    note = f"p95 of {SEARCHES:,} searches; generated classes; the slowest {max(seconds) * 1000:.1f} ms"
    took = percentile(seconds, 0.95) * 1000
    yield Figure(f"search of {len(known.classes):,} classes", took, "ms", "< 100", note=note)


class Places:
    """Classes, places and owners of the city, drawn at random for rows of a matrix and for cases."""

    def __init__(self) -> None:
        self._random = Random(3)
        self._units = sorted(directory().units)
        self._owners = ["", *self._units[:20]]
        self._classes = [info.path.strip("/").split("/")[::-1] for info in catalog().classes.values()]
        self._places = [_around(grid) for grid in grid_index().unit_grids]

    def case(self) -> Asked:
        """Classes and places of a case, nearest first, and the owner of its component."""
        pick = self._random.choice
        return pick(self._classes), pick(self._places), pick(self._owners)

    def rows(self, count: int) -> list[dict[str, Any]]:
        """`count` rows that differ: any step of a case's classes and places, "" among them, named owner or none."""
        pick, named = self._random.choice, set[tuple[str, str, str]]()
        while len(named) < count:
            classes, places, owner = self.case()
            named.add((pick([*classes, ""]), pick([*places, ""]), owner))
        return [
            {
                "id": number, "class_code": class_code, "place": place, "owner": owner, "lead": pick(self._units),
                "assist": (pick(self._units),), "basis_zh": "按职责分工", "basis_en": "By duty",
            }
            for number, (class_code, place, owner) in enumerate(sorted(named), 1)
        ]  # fmt: skip


def _around(grid: GridInfo) -> list[str]:
    """The grid, its supervision grid and its areas, nearest first, as the loop asks for them."""
    return [code for code in (grid.code, grid.parent, *grid.area_path.strip("/").split("/")[::-1]) if code]


def _timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Seconds of the middle of ROUNDS runs, and the last answer."""
    seconds = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        answer = work()
        seconds.append(perf_counter() - begun)
    return median(seconds), answer
