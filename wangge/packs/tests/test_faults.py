# SPDX-License-Identifier: Apache-2.0
"""Every fault planted in a sound pack is told once, with its file, its line and what to do."""

from pathlib import Path
from typing import NamedTuple

import pytest

from wangge.packs.checking import check_pack
from wangge.packs.faults import SHOWN, Fault, lines_of
from wangge.packs.reading import find_pack, read_pack

SRC = "generated: a city of the tests"
SQUARE = "[[[120.0,30.01],[120.01,30.01],[120.01,30.02],[120.0,30.02],[120.0,30.01]]]"
BOW_TIE = "[[[120.0,30.01],[120.01,30.02],[120.01,30.01],[120.0,30.02],[120.0,30.01]]]"


class Planted(NamedTuple):
    """In `file`, `old` becomes `new`; the fault is expected on the line that `at` stands on, saying `en`."""

    name: str
    file: str
    old: str
    new: str
    at: str
    en: str


def _faults(folder: Path) -> list[Fault]:
    pack, faults = read_pack(folder)
    return sorted({*faults, *check_pack(pack)})


def _line(text: str, at: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if at in line)


CALENDAR = (
    Planted("hours reversed", "calendar.yaml", 'mon: ["08:00-12:00"', 'mon: ["12:00-08:00"', "mon:", "start before end"),
    Planted("hours overlap", "calendar.yaml", 'tue: ["08:00-12:00", "14', 'tue: ["08:00-12:00", "11', "tue:", "overlap"),
    Planted("years reversed", "calendar.yaml", "last_year: 2026", "last_year: 2020", "first_year:", "comes after"),
    Planted("not a date", "holidays.csv", "2024-01-01", "2024-02-30", "2024-02-30", "is no date"),
    Planted("unknown day kind", "holidays.csv", "2024-02-04,春节,Spring Festival,makeup_workday",
            "2024-02-04,春节,Spring Festival,workday", "2024-02-04", "“workday” is not one of"),
    Planted("key twice", "calendar.yaml", "first_year: 2024", "first_year: 2024\nfirst_year: 2025", "first_year: 2025",
            "written twice"),
    Planted("not YAML", "calendar.yaml", "wed: [", "wed: ][", "wed: ][", "Not valid YAML"),
)  # fmt: skip
CITY = (
    Planted("unknown time zone", "pack.yaml", "Asia/Shanghai", "Asia/Peking", "Asia/Peking", "time zone"),
    Planted("unknown default unit", "pack.yaml", "default_unit: csgl", "default_unit: nobody", "nobody", "nowhere to go"),
    Planted("unknown command level", "pack.yaml", "command_level: street", "command_level: village", "command_level",
            "nobody could dispatch"),
    Planted("not the top area", "pack.yaml", 'code: "990101"', 'code: "990102"', '"990102"', "one top area"),
    Planted("code without quotes", "pack.yaml", 'code: "990101"', "code: 990101", "code: 990101", "put it in quotes"),
    Planted("unknown base", "pack.yaml", "base: standard", "base: nowhere", "SPDX", "neither beside this one nor shipped"),
    Planted("replaced file unknown", "pack.yaml", "[holidays.csv]", "[holiday.csv]", "replaces:", "“holiday.csv” is no file"),
    Planted("unknown key", "pack.yaml", "  zoom: 14", "  zoom: 14\n  colour: red", "colour", "not known here"),
    Planted("missing key", "pack.yaml", "  case_number_prefix: TC\n", "", "city:", "city.case_number_prefix: is missing"),
    Planted("unknown permission", "posts.yaml", "[organizations:calendar:read", "[organizations:calendar:eat",
            "administrator", "organizations:calendar:eat"),
    Planted("outline no feature", "outline.geojson", '{"type":"Feature"', '{"type":"Thing"', "Thing", "GeoJSON Feature"),
)  # fmt: skip
TREES = (
    Planted("loop of areas", "areas.csv", "East Street,street,990101,", "East Street,street,990101001,",
            "East Street,street", "Loop of areas: 990101001 → 990101001"),
    Planted("unknown parent", "areas.csv", "West Street,street,990101,", "West Street,street,990109,",
            "990109", "“990109” does not exist"),
    Planted("unknown level", "areas.csv", "West One Community,community", "West One Community,village", "village",
            "“village” does not exist"),
    Planted("level not below", "areas.csv", "West One Community,community", "West One Community,street",
            "West One Community", "Level street does not fit"),
    Planted("loop of units", "units.csv", "jdzx,监督中心,Supervision Centre,centre,,",
            "jdzx,监督中心,Supervision Centre,centre,squad_east,", "jdzx,", "Loop of units"),
    Planted("unknown kind of unit", "units.csv", "Water Bureau,department", "Water Bureau,bureau", "bureau,",
            "is not one of"),
    Planted("kind differs", "classes.csv", "minor,event", "minor,component", "E0199", "kind is component"),
    Planted("unknown class above", "classes.csv", "E0199,E01,", "E0199,E77,", "E0199", "“E77” does not exist"),
)  # fmt: skip
GRIDS = (
    Planted("not a polygon", "grids/unit_grid.geojsonl", f'"Polygon","coordinates":{SQUARE}',
            '"Point","coordinates":[120.0,30.0]', '"Point"', "must be a Polygon"),
    Planted("crosses itself", "grids/unit_grid.geojsonl", SQUARE, BOW_TIE, BOW_TIE, "not valid"),
    Planted("ring left open", "grids/unit_grid.geojsonl", SQUARE, "[[[120.0,30.0],[120.1,30.0]]]", "[120.1,30.0]",
            "a ring ends where it starts"),
    Planted("latitude first", "grids/unit_grid.geojsonl", SQUARE, "[[[30,120],[30,121],[31,121],[30,120]]]", "[30,120]",
            "longitude, then latitude"),
    Planted("not JSON", "grids/unit_grid.geojsonl", '{"type":"Feature","properties":{"code":"990101002001001"',
            '{"type":"Feature","properties":{"code":990101002001001"', ":990101002001001", "no GeoJSON Feature"),
    Planted("unknown area", "grids/unit_grid.geojsonl", '"name_en":"990101002001001","area":"990101002001"',
            '"name_en":"990101002001001","area":"990101002009"', "990101002009", "area “990101002009”"),
    Planted("unknown supervision grid", "grids/unit_grid.geojsonl",
            '"name_en":"990101002001001","area":"990101002001","parent":"990101002S01"',
            '"name_en":"990101002001001","area":"990101002001","parent":"990101002S09"', "S09", "S09” does not exist"),
    Planted("no squad", "supervision.csv", "990101001S02,squad_east", "990101001S02,swj", "swj", "is no squad"),
)  # fmt: skip
PEOPLE = (
    Planted("unknown post", "people.csv", "leader,领导,leader", "leader,领导,king", "king", "post “king” does not exist"),
    Planted("unknown unit", "people.csv", "handler_swj,水务处置员,handler,swj", "handler_swj,水务处置员,handler,nobody",
            "nobody", "unit “nobody”"),
    Planted("post without its unit", "people.csv", "handler_swj,水务处置员,handler,swj", "handler_swj,水务处置员,handler,",
            "handler_swj", "needs a unit"),
    Planted("two names", "people.csv", "two_hats,兼职员,operator", "two_hats,另一人,operator", "另一人", "differs from line"),
    Planted("telephone number", "people.csv", "leader,领导", "leader,领导13900000000", "13900000000", "telephone"),
    Planted("one column more", "people.csv", "area,source", "area,phone,source", "phone", "no column “phone”"),
)  # fmt: skip
WORK = (
    Planted("norm without clock", "norms.csv", "4,work_hour", "4,", "E0199-3", "“” is not one of"),
    Planted("unknown clock", "norms.csv", "4,work_hour", "4,lunch_hour", "E0199-3", "lunch_hour"),
    Planted("limit of nothing", "norms.csv", "4,work_hour", "0,work_hour", "E0199-3", "greater than 0"),
    Planted("limit no number", "norms.csv", "4,work_hour", "soon,work_hour", "E0199-3", "whole number"),
    Planted("norm twice", "norms.csv", "E0199-2,", "E0199-1,", "紧急日", "repeats line 2"),
    Planted("norm of another class", "norms.csv", "E0199-5,", "E0198-5,", "E0198-5", "“E0199-1” to “-8”"),
    Planted("norm of no class", "norms.csv", "E0199-5,E0199", "E0177-5,E0177", "E0177", "class “E0177”"),
    Planted("neither yes nor no", "norms.csv", f"{SRC},yes\nE0199-4", f"{SRC},true\nE0199-4", "E0199-3", "yes or no"),
    Planted("class without norm", "classes.csv", "E0199,E01",
            "E0198,E02,minor,event,city_management,2013,空,Empty,,high\nE0199,E01",
            "E0198", "no case could be filed"),
    Planted("norm for a grade no area has", "norms.csv", f"1,1,1,,,,,{SRC},yes\nE0199-4", f"1,1,1,A,,,,{SRC},yes\nE0199-4",
            "E0199-3", "area grade “A”"),
    Planted("unknown lead", "responsibility.csv", "*,*,,,swj,", "*,*,,,nobody,", "nobody", "unit “nobody”"),
    Planted("unknown assisting unit", "responsibility.csv", "swj;dongjie", "swj;nobody", "nobody", "unit “nobody”"),
    Planted("lead assists", "responsibility.csv", "swj;dongjie", "swj;csgl", "swj;csgl", "both lead and assist"),
    Planted("unknown place", "responsibility.csv", "E01,990101001", "E01,990101009", "990101009", "area or grid"),
    Planted("unknown class routed", "responsibility.csv", "C01,", "C77,", "C77", "class “C77”"),
    Planted("no class named", "responsibility.csv", "C01,*", ",*", "swj,csgl", "write * for any"),
)  # fmt: skip
FORM = (
    Planted("field too many", "units.csv", "Water Bureau,", "Water, Bureau,", "Water, Bureau", "8 fields"),
    Planted("column missing", "units.csv", "code,name_zh,name_en,kind,parent", "code,name_zh,name_en,kind,above",
            "above", "Column “parent” is missing"),
    Planted("name empty", "units.csv", "swj,水务局", "swj,", "swj,,", "is empty or holds a character"),
    Planted("bad code", "channels.csv", "sensor,", "sen sor,", "sen sor", "holds a character not allowed"),
)  # fmt: skip
FLOW = (
    Planted("flow with two hands", "flow.yaml", "hand: judges\n    needs: [finding]", "hand: acts\n    needs: [finding]",
            "conclude:", "two-hands rule"),
    Planted("flow with unknown post", "flow.yaml", "needs: [norm], posts: [duty_chief]", "needs: [norm], posts: [king]",
            "  file:", "unknown post “king”"),
    Planted("flow with unknown state", "flow.yaml", "from: [filed], to: dispatched", "from: [filed], to: gone", "  dispatch:",
            "unknown state “gone”"),
    Planted("task without clock", "flow.yaml", "scope: unit, clock: norm", "scope: unit", "post: handler", "must name its clock"),
)  # fmt: skip
MATTERS = (
    Planted("unknown module", "classes.csv", "event,city_management,2013", "event,city,2013", "E0199", "module “city”"),
    Planted("unknown generation", "classes.csv", "2013,测试事件", "2099,测试事件", "E0199", "generation “2099”"),
    Planted("below another generation", "classes.csv", "2013,测试事件", "2007,测试事件", "E0199",
            "that of “E01” above it is 2013"),
    Planted("filing neither yes nor no", "generations.csv", "Tiny City,yes", "Tiny City,1", "tiny,", "must be yes or no"),
    Planted("module without a name", "modules.csv", "tests,测试,", "tests,,", "tests,", "is empty or holds a character"),
    Planted("mapped inside a generation", "class_mappings.csv", "E0101.tiny,E0199", "E0101.tiny,E01.tiny", "E0101.tiny",
            "belong to one generation"),
    Planted("the same as two", "class_mappings.csv", f"E0199,same,{SRC}", f"E0199,same,{SRC}\nE0101.tiny,E0101,same,{SRC}",
            "tiny,E0101,", "already the same as “E0199”"),
    Planted("mapped to nothing", "class_mappings.csv", "E0101.tiny,E0199", "E0101.tiny,E0177", "E0177", "class “E0177”"),
    Planted("mapped in no known way", "class_mappings.csv", "E0199,same", "E0199,equal", "equal", "“equal” is not one of"),
    Planted("arrival without clock", "norms.csv", "4,work_day,1,work_day", "4,work_day,1,", "E0199-7",
            "arrive_limit and arrive_clock"),
    Planted("clock without arrival", "norms.csv", "4,work_day,1,work_day", "4,work_day,,work_day", "E0199-7", "given together"),
    Planted("arrival within nothing", "norms.csv", "4,work_day,1,work_day", "4,work_day,0,work_day", "E0199-7", "greater than 0"),
    Planted("made safe without clock", "norms.csv", "2,urgent_hour,围护", "2,,围护", "E0199-6", "safe_limit and safe_clock"),
    Planted("made safe by nothing", "norms.csv", "2,urgent_hour,围护,Fenced off", "2,urgent_hour,,", "E0199-6",
            "what makes safe"),
    Planted("made safe in one language", "norms.csv", "围护,Fenced off", "围护,", "E0199-6", "what makes safe"),
    Planted("led by no known kind", "norms.csv", "department;company", "department;bureau", "E0199-6", "“bureau” is not one of"),
    Planted("a ninth norm", "norms.csv", "E0199-7,", "E0199-9,", "E0199-9", "“E0199-1” to “-8”"),
    Planted("duty hours of no unit", "unit_hours.csv", "squad_west,mon", "nobody,mon", "nobody", "unit “nobody”"),
    Planted("duty hours of no length", "unit_hours.csv", "08:00,20:00", "08:00,08:00", "squad_west,mon", "are the same"),
    Planted("duty hours at no time", "unit_hours.csv", "08:00,20:00", "08:00,24:00", "squad_west,mon", "ends"),
    Planted("duty hours on no day", "unit_hours.csv", "mon,08:00", "monday,08:00", "monday", "is not one of"),
    Planted("sheet of no class", "procedures.csv", "E0199,", "E0177,", "E0177", "class “E0177”"),
    Planted("sheet without review", "procedures.csv", "是否已经恢复", "", "E0199", "is empty or holds a character"),
    Planted("form of no class", "forms.yaml", "class: E0199", "class: E0177", "E0177", "class “E0177”"),
    Planted("form of no area", "forms.yaml", 'area: ""', 'area: "990109"', "- class:", "area “990109”"),
    Planted("form for no known use", "forms.yaml", "use: report", "use: repair", "- class:", "“repair” is not one of"),
    Planted("no JSON Schema", "forms.yaml", "type: boolean", "type: maybe", "- class:", "Not a valid JSON Schema"),
    Planted("no object", "forms.yaml", "type: object", "type: string", "- class:", "must have type: object"),
    Planted("field of fields", "forms.yaml", "type: boolean", "type: object", "- class:", "type of field “fenced”"),
    Planted("field without title", "forms.yaml", "title: 已围护, ", "", "- class:", "“fenced” lacks its title"),
    Planted("choice without word", "forms.yaml", "maxLength: 20", "enum: [a, b], x-enum-zh: [甲]", "- class:",
            "x-enum-zh of field “mark”"),
    Planted("field from elsewhere", "forms.yaml", "maxLength: 20", "$ref: 'http://127.0.0.1/x'", "- class:", "cannot use $ref"),
    Planted("form twice", "forms.yaml", "- class: E0199", "- {class: E0199, area: '', use: report, title_zh: 一, title_en: One, "
            "fields: {type: object, properties: {a: {type: string, title: 甲, title_en: A}}}}\n- class: E0199",
            "- class: E0199", "repeats line 2"),
)  # fmt: skip
CHARGE = (
    Planted("days overlap", "responsibility.csv", "2025-06-30", "2025-07-30", "C03,*,*,2025-07-01", "overlap those of line 3"),
    Planted("days reversed", "responsibility.csv", "2025-06-30", "2024-06-30", "2024-06-30", "comes after last_day"),
    Planted("no day", "responsibility.csv", "2025-01-01", "2025-02-30", "2025-02-30", "is no date"),
    Planted("two leads", "responsibility.csv", "E01,990101002", "E01,990101001", "E01,990101001,*,,,xijie", "repeats line 5"),
    Planted("level of no class", "command_levels.csv", "E05,", "E75,", "E75", "class “E75”"),
    Planted("no known level", "command_levels.csv", "E05,district", "E05,village", "village", "level “village”"),
    Planted("profile of no area", "area_profiles.csv", "990101001,", "990101009,", "990101009", "area “990101009”"),
    Planted("profile of no class", "area_profiles.csv", "990101001,E01", "990101001,E75", "E75", "class “E75”"),
    Planted("hotline of no channel", "hotlines.csv", "hotline,86", "hot,86", "hot,86", "channel “hot”"),
    Planted("no calling code", "hotlines.csv", "hotline,86", "hotline,+86", "+86", "calling_code"),
)  # fmt: skip
_SHORT = '{mon: ["08:00-12:00"], tue: [], wed: [], thu: [], fri: [], sat: [], sun: []}'
CALENDARS = (
    Planted("first is not standard", "calendar.yaml", "code: standard", "code: usual", "code: usual", "must be “standard”"),
    Planted("standard of a kind", "calendar.yaml", "unit_kinds: []", "unit_kinds: [company]", "code: standard",
            "must be “standard”"),
    Planted("calendar twice", "calendar.yaml", "- code: street", "- code: standard # again", "# again", "stands twice"),
    Planted("two for a kind", "calendar.yaml", "  - code: street", "  - {code: other, name_zh: 另, name_en: Other, unit_kinds: "
            f"[street], weekly: {_SHORT}}}\n  - code: street", "    unit_kinds: [street]", "already has calendar “other”"),
    Planted("no known kind", "calendar.yaml", "[street]", "[village]", "[village]", "“village” is not one of"),
    Planted("no day of the year", "calendar.yaml", 'first: "07-01"', 'first: "07-32"', "07-32", "is no day of the year"),
    Planted("day written otherwise", "calendar.yaml", 'first: "07-01"', 'first: "7/1"', "7/1", "must match"),
    Planted("seasons overlap", "calendar.yaml", "    seasons:",
            f'    seasons:\n      - {{first: "08-31", last: "09-30", weekly: {_SHORT}}}',
            'first: "07-01"', "Overlaps another season"),
    Planted("season's hours reversed", "calendar.yaml", 'thu: ["07:00-11:00"', 'thu: ["11:00-07:00"', "11:00-07:00",
            "start before end"),
)  # fmt: skip
INSPECTING = (
    Planted("reminded after the deadline", "inspectors.yaml", 'remind: "17:00"', 'remind: "19:00"', "zero_report:",
            "remind must come before due"),
    Planted("time without quotes", "inspectors.yaml", 'due: "18:00"', "due: 18:00", "due: 18:00", "put it in quotes"),
    Planted("share beyond the whole", "inspectors.yaml", "percent: 2,", "percent: 200,", "percent: 200", "at most 100"),
    Planted("post unknown to the rules", "inspectors.yaml", "leader_post: squad_leader", "leader_post: sergeant", "sergeant",
            "“sergeant” is not in posts.yaml"),
    Planted("entry gone before it can be appealed", "inspectors.yaml", "keep_days: 730", "keep_days: 6", "keep_days: 6",
            "before it can be appealed"),
    Planted("consequence unknown", "inspectors.yaml", "kind: training", "kind: prison", "kind: prison", "“prison” is not one of"),
)  # fmt: skip
PLANTED_PEOPLE = (
    Planted(
        "a resident as the subject of a class",
        "classes.csv",
        "测试事件",
        "吸毒人员",
        "E0199",
        "“吸毒人员” makes people the",
    ),
    Planted(
        "said in English alone",
        "classes.csv",
        "Test event",
        "Ex-offenders",
        "E0199",
        "“Ex-offenders” makes people",
    ),
)
ALL = (
    *PLANTED_PEOPLE,
    *CALENDAR,
    *CITY,
    *TREES,
    *GRIDS,
    *PEOPLE,
    *WORK,
    *FORM,
    *FLOW,
    *MATTERS,
    *CHARGE,
    *CALENDARS,
    *INSPECTING,
)


