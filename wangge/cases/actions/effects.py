# SPDX-License-Identifier: Apache-2.0
"""What each step changes beside the state. One function a step; `move` takes the case where the flow says."""

from collections.abc import Callable

from wangge.cases.actions.beside import RECORD_EFFECTS
from wangge.cases.actions.callbacks import call_back, handle_again
from wangge.cases.actions.callers import contact, take_callers_along
from wangge.cases.actions.needs import passage
from wangge.cases.actions.placing import place, route_case, settle_level, take_lowest_level
from wangge.cases.actions.rounds import close_stages, end_suspension, give_stages, start_round, used_seconds
from wangge.cases.actions.side_records import ask_assisting
from wangge.cases.actions.tree import TREE_EFFECTS, check_parent
from wangge.cases.actions.work import Work
from wangge.cases.deadlines import due_at
from wangge.cases.errors import (
    MergeTargetClosed,
    NotLinked,
    PlaceSettled,
    ReopenTooLate,
    UnknownChoice,
)
from wangge.cases.flow import OPEN_STATES
from wangge.cases.forms import ANSWERS
from wangge.cases.models import CaseLink
from wangge.catalog.queries import catalog
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.grids.locate import grid_index
from wangge.organizations.directory import directory


def _choose_grid(work: Work) -> None:
    if work.data.grid_code:
        place(work, grid_index().by_code(work.data.grid_code))
        work.facts["grid"] = work.data.grid_code


def _send_verify(work: Work) -> None:
    _choose_grid(work)
    work.move()


def _send_check(work: Work) -> None:
    """The place is settled by now: moving the case would choose its checkers and shift the figures of its region."""
    if work.case.unit_grid_id is None:
        _choose_grid(work)
    elif work.data.grid_code and work.data.grid_code != grid_index().code_of(work.case.unit_grid_id):
        raise PlaceSettled
    work.move()


def _on_site(work: Work) -> None:
    """Where the inspector or handler stood."""
    if work.data.lon is not None and work.data.lat is not None:
        work.note_position(*to_wgs84(work.data.lon, work.data.lat, CoordinateSystem.WGS84))


def _answer_verify(work: Work) -> None:
    _on_site(work)
    work.move()


def _accept(work: Work) -> None:
    _choose_grid(work)
    code = work.data.class_code or work.case.class_code
    work.set(class_code=code, class_version_id=catalog().classes[code].id)
    work.facts["class"] = code
    if work.data.owner:
        work.set(owner=work.data.owner)
        work.facts["owner"] = work.data.owner
    work.move()
    if work.case.reporter_id:
        work.tell((work.case.reporter_id,), "accepted")


def _withdraw(work: Work) -> None:
    """The unit that had the case, if any, is told; what it had asked for falls away with the state."""
    if work.case.lead_unit:
        work.tell_clerks("withdrawn")
        work.tell_assisting("assisting_over")


def _end_early(work: Work) -> None:
    _withdraw(work)
    work.move()
    work.tell_reporters("ended")


def _file(work: Work) -> None:
    work.set(norm_id=work.data.norm_id, filed_at=work.at)
    assert work.norm
    work.facts["norm"] = work.norm.code
    settle_level(work)
    _grade(work)
    route_case(work)
    work.move()


def _grade(work: Work) -> None:
    """A simple matter, plainly told, is the lowest level's: its station handles first."""
    given, known = work.data.choices.get("grade", ""), work.flow.grades
    if not given:
        return
    if given not in known:
        raise UnknownChoice(field="grade", given=given, known=", ".join(known) or "—")
    work.facts["grade"] = given
    if known[given].lowest:
        take_lowest_level(work)


def _dispatch(work: Work) -> None:
    unit = directory().units[work.data.unit]
    work.set(lead_unit=unit.code, lead_unit_path=unit.path, handler_id=None)
    deadline = start_round(work)
    work.facts |= {"unit": unit.code, "assist": list(work.data.assist)}
    if work.case.route:
        work.facts["rule"] = work.case.route["rule"]
        work.facts["as_routed"] = work.case.route["lead"] == unit.code
        if not work.facts["as_routed"]:
            work.facts["routed"] = work.case.route["lead"]  # a precedent names both units
    seeing = set(work.case.units)
    given = list(dict.fromkeys((unit.code, *work.data.assist)))
    for code in given:
        path = directory().units[code].path
        seeing |= {*path.strip("/").split("/")}
        work.writes.insert(
            "cases_dispatch", case_id=work.case.pk, seq=work.seq, role="lead" if code == unit.code else "assist",
            unit=code, unit_path=path, dispatched_at=work.at, due_at=deadline.due,
        )  # fmt: skip
        if code != unit.code:
            work.tell_clerks("assisting", code)
    work.set(units=sorted(seeing))
    work.move()
    ask_assisting(work, given[1:])


_LEAD = "case_id = %s AND role = 'lead' AND ended_at IS NULL"


def _sign_for(work: Work) -> None:
    work.writes.update(
        "cases_dispatch", {"signed_at": work.at}, _LEAD + " AND signed_at IS NULL", work.case.pk
    )
    work.move()


def _assign(work: Work) -> None:
    work.set(handler_id=work.data.handler_id)
    work.facts["handler"] = work.data.handler_id
    give_stages(work)
    _sign_for(work)


def _finish(work: Work) -> None:
    _on_site(work)
    end_suspension(work)
    work.set(finished_at=work.at)
    change = {"finished_at": work.at, "used_seconds": used_seconds(work), "due_at": work.case.due_at}
    work.writes.update("cases_dispatch", change, _LEAD, work.case.pk)
    close_stages(work)  # a repair includes having come and made the place safe
    work.move()


