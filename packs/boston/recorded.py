# SPDX-License-Identifier: Apache-2.0
"""The recorded requests as the other converter modules see them, and how tables are written."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

HERE = Path(__file__).parent
CITY = "25025"
HALF_YEAR = datetime(2015, 7, 1)
# Written by the city's system when a request has no place (City Hall), in 1/10,000 degree.
DEFAULT_POINT = (423594, -710587)

# The only columns that leave the source: no free text, title, address, photo link or queue.
COLUMNS = (
    "case_enquiry_id", "open_dt", "target_dt", "closed_dt", "ontime_status", "case_status",
    "subject", "reason", "type", "department", "neighborhood", "latitude", "longitude", "source",
)  # fmt: skip


class Report(NamedTuple):
    """One request; moments are Boston local time without zone, None = empty in the source."""

    case_enquiry_id: int
    open_dt: datetime
    target_dt: datetime | None
    closed_dt: datetime | None
    ontime_status: str | None
    case_status: str
    subject: str
    reason: str
    type: str
    department: str
    neighborhood: str | None
    latitude: float
    longitude: float
    source: str

    @property
    def triple(self) -> tuple[str, str, str]:
        return self.subject, self.reason, self.type

    @property
    def unit(self) -> str:
        """Unit code: the department code, spaces (only `No Q`) made `_` so that it can stand in a login."""
        return self.department.replace(" ", "_")

    @property
    def has_position(self) -> bool:
        return (round(self.latitude * 10_000), round(self.longitude * 10_000)) != DEFAULT_POINT

    @property
    def closed_before_opened(self) -> bool:
        return self.closed_dt is not None and self.closed_dt < self.open_dt

    @property
    def milli(self) -> tuple[int, int]:
        """Latitude and longitude in 1/1000 degree, halves up; whole numbers so that no float decides."""
        return (round(self.latitude * 10_000) + 5) // 10, (round(self.longitude * 10_000) + 5) // 10

    @property
    def sample_key(self) -> str:
        """Order of the sample. sha256, because the source's own hold-out was cut by sha1 of the same id."""
        return hashlib.sha256(str(self.case_enquiry_id).encode()).hexdigest()


def read_reports(parquet: str) -> list[Report]:
    """All requests of the source file, by time of opening, then id."""
    columns = ", ".join(COLUMNS)
    query = f"SELECT {columns} FROM read_parquet(?) ORDER BY open_dt, case_enquiry_id"
    return [Report(*row) for row in duckdb.connect().execute(query, [parquet]).fetchall()]


def write_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]], key: int = 1) -> None:
    """Write a pack table sorted by its first `key` columns; None becomes empty."""
    text: list[list[str]] = [["" if value is None else str(value) for value in row] for row in rows]
    with (HERE / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        text.sort(key=lambda row: row[:key])
        writer.writerows(text)


def read_translations() -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, key) -> (name_en, name_zh), from the hand-made table."""
    with (HERE / "translations.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    return {(row["kind"], row["key"]): (row["name_en"], row["name_zh"]) for row in rows}