def test_the_shipped_packs_and_the_tiny_city_have_no_fault(folder: Path) -> None:
    assert _faults(folder) == []
    for name in ("standard", "boston", "chaoyang"):
        assert _faults(find_pack(name)) == []


@pytest.mark.parametrize("planted", ALL, ids=lambda planted: planted.name)
def test_a_planted_fault_is_told_with_file_and_line(folder: Path, planted: Planted) -> None:
    path = folder / planted.file
    text = path.read_text()
    assert text.count(planted.old) >= 1
    text = text.replace(planted.old, planted.new, 1)
    path.write_text(text)
    faults = _faults(folder)
    file, line = f"tiny/{planted.file}", _line(text, planted.at)
    told = [fault for fault in faults if planted.en in fault.en and fault.file == file]
    assert [fault.line for fault in told] == [line], faults
    assert told[0].zh and not told[0].zh.isascii()


def test_a_split_without_the_channel_of_its_parts_is_told_at_the_step(folder: Path) -> None:
    head, channels = folder / "pack.yaml", folder / "channels.csv"
    head.write_text(head.read_text().replace("replaces: [", "replaces: [channels.csv, "))
    channels.write_text(
        "".join(row for row in channels.read_text().splitlines(True) if not row.startswith("part,"))
    )
    (fault,) = _faults(folder)
    line = _line((folder / "flow.yaml").read_text(), "{name_zh: 拆分, name_en: Split,") - 1
    assert (fault.file, fault.line) == ("tiny/flow.yaml", line)
    assert "channels.csv" in fault.en


