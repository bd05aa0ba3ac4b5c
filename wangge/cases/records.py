# SPDX-License-Identifier: Apache-2.0
"""Side records of a case as a step finds them, and what one may not be opened or ruled on for. Pure.

Return (退单): one objection, one final ruling; after a refusal the unit may object, not ask again. Extension (延期):
asked before the deadline, at most one original limit each. Appeal of an overdue mark: once, after closing, by two reviews.
How many extensions a round has, how long a suspension lasts, limits and posts are the flow's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from wangge.cases.correction_errors import CorrectionPending, NothingToTakeBack
from wangge.cases.errors import (
    AppealedBefore,
    ExtensionsUsed,
    NoClock,
    NoLeadUnit,
    NoRequest,
    NotOverdue,
    RequestPending,
    ReturnSettled,
    StageFirst,
    Suspended,
)  # fmt: skip
from wangge.cases.flow import CORRECTED_IN, ENDS_ANYWAY, HELD_BY, NEW, STAGE_STEPS, Flow, State, Step
from wangge.cases.models import Case
from wangge.cases.order_errors import OrderOwed, OrderRuns, RepliesAwaited
from wangge.cases.reward_errors import RewardedBefore
from wangge.common.errors import DomainError

LAPSED = "lapsed"
#: kinds that take the case from its unit when they are granted
LEAVING = ("return", "escalation")


@dataclass(frozen=True)
class Record:
    """A side record; `unit`: that asked, or that it is addressed to; moments in UTC."""

    id: int
    kind: str
    state: str
    unit: str
    opened_at: datetime
    opened_by: int | None
    ruling: str = ""
    ruled_at: datetime | None = None
    ruled_by: int | None = None
    ended: bool = False
    amount: int | None = None
    until: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """From a row of JSON: moments are ISO texts."""
        moments = {
            name: datetime.fromisoformat(row[name]) if row[name] else None
            for name in ("opened_at", "ruled_at", "until")
        }
        return cls(**{**row, **moments})

    @property
    def waits_for(self) -> Sequence[str]:
        """Codes of the units that are to answer it: of a joint order those that have not replied yet."""
        return self.facts.get("waits") or (self.unit,)

    @property
    def takes_back(self) -> bool:
        """Does it ask that a step be taken back?"""
        return "entry" in self.facts

    def runs_on(self, flow: Flow, state: State) -> bool:
        """Does it stay open in that state of the case? What is wrong with a case is corrected in fewer than a step is."""
        right = self.kind == "correction" and not self.takes_back
        return flow.runs_in(self.kind, state) and (not right or state in CORRECTED_IN)


def newest(records: Sequence[Record], kind: str) -> Record | None:
    """The last one opened; `records` stand in the order they were opened."""
    return next((r for r in reversed(records) if r.kind == kind), None)


def _of_no_unit(unit: str) -> bool:
    return False


def acted_on(
    step: Step, case: Case, records: Sequence[Record], reaches: Callable[[str], bool] = _of_no_unit
) -> Record | None:
    """The record a step of a record goes on with; None when it opens one, or there is none in the right state.

    Of several that are open that of a unit which `reaches` tells is the actor's. One that has ended goes on (an objection)
    only while the case is with the unit that asked.
    """
    going = [r for r in records if r.kind == step.record and not r.ended and r.state in step.record_from]
    if going:
        return next((r for r in going if reaches(r.unit)), going[-1])
    record = newest(records, step.record)
    if record is None or record.ruling == LAPSED or record.state not in step.record_from:
        return None
    if record.ended and record not in _since_dispatch(case, records, record.kind):
        return None
    return record


def refusal(
    flow: Flow, step: Step, case: Case, records: Sequence[Record], stages: Iterable[str], unit: str = ""
) -> DomainError | None:
    """Why the step cannot be taken as the records of the case stand; None = they do not hinder it.

    `stages`: the open tasks beside the repair that the norm asks for. `unit`: whom a record it opens is addressed to.
    """
    if step.moves and step.code not in ENDS_ANYWAY and any(r.takes_back and not r.ended for r in records):
        return CorrectionPending()
    held = any(step.code in HELD_BY.get(r.kind, ()) and not r.ended for r in records)
    running = [r for r in records if r.kind == step.record and not r.ended] if NEW in step.record_from else []
    if step.record and flow.records[step.record].several:
        running = [r for r in running if r.unit == unit]
    if held or running:
        return RequestPending()
    if not step.record:
        return None
    if NEW not in step.record_from:
        return None if acted_on(step, case, records) else _too_early(step, records)
    since = _since_dispatch if step.record == "return" else _of_round
    before, most = since(case, records, step.record), flow.records[step.record].most
    return _not_now(step.code, case, before, stages, most)


def _too_early(step: Step, records: Sequence[Record]) -> DomainError:
    """Nobody asked; or a joint order is judged before both its units have replied."""
    record = newest(records, step.record)
    awaited = record is not None and not record.ended and "second" in record.facts
    return RepliesAwaited() if awaited else NoRequest()


def unsupervised(case: Case, records: Sequence[Record]) -> DomainError | None:
    """Why a case is not to be closed yet: an order on it runs, or is owed. Who has no unit has nobody to be ordered."""
    if any(r.kind == "supervision" and not r.ended for r in records):
        return OrderRuns()
    return OrderOwed() if case.order_owed and case.answerable_unit else None


def _since_dispatch(case: Case, records: Sequence[Record], kind: str) -> list[Record]:
    """Those of the unit in charge since it was given the case: further rounds of handling do not begin anew."""
    left = [n for n, r in enumerate(records) if r.kind in LEAVING and r.ruling == "granted"]
    return [r for r in records[left[-1] + 1 if left else 0 :] if r.kind == kind and r.unit == case.lead_unit]


def _of_round(case: Case, records: Sequence[Record], kind: str) -> list[Record]:
    """Those opened since the present round began; of a closed case since it was closed; of rewards all."""
    since = None if kind == "reward" else case.closed_at or case.dispatched_at
    return [r for r in records if r.kind == kind and (since is None or r.opened_at >= since)]


def _not_now(
    code: str, case: Case, before: list[Record], stages: Iterable[str], most: int
) -> DomainError | None:
    match code:
        case "ask_return" if any(r.ruling in ("refused", "final") for r in before):
            return ReturnSettled()
        case "ask_extension" | "ask_suspension" if case.norm_id is None or case.dispatched_at is None:
            return NoClock()
        case "ask_extension" | "ask_suspension" if case.suspended_until:
            return Suspended()
        case "ask_extension" if sum(r.ruling == "granted" for r in before) >= most:
            return ExtensionsUsed(most=most)
        case "ask_suspension" if set(stages) & set(STAGE_STEPS):
            return StageFirst()
        case "ask_correction" if case.state not in CORRECTED_IN and case.last_step is None:
            return NothingToTakeBack()
        case "issue_order" if not case.answerable_unit:
            return NoLeadUnit()
        case "propose_reward" if any(r.ruling == "granted" for r in before):
            return RewardedBefore()
        case "appeal_overdue" if not _overdue(case):
            return NotOverdue()
        case "appeal_overdue" if before:
            return AppealedBefore()
    return None


def _overdue(case: Case) -> bool:
    return case.due_at is not None and case.finished_at is not None and case.finished_at > case.due_at
