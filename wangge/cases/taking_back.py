# SPDX-License-Identifier: Apache-2.0
"""更正一步: which step a correction may take back, and what to do instead where it may not. Pure.

The last step of the line alone, as long as none has followed it and nothing rests on it: whatever came after it was done by
people who took it for true. What was told outside as final stays; a merge and a split have an undo of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wangge.cases.correction_errors import (
    BuiltUpon,
    NeverTakenBack,
    StepFollowed,
    StepNotKept,
    TakenBackBefore,
    UnknownEntry,
)
from wangge.cases.flow import SYSTEM_STEPS, Flow, Hand, Label, Step
from wangge.common.errors import DomainError

KIND = "correction"
_TOLD = Label(
    "结果已告知上报人；如有误，请重新上报并与本案关联",
    "its outcome was told outside: report anew and link the cases",
)
_BESIDE = Label(
    "它不在主线上；请按这项程序自己的步骤办理，或在下一步的说明中写明",
    "it is not on the main line: use the steps of its own procedure, or say what is right with the next step",
)
#: what to do instead of taking back a step of the line
_INSTEAD: Mapping[str, Label] = {
    "report": Label("误报请不予受理或作废", "reject or void what was reported by mistake"),
    "merge": Label("请撤销并案", "undo the merge"),
    "unmerge": Label("请重新并案", "merge the cases again"),
    "split": Label("请撤销拆分", "cancel the split"),
    "cancel_split": Label("请重新拆分", "split the case again"),
    "close": Label("请重开案卷", "reopen the case"),
    "reopen": Label("请重新办理后结案", "handle and close the case again"),
    **dict.fromkeys(("reject", "reject_filing", "void", "transfer", "settle"), _TOLD),
    "link": Label("请撤销关联", "undo the link"),
    "unlink": Label("请重新关联", "link the cases again"),
}
_NOT_IN_FLOW = Label("本案卷的流程不允许", "the flow of this case does not allow it")


class Entry(NamedTuple):
    """A log entry; `took_back`: the seq of the step it took back."""

    seq: int
    step: str
    result: str
    took_back: int | None


def takes_back(flow: Flow) -> tuple[str, ...]:
    """The steps a correction may take back in this flow."""
    rule = flow.records.get(KIND)
    return rule.takes_back if rule else ()


def why_not(
    flow: Flow, entries: Sequence[Entry], seq: int, kept: Mapping[str, Any] | None
) -> DomainError | None:
    """Why the step of entry `seq` is not taken back; None = it may be. `entries`: the log from there on.

    `kept`: what the case keeps of its last step, see models.Case.last_step.
    """
    named = next((e for e in entries if e.seq == seq), None)
    if named is None:
        return UnknownEntry(seq=seq)
    label = _label(flow, named.step)
    words = {"step_zh": label.zh, "step_en": label.en}
    if named.step not in takes_back(flow) or not _on_line(flow, named):
        instead = _instead(flow, named)
        return NeverTakenBack(**words, instead_zh=instead.zh, instead_en=instead.en)
    later = [e for e in entries if e.seq > seq]
    gone = {e.took_back for e in later}
    if seq in gone:
        return TakenBackBefore(**words)
    if by := next((e for e in later if _on_line(flow, e) and e.seq not in gone), None):
        return StepFollowed(**words, **_by(flow, by.step))
    if kept is None or kept["seq"] != seq:
        return StepNotKept(**words)
    return BuiltUpon(**words, **_by(flow, kept["built_on"])) if "built_on" in kept else None


def _on_line(flow: Flow, entry: Entry) -> bool:
    step = flow.steps.get(entry.step)
    outcome = step.outcome(entry.result) if step else None
    return bool(outcome and outcome.branches)


def _instead(flow: Flow, entry: Entry) -> Label:
    on_line = _on_line(flow, entry) or entry.step == "report"
    return _INSTEAD.get(entry.step) or (_NOT_IN_FLOW if on_line else _BESIDE)


def _label(flow: Flow, code: str) -> Label:
    return flow.steps[code].label if code in flow.steps else SYSTEM_STEPS[code]


def _by(flow: Flow, code: str) -> dict[str, str]:
    label = _label(flow, code)
    return {"by_zh": label.zh, "by_en": label.en}


def hand_of(flow: Flow, step: Step, facts: Mapping[str, Any]) -> Hand:
    """The hand a step uses. To rule on whether a judgement is taken back is to judge; `facts`: of the record it goes on with."""
    taken = flow.steps.get(facts.get("step", "")) if step.record == KIND else None
    return Hand.JUDGES if taken and taken.hand is Hand.JUDGES else step.hand