def test_a_loop_in_the_flow_is_told_at_the_state_it_traps(folder: Path) -> None:
    path = folder / "flow.yaml"
    text = path.read_text()
    for old in ("Handle again, to: [{when: is_split, to: split}, {to: handling}]", "To closing, to: closing"):
        assert old in text
        text = text.replace(old, old.partition(" to: ")[0] + " to: investigating")
    path.write_text(text)
    (fault,) = _faults(folder)
    assert (fault.file, fault.line) == ("tiny/flow.yaml", _line(text, "  investigating:"))
    assert "no case can ever end" in fault.en


@pytest.mark.parametrize(
    ("hours", "weeks"), [('["08:00-12:00", "14:00-18:00"]', [0, 1]), ('["07:00-11:00", "15:00-19:00"]', [2])]
)
def test_a_week_without_working_time_is_told(folder: Path, hours: str, weeks: list[int]) -> None:
    path = folder / "calendar.yaml"
    path.write_text(path.read_text().replace(hours, "[]"))
    lines = [n for n, text in enumerate(path.read_text().splitlines(), start=1) if "weekly:" in text]
    faults = _faults(folder)
    assert [(fault.file, fault.line) for fault in faults] == [("tiny/calendar.yaml", lines[w]) for w in weeks]
    assert all("no working time" in fault.en for fault in faults)