def _arrive(work: Work) -> None:
    _on_site(work)
    work.close_tasks("arrive")


def _make_safe(work: Work) -> None:
    """Who made it safe has come."""
    _on_site(work)
    close_stages(work)


def _answer_check(work: Work) -> None:
    _on_site(work)
    if work.outcome.code == "failed":
        # Rework: the same unit, the same clock. What was not done well was not done.
        work.set(rework_count=work.case.rework_count + 1, finished_at=None)
        _unfinish(work)
    work.move()


def _unfinish(work: Work) -> None:
    work.writes.update("cases_dispatch", {"finished_at": None, "used_seconds": None}, _LEAD, work.case.pk)


def _conclude(work: Work) -> None:
    if work.outcome.code == "rework":
        handle_again(work, work.outcome)
    else:
        work.move()


def _close(work: Work) -> None:
    work.set(closed_at=work.at, closing=work.outcome.code)
    work.move()
    work.tell_reporters("ended")


def _merge(work: Work) -> None:
    target = work.locked.target
    assert target
    if target["state"] not in OPEN_STATES:
        raise MergeTargetClosed(target=target["number"])
    _withdraw(work)
    take_callers_along(work, target["id"])
    work.set(merged_into_id=target["id"])
    work.facts["target"] = target["number"]
    work.move()
    work.tell_reporters("merged", along="merged_along")


_LINK = """
INSERT INTO cases_caselink (case_id, other_id, linked_by_id, linked_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (case_id, other_id) DO UPDATE SET unlinked_at = NULL
"""


def _pair(work: Work, told: str) -> tuple[int, int]:
    """The case and the one that is named, in the order links are kept; the reporters of both are told."""
    target = work.locked.target
    assert target
    work.facts["target"] = target["number"]
    if target["reporter_id"] not in (None, work.case.reporter_id):
        work.tell((target["reporter_id"],), told, number=target["number"])
    work.tell_reporters(told)
    first, second = sorted((work.case.pk, target["id"]))
    return first, second


def _link(work: Work) -> None:
    work.writes.also(_LINK, *_pair(work, "linked"), work.actor.person_id, work.at)


def _unlink(work: Work) -> None:
    pair = _pair(work, "unlinked")
    if not CaseLink.objects.filter(case=pair[0], other=pair[1], unlinked_at=None).exists():
        raise NotLinked(target=work.facts["target"])
    work.writes.update("cases_caselink", {"unlinked_at": work.at}, "case_id = %s AND other_id = %s", *pair)


def _urge(work: Work) -> None:
    """To those who sign for the unit in charge, and whoever has it in hand."""
    work.tell_clerks("urged")
    if work.case.handler_id:
        work.tell((work.case.handler_id,), "urged")


def _redact(work: Work) -> None:
    """Destroy a text, or the answers to a form, with its salt; its chained digest stays true of what was there."""
    seq, name = passage(work)
    work.facts["passage"] = [seq, name]
    if name == ANSWERS:
        gone = {"answers": None, "salt": None}
        work.writes.update("cases_filledform", gone, "case_id = %s AND seq = %s", work.case.pk, seq)
        return
    work.writes.update(
        "cases_casetext",
        {"text": None, "salt": None},
        "case_id = %s AND seq = %s AND field = %s",
        work.case.pk,
        seq,
        name,
    )


def _reopen(work: Work) -> None:
    check_parent(work)
    if work.step.within and work.case.closed_at:
        until = due_at(work.step.within, work.case.closed_at, directory().calendar)
        if work.at > until:
            raise ReopenTooLate(until=until.astimezone(directory().calendar.zone).strftime("%Y-%m-%d %H:%M"))
    work.set(closed_at=None, closing="", reopened_count=work.case.reopened_count + 1, overdue_exempt=False)
    work.set(callback_tries=0, unsatisfied_count=0)
    work.tell_reporters("reopened")
    if work.case.parts:  # its parts have units of their own
        work.move()
        return
    if work.case.norm_id is None:  # self-handled: now it is filed and dispatched like any other
        work.guards["was_accepted"] = True
        work.set(lead_unit="", lead_unit_path="", handler_id=None, finished_at=None)
        work.move()
        return
    deadline = start_round(work)
    unit = directory().units.get(work.case.lead_unit)
    work.writes.insert(
        "cases_dispatch", case_id=work.case.pk, seq=work.seq, role="lead", unit=work.case.lead_unit,
        unit_path=unit.path if unit else work.case.lead_unit_path, dispatched_at=work.at, due_at=deadline.due,
    )  # fmt: skip
    work.move()


def _note(work: Work) -> None:
    """Nothing but the entry with its text."""


EFFECTS: dict[str, Callable[[Work], None]] = {
    "send_verify": _send_verify,
    "answer_verify": _answer_verify,
    "accept": _accept,
    "reject": _end_early,
    "file": _file,
    "reject_filing": _end_early,
    "dispatch": _dispatch,
    "sign_for": _sign_for,
    "assign": _assign,
    "finish": _finish,
    "arrive": _arrive,
    "make_safe": _make_safe,
    "contact": contact,
    "send_check": _send_check,
    "answer_check": _answer_check,
    "call_back": call_back,
    "conclude": _conclude,
    "close": _close,
    "void": _end_early,
    "merge": _merge,
    "transfer": _end_early,
    "reopen": _reopen,
    "link": _link,
    "unlink": _unlink,
    "receipt": _note,
    "urge": _urge,
    **TREE_EFFECTS,
    "redact": _redact,
    **RECORD_EFFECTS,
}
