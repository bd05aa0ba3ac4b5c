# SPDX-License-Identifier: Apache-2.0
"""A round of handling: the unit's full limit, and beside it the stages the norm asks for, each a task of its own."""

from typing import TYPE_CHECKING

from wangge.cases.flow import STAGE_STEPS
from wangge.cases.stages import stages_of

if TYPE_CHECKING:
    from wangge.cases.actions.work import Deadline, Work


def start_round(work: "Work") -> "Deadline":
    """The case clock runs from now, and what the norm asks for before the repair waits for the unit."""
    deadline = work.start_case_clock()
    for code, limit in stages_of(work.norm).items():
        step = work.flow.steps.get(code)
        if step and step.task:  # a flow of before these steps keeps its cases
            work.add_task(code, step.task, work.deadline(limit, step.task.scope))
    return deadline


def give_stages(work: "Work") -> None:
    """They are the handler's now, as the repair is."""
    if stages_of(work.norm):
        work.writes.update(
            "cases_task", {"assignee_id": work.case.handler_id},
            "case_id = %s AND stage = ANY(%s) AND closed_at IS NULL", work.case.pk, list(STAGE_STEPS),
        )  # fmt: skip


def close_stages(work: "Work") -> None:
    """Done with the repair, or no longer this unit's."""
    if stages_of(work.norm):
        work.close_tasks(*STAGE_STEPS)