def test_a_broader_class_lends_no_norms(folder: Path) -> None:
    path = folder / "class_mappings.csv"
    path.write_text(path.read_text().replace("E0199,same", "E0199,broader"))
    (fault,) = _faults(folder)
    classes = (folder / "classes.csv").read_text()
    assert (fault.file, fault.line) == ("tiny/classes.csv", _line(classes, "E0101.tiny"))
    assert "no case could be filed" in fault.en


@pytest.mark.parametrize(("generation", "bare"), [("yuncheng", 0), ("2007", 55)])
def test_a_city_that_files_under_a_generation_of_the_base_needs_its_norms(
    folder: Path, generation: str, bare: int
) -> None:
    with (folder / "generations.csv").open("a") as file:
        file.write(f"{generation},用,In use,yes,{SRC}\n")
    faults = _faults(folder)
    assert len(faults) == bare
    assert all("no case could be filed" in fault.en for fault in faults)


def test_a_generation_for_reference_only_needs_no_norms(folder: Path) -> None:
    (folder / "class_mappings.csv").unlink()
    assert [fault.file for fault in _faults(folder)] == ["tiny/classes.csv"]
    path = folder / "generations.csv"
    path.write_text(path.read_text().replace("Tiny City,yes", "Tiny City,no"))
    assert _faults(folder) == []


