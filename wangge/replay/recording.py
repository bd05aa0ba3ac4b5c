# SPDX-License-Identifier: Apache-2.0
"""A file of recorded requests: what is read of it, and what of it cannot be read."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

from wangge.replay.errors import ColumnsMissing, NoRecording, UnreadableFile

#: the only columns looked at, whatever else a file holds: no free text, address or photo
COLUMNS = (
    "case_enquiry_id", "open_dt", "target_dt", "closed_dt", "ontime_status", "subject", "reason", "type",
    "department", "neighborhood", "latitude", "longitude", "source",
)  # fmt: skip
#: a place is kept no more exactly than this (about 100 m)
POSITION_DECIMALS = 3
_DEFAULT_POINT_DECIMALS = 4
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")


@dataclass(frozen=True)
class Layout:
    """What a pack says of its recorded requests; `default_point` (lon, lat) stands where a request has no place."""

    reports: Path
    default_point: tuple[float, float] | None


@dataclass(frozen=True)
class Recorded:
    """One request; moments in UTC, `target` None = nothing was promised, `closed` None = still open."""

    id: str
    opened: datetime
    target: datetime | None
    closed: datetime | None
    flag: str
    words: tuple[str, str, str]
    department: str
    neighborhood: str
    lon: float | None
    lat: float | None
    source: str

    @property
    def closed_before_opened(self) -> bool:
        return self.closed is not None and self.closed < self.opened


@dataclass(frozen=True)
class Reject:
    """A row that cannot be read: why, and the values of COLUMNS as they stand (of a torn line its number)."""

    reason: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Recording:
    """Requests by moment of opening, then id. `taken_on`: the last moment the whole file knows of."""

    rows: tuple[Recorded, ...]
    rejects: tuple[Reject, ...]
    taken_on: datetime

    def first(self, limit: int | None) -> "Recording":
        """Only the first `limit` requests."""
        return self if limit is None else replace(self, rows=self.rows[:limit])


def layout_of(pack: Path) -> Layout:
    """The file replay.yaml of a pack. Raises NoRecording where there is none."""
    file = pack / "replay.yaml"
    if not file.is_file():
        raise NoRecording(pack=pack.name, file=file.name)
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    point = document.get("default_point")
    return Layout(pack / document["reports"], (float(point[0]), float(point[1])) if point else None)


def read_recording(file: Path, layout: Layout, zone: ZoneInfo) -> Recording:
    """Read a CSV (also .gz) or Parquet file; its moments are local times of `zone`.

    Raises ColumnsMissing, UnreadableFile. A single row that cannot be read becomes a Reject, never an error.
    """
    rows: list[Recorded] = []
    rejects: list[Reject] = []
    known: set[str] = set()
    for values in _read(file, rejects):
        texts = {name: (value or "").strip() for name, value in zip(COLUMNS, values, strict=True)}
        # Names are compared word for word, double and outer blanks included.
        texts |= {
            n: v or "" for n, v in zip(COLUMNS, values, strict=True) if n in ("subject", "reason", "type")
        }
        try:
            row = _row(texts, layout, zone)
            if row.id in known:
                raise ValueError("case_enquiry_id: given before")
        except ValueError as fault:
            rejects.append(Reject(str(fault), tuple(value or "" for value in values)))
            continue
        known.add(row.id)
        rows.append(row)
    rows.sort(key=lambda row: (row.opened, row.id))
    moments = [moment for row in rows for moment in (row.opened, row.closed) if moment]
    return Recording(tuple(rows), tuple(rejects), max(moments, default=datetime.fromtimestamp(0, UTC)))


def write_rejects(file: Path, rejects: Sequence[Reject]) -> None:
    """The rows that could not be read, as they stand, each with its reason."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["why", *COLUMNS])
        writer.writerows([reject.reason, *reject.values] for reject in rejects)


def _read(file: Path, rejects: list[Reject]) -> Iterator[tuple[Any, ...]]:
    engine = duckdb.connect()
    if file.suffix == ".parquet":
        source, arguments = "read_parquet(?)", [str(file)]
    else:
        source = "read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"',"
        source, arguments = source + " store_rejects = true)", [str(file)]
    try:
        found = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}", arguments).fetchall()}
        missing = [name for name in COLUMNS if name not in found]
        if missing:
            raise ColumnsMissing(file=file.name, columns=", ".join(missing))
        columns = ", ".join(f"{name}::varchar" for name in COLUMNS)
        answer = engine.execute(f"SELECT {columns} FROM {source}", arguments)
        while batch := answer.fetchmany(10_000):
            yield from batch
        if file.suffix != ".parquet":
            # Not the line itself: it may hold what is never read, and the file keeps it.
            lines = engine.execute("SELECT DISTINCT line FROM reject_errors ORDER BY line").fetchall()
            rejects.extend(Reject("not as many values as columns", (f"line {line}",)) for (line,) in lines)
    except duckdb.Error as error:
        raise UnreadableFile(file=file.name, detail=str(error).splitlines()[0]) from error


def _row(texts: Mapping[str, str], layout: Layout, zone: ZoneInfo) -> Recorded:
    """Raises ValueError naming the column at fault."""
    if not texts["case_enquiry_id"]:
        raise ValueError("case_enquiry_id: missing")
    opened = _moment("open_dt", texts, zone)
    if opened is None:
        raise ValueError("open_dt: missing")
    lon, lat = _position(texts, layout)
    return Recorded(
        texts["case_enquiry_id"], opened, _moment("target_dt", texts, zone), _moment("closed_dt", texts, zone),
        texts["ontime_status"], (texts["subject"], texts["reason"], texts["type"]),
        texts["department"].replace(" ", "_"), texts["neighborhood"], lon, lat, texts["source"],
    )  # fmt: skip


def _moment(name: str, texts: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    text = texts[name]
    if not text:
        return None
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"{name}: not a moment")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name}: not a moment") from None


def _position(texts: Mapping[str, str], layout: Layout) -> tuple[float | None, float | None]:
    """(lon, lat), rounded halves up; (None, None) without a place."""
    if not texts["longitude"] or not texts["latitude"]:
        return None, None
    try:
        exact = float(texts["longitude"]), float(texts["latitude"])
    except ValueError:
        raise ValueError("latitude, longitude: not a number") from None
    if not (-180 <= exact[0] <= 180 and -90 <= exact[1] <= 90):  # also refuses nan
        raise ValueError("latitude, longitude: out of range")
    fine = 10**_DEFAULT_POINT_DECIMALS
    parts = tuple(round(value * fine) for value in exact)
    if layout.default_point and parts == tuple(round(value * fine) for value in layout.default_point):
        return None, None
    step = 10 ** (_DEFAULT_POINT_DECIMALS - POSITION_DECIMALS)
    lon, lat = ((part + step // 2) // step * step / fine for part in parts)
    return lon, lat
