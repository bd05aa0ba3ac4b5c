# SPDX-License-Identifier: Apache-2.0
"""What a case keeps of its last step on the line, so that a correction can take it back.

`Case.last_step`: {seq, step, was: {column: as it was before; without state, the case stayed where it was}, records: [[id,
state, ruling, ruled_at, ruled_by]], told: [ids of people]}; `used_seconds`: of a unit that had finished; `built_on`: the
step that has changed one of those columns since. No more than one step is kept, and of a case that has ended none.
"""

from typing import TYPE_CHECKING, Any

from wangge.cases.actions.writes import plain
from wangge.cases.flow import END_STATES
from wangge.cases.models import Dispatch
from wangge.cases.taking_back import takes_back

if TYPE_CHECKING:
    from wangge.cases.actions.work import Work

#: who may see a case only grows, and a year without a calendar stays one
_NOT_RESTORED = ("units", "calendar_missing", "last_step")


def keep_last_step(work: "Work") -> None:
    """Called once all else of the step is decided."""
    kept = work.case.last_step
    if work.moved or work.outcome.branches:  # of the line, though the case may stay while other callers wait
        work.set(last_step=_kept(work))
    elif kept and work.was.keys() & kept["was"].keys() and "built_on" not in kept:
        work.set(last_step=kept | {"built_on": work.step.code})


def _kept(work: "Work") -> dict[str, Any] | None:
    if (
        work.from_state == "new"
        or work.case.state in END_STATES
        or work.step.code not in takes_back(work.flow)
    ):
        return None
    was = {name: plain(value) for name, value in work.was.items() if name not in _NOT_RESTORED}
    kept: dict[str, Any] = {}
    if work.was.get("finished_at"):  # it was judged by these, whatever becomes of the calendar
        was |= {name: plain(work.was.get(name, getattr(work.case, name))) for name in ("yellow_at", "due_at")}
        lead = Dispatch.objects.filter(case=work.case.pk, role=Dispatch.Role.LEAD, ended_at=None)
        kept["used_seconds"] = lead.values_list("used_seconds", flat=True).first()
    touched = work.lapsed + ([work.record] if work.record else [])
    return kept | {
        "seq": work.seq,
        "step": work.step.code,
        "was": was,
        "records": [[r.id, r.state, r.ruling, plain(r.ruled_at), r.ruled_by] for r in touched],
        "told": sorted({row["recipient_id"] for row in work.writes.inserted("notices_notice")}),
    }
