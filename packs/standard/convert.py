# SPDX-License-Identifier: Apache-2.0
# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Make the data files of the standard pack: `python packs/standard/convert.py STANDARDS HOLIDAYS`.

STANDARDS holds parts.csv, events.csv and filing_rules.csv (class lists and one city's table of filing rules),
HOLIDAYS holds exceptions_2007_2026.csv. Writes classes.csv, norms.csv, grid_layers.csv, calendar.yaml and
holidays.csv beside this file. A second run gives the same bytes. Wording of conditions and closing actions is our
own and comes from wording.csv, keyed by the first norm that uses it.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
STANDARD = "GB/T 30428.2-2013"
PREFIX = {"part": "C", "event": "E"}
KIND = {"part": "component", "event": "event"}
CLASS_SOURCE = "GB/T 30428.2-2013 as used in one city's table (GitHub zhcg2026/smart_cityguard)"
# A norm's source is shown to everybody who opens a case: both languages in its one column, Chinese first.
NORM_SOURCE_ZH = "运城市立案处置标准（地方值，非国家标准；GitHub zhcg2026/smart_cityguard），文字已改写"
NORM_SOURCE_EN = (
    "Yuncheng municipal table, a local value and not national (GitHub zhcg2026/smart_cityguard); reworded"
)
NORM_SOURCE = f"{NORM_SOURCE_ZH} · {NORM_SOURCE_EN}"
CUT_SOURCE = f"{NORM_SOURCE_ZH}；原文有截断，取其可读部分 · {NORM_SOURCE_EN}; cut off in the source, its readable part used"
CUT = "…"
PHOTOS = {"photos_report": "1", "photos_handle": "1", "photos_check": "1"}
FIRST_YEAR, LAST_YEAR = 2007, 2026
MAJORS_EN = {
    "C01": "Public utilities",
    "C02": "Roads and traffic facilities",
    "C03": "City-appearance facilities",
    "C04": "Parks and greenery facilities",
    "C05": "Other components",
    "E01": "City appearance",
    "E02": "Advertising and posters",
    "E03": "Construction management",
    "E04": "Street order",
    "E05": "Sudden events",
    "E06": "Other events",
}
LAYERS = [("supervision", "监督网格", "Supervision grid"), ("unit_grid", "单元网格", "Unit grid")]
HOLIDAYS_EN = {
    "“五一”": "Labour Day",
    "“五一”国际劳动节": "Labour Day",
    "“十一”": "National Day",
    "中秋节": "Mid-Autumn Festival",
    "中秋节、国庆节": "Mid-Autumn Festival and National Day",
    "元旦": "New Year's Day",
    "劳动节": "Labour Day",
    "国庆节": "National Day",
    "国庆节、中秋节": "National Day and Mid-Autumn Festival",
    "抗日战争暨世界反法西斯战争胜利70周年纪念日": "70th anniversary of the victory in the war",
    "春节": "Spring Festival",
    "清明节": "Qingming Festival",
    "端午节": "Dragon Boat Festival",
}
CALENDAR = f"""\
# SPDX-License-Identifier: Apache-2.0
# Working hours: those of the city whose norms this pack shows; a city sets its own. Times in the city's zone.
weekly:
  mon: ["08:00-12:00", "14:00-18:00"]
  tue: ["08:00-12:00", "14:00-18:00"]
  wed: ["08:00-12:00", "14:00-18:00"]
  thu: ["08:00-12:00", "14:00-18:00"]
  fri: ["08:00-12:00", "14:00-18:00"]
  sat: []
  sun: []
# Outside these years there is no calendar data: no date is guessed.
first_year: {FIRST_YEAR}
last_year: {LAST_YEAR}
"""

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Rows of a UTF-8 CSV with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: Iterable[Row]) -> None:
    """Write rows, in the order given, as UTF-8 CSV with LF; the first row's keys are the header."""
    rows = list(rows)
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def classes(standards: Path) -> tuple[list[Row], int]:
    """Majors and minors of the national list whose code is known, sorted by code; and the number left out."""
    found: dict[str, Row] = {}
    left_out = 0
    for kind, name in (("part", "parts.csv"), ("event", "events.csv")):
        for row in read(standards / name):
            if row["standard"] != STANDARD:
                continue
            if not row["code"]:
                left_out += 1
                continue
            major = PREFIX[kind] + row["major_code"]
            shared = {"kind": KIND[kind], "module": KIND[kind]}
            marks = {"source": CLASS_SOURCE, "confidence": row["confidence"]}
            top = {"name_zh": row["major_name_zh"], "name_en": MAJORS_EN[major]}
            name_en = row["name_en"][0].upper() + row["name_en"][1:]
            names = {"name_zh": row["name_zh"], "name_en": name_en}
            code = PREFIX[kind] + row["code"]
            found[major] = {"code": major, "parent": "", "level": "major", **shared, **top, **marks}
            found[code] = {"code": code, "parent": major, "level": "minor", **shared, **names, **marks}
    return [found[code] for code in sorted(found)], left_out


