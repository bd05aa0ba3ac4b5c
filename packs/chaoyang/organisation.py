# SPDX-License-Identifier: Apache-2.0
"""Units, people, supervision and responsibility of this pack: generated, with the counts of the article as targets.

The article gives 35 squads, 1,547 inspectors, 89 departments and 43 streets; names of departments are those of usual
district departments (departments.csv), people are numbered posts and no real person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shapely.geometry import Point

Row = dict[str, str]
Write = Callable[[str, Iterable[Row]], None]

DISTRICT = "110105"
SUPERVISION_CENTRE, COMMAND_CENTRE = "jdzx", "zhzx"
SQUADS, INSPECTORS = 35, 1547
DEMO_UNIT = "csglw"
POOL = [
    # post, count, unit, login of the demo person, prefix of the other logins, name
    ("operator", 12, SUPERVISION_CENTRE, "shouli", "oper", "受理员"),
    ("duty_chief", 4, SUPERVISION_CENTRE, "zhiban", "chief", "值班长"),
    ("evaluator", 2, SUPERVISION_CENTRE, "pingjia", "eval", "评价员"),
    ("dispatcher", 10, COMMAND_CENTRE, "paiqian", "disp", "派遣员"),
    ("coordinator", 1, COMMAND_CENTRE, "xietiao", "coor", "协调员"),
    ("leader", 1, COMMAND_CENTRE, "lingdao", "lead", "值班领导"),
    ("administrator", 1, SUPERVISION_CENTRE, "guanli", "admin", "系统管理员"),
]
STREET_MAJORS = ["E01", "E02", "E04", "E06"]
"""Majors that the street they happen in leads, unless departments.csv names a minor of them."""
BAND_DEGREES = 0.05
PERSON = "generated: a numbered post, no real person"
STREET_PERSON = "generated: one post a street command sub-centre (named in the article), no real person"
MEETING_STREET = "110105001"
MEETING_PERSON = "generated: an example of a street that keeps meetings of its own, no real person"


def write_all(write: Write, departments: list[Row], areas: list[Row], centres: dict[str, Point]) -> None:
    """Write units.csv, people.csv, supervision.csv and responsibility.csv; `centres` = supervision grid -> middle."""
    streets = [row for row in areas if row["level"] == "street"]
    units = unit_rows(departments, streets)
    squad_of = squads(centres)
    write("units.csv", units)
    staff = people(units) + street_dispatchers(streets) + [street_coordinator(streets)]
    write("people.csv", sorted(staff, key=lambda row: (row["login"], row["post"])))
    source = "generated: 35 runs of neighbouring grids"
    write(
        "supervision.csv",
        [{"grid": grid, "unit": squad_of[grid], "source": source} for grid in sorted(squad_of)],
    )
    write("responsibility.csv", responsibility(departments, streets))


def unit_rows(departments: list[Row], streets: list[Row]) -> list[Row]:
    """Both centres, 89 departments, 43 streets and 35 squads, by code."""
    article = "the article (named there)"
    usual = "generated: a usual kind of district department; the article gives only their number, 89"
    rows = [
        _unit(
            SUPERVISION_CENTRE, "区城市管理监督中心", "Urban Management Supervision Centre", "centre", article
        ),
        _unit(COMMAND_CENTRE, "区城市管理指挥中心", "Urban Management Command Centre", "centre", article),
    ]
    for row in departments:
        source = article if row["named"] == "yes" else usual
        rows.append(_unit(row["code"], row["name_zh"], row["name_en"], row["kind"], source))
    for row in streets:
        body = "街道办事处" if row["name_zh"].endswith("街道") else "地区办事处"
        name_zh = row["name_zh"].removesuffix("街道").removesuffix("地区") + body
        unit = _unit(_street_unit(row["code"]), name_zh, f"{row['name_en']} Office", "street", row["source"])
        rows.append(unit | {"area": row["code"]})
    for number in range(1, SQUADS + 1):
        source = "generated: the article gives only their number, 35"
        unit = _unit(_squad(number), f"监督第{number}分队", f"Supervision squad {number}", "squad", source)
        rows.append(unit | {"parent": SUPERVISION_CENTRE})
    return sorted(rows, key=lambda row: row["code"])


def _unit(code: str, name_zh: str, name_en: str, kind: str, source: str) -> Row:
    names = {"code": code, "name_zh": name_zh, "name_en": name_en}
    return names | {"kind": kind, "parent": "", "area": DISTRICT, "source": source}


def _street_unit(area: str) -> str:
    return f"jd{area}"


def _squad(number: int) -> str:
    return f"fd{number:02d}"


def squads(centres: dict[str, Point]) -> dict[str, str]:
    """Supervision grid -> squad: grids in rows from north to south, every other row backwards, cut into equal runs."""
    north = max(point.y for point in centres.values())

    def along(grid: str) -> tuple[int, float, str]:
        band = int((north - centres[grid].y) / BAND_DEGREES)
        return band, centres[grid].x * (-1 if band % 2 else 1), grid

    ordered = sorted(centres, key=along)
    return {grid: _squad(place * SQUADS // len(ordered) + 1) for place, grid in enumerate(ordered)}


def people(units: list[Row]) -> list[Row]:
    """Numbered persons: 1,547 inspectors over the squads, a leader each, the centres' posts, a clerk and a handler a unit."""
    rows = []
    for number in range(INSPECTORS):
        login = "jiandu" if number == 0 else f"insp{number:04d}"
        squad = _squad(number % SQUADS + 1)
        rows.append(_person(login, f"监督员{number + 1:04d}", "inspector", squad, DISTRICT))
    for number in range(1, SQUADS + 1):
        login = "fenduizhang" if number == 1 else f"lead_{_squad(number)}"
        rows.append(_person(login, f"监督第{number}分队长", "squad_leader", _squad(number), DISTRICT))
    for post, count, unit, demo, prefix, name in POOL:
        for number in range(count):
            login = demo if number == 0 else f"{prefix}{number:02d}"
            title = name if count == 1 else f"{name}{number + 1:02d}"
            rows.append(_person(login, title, post, unit, DISTRICT))
    for row in units:
        if row["kind"] in ("department", "company", "street"):
            clerk, handler = ("danwei", "chuzhi") if row["code"] == DEMO_UNIT else _logins(row["code"])
            rows.append(_person(clerk, f"{row['name_zh']}经办员", "unit_clerk", row["code"], row["area"]))
            rows.append(_person(handler, f"{row['name_zh']}处置员", "handler", row["code"], row["area"]))
    return rows


