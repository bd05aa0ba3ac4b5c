# SPDX-License-Identifier: Apache-2.0
"""更正: a wrong class, norm or place put right by two; what was wrong stands in the log. A wrong step: see taking_back."""

from wangge.cases.actions.placing import command_path_for, place, route_case, settle_level
from wangge.cases.actions.rounds import change_stages, retime
from wangge.cases.actions.side_records import open_record, tell_asker, turn_record
from wangge.cases.actions.taking_back import ask_back, take_back
from wangge.cases.actions.work import Work
from wangge.cases.errors import NothingToCorrect, OtherClock, Suspended
from wangge.cases.flow import Scope, State
from wangge.cases.norms import norms_at
from wangge.cases.records import LEAVING
from wangge.catalog.queries import NormInfo, catalog
from wangge.grids.locate import Located, grid_index
from wangge.organizations.directory import directory
from wangge.organizations.roster import to_tell


def ask_correction(work: Work) -> None:
    """What is right is kept as codes; the norm by the id of its version."""
    if work.data.entry is not None:
        ask_back(work)
        return
    case, data = work.case, work.data
    right: dict[str, object] = {}
    code = data.class_code or case.class_code
    if data.norm_id is not None and (code, data.norm_id) != (case.class_code, case.norm_id):
        right |= {"class": code, "norm_id": data.norm_id}
    if data.grid_code and data.grid_code != _grid_of(work):
        right["grid"] = data.grid_code
    if not right:
        raise NothingToCorrect
    open_record(work, facts=right)


def correct(work: Work) -> None:
    """The case is judged by the right norm from its dispatch on, and lies where it does; what was wrong stands in the log."""
    assert work.record
    if work.record.takes_back:
        take_back(work)
        return
    case, right, old = work.case, work.record.facts, work.norm
    located = grid_index().by_code(right["grid"]) if "grid" in right else None
    _check(work, located)
    turn_record(work, "granted")
    work.facts["was"] = {}
    was, command = case.class_code, case.command_path
    if located:
        _put_right_place(work, located)
    if "class" in right:
        _put_right_class(work, old)
    if case.state == State.FILED:
        _filed_anew(work, was, command)
    elif located:
        route_case(work, avoid=_left(work))  # what is proposed now, no more: the dispatcher decides
    _tell(work, "corrected" if "class" in right else "", "place_corrected" if located else "")


def _check(work: Work, located: Located | None) -> None:
    """What was asked for may have ended meanwhile."""
    right = work.record.facts if work.record else {}
    code, norm_id = right.get("class", work.case.class_code), right.get("norm_id", work.case.norm_id)
    held = norms_at(code, located.area_path if located else work.case.area_path)
    if ("grid" in right and located is None) or norm_id not in {n.id for n in held}:
        raise NothingToCorrect
    if "class" in right and code not in catalog().classes:
        raise NothingToCorrect
    if "class" in right and work.case.suspended_until:
        raise Suspended


def _tell(work: Work, *templates: str) -> None:
    """Whoever asked; the unit in charge; of another place the dispatchers too, who may have to send it elsewhere."""
    tell_asker(work, "record_granted")
    if not work.case.lead_unit:
        return
    for template in filter(None, templates):
        work.tell_clerks(template)
    if "place_corrected" in templates:
        post = work.flow.steps["dispatch"].posts[0]
        people = directory().holders(post, unit_path="", area_path=work.case.command_path)
        work.tell(to_tell(people, work.recorded_at), "place_corrected")


def _grid_of(work: Work) -> str:
    return grid_index().code_of(work.case.unit_grid_id) if work.case.unit_grid_id else ""


def _left(work: Work) -> set[str]:
    """The units that gave the case back or up."""
    return {r.unit for r in work.locked.records if r.kind in LEAVING and r.ruling == "granted"}


def _put_right_class(work: Work, old: NormInfo | None) -> None:
    assert work.record
    right, was = work.record.facts, work.case.class_code
    work.facts["was"] |= {"class": was, "norm": old.code if old else ""}
    version = catalog().classes[right["class"]].id
    work.set(class_code=right["class"], class_version_id=version, norm_id=right["norm_id"])
    assert work.norm
    work.facts |= {"class": right["class"], "norm": work.norm.code}
    if work.case.state != State.FILED and work.case.dispatched_at and work.case.finished_at is None:
        _judged_anew(work, old)


_FOLLOW = """
UPDATE cases_task SET area_path = CASE WHEN stage = ANY(%s) THEN %s ELSE %s END
WHERE case_id = %s AND closed_at IS NULL AND area_path <> ''
"""


def _put_right_place(work: Work, located: Located) -> None:
    """Who commands there commands now; a case that was escalated or assigned down stays where it is, if that is above its
    place still. What waits in an area waits in the right one."""
    case = work.case
    usual, command = command_path_for(case.class_code, case.area_path), case.command_path
    assert work.record
    work.facts["was"] |= {"grid": _grid_of(work)}
    work.facts["grid"] = work.record.facts["grid"]
    place(work, located)
    if command == usual or not case.area_path.startswith(command):
        settle_level(work)
    by_command = work.flow.stages_in(Scope.COMMAND)
    # what the step closes is closed by then: one statement changes a row once
    work.writes.afterwards(_FOLLOW, by_command, case.command_path, case.area_path, case.pk)


def _filed_anew(work: Work, was: str, command: str) -> None:
    """Another class may go to another level, and to another unit; one that was escalated stays where it is."""
    area = work.case.area_path
    if command_path_for(was, area) != command_path_for(work.case.class_code, area):
        settle_level(work)
    route_case(work, avoid=_left(work))
    rule = work.flow.states[State.FILED].task
    if rule and work.case.command_path != command:
        work.close_tasks(State.FILED)
        work.open_task(State.FILED, rule)


def _judged_anew(work: Work, old: NormInfo | None) -> None:
    """The right limit from the dispatch on, less what stood still and more what was granted on the same clock."""
    assert work.norm
    same_clock = old is not None and old.clock == work.norm.clock
    if not same_clock and work.case.clock_used:
        raise OtherClock
    work.facts["clock_anew"] = not same_clock
    start = work.case.clock_start if same_clock else work.case.dispatched_at
    work.run_clock(start, used=work.case.clock_used)
    retime(work)
    change_stages(work, old)
    work.lapse([r for r in work.locked.records if r.kind == "extension" and not r.ended])
