# SPDX-License-Identifier: Apache-2.0
"""Copies of recorded lives: each with its own ids, place, moments, deadlines, words, salts and chain."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.seeding.forms import Form
from benchmarks.seeding.gaps import NULL, chained, escaped
from wangge.cases.deadlines import due_many, elapsed_seconds, yellow_many
from wangge.common.chain import START, text_digest
from wangge.organizations.calendar_arrays import MISSING
from wangge.organizations.calendars import CalendarYearMissing, WorkCalendar, second_of


@dataclass(frozen=True)
class Copy:
    """One case to write: a form, and what is its own; lon, lat in degrees with six decimals."""

    form: Form
    case_id: int
    reported_at: datetime
    grid_id: int
    lon: float
    lat: float
    words: str
    requests: Sequence[int]


@dataclass(frozen=True)
class City:
    """What copying needs to know of the city."""

    prefix: str
    zone: ZoneInfo
    #: by kind of unit; "" = everybody else's
    calendars: Mapping[str, WorkCalendar]
    #: the notices of a case that ended or rested before this moment have been read
    read_before: datetime

    def calendar_of(self, kind: str) -> WorkCalendar:
        return self.calendars.get(kind, self.calendars[""])


def lines_of(copies: Sequence[Copy], city: City) -> dict[str, list[str]]:
    """The lines of COPY by table, in the order in which the rows came to be."""
    lights = _lights(copies, city)
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    taken = 0
    for copy in copies:
        form = copy.form
        mine = lights[taken : taken + 2 * len(form.lights)]
        taken += len(mine)
        moments = [copy.reported_at + after for after in form.moments]
        values = _values(copy, moments, mine, city)
        for table, template, gaps, came in form.lines:
            found[table].append((moments[came], template % gaps(values)))
    first = itemgetter(0)
    return {table: [line for _, line in sorted(rows, key=first)] for table, rows in found.items()}


def _values(copy: Copy, moments: list[datetime], lights: list[str], city: City) -> list[str]:
    """What fills the gaps of the form, in the order `forms` says."""
    form, texts = copy.form, [moment.isoformat() for moment in moments]
    day = copy.reported_at.astimezone(city.zone)
    values = [
        str(copy.case_id), f"{city.prefix}{day:%Y%m%d}{copy.case_id:08d}", str(copy.grid_id),
        repr(copy.lon), repr(copy.lat), form.position % (copy.lon, copy.lat), "t" if NULL in lights else "f",
        texts[-1] if moments[-1] < city.read_before else NULL,
        *texts, *lights,
    ]  # fmt: skip
    for clock, start, end, kind in form.uses:
        try:
            used = elapsed_seconds(clock, moments[start], moments[end], city.calendar_of(kind))
            values.append(str(max(0, used)))
        except CalendarYearMissing:
            values.append(NULL)
    values += map(str, copy.requests)
    values += sorted(_photo_id() for _ in range(form.photos))  # as the chain sorts them
    salts = os.urandom(16 * len(form.texts))
    for n, (field, text) in enumerate(form.texts):
        if field == "description":
            text = f"{text}{copy.words}。"
        salt = salts[16 * n : 16 * n + 16]
        values += (escaped(text), r"\\x" + salt.hex(), text_digest(text, salt))
    digest = START
    for entry in form.entries:
        at, data = texts[entry.moment], entry.data % entry.gaps(values)
        digest = chained(digest, entry.body % (at, copy.case_id, data, at))
        values += (escaped(data), r"\\x" + digest.hex())
    return values


def _photo_id() -> str:
    """A random UUID; the library's takes five times as long."""
    x = os.urandom(16).hex()
    return f"{x[:8]}-{x[8:12]}-4{x[13:16]}-a{x[17:20]}-{x[20:]}"


def _lights(copies: Sequence[Copy], city: City) -> list[str]:
    """Yellow and due of every light of every copy, in order; NULL where the calendar has no data."""
    lit = [
        (
            light.kind,
            light.limit.clock.value,
            light.limit.value,
            copy.reported_at + copy.form.moments[light.start],
        )
        for copy in copies
        for light in copy.form.lights
    ]
    if not lit:
        return []
    kinds, clocks, values, starts = (np.array(column) for column in zip(*lit, strict=True))
    seconds = np.array([second_of(start) for start in starts])
    pairs = np.empty((len(lit), 2), dtype=np.int64)
    for kind in dict.fromkeys(kinds.tolist()):
        rows = kinds == kind
        for column, many in enumerate((yellow_many, due_many)):
            pairs[rows, column] = many(clocks[rows], values[rows], seconds[rows], city.calendar_of(kind))
    pairs[pairs[:, 1] == MISSING] = MISSING
    found = pairs.ravel()
    texts = np.char.add(np.datetime_as_string(found.astype("datetime64[s]")), "+00:00").astype(object)
    texts[found == MISSING] = NULL
    return list(texts)
