# SPDX-License-Identifier: Apache-2.0
"""Fill an installation with cases: some hundred lives go through the door, the rest are their copies by COPY.

Everything is marked `generated`. Copies differ in ids, place, moments (and so in deadlines), words and chain.
"""

import multiprocessing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import click
import django.db
import numpy as np
import psycopg

from benchmarks.seeding import load, words
from benchmarks.seeding.copies import City, Copy, lines_of
from benchmarks.seeding.forms import Form, columns, form_of
from benchmarks.seeding.lives import (
    Life,
    Plan,
    boundaries,
    named_places,
    place_key,
    places,
    plans,
    points_in,
    record,
)
from benchmarks.seeding.plan import REPORTED_OVER, Chosen, choose
from wangge.common.clock import now
from wangge.grids.locate import grid_index
from wangge.grids.queries import city
from wangge.organizations.directory import directory

PROCESSES = 2
BATCH = 4_000
MANY = 500_000
#: lives are recorded as of then, so that all of them have ended
_LIVED_BEFORE = timedelta(days=120)
_READ_AFTER = timedelta(days=2)


@dataclass
class Work:
    """What every process knows; `ground` of a life: the ids and polygons of the grids its copies may lie in."""

    lives: list[Life]
    chosen: Chosen
    city: City
    ground: list[tuple[list[int], list[Any]]]
    columns: dict[str, tuple[str, ...]]
    seed: int
    first_id: int = 0
    forms: dict[tuple[int, int], Form] = field(default_factory=dict)

    def form(self, life: int, steps: int) -> Form:
        """Made when it is first asked for."""
        known = self.forms.get((life, steps))
        if known is None:
            known = self.forms[life, steps] = form_of(self.lives[life], steps)
        return known


def seed(cases: int) -> None:
    """Add `cases` cases to the open installation, whatever it holds already; nothing else may run meanwhile."""
    until = now()
    lives = record_lives(cases, until)
    with load.connect() as connection, load.connect() as other:
        load.open_months(connection.cursor(), until - REPORTED_OVER - timedelta(days=31), until)
        work = prepare(lives, cases - len(lives), until)
        work.first_id = load.next_id_of_run(connection.cursor(), "cases_case_id_seq", cases - len(lives))
        with load.without_indexes([connection, other]):
            _copy_all(work, cases - len(lives))
            click.echo("Indexes…", err=True)
        click.echo("Statistics…", err=True)
        load.settle([connection, other])


def record_lives(cases: int, until: datetime) -> list[Life]:
    """Lives for `cases` cases through the door: every place once, twice where there are many cases."""
    count = min(places() * (2 if cases >= MANY else 1), max(1, cases // 2))
    start = until - _LIVED_BEFORE
    wanted = [
        (plan, start + timedelta(minutes=n))
        for n, plan in enumerate(islice(plans(seed=round(until.timestamp())), count))
    ]
    django.db.connections.close_all()
    with multiprocessing.get_context("fork").Pool(PROCESSES, _open_door) as pool:
        done = pool.imap(_record, wanted, chunksize=4)
        with click.progressbar(done, length=count, label="Lives through the door") as bar:
            return list(bar)


def _open_door() -> None:
    with django.db.connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _record(wanted: tuple[Plan, datetime]) -> Life:
    return record(*wanted)


def prepare(lives: list[Life], count: int, until: datetime) -> Work:
    """Everything `count` copies of `lives` need, but for ids."""
    named, seed = named_places(), round(until.timestamp())
    alike: dict[tuple[str, str, str], list[int]] = {}
    for grid in grid_index().unit_grids:
        alike.setdefault(place_key(grid, named), []).append(grid.id)
    known = [alike[place_key(life.plan.grid, named)] for life in lives]
    ground = [(ids, [boundaries()[i] for i in ids]) for ids in known]
    about = City(city().case_number_prefix, city().zone, directory().calendars, until - _READ_AFTER)
    given: dict[str, tuple[str, ...]] = {}
    for life in lives:
        given |= columns(life)
    chosen = choose(lives, count, until, np.random.default_rng(seed))
    return Work(lives, chosen, about, ground, given, seed)


def write(work: Work, start: int, end: int, cursor: psycopg.Cursor[Any]) -> None:
    """The cases number `start` to `end` of the work, in the running transaction."""
    rng = np.random.default_rng([work.seed, start])
    lives, steps = work.chosen.life[start:end].tolist(), work.chosen.steps[start:end].tolist()
    forms = [work.form(life, taken) for life, taken in zip(lives, steps, strict=True)]
    requests = iter(load.next_ids(cursor, "cases_siderecord_id_seq", sum(form.requests for form in forms)))
    picks = [
        int(share * len(work.ground[life][0]))
        for life, share in zip(lives, rng.random(len(lives)), strict=True)
    ]
    polygons = [work.ground[life][1][pick] for life, pick in zip(lives, picks, strict=True)]
    lon, lat = (axis.tolist() for axis in points_in(np.array(polygons, dtype=object), rng))
    mixtures = words.mixtures(len(lives), rng)
    copies = [
        Copy(
            form, work.first_id + start + n, moment_of(int(work.chosen.reported[start + n])),
            work.ground[lives[n]][0][picks[n]], lon[n], lat[n], mixtures[n], list(islice(requests, form.requests)),
        )
        for n, form in enumerate(forms)
    ]  # fmt: skip
    load.copy_lines(cursor, work.columns, lines_of(copies, work.city))


def moment_of(micros: int) -> datetime:
    """The UTC moment so many microseconds after 1970."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC) + timedelta(microseconds=micros % 1_000_000)


_given: Work
_connection: psycopg.Connection


def _copy_all(work: Work, count: int) -> None:
    """In processes of their own, which know the work because they are forked."""
    global _given
    _given = work
    django.db.connections.close_all()
    starts = range(0, count, BATCH)
    parts = [(start, min(start + BATCH, count)) for start in starts]
    with (
        multiprocessing.get_context("fork").Pool(PROCESSES, _open) as pool,
        click.progressbar(length=count, label="Copies") as bar,
    ):
        for written in pool.imap_unordered(_write_part, parts):
            bar.update(written)


def _open() -> None:
    global _connection
    _connection = load.connect()


def _write_part(part: tuple[int, int]) -> int:
    with _connection.transaction(), _connection.cursor() as cursor:
        write(_given, *part, cursor)
    return part[1] - part[0]
