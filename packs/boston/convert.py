# SPDX-License-Identifier: Apache-2.0
# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.3", "pyyaml>=6", "shapely>=2.1"]
# ///
"""Make this pack from a year of recorded requests: `python packs/boston/convert.py <parquet file>`.

Input: one row a request with at least the columns `recorded.COLUMNS`. Writes every data file of this folder
except `translations.csv`, which is made by hand; the same input gives the same bytes. Prints the figures of
the README.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

# Run by path, a script sees only its own folder; its modules are named from the root of the repository.
sys.path.insert(0, str(Path(__file__).parents[2]))

from packs.boston.catalogue import (
    class_codes,
    write_classes,
    write_edition,
    write_norms,
    write_responsibility,
)
from packs.boston.civic_days import write_calendar
from packs.boston.lattice import write_grids
from packs.boston.recorded import CITY, COLUMNS, HERE, Report, read_reports, read_translations, write_csv
from packs.boston.staff import write_people, write_supervision, write_units

SAMPLE = 24_000
DEFAULT_UNIT = "INFO"
UNKNOWN_AREA = CITY + "999"

# Channel code -> (name_zh, name_en); name_en is the recorded `source` word for word, the key of a replay.
CHANNELS = {
    "hotline": ("市民来电", "Constituent Call"),
    "app": ("市民手机应用", "Citizens Connect App"),
    "web": ("市民自助（网上）", "Self Service"),
    "employee": ("工作人员录入", "Employee Generated"),
    "worker_app": ("城市工作人员应用", "City Worker App"),
    "maximo": ("资产管理系统对接", "Maximo Integration"),
    "twitter": ("推特", "Twitter"),
}

PACK = {
    "name": "boston",
    "title_zh": "波士顿（真实报告回放）",
    "title_en": "Boston (replay of real reports)",
    "version": "2026-11-22",
    "base": "standard",
    "licence": "Apache-2.0; the recorded requests are believed public domain, see NOTICE",
    "notice": [
        "请求记录为波士顿市 2015 年 311 开放数据的样本；网格、人员、时限、权责均为生成，非该市官方数据。",
        "The requests are a sample of the City of Boston's open 311 data of 2015; grids, staff, limits and"
        " responsibilities are generated and no official data of that city.",
    ],
    # with classes of its own, nothing that the base says about its classes holds here
    "replaces": [
        "class_mappings.csv",
        "classes.csv",
        "forms.yaml",
        "generations.csv",
        "holidays.csv",
        "modules.csv",
        "norms.csv",
        "procedures.csv",
    ],
    "city": {
        "code": CITY,
        "name_zh": "波士顿",
        "name_en": "Boston",
        "time_zone": "America/New_York",
        "case_number_prefix": "BOS",
        "center": [-71.0589, 42.3201],
        "zoom": 11,
        "default_unit": DEFAULT_UNIT,
        "command_level": "city",
        "duplicate": {"metres": 50, "hours": 24},
        "demo_people": True,
    },
}
LEVELS = [
    {"code": "city", "name_zh": "市", "name_en": "City"},
    {"code": "neighborhood", "name_zh": "街区", "name_en": "Neighborhood"},
]


def write_yaml(name: str, data: object) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    (HERE / name).write_text("# SPDX-License-Identifier: Apache-2.0\n" + text, encoding="utf-8", newline="\n")


def write_areas(reports: Sequence[Report]) -> dict[str, str]:
    """Write areas.csv; returns neighbourhood -> area code."""
    chinese = read_translations()
    named = sorted({report.neighborhood for report in reports if report.neighborhood})
    areas = {name: f"{CITY}{number:03d}" for number, name in enumerate(named, start=1)}
    source = "recorded neighborhood of the 2015 requests; code generated, name_zh translated by hand"
    county = "code of Suffolk County (FIPS 25025), used for the city"
    rows: list[tuple[str | None, ...]] = [
        (CITY, "波士顿", "Boston", "city", None, county),
        (UNKNOWN_AREA, "街区不详", "Neighborhood unknown", "neighborhood", CITY, "generated: none recorded"),
    ]
    for name, code in areas.items():
        rows.append((code, chinese["neighborhood", name][1], name, "neighborhood", CITY, source))
    write_csv("areas.csv", ("code", "name_zh", "name_en", "level", "parent", "source"), rows)
    return areas


def report_row(report: Report) -> list[object]:
    """Position to 3 decimals (about 100 m); the default point stays exact: rounding makes no new one."""
    latitude, longitude = report.milli
    place = (f"{latitude / 1000:.3f}", f"{longitude / 1000:.3f}")
    if not report.has_position:
        place = (f"{report.latitude:.4f}", f"{report.longitude:.4f}")
    return [*report[:-3], *place, report.source]


def write_sample(reports: Sequence[Report]) -> list[Report]:
    """The requests with the smallest sha256 of their id, in order of opening."""
    sample = sorted(reports, key=lambda report: report.sample_key)[:SAMPLE]
    sample.sort(key=lambda report: (report.open_dt, report.case_enquiry_id))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(report_row, sample))
    # No name and no time in the header: the same rows give the same bytes.
    (HERE / "reports.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    return sample


def print_figures(title: str, reports: Sequence[Report]) -> None:
    figures = {
        "rows": len(reports),
        "opened before 2015-07-01": sum(r.open_dt.month < 7 for r in reports),
        "no target": sum(r.target_dt is None for r in reports),
        "still open": sum(r.closed_dt is None for r in reports),
        "closed before opened": sum(r.closed_before_opened for r in reports),
        "default point": sum(not r.has_position for r in reports),
        "both flaws": sum(r.closed_before_opened and not r.has_position for r in reports),
        "no neighborhood": sum(r.neighborhood is None for r in reports),
        "overdue by its own flag": sum(r.ontime_status == "OVERDUE" for r in reports),
        "no flag": sum(r.ontime_status is None for r in reports),
        "types (subject, reason, type)": len({r.triple for r in reports}),
        "departments": len({r.unit for r in reports}),
    }
    print(title, *(f"  {name}: {value:,}" for name, value in figures.items()), sep="\n")


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    reports = read_reports(sys.argv[1])
    (HERE / "grids").mkdir(exist_ok=True)
    write_yaml("pack.yaml", PACK)
    write_yaml("levels.yaml", LEVELS)
    areas = write_areas(reports)
    chinese = read_translations()
    names = {code: (name, chinese["neighborhood", name][1]) for name, code in areas.items()}
    supervision = write_grids(reports, areas, names)
    write_people(write_units(reports))
    write_supervision(supervision, {code: name for name, code in areas.items()})
    codes = class_codes(reports)
    write_edition()
    write_classes(codes)
    write_norms(reports, codes)
    write_responsibility(reports, codes, DEFAULT_UNIT)
    write_calendar()
    rows = [(code, *titles, "no", "yes") for code, titles in CHANNELS.items()]
    write_csv("channels.csv", ("code", "name_zh", "name_en", "callback", "external"), rows)
    print_figures("source", reports)
    print_figures("reports.csv.gz", write_sample(reports))
    return 0


if __name__ == "__main__":
    sys.exit(main())