def test_a_class_whose_norms_are_for_graded_areas_only_has_one_everywhere(folder: Path) -> None:
    areas, norms = folder / "areas.csv", folder / "norms.csv"
    head, *rows = areas.read_text().splitlines()
    graded = [f"{row},{'A' if row.startswith('990101001,') else ''}" for row in rows]
    areas.write_text("\n".join([f"{head},grade", *graded]) + "\n")
    text = norms.read_text()
    one = text.replace("1,1,1,,", "1,1,1,A,", 1)
    norms.write_text(one)
    assert _faults(folder) == []
    norms.write_text(text.replace("1,1,1,,", "1,1,1,A,"))
    told = [fault for fault in _faults(folder) if "has no norm where areas are of: no grade" in fault.en]
    assert {fault.file for fault in told} == {"tiny/norms.csv"} and "E0199" in told[0].en


def test_the_grade_of_an_inner_area_counts_where_a_grid_is_of_it(folder: Path) -> None:
    areas, norms, grids = folder / "areas.csv", folder / "norms.csv", folder / "grids/unit_grid.geojsonl"
    head, *rows = areas.read_text().splitlines()
    inner = {"990101001": "B"}  # its communities have a grade of their own
    graded = [f"{row},{inner.get(row.split(',')[0], 'A')}" for row in rows]
    areas.write_text("\n".join([f"{head},grade", *graded]) + "\n")
    norms.write_text(norms.read_text().replace("1,1,1,,", "1,1,1,A,"))
    assert _faults(folder) == []
    grids.write_text(grids.read_text().replace('"area":"990101001001"', '"area":"990101001"', 1))
    told = [fault for fault in _faults(folder) if "has no norm where areas are of: B" in fault.en]
    assert {fault.file for fault in told} == {"tiny/norms.csv"}


