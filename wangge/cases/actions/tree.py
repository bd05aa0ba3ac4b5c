# SPDX-License-Identifier: Apache-2.0
"""Cases that become several, or one again: splitting into parts, merging undone; settled without any unit; levels.

A split case waits until all its parts have ended. A part is a case like any other; only the whole is called back.
"""

from collections.abc import Callable

from wangge.cases.actions.callers import owed_callback, take_callers_back
from wangge.cases.actions.placing import route_case
from wangge.cases.actions.work import Work
from wangge.cases.errors import NeedsCallback, ParentEnded, PartInHand, PartsOpen
from wangge.cases.flow import EARLY_STATES, END_STATES, PART_CHANNEL, State
from wangge.cases.merged import matter_of
from wangge.cases.models import Case, LogEntry
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.grids.locate import grid_index
from wangge.grids.queries import areas
from wangge.organizations.directory import directory


def _split(work: Work) -> None:
    """Each part is opened by the same person, at the same place, under the class of the whole."""
    from wangge.cases.actions.report import report  # it needs the door, which needs the effects

    grid = grid_index().code_of(work.case.unit_grid_id) if work.case.unit_grid_id else ""
    made = [
        report(
            description=part.strip(), actor=work.actor, at=work.at, grid_code=grid, class_code=work.case.class_code,
            channel=PART_CHANNEL, parent=work.case,
        )
        for part in work.data.parts
        if part.strip()
    ]  # fmt: skip
    work.facts["parts"] = [taken.number for taken in made]
    work.set(parts=work.case.parts + len(made))
    work.move()


def _cancel_split(work: Work) -> None:
    """Parts nobody handles yet are made void with it."""
    from wangge.cases.actions.door import take_by_itself

    children = list(Case.objects.select_for_update(no_key=True).filter(parent=work.case.pk).order_by("id"))
    # one that was closed, or settled where it was found, is work done
    undone = {*EARLY_STATES, *END_STATES} - {State.CLOSED, State.SETTLED}
    in_hand = [c.number for c in children if c.state not in undone]
    if in_hand:
        raise PartInHand(numbers=", ".join(in_hand))
    for child in children:
        if child.state in EARLY_STATES and not take_by_itself("void", child.pk, at=work.at):
            raise PartInHand(numbers=child.number)
    work.set(parts=0)
    route_case(work)
    work.move()


def _gather(work: Work) -> None:
    waiting = parts_that_go_on(work.case)
    if waiting:
        raise PartsOpen(numbers=", ".join(child.number for child in waiting[:5]))
    work.set(finished_at=work.at)
    work.move()


def parts_that_go_on(whole: Case) -> list[Case]:
    """Its parts that have not ended; one that was merged goes on as what it went into, unless that is the whole itself."""
    found = []
    for part in Case.objects.filter(parent=whole.pk).order_by("id"):
        into = part
        while into.merged_into:
            into = into.merged_into
        if into.is_open and into.pk != whole.pk:
            found.append(part)
    return found


def check_parent(work: Work) -> None:
    """A part is opened again only while the whole waits for its parts; raises ParentEnded."""
    if work.case.parent_id:
        parent = Case.objects.select_for_update(no_key=True).get(pk=work.case.parent_id)
        if parent.state != State.SPLIT:
            raise ParentEnded(parent=parent.number)


def _unmerge(work: Work) -> None:
    """Back to where it was merged from; of one that was with a unit, to be dispatched anew."""
    check_parent(work)
    entries = LogEntry.objects.of(work.case).filter(step="merge").order_by("-seq")
    state = entries.values_list("from_state", flat=True)[0]
    filed = state in (State.FILED, State.DISPATCHED)
    work.guards |= {"was_filed": filed, "was_accepted": state == State.ACCEPTED}
    target = work.case.merged_into
    if target:
        take_callers_back(work, matter_of(target))
    work.facts["target"] = target.number if target else ""
    work.set(
        merged_into_id=None, lead_unit="", lead_unit_path="", handler_id=None, dispatched_at=None, clock_start=None,
        clock_used=0, yellow_at=None, due_at=None,
    )  # fmt: skip
    if filed:
        route_case(work)
    work.move()
    work.tell_reporters("unmerged", along="unmerged_along")


def _nobody_waits(work: Work) -> None:
    """Raise NeedsCallback where somebody is to be called back: that is the way of the whole flow."""
    if owed_callback(work.case):
        raise NeedsCallback


def _settle(work: Work) -> None:
    """Put right where it was found: no unit, no norm, no clock, and nobody who waits for a call."""
    _nobody_waits(work)
    if work.data.lon is not None and work.data.lat is not None:
        work.note_position(*to_wgs84(work.data.lon, work.data.lat, CoordinateSystem.WGS84))
    work.set(finished_at=work.at)
    work.move()


def _self_handle(work: Work) -> None:
    """By the unit of whoever did it; the approval is the closing by a second person."""
    _nobody_waits(work)
    unit = directory().units.get(work.held.unit)
    work.set(
        lead_unit=work.held.unit, lead_unit_path=unit.path if unit else "", handler_id=work.actor.person_id,
        finished_at=work.at, units=sorted({*work.case.units, *(unit.path.strip("/").split("/") if unit else ())}),
    )  # fmt: skip
    work.facts["unit"] = work.held.unit
    work.move()


def _assign_down(work: Work) -> None:
    """A level below dispatches from now on."""
    work.set(command_path=areas()[work.data.area].path)
    work.facts["area"] = work.data.area
    route_case(work)
    work.move()


TREE_EFFECTS: dict[str, Callable[[Work], None]] = {
    "split": _split,
    "cancel_split": _cancel_split,
    "gather": _gather,
    "unmerge": _unmerge,
    "settle": _settle,
    "self_handle": _self_handle,
    "assign_down": _assign_down,
}
