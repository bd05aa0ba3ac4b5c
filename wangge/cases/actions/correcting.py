# SPDX-License-Identifier: Apache-2.0
"""更正: a wrong class or norm put right by two; what was wrong stands in the log."""

from wangge.cases.actions.placing import command_path_for, route_case, settle_level
from wangge.cases.actions.rounds import change_stages, retime
from wangge.cases.actions.side_records import open_record, tell_asker, turn_record
from wangge.cases.actions.work import Work
from wangge.cases.errors import NothingToCorrect, OtherClock, Suspended
from wangge.cases.flow import State
from wangge.cases.norms import norms_at
from wangge.catalog.queries import NormInfo, catalog


def ask_correction(work: Work) -> None:
    """What is right is kept as codes; the norm by the id of its version."""
    code = work.data.class_code or work.case.class_code
    norm_id = work.data.norm_id
    if (code, norm_id) == (work.case.class_code, work.case.norm_id) or norm_id is None:
        raise NothingToCorrect
    open_record(work, facts={"class": code, "norm_id": norm_id})


def correct(work: Work) -> None:
    """The case is judged by the right norm from its dispatch on; what was wrong stands in the log."""
    assert work.record
    right, old = work.record.facts, work.norm
    known = catalog().classes.get(right["class"])
    held = norms_at(right["class"], work.case.area_path)
    if known is None or right["norm_id"] not in {n.id for n in held}:
        raise NothingToCorrect
    if work.case.suspended_until:
        raise Suspended
    turn_record(work, "granted")
    was = work.case.class_code
    work.facts["was"] = {"class": work.case.class_code, "norm": old.code if old else ""}
    work.set(class_code=right["class"], class_version_id=known.id, norm_id=right["norm_id"])
    assert work.norm
    work.facts |= {"class": right["class"], "norm": work.norm.code}
    if work.case.state == State.FILED:
        _filed_anew(work, was)
    elif work.case.dispatched_at and work.case.finished_at is None:
        _judged_anew(work, old)
    tell_asker(work, "record_granted")
    if work.case.lead_unit:
        work.tell_clerks("corrected")


def _filed_anew(work: Work, was: str) -> None:
    """Another class may go to another level, and to another unit; one that was escalated stays where it is."""
    before, area = work.case.command_path, work.case.area_path
    if command_path_for(was, area) != command_path_for(work.case.class_code, area):
        settle_level(work)
    route_case(work)
    rule = work.flow.states[State.FILED].task
    if rule and work.case.command_path != before:
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
