# SPDX-License-Identifier: Apache-2.0
"""Where a case lies, and which unit that place and its class lead to."""

from collections.abc import Container
from datetime import date
from typing import TYPE_CHECKING

from wangge.cases.access import areas_below
from wangge.cases.reference import matrix
from wangge.cases.routing import Alternative, Decision
from wangge.catalog.queries import catalog
from wangge.grids.locate import Located, grid_index
from wangge.grids.queries import areas, city, command_path_of, top_area_path
from wangge.organizations.access import Permission
from wangge.organizations.directory import directory
from wangge.organizations.roster import to_tell

if TYPE_CHECKING:
    from wangge.cases.actions.work import Work


def place(work: "Work", located: Located | None) -> None:
    """Put the case into its grids, area and squad; outside every grid it belongs to the whole city and is flagged."""
    if located is None:
        work.set(outside=True, area_path=top_area_path(), squad="")
        return
    supervision = located.supervision
    work.set(
        outside=False,
        unit_grid_id=located.unit_grid.id,
        supervision_grid_id=supervision.id if supervision else None,
        area_path=located.area_path,
        squad=directory().squad_of(supervision.code) if supervision else "",
    )
    if work.case.filed_at is None:  # later it may have been escalated
        work.set(command_path=command_path_of(located.area_path))


def settle_level(work: "Work") -> None:
    """The area that dispatches first, by the level the class goes to."""
    path = command_path_for(work.case.class_code, work.case.area_path)
    if path != work.case.command_path:
        work.set(command_path=path)


def take_lowest_level(work: "Work") -> None:
    """The lowest area where the case lies and somebody dispatches; where nobody does below, it stays."""
    if below := areas_below(work.case):
        work.set(command_path=areas()[below[-1]].path)


def command_path_for(class_code: str, area_path: str) -> str:
    """Path of the area that dispatches a case of this class in `area_path` first."""
    levels = directory().command_levels
    level = next((levels[code] for code in catalog().upward(class_code) if code in levels), "")
    return command_path_of(area_path, level)


def route_case(work: "Work", *, avoid: Container[str] = ()) -> None:
    """Ask the matrix and keep on the case which row fired and why; tell the dispatchers when none did."""
    day = work.clock_at.astimezone(city().zone).date()
    decision = decide(
        work.case.class_code,
        work.case.area_path,
        _grid_codes(work),
        day=day,
        avoid=avoid,
        owner=work.case.owner,
    )
    work.set(route=decision.as_dict())
    work.facts |= {"route": decision.lead, "rule": decision.row.id if decision.row else None}
    if decision.row is None:
        post = work.flow.steps["dispatch"].posts[0]
        people = directory().holders(post, unit_path="", area_path=work.case.command_path)
        work.tell(to_tell(people, work.recorded_at), "unrouted")
    if decision.broken:
        _report_row(work, decision.broken, day)


def _report_row(work: "Work", broken: Alternative, day: date) -> None:
    """Whoever edits the matrix for the case's area learns of its row that cannot fire: once a row and day each."""
    row = broken.row
    why = "not_begun" if row.first_day and row.first_day > day else broken.why.value
    facts = {
        "class": row.class_code or "*", "place": row.place or "*", "owner": row.owner or "*",
        "first_day": row.first_day.isoformat() if row.first_day else "", "lead": row.lead, "why": why,
        "day": day.isoformat(),
    }  # fmt: skip
    # in one order: two cases may meet the same row at one moment
    for person in sorted(directory().permitted(Permission.RULEBOOK_EDIT, area_path=work.case.area_path)):
        work.tell_once(person, "row_invalid", facts)


def decide(
    class_code: str,
    area_path: str,
    grid_codes: tuple[str, ...],
    *,
    day: date,
    avoid: Container[str] = (),
    owner: str = "",
) -> Decision:
    """The decision for a class at a place on a day of the city; areas are tried from the smallest up."""
    classes = catalog().upward(class_code)
    areas = [code for code in area_path.strip("/").split("/")[::-1] if code]
    return matrix().route(
        classes,
        [*grid_codes, *areas],
        owner,
        default=city().default_unit,
        known=directory().units,
        day=day,
        avoid=avoid,
    )


def _grid_codes(work: "Work") -> tuple[str, ...]:
    codes = map(grid_index().code_of, (work.case.unit_grid_id, work.case.supervision_grid_id))
    return tuple(code for code in codes if code)
