# SPDX-License-Identifier: Apache-2.0
"""Reading a file of recorded requests: every flaw is told, nothing is dropped."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from wangge.replay.errors import ColumnsMissing, NoRecording, UnreadableFile
from wangge.replay.recording import COLUMNS, Layout, Recording, layout_of, read_recording, write_rejects

SAMPLE = Path(__file__).parent / "sample.csv"
ZONE = ZoneInfo("America/New_York")
LAYOUT = Layout(SAMPLE, (-71.0587, 42.3594))
REASONS = {
    "900000000016": "open_dt: missing",
    "900000000017": "open_dt: not a moment",
    "900000000018": "closed_dt: not a moment",
    "900000000019": "latitude, longitude: not a number",
    "900000000022": "case_enquiry_id: given before",
}


@pytest.fixture(scope="module")
def sample() -> Recording:
    return read_recording(SAMPLE, LAYOUT, ZONE)


def test_every_line_is_read_or_rejected(sample: Recording) -> None:
    assert len(SAMPLE.read_text().splitlines()) - 1 == 60 == len(sample.rows) + len(sample.rejects)


def test_rejects_say_why_and_keep_the_row(sample: Recording, tmp_path: Path) -> None:
    by_id = {reject.values[0]: reject for reject in sample.rejects if len(reject.values) == len(COLUMNS)}
    assert {id: reject.reason for id, reject in by_id.items()} == REASONS
    assert [r.reason for r in sample.rejects if r.values == ("line 46",)] == ["not as many values as columns"]
    write_rejects(tmp_path / "rejects.csv", sample.rejects)
    with (tmp_path / "rejects.csv").open(newline="") as kept:
        rows = list(csv.DictReader(kept))
    assert [row["why"] for row in rows] == [reject.reason for reject in sample.rejects]
    assert rows[1]["open_dt"] == "02/30/2015 9 am"


def test_local_times_become_utc(sample: Recording) -> None:
    first = sample.rows[0]
    assert first.id == "900000000001"
    assert first.opened == datetime(2015, 3, 3, 10, 30, 18, tzinfo=UTC)  # winter: five hours
    assert first.target == datetime(2015, 3, 17, 9, 30, 18, tzinfo=UTC)  # summer time since 8 March: four


def test_rows_stand_in_order_of_time(sample: Recording) -> None:
    assert [row.opened for row in sample.rows] == sorted(row.opened for row in sample.rows)


def test_default_point_and_empty_are_no_position(sample: Recording) -> None:
    without = {row.id for row in sample.rows if row.lon is None}
    assert without == {"900000000008", "900000000014", "900000000021", "900000000031", "900000000042"}


def test_positions_are_kept_to_three_decimals_halves_up(tmp_path: Path) -> None:
    file = _rewritten(tmp_path, latitude="42.3495", longitude="-71.0865")
    (row,) = read_recording(file, LAYOUT, ZONE).rows
    assert (row.lat, row.lon) == (42.35, -71.086)


def test_a_real_place_near_the_default_point_stays(tmp_path: Path) -> None:
    (row,) = read_recording(_rewritten(tmp_path, latitude="42.3593", longitude="-71.0587"), LAYOUT, ZONE).rows
    assert (row.lat, row.lon) == (42.359, -71.059)


def test_further_columns_are_not_read(sample: Recording) -> None:
    assert "synthetic" not in repr(sample)  # the sample's column of free text


def test_gzip_and_parquet_give_the_same(sample: Recording, tmp_path: Path) -> None:
    packed = tmp_path / "sample.csv.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    assert read_recording(packed, LAYOUT, ZONE) == sample
    engine = duckdb.connect()
    engine.execute(
        "COPY (SELECT * FROM read_csv(?, all_varchar = true, delim = ',', ignore_errors = true)) TO "
        f"'{tmp_path / 'sample.parquet'}'",
        [str(SAMPLE)],
    )
    assert read_recording(tmp_path / "sample.parquet", LAYOUT, ZONE).rows == sample.rows


def test_missing_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "short.csv"
    file.write_text("case_enquiry_id,open_dt\n1,2015-01-01 00:00:00\n")
    with pytest.raises(ColumnsMissing) as refused:
        read_recording(file, LAYOUT, ZONE)
    assert "closed_dt" in str(refused.value) and "open_dt," not in str(refused.value)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "noise.parquet"
    file.write_bytes(b"\x00\x01nothing of the kind" * 20)
    with pytest.raises(UnreadableFile):
        read_recording(file, LAYOUT, ZONE)


def test_a_pack_without_recording_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoRecording):
        layout_of(tmp_path)


def _rewritten(folder: Path, **changes: str) -> Path:
    """A file of the sample's first row with some values changed."""
    with SAMPLE.open(newline="") as rows:
        row = next(csv.DictReader(rows)) | changes
    file = folder / "one.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)
    return file