def street_dispatchers(streets: list[Row]) -> list[Row]:
    """One dispatcher a street, in the street's unit and for its area alone: the lower of the two levels of command."""
    return [
        _person(
            f"pq_{_street_unit(row['code'])}",
            f"{row['name_zh']}指挥分中心派遣员",
            "dispatcher",
            _street_unit(row["code"]),
            row["code"],
            STREET_PERSON,
        )
        for row in streets
    ]


def street_coordinator(streets: list[Row]) -> Row:
    """Who keeps the line-and-block meeting of the one street that holds one (oversight.yaml)."""
    street = next(row for row in streets if row["code"] == MEETING_STREET)
    unit = _street_unit(MEETING_STREET)
    return _person(
        f"xt_{unit}", f"{street['name_zh']}协调员", "coordinator", unit, MEETING_STREET, MEETING_PERSON
    )


def _logins(unit: str) -> tuple[str, str]:
    return f"jb_{unit}", f"cz_{unit}"


def _person(login: str, name: str, post: str, unit: str, area: str, source: str = PERSON) -> Row:
    names = {"login": login, "name": name, "post": post}
    return names | {"unit": unit, "area": area, "source": source}


def responsibility(departments: list[Row], streets: list[Row]) -> list[Row]:
    """Who leads what where: departments by class in the whole district, streets by class in their own area."""
    rows = []
    for row in departments:
        for code in filter(None, row["leads"].split(";")):
            rows.append(_duty(code, "*", row["code"], row["assist"], "按职责分工由主管部门或专业单位处置"))
    for major in STREET_MAJORS:
        for street in streets:
            unit = _street_unit(street["code"])
            rows.append(_duty(major, street["code"], unit, "cgzf", "按属地管理由街道(地区)处置"))
    return sorted(rows, key=lambda row: (row["class"], row["place"], row["owner"]))


def _duty(code: str, place: str, lead: str, assist: str, basis_zh: str) -> Row:
    return {
        "class": code,
        "place": place,
        "owner": "*",
        "lead": lead,
        "assist": assist,
        "basis_zh": basis_zh,
        "basis_en": "Duty of the competent department or company"
        if place == "*"
        else "Duty of the territory",
        "source": "generated: a usual division of duties",
    }
