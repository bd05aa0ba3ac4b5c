# SPDX-License-Identifier: Apache-2.0
"""Units (the recorded departments, plus centres and squads of our own) and generated staff."""

from __future__ import annotations

from collections.abc import Iterable

from packs.boston.recorded import CITY, Report, read_translations, write_csv

SUPERVISION_CENTRE, COMMAND_CENTRE, DEMO_DEPARTMENT = "jdzx", "zhzx", "PWDx"
GENERATED = "generated: demo staff, no real person"

# Squad -> (name_zh, name_en, neighbourhoods it walks). Ours: the data name no inspectors.
SQUADS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "SQ1": ("市中心监督中队", "Downtown squad",
            ("Downtown / Financial District", "Beacon Hill", "Back Bay", "Boston")),
    "SQ2": ("北部监督中队", "North squad", ("East Boston", "Charlestown")),
    "SQ3": ("中部监督中队", "Central squad",
            ("South End", "Fenway / Kenmore / Audubon Circle / Longwood", "Mission Hill", "Roxbury")),
    "SQ4": ("南波士顿监督中队", "South Boston squad",
            ("South Boston", "South Boston / South Boston Waterfront")),
    "SQ5": ("东南监督中队", "Southeast squad", ("Dorchester", "Greater Mattapan", "Mattapan")),
    "SQ6": ("西北监督中队", "Northwest squad",
            ("Allston", "Allston / Brighton", "Brighton", "Chestnut Hill")),
    "SQ7": ("西南监督中队", "Southwest squad",
            ("Jamaica Plain", "Roslindale", "West Roxbury", "Hyde Park")),
}  # fmt: skip
INSPECTORS_A_SQUAD = 4

# post, unit, logins: the first of each is the demo's own login
CENTRE_STAFF = (
    ("operator", "受理员 Operator", SUPERVISION_CENTRE, ("shouli", "operator-2", "operator-3", "operator-4")),
    ("duty_chief", "值班长 Duty chief", SUPERVISION_CENTRE, ("zhiban", "chief-2")),
    ("evaluator", "评价员 Evaluator", SUPERVISION_CENTRE, ("pingjia",)),
    ("administrator", "管理员 Administrator", SUPERVISION_CENTRE, ("guanli",)),
    ("dispatcher", "派遣员 Dispatcher", COMMAND_CENTRE, ("paiqian", "dispatcher-2")),
    ("coordinator", "协调员 Coordinator", COMMAND_CENTRE, ("xietiao",)),
    ("leader", "领导 Leader", COMMAND_CENTRE, ("lingdao",)),
)


def write_units(reports: Iterable[Report]) -> list[str]:
    """Write units.csv; returns the department codes."""
    names = read_translations()
    departments = {report.unit: report.department for report in reports}
    own = "generated: set by this pack"
    rows = [
        (SUPERVISION_CENTRE, "监督中心", "Supervision centre", "centre", None, CITY, own),
        (COMMAND_CENTRE, "指挥中心", "Command centre", "centre", None, CITY, own),
        *((code, zh, en, "squad", SUPERVISION_CENTRE, CITY, own) for code, (zh, en, _) in SQUADS.items()),
    ]
    source = "recorded department code; name from its subject and queues, name_zh translated by hand"
    for code, recorded in departments.items():
        english, chinese = names["department", recorded]
        rows.append((code, chinese, english, "department", None, CITY, source))
    write_csv("units.csv", ("code", "name_zh", "name_en", "kind", "parent", "area", "source"), rows)
    return sorted(departments)


def write_people(departments: Iterable[str]) -> None:
    rows: list[tuple[str, str, str, str, str, str]] = []

    def appoint(login: str, name: str, post: str, unit: str) -> None:
        rows.append((login, name, post, unit, CITY, GENERATED))

    for post, title, unit, logins in CENTRE_STAFF:
        for number, login in enumerate(logins, start=1):
            appoint(login, f"{title} {number}", post, unit)
    for squad in SQUADS:
        login = "fenduizhang" if squad == "SQ1" else f"leader-{squad}"
        appoint(login, f"监督分队长 Squad leader {squad}", "squad_leader", squad)
        for number in range(1, INSPECTORS_A_SQUAD + 1):
            login = "jiandu" if (squad, number) == ("SQ1", 1) else f"insp-{squad}-{number}"
            appoint(login, f"监督员 Inspector {squad}-{number}", "inspector", squad)
    for code in departments:
        appoint(f"clerk-{code}", f"单位经办 Clerk {code}", "unit_clerk", code)
        appoint(f"handler-{code}", f"处置员 Handler {code}", "handler", code)
    appoint("danwei", f"单位经办 Clerk {DEMO_DEPARTMENT} 2", "unit_clerk", DEMO_DEPARTMENT)
    appoint("chuzhi", f"处置员 Handler {DEMO_DEPARTMENT} 2", "handler", DEMO_DEPARTMENT)
    write_csv("people.csv", ("login", "name", "post", "unit", "area", "source"), rows, key=3)


def write_supervision(grids: dict[str, str], names: dict[str, str]) -> None:
    """`grids`: supervision grid -> area; `names`: area -> neighbourhood."""
    squad_of = {place: squad for squad, (_, _, places) in SQUADS.items() for place in places}
    source = "generated: squad of the neighbourhood"
    rows = [(grid, squad_of[names[area]], source) for grid, area in grids.items()]
    write_csv("supervision.csv", ("grid", "unit", "source"), rows)
