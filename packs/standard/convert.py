# SPDX-License-Identifier: Apache-2.0
# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Make the data files of the standard pack: `python packs/standard/convert.py STANDARDS HOLIDAYS`.

STANDARDS holds parts.csv, events.csv and filing_rules.csv (class lists and one city's table of filing rules),
HOLIDAYS holds exceptions_2007_2026.csv. Writes modules.csv, generations.csv, classes.csv, class_mappings.csv,
norms.csv, grid_layers.csv, calendar.yaml and holidays.csv beside this file. A second run gives the same bytes.
Wording of conditions and closing actions is our own and comes from wording.csv, keyed by the first norm that uses it.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

# Run by path, a script sees only its own folder; its modules are named from the root of the repository.
sys.path.insert(0, str(Path(__file__).parents[2]))

from packs.standard.editions import (
    EDITIONS,
    HERE,
    OF_2007,
    OF_2013,
    OF_YUNCHENG,
    PREFIX,
    Row,
    classes,
    generations,
    mappings,
    modules,
    read,
    uncoded,
)

# A norm's source is shown to everybody who opens a case: both languages in its one column, Chinese first.
NORM_SOURCE_ZH = "运城市立案处置标准（地方值，非国家标准；GitHub zhcg2026/smart_cityguard），文字已改写"
NORM_SOURCE_EN = (
    "Yuncheng municipal table, a local value and not national (GitHub zhcg2026/smart_cityguard); reworded"
)
NORM_SOURCE = f"{NORM_SOURCE_ZH} · {NORM_SOURCE_EN}"
CUT_SOURCE = f"{NORM_SOURCE_ZH}；原文有截断，取其可读部分 · {NORM_SOURCE_EN}; cut off in the source, its readable part used"
STAGED_SOURCE = (
    f"{NORM_SOURCE_ZH}；先行处置由同表关于危险情形的规则推得"
    f" · {NORM_SOURCE_EN}; first stage inferred from its rule on dangers"
)
CUT = "…"
PHOTOS = {"photos_report": "1", "photos_handle": "1", "photos_check": "1"}
#: of a danger: somebody of the unit is on site within one urgent hour and fences it off (the table's general rule)
ON_SITE = {"arrive_limit": "1", "arrive_clock": "urgent_hour"}
#: a collapsed road is fenced off within two urgent hours (E0505-1), whatever broke it
COLLAPSED, AT_ONCE = "2", "1"
#: norms whose closing action is to fence off and then to repair, or whose danger E0505-1 has fenced off first
STAGES = {
    "C0206-1": AT_ONCE,
    "C0208-1": AT_ONCE,
    "C0209-1": AT_ONCE,
    "C0299.yuncheng-1": AT_ONCE,
    "C0303-1": AT_ONCE,
    "E0501-2": COLLAPSED,
    "E0502-2": COLLAPSED,
    "E0504-2": COLLAPSED,
}
SAFE = {
    "safe_clock": "urgent_hour",
    "safe_zh": "围护并设警示标志",
    "safe_en": "fenced off, warning signs set",
}
FIRST_YEAR, LAST_YEAR = 2007, 2026
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
# Outside these years there is no calendar data: no date is guessed.
first_year: {FIRST_YEAR}
last_year: {LAST_YEAR}
calendars:
  # Serves every unit; another calendar may serve kinds of unit (unit_kinds) and have seasons.
  - code: standard
    name_zh: 标准日历
    name_en: Standard calendar
    unit_kinds: []
    weekly:
      mon: ["08:00-12:00", "14:00-18:00"]
      tue: ["08:00-12:00", "14:00-18:00"]
      wed: ["08:00-12:00", "14:00-18:00"]
      thu: ["08:00-12:00", "14:00-18:00"]
      fri: ["08:00-12:00", "14:00-18:00"]
      sat: []
      sun: []
"""


def write(name: str, rows: Iterable[Row]) -> None:
    """Write rows, in the order given, as UTF-8 CSV with LF; the first row's keys are the header."""
    rows = list(rows)
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def norms(standards: Path, editions: dict[str, set[str]]) -> list[Row]:
    """Filing rules of the minors, numbered inside each class in the order of the source.

    `editions`: ending of an edition's codes -> its minors; an edition that says a text first keys its wording.
    Raises KeyError for a text that wording.csv does not hold, ValueError for a class without any rule.
    """
    wording = {(row["part"], row["first_norm"]): row for row in read(HERE / "wording.csv")}
    seen: dict[tuple[str, str], str] = {}
    rules = defaultdict(list)
    for rule in read(standards / "filing_rules.csv"):
        rules[PREFIX[rule["kind"]] + rule["code"]].append(rule)
    rows: list[Row] = []
    for ending, minors in editions.items():
        if bare := sorted(minors - {code + ending for code in rules}):
            raise ValueError(f"classes without a rule: {bare}")
        for class_code, own in ((code + ending, rules[code]) for code in rules if code + ending in minors):
            for number, rule in enumerate(own, start=1):
                code = f"{class_code}-{number}"
                texts = {"condition": rule["filing_condition_zh"], "closing": rule["closing_action_zh"]}
                words = {
                    part: wording[part, _first(seen, part, text, code, wording)]
                    for part, text in texts.items()
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
    source = STAGED_SOURCE if code in STAGES else CUT_SOURCE if cut else NORM_SOURCE
    return {
        "code": code,
        "class": class_code,
        "condition_zh": words["condition"]["zh"],
        "condition_en": words["condition"]["en"],
        "limit": rule["limit_value"],
        "clock": rule["limit_unit"],
        **_stages(code),
        "closing_zh": words["closing"]["zh"],
        "closing_en": words["closing"]["en"],
        **PHOTOS,
        "area_grade": "",
        "lead_kinds": "",
        "assist_kinds": "",
        "legal_basis": "",
        "source": source,
        "local": "yes",
    }


def _stages(code: str) -> Row:
    """The limits before the main one: on site, and made safe."""
    names = "arrive_limit", "arrive_clock", "safe_limit", "safe_clock", "safe_zh", "safe_en"
    stages = ON_SITE | SAFE | {"safe_limit": STAGES[code]} if code in STAGES else {}
    return {name: stages.get(name, "") for name in names}


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
    of = {edition.code: classes(standards, edition) for edition in EDITIONS}
    minors = {code: {row["code"] for row in rows if row["parent"]} for code, rows in of.items()}
    ruled = {edition.ending: minors[edition.code] for edition in (OF_2013, OF_YUNCHENG)}
    norm_rows = norms(standards, ruled)
    mapped = mappings(of[OF_2007.code], of[OF_2013.code])
    write("modules.csv", modules())
    write("generations.csv", generations())
    write("classes.csv", sorted((row for rows in of.values() for row in rows), key=lambda row: row["code"]))
    write("class_mappings.csv", mapped)
    write("norms.csv", norm_rows)
    write("grid_layers.csv", [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en in LAYERS])
    write("holidays.csv", holidays(holiday_folder))
    (HERE / "calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    print("minors", {code: len(codes) for code, codes in minors.items()})
    print("names of 2013 left out for want of a code", uncoded(standards))
    print("norms from a cut-off text", sum(row["source"] == CUT_SOURCE for row in norm_rows))
    print("2007 without counterpart", len(minors[OF_2007.code] - {row["class"] for row in mapped}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
