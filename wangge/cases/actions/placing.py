# SPDX-License-Identifier: Apache-2.0
"""Where a case lies, and which unit that place and its class lead to."""

from typing import TYPE_CHECKING

from wangge.cases.reference import matrix
from wangge.cases.routing import Decision
from wangge.catalog.queries import catalog
from wangge.grids.locate import Located, grid_index
from wangge.grids.queries import city, command_path_of, top_area_path
from wangge.organizations.directory import directory

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


def route_case(work: "Work", *, avoid: str = "") -> None:
    """Ask the matrix and keep on the case which row fired and why; tell the dispatchers when none did."""
    decision = decide(
        work.case.class_code, work.case.area_path, _grid_codes(work), avoid=avoid, owner=work.case.owner
    )
    work.set(route=decision.as_dict())
    work.facts |= {"route": decision.lead, "rule": decision.row.id if decision.row else None}
    if decision.row is None:
        post = work.flow.steps["dispatch"].posts[0]
        work.tell(directory().holders(post, unit_path="", area_path=work.case.command_path), "unrouted")


def decide(
    class_code: str, area_path: str, grid_codes: tuple[str, ...], *, avoid: str = "", owner: str = ""
) -> Decision:
    """The decision for a class at a place; areas are tried from the smallest up."""
    info = catalog().classes.get(class_code)
    classes = info.path.strip("/").split("/")[::-1] if info else []
    areas = [code for code in area_path.strip("/").split("/")[::-1] if code]
    return matrix().route(
        classes,
        [*grid_codes, *areas],
        owner,
        default=city().default_unit,
        known=directory().units,
        avoid=avoid,
    )


def _grid_codes(work: "Work") -> tuple[str, ...]:
    codes = map(grid_index().code_of, (work.case.unit_grid_id, work.case.supervision_grid_id))
    return tuple(code for code in codes if code)