def norms(standards: Path, minors: set[str]) -> list[Row]:
    """Filing rules of the given minors, numbered inside each class in the order of the source.

    Raises KeyError for a text that wording.csv does not hold, ValueError for a class without any rule.
    """
    wording = {(row["part"], row["first_norm"]): row for row in read(HERE / "wording.csv")}
    seen: dict[tuple[str, str], str] = {}
    rules = defaultdict(list)
    for rule in read(standards / "filing_rules.csv"):
        rules[PREFIX[rule["kind"]] + rule["code"]].append(rule)
    if bare := sorted(minors - rules.keys()):
        raise ValueError(f"classes without a rule: {bare}")
    rows: list[Row] = []
    for class_code in (code for code in rules if code in minors):
        for number, rule in enumerate(rules[class_code], start=1):
            code = f"{class_code}-{number}"
            texts = {"condition": rule["filing_condition_zh"], "closing": rule["closing_action_zh"]}
            words = {
                part: wording[part, _first(seen, part, text, code, wording)] for part, text in texts.items()
            }
            rows.append(_norm(code, class_code, words, rule))
    return sorted(rows, key=lambda row: row["code"])


def _first(
    seen: dict[tuple[str, str], str], part: str, text: str, code: str, wording: dict[tuple[str, str], Row]
) -> str:
    """The norm under which wording.csv holds this source text."""
    if (part, text) not in seen:
        if (part, code) not in wording:
            raise KeyError(f"no wording for the {part} of {code}")
        seen[part, text] = code
    return seen[part, text]


def _norm(code: str, class_code: str, words: dict[str, Row], rule: Row) -> Row:
    cut = CUT in rule["filing_condition_zh"] + rule["closing_action_zh"]
    return {
        "code": code,
        "class": class_code,
        "condition_zh": words["condition"]["zh"],
        "condition_en": words["condition"]["en"],
        "limit": rule["limit_value"],
        "clock": rule["limit_unit"],
        "closing_zh": words["closing"]["zh"],
        "closing_en": words["closing"]["en"],
        **PHOTOS,
        "area_grade": "",
        "legal_basis": "",
        "source": CUT_SOURCE if cut else NORM_SOURCE,
        "local": "yes",
    }


def holidays(folder: Path) -> list[Row]:
    """Exceptions to the weekly pattern inside the years of the calendar, by date."""
    return [
        {
            "date": row["date"],
            "name_zh": row["name"],
            "name_en": HOLIDAYS_EN[row["name"]],
            "kind": "holiday" if row["is_off_day"] == "1" else "makeup_workday",
        }
        for row in sorted(read(folder / "exceptions_2007_2026.csv"), key=lambda row: row["date"])
        if FIRST_YEAR <= int(row["date"][:4]) <= LAST_YEAR
    ]


def main(standards: Path, holiday_folder: Path) -> None:
    """Write every file and print the counts that README.md states."""
    class_rows, left_out = classes(standards)
    minors = {row["code"] for row in class_rows if row["level"] == "minor"}
    norm_rows = norms(standards, minors)
    write("classes.csv", class_rows)
    write("norms.csv", norm_rows)
    write("grid_layers.csv", [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en in LAYERS])
    write("holidays.csv", holidays(holiday_folder))
    (HERE / "calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    cut = sum(row["source"] == CUT_SOURCE for row in norm_rows)
    print(f"minors {len(minors)}, left out for want of a code {left_out}, norms from a cut-off text {cut}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