def test_a_longer_loop_of_areas_is_told_once(folder: Path) -> None:
    path = folder / "areas.csv"
    path.write_text(
        path.read_text().replace("East Street,street,990101,", "East Street,street,990101001001,")
    )
    loops = [fault for fault in _faults(folder) if "Loop" in fault.en]
    assert [(fault.file, fault.line) for fault in loops] == [("tiny/areas.csv", 3)]


def test_a_layer_nobody_declared_is_told(folder: Path) -> None:
    (folder / "grids/social.geojsonl").write_text((folder / "grids/supervision.geojsonl").read_text())
    (fault,) = _faults(folder)
    assert (fault.file, fault.line) == ("tiny/grids/social.geojsonl", 0)
    assert "grid_layers.csv" in fault.en


@pytest.mark.parametrize("file", ["levels.yaml", "outline.geojson", "areas.csv", "grids/unit_grid.geojsonl"])
def test_a_missing_file_is_told(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert f"tiny/{file}" in {fault.file for fault in _faults(folder) if "missing" in fault.en}


def test_a_file_in_another_encoding_is_told(folder: Path) -> None:
    (folder / "units.csv").write_bytes((folder / "units.csv").read_text().encode("gb18030"))
    (fault,) = _faults(folder)
    assert (fault.file, fault.line) == ("tiny/units.csv", 2)
    assert str(fault).startswith("tiny/units.csv:2: 不是 UTF-8（像是 GBK），请另存为 UTF-8。")


UNREADABLE = (
    "pack.yaml", "levels.yaml", "calendar.yaml", "flow.yaml", "posts.yaml", "areas.csv", "units.csv", "people.csv",
    "classes.csv", "norms.csv", "supervision.csv", "responsibility.csv", "channels.csv", "modules.csv", "generations.csv",
    "class_mappings.csv", "procedures.csv", "forms.yaml", "command_levels.csv", "area_profiles.csv", "holidays.csv",
    "unit_hours.csv", "hotlines.csv", "grids/supervision.geojsonl", "grids/unit_grid.geojsonl", "outline.geojson",
)  # fmt: skip


@pytest.mark.parametrize("file", UNREADABLE)
def test_one_bad_byte_is_one_fault_and_has_no_consequences(folder: Path, file: str) -> None:
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:-1] + b"\xff\n")
    (fault,) = _faults(folder)
    assert (fault.file, fault.line) == (f"tiny/{file}", content.count(b"\n"))
    assert "GBK" not in fault.en and fault.unread


