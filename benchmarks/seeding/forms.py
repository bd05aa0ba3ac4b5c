# SPDX-License-Identifier: Apache-2.0
"""A recorded life, up to one of its steps, as lines of COPY with gaps: what differs from copy to copy.

Every deadline of the recorded life is computed anew from its limit and start and compared, so a rule this module has
misread stops the seeding instead of writing wrong rows; likewise every link of the recorded chain.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from benchmarks.seeding.gaps import bare, cell, chained, escaped, getter, quoted, template
from benchmarks.seeding.lives import Life, Row, Stage
from wangge.cases.access import calendar_kind
from wangge.cases.deadlines import Clock, Limit, due_at, elapsed_seconds, yellow_at
from wangge.cases.flow import Scope
from wangge.cases.reference import flow_by_id
from wangge.catalog.queries import norm
from wangge.common.chain import START
from wangge.organizations.directory import directory

#: what fills the gaps of every form first, in this order; then the form's own moments, lights, uses and so on
CASE, NUMBER, GRID, LON, LAT, POSITION, MISSING, READ = range(8)
_FIRST = 8
#: columns the database fills
_OMITTED = {
    "cases_logentry": ("xid",), "cases_casetext": ("id",), "cases_task": ("id",), "cases_dispatch": ("id",),
    "notices_notice": ("id",),
}  # fmt: skip
#: when a row came to be: rows of many cases are written in this order, as a city writes them
_CAME = {
    "cases_case": "reported_at", "cases_logentry": "at", "cases_task": "opened_at", "cases_dispatch": "dispatched_at",
    "cases_siderecord": "opened_at", "cases_photo": "uploaded_at", "notices_notice": "created_at",
}  # fmt: skip


class Light(NamedTuple):
    """A deadline of a copy: `limit` from the moment with the number `start`, on the calendar of a `kind` of unit.

    Fills two gaps, yellow and due.
    """

    limit: Limit
    start: int
    kind: str


class Use(NamedTuple):
    """Seconds of `clock` between two moments, on the calendar of a `kind` of unit."""

    clock: Clock
    start: int
    end: int
    kind: str


class Entry(NamedTuple):
    """A log entry: its `data` % gaps(values), and the body that is chained % (at, case id, data, recorded at)."""

    moment: int
    data: str
    gaps: Callable[[list[str]], Any]
    body: str


class Line(NamedTuple):
    """A row of COPY: `template % gaps(values)`; `came`: number of the moment it came to be."""

    table: str
    template: str
    gaps: Callable[[list[str]], Any]
    came: int


@dataclass(frozen=True)
class Form:
    """Everything a copy of a life needs.

    `position` as given, `%` (lon, lat); `moments` from the report on; `texts` (field, text) as recorded.
    """

    position: str
    moments: tuple[timedelta, ...]
    lights: tuple[Light, ...]
    uses: tuple[Use, ...]
    requests: int
    photos: int
    texts: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]


def columns(life: Life) -> dict[str, tuple[str, ...]]:
    """The columns every line of a table gives, in order."""
    stage = life.stages[0]
    rows = {"cases_case": [stage.case]} | _all_rows(life, len(life.stages))
    return {table: tuple(_given(table, found[0])) for table, found in rows.items() if found}


def form_of(life: Life, steps: int) -> Form:
    """The life up to its log entry number `steps`. Raises ValueError for a life that cannot be copied."""
    return _Forming(life, steps).form()


def _given(table: str, row: Row) -> list[str]:
    return [name for name in row if name not in _OMITTED.get(table, ())]


#: about a row of the matrix, not about the case that met it first
TOLD_ONCE = "row_invalid"


def _all_rows(life: Life, steps: int) -> dict[str, list[Row]]:
    stage = life.stages[steps - 1]
    kept = {
        table: [r for r in rows if r["seq"] <= steps]
        for table, rows in life.rows.items()
        if "notice" not in table
    }
    told = [
        r
        for r in life.rows["notices_notice"]
        if r["created_at"] <= stage.case["last_at"] and r["template"] != TOLD_ONCE
    ]
    return stage.rows | kept | {"notices_notice": told}


class _Forming:
    def __init__(self, life: Life, steps: int) -> None:
        self.stages: tuple[Stage, ...] = life.stages[:steps]
        self.case = self.stages[-1].case
        self.rows = _all_rows(life, steps)
        moments = [stage.case["last_at"] for stage in self.stages]
        self.moments = {moment: n for n, moment in enumerate(moments)}
        if len(self.moments) != steps:
            raise ValueError("two steps of a life at one moment")
        filed = norm(self.case["norm_id"]) if self.case["norm_id"] else None
        self.norm_limit = Limit(filed.limit, Clock(filed.clock)) if filed else None
        #: when the case clock began, and the kind of the unit it ran for
        self.starts = {
            s.case["dispatched_at"]: calendar_kind(Scope.UNIT, s.case["lead_unit"])
            for s in self.stages
            if s.case["dispatched_at"]
        }
        self.lights: dict[Light, int] = {}
        self.uses: dict[Use, int] = {}
        for start, kind in self.starts.items():  # each was computed, and may have met a year without calendar
            self._light(self.norm_limit, start, kind)
        self.tasks = [(row, self._task_light(row)) for row in self.rows["cases_task"]]
        self.dispatches = [
            (row, self._dispatch_light(row), self._use(row)) for row in self.rows["cases_dispatch"]
        ]
        self.requests = {row["id"]: n for n, row in enumerate(self.rows["cases_siderecord"])}
        self.photos = {str(row["id"]): n for n, row in enumerate(self.rows["cases_photo"])}
        self.texts = {(row["seq"], row["field"]): n for n, row in enumerate(self.rows["cases_casetext"])}

    # -- deadlines --------------------------------------------------------------------------------------------

    def _light(self, limit: Limit | None, start: datetime, kind: str) -> int:
        assert limit is not None
        return self.lights.setdefault(Light(limit, self.moments[start], kind), len(self.lights))

    def _clock_started(self, until: datetime) -> datetime:
        found: datetime = max(start for start in self.starts if start <= until)
        return found

    def _task_light(self, row: Row) -> int | None:
        if not row["limit_clock"]:
            return None
        limit, start = Limit(row["limit_value"], Clock(row["limit_clock"])), row["opened_at"]
        rule = flow_by_id(self.case["flow_id"]).task_of(row["stage"])
        assert rule
        kind = calendar_kind(rule.scope, row["unit_path"].strip("/").rpartition("/")[2])
        if rule.by_norm:  # by the clock of the case, whoever it waits for
            start = self._clock_started(start)
            kind = self.starts[start]
        self._compare(row, limit, start, kind, yellow=True)
        return self._light(limit, start, kind)

    def _dispatch_light(self, row: Row) -> int:
        start, end = row["dispatched_at"], row["ended_at"]
        if row["role"] == "lead":  # a further round has the full limit of its own
            start = max(s for s in self.starts if start <= s and (end is None or s < end))
        self._compare(row, self.norm_limit, start, self.starts[start])
        return self._light(self.norm_limit, start, self.starts[start])

    def _compare(
        self, row: Row, limit: Limit | None, start: datetime, kind: str, *, yellow: bool = False
    ) -> None:
        assert limit is not None
        calendar = directory().calendar_of(kind)
        expected = {"due_at": due_at(limit, start, calendar)}
        if yellow:
            expected["yellow_at"] = yellow_at(limit, start, calendar)
        for name, moment in expected.items():
            if row[name] != moment:
                raise ValueError(f"{name} of {row} is not {limit} from {start}")

    def _use(self, row: Row) -> int | None:
        if row["used_seconds"] is None:
            return None
        assert self.norm_limit
        end = row["finished_at"] or row["ended_at"]
        start = max(s for s in self.starts if s < end)
        kind = self.starts[start]
        calendar = directory().calendar_of(kind)
        if elapsed_seconds(self.norm_limit.clock, start, end, calendar) != row["used_seconds"]:
            raise ValueError(f"used_seconds of {row} are not counted from {start}")
        use = Use(self.norm_limit.clock, self.moments[start], self.moments[end], kind)
        return self.uses.setdefault(use, len(self.uses))

    # -- where a gap's value stands ---------------------------------------------------------------------------

    def _moment(self, moment: datetime) -> int:
        return _FIRST + self.moments[moment]

    def _at_light(self, light: int, *, due: bool) -> int:
        return _FIRST + len(self.moments) + 2 * light + due

    def _at_use(self, use: int) -> int:
        return self._at_light(len(self.lights), due=False) + use

    def _at_request(self, number: int) -> int:
        return self._at_use(len(self.uses)) + number

    def _at_photo(self, number: int) -> int:
        return self._at_request(len(self.requests)) + number

    def _at_text(self, number: int, part: int) -> int:
        return self._at_photo(len(self.photos)) + 3 * number + part

    def _at_entry(self, number: int, part: int) -> int:
        return self._at_text(len(self.texts), 0) + 2 * number + part

    # -- lines ------------------------------------------------------------------------------------------------

    def form(self) -> Form:
        lines = [self._line("cases_case", self.case, self._case_gaps()), *self._work(), *self._record()]
        texts = tuple((row["field"], row["text"]) for row in self.rows["cases_casetext"])
        moments = tuple(moment - self.case["reported_at"] for moment in self.moments)
        given = {k: v for k, v in json.loads(self.case["position"]).items() if k not in ("lon", "lat")}
        position = '{"lon": %r, "lat": %r, ' + escaped(json.dumps(given))[1:]
        entries = tuple(self._entry(row) for row in self.rows["cases_logentry"])
        return Form(
            position, moments, tuple(self.lights), tuple(self.uses), len(self.requests), len(self.photos),
            texts, entries, tuple(lines),
        )  # fmt: skip

    def _work(self) -> Iterator[Line]:
        """Tasks, dispatches, requests and who was told."""
        for row, light in self.tasks:
            yield self._line("cases_task", row, self._lit(light))
        for row, light, use in self.dispatches:
            gaps = {"due_at": self._at_light(light, due=True)}
            if use is not None:
                gaps["used_seconds"] = self._at_use(use)
            yield self._line("cases_dispatch", row, gaps)
        for number, row in enumerate(self.rows["cases_siderecord"]):
            yield self._line("cases_siderecord", row, {"id": self._at_request(number)})
        for row in self.rows["notices_notice"]:
            yield self._line("notices_notice", row, {"read_at": READ})

    def _record(self) -> Iterator[Line]:
        """The log with its texts and photos."""
        for number, row in enumerate(self.rows["cases_photo"]):
            yield self._line("cases_photo", row, {"id": self._at_photo(number)})
        for number, row in enumerate(self.rows["cases_casetext"]):
            gaps = {name: self._at_text(number, part) for part, name in enumerate(("text", "salt", "digest"))}
            yield self._line("cases_casetext", row, gaps, came=row["seq"] - 1)
        for number, row in enumerate(self.rows["cases_logentry"]):
            chain = {name: self._at_entry(number, part) for part, name in enumerate(("data", "digest"))}
            yield self._line("cases_logentry", row, chain | {"recorded_at": self._moment(row["at"])})

    def _case_gaps(self) -> dict[str, int]:
        gaps = {
            "id": CASE, "number": NUMBER, "unit_grid_id": GRID, "lon": LON, "lat": LAT, "position": POSITION,
            "calendar_missing": MISSING, "log_digest": self._at_entry(len(self.stages) - 1, 1),
        }  # fmt: skip
        if self.case["dispatched_at"]:
            start = self.case["dispatched_at"]
            self._compare(self.case, self.norm_limit, start, self.starts[start], yellow=True)
            gaps |= self._lit(self._light(self.norm_limit, start, self.starts[start]))
        return gaps

    def _lit(self, light: int | None) -> dict[str, int]:
        if light is None:
            return {}
        return {"yellow_at": self._at_light(light, due=False), "due_at": self._at_light(light, due=True)}

    def _line(self, table: str, row: Row, gaps: dict[str, int], came: int | None = None) -> Line:
        fragments, numbers = [], []
        for name in _given(table, row):
            value = row[name]
            gap = gaps.get(name)
            if gap is None and name == "case_id":
                gap = CASE
            if gap is None and isinstance(value, datetime):
                gap = self._moment(value)
            if gap is not None:
                fragments.append("%s")
                numbers.append(gap)
            elif name == "facts" and table == "notices_notice":
                text, gaps_in = template(json.loads(value) | {"number": quoted(NUMBER)})
                fragments.append(escaped(text))
                numbers += gaps_in
            else:
                fragments.append(cell(value).replace("%", "%%"))
        number = self.moments[row[_CAME[table]]] if came is None else came
        return Line(table, "\t".join(fragments) + "\n", itemgetter(*numbers), number)

    def _entry(self, row: Row) -> Entry:
        """Raises ValueError where the recorded entry, put together so, is not the one that was chained."""
        data, recorded = self._with_gaps(row)
        text, gaps = template(data)
        names = ("seq", "step", "result", "from_state", "to_state", "actor_id", "post", "hand", "origin")
        own = {"at": quoted(0), "case_id": bare(1), "data": bare(2), "recorded_at": quoted(3)}
        body, order = template({name: row[name] for name in names} | own)
        moments = row["at"].astimezone(UTC).isoformat(), row["recorded_at"].astimezone(UTC).isoformat()
        whole = body % (moments[0], row["case_id"], text % tuple(recorded[gap] for gap in gaps), moments[1])
        before = self.rows["cases_logentry"][row["seq"] - 2]["digest"] if row["seq"] > 1 else START
        if order != [0, 1, 2, 3] or chained(bytes(before), whole) != bytes(row["digest"]):
            raise ValueError(f"{row} is chained in another way")
        return Entry(self.moments[row["at"]], text, getter(gaps), body)

    def _with_gaps(self, row: Row) -> tuple[Row, dict[int, Any]]:
        """The data of a log entry with gaps in the place of what is each copy's own; and what stood there."""
        data = json.loads(row["data"])
        if data.get("grid") or {"target", "passage", "claimed_at", "server_at"} & data.keys():
            raise ValueError(f"a copy of {row} would name what is not its own")
        recorded: dict[int, Any] = {}
        for name, digest in data.get("texts", {}).items():
            gap = self._at_text(self.texts[row["seq"], name], 2)
            recorded[gap], data["texts"][name] = digest, quoted(gap)
        photos = sorted((self._at_photo(self.photos[key]), key) for key in data.get("photos", {}))
        if photos:
            recorded |= photos
            data["photos"] = {quoted(gap): data["photos"][key] for gap, key in photos}
        if "position" in data:
            recorded |= {LON: repr(data["position"][0]), LAT: repr(data["position"][1])}
            data["position"][:2] = bare(LON), bare(LAT)
        if "record" in data:
            gap = self._at_request(self.requests[data["record"]])
            recorded[gap], data["record"] = data["record"], bare(gap)
        return data, recorded