def test_a_file_without_its_columns_has_no_consequences(folder: Path) -> None:
    path = folder / "areas.csv"
    path.write_text(path.read_text().replace("name_en", "name", 1))
    assert [fault.file for fault in _faults(folder)] == ["tiny/areas.csv"] * 2


def test_many_faults_of_one_kind_are_counted_after_what_could_not_be_read() -> None:
    many = [
        Fault("tiny/a.csv", line, f"区域“{line}”不存在。", f"area “{line}” does not exist.")
        for line in range(2, 40)
    ]
    other = Fault("tiny/a.csv", 41, "kind 不符。", "kind differs.")
    unread = Fault("tiny/z.csv", 7, "不是 UTF-8。", "Not UTF-8.", unread=True)
    lines = lines_of([*many, other, unread])
    assert lines[0] == "tiny/z.csv:7: 不是 UTF-8。 Not UTF-8."
    assert len(lines) == 1 + SHOWN + 1 + 1
    assert lines[-2] == "tiny/a.csv: 还有 18 处同类错误，最后一处在第 39 行。 And 18 more of this kind."
    assert "kind differs" in lines[-1]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    for planted in (CITY[1], GRIDS[1], PEOPLE[0], WORK[0], FLOW[1]):
        path = folder / planted.file
        path.write_text(path.read_text().replace(planted.old, planted.new, 1))
    assert len(_faults(folder)) == 5


def test_nothing_is_where_no_pack_is(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path / "nowhere")
    assert fault.file == "nowhere/pack.yaml"


def test_a_supervision_grid_without_squad_is_told(folder: Path) -> None:
    path = folder / "supervision.csv"
    path.write_text(path.read_text().replace(f"990101001S02,squad_east,{SRC}\n", ""))
    (fault,) = _faults(folder)
    assert (fault.file, fault.line) == ("tiny/grids/supervision.geojsonl", 2)
    assert "add it to supervision.csv" in fault.en
