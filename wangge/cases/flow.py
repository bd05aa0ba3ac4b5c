# SPDX-License-Identifier: Apache-2.0
"""The flow of a case as frozen data: pure, no Django.

States, guards and needs are the product's vocabulary; what leads where, who may, by when and under what
name is the pack's. `flow_document.parse` refuses a flow that could trap a case or let one person judge their own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wangge.cases.deadlines import Limit


class State(StrEnum):
    """Every state a flow may use."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CHECKING = "checking"
    CALLBACK = "callback"
    INVESTIGATING = "investigating"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOID = "void"
    MERGED = "merged"
    TRANSFERRED = "transferred"


NEW = "new"
OPEN_STATES = tuple(State)[: tuple(State).index(State.CLOSED)]
END_STATES = tuple(State)[tuple(State).index(State.CLOSED) :]


class Hand(StrEnum):
    """Two-hands rule: who acts (dispatches, handles) on a case never judges (checks, calls back, closes) it."""

    ACTS = "acts"
    JUDGES = "judges"
    NONE = "none"


#: every step a flow may use. Which hand a step uses is no pack's to choose, or a flow could switch the rule off;
#: a step with NONE may be bound to a hand by the flow.
STEP_HANDS: Mapping[str, Hand] = {
    **dict.fromkeys(
        ("report", "send_verify", "answer_verify", "accept", "reject", "file", "reject_filing", "merge", "link",
         "redact"),
        Hand.NONE,
    ),
    **dict.fromkeys(
        ("dispatch", "sign_for", "assign", "finish", "transfer", "return", "escalate", "ask_return",
         "ask_escalation", "refuse_request", "arrive", "make_safe"),
        Hand.ACTS,
    ),
    **dict.fromkeys(
        ("send_check", "answer_check", "call_back", "conclude", "close", "void", "reopen"), Hand.JUDGES
    ),
}  # fmt: skip


#: what a step cannot do without, whatever else a flow asks of it
STEP_NEEDS: Mapping[str, tuple[str, ...]] = {
    "report": ("description",), "accept": ("class",), "file": ("norm",), "dispatch": ("unit",), "assign": ("handler",),
    "call_back": ("solved", "satisfied"), "merge": ("target",), "link": ("target",), "return": ("request",),
    "escalate": ("request",), "refuse_request": ("request",), "redact": ("passage",),
    "arrive": ("position",), "make_safe": ("photo", "remark"),
}  # fmt: skip
#: the results the product knows; a step that is not here has none
STEP_RESULTS: Mapping[str, tuple[str, ...]] = {
    "answer_verify": ("confirmed", "denied", "not_found"),
    "answer_check": ("passed", "failed"),
    "call_back": ("satisfied", "unsatisfied", "unreachable"),
    "conclude": ("rework", "explained"),
    "close": ("solved", "explained", "forced"),
}
#: steps that leave the state as it is; every other one leads somewhere
STEPS_BESIDE = ("ask_return", "ask_escalation", "refuse_request", "link", "redact", "arrive", "make_safe")
#: of these, those a norm sets a limit of their own for: to be on site, to make the place safe before the repair. Their
#: task waits from the dispatch on, and the step closes it
STAGE_STEPS = ("arrive", "make_safe")
#: steps the product looks up by name
STEPS_NEEDED = ("report", "dispatch", "sign_for", "assign")


class Scope(StrEnum):
    """Whose pool a task falls into."""

    AREA = "area"
    COMMAND = "command"
    SQUAD = "squad"
    UNIT = "unit"


GUARDS = ("wants_callback", "unsatisfied_before", "tries_left")
NEEDS = (
    "description", "grid", "class", "norm", "reason", "unit", "handler", "result", "photo", "position",
    "solved", "satisfied", "finding", "target", "destination", "request", "basis", "passage", "remark",
)  # fmt: skip


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


#: what the product itself notes on a case, whatever its flow: nobody takes these
SYSTEM_STEPS: Mapping[str, Label] = {"recompute": Label("时限重算", "Limits recomputed")}


@dataclass(frozen=True)
class TaskRule:
    """The task waiting in a state, or for a step of STAGE_STEPS.

    `limit` None with `by_norm` = what the norm says (in a state: the case clock), without it = no clock.
    """

    post: str
    scope: Scope
    limit: Limit | None
    by_norm: bool = False


@dataclass(frozen=True)
class StateRule:
    state: State
    label: Label
    task: TaskRule | None


@dataclass(frozen=True)
class Branch:
    to: State
    when: str = ""


@dataclass(frozen=True)
class Outcome:
    """One result of a step (`code` empty where the step has only one)."""

    code: str
    label: Label
    branches: tuple[Branch, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    code: str
    label: Label
    sources: tuple[str, ...]
    posts: tuple[str, ...]
    hand: Hand
    needs: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    within: Limit | None = None
    #: a step beside the line keeps the state and may open a task of its own
    beside: bool = False
    task: TaskRule | None = None

    def outcome(self, result: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.code == result), None)


@dataclass(frozen=True)
class Flow:
    code: str
    version: str
    label: Label
    states: Mapping[State, StateRule]
    steps: Mapping[str, Step]
    callback_tries: int = 3
    id: int = field(default=0, compare=False)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that may be taken in `state`, in the order of the flow document."""
        return tuple(s for s in self.steps.values() if state in s.sources)


def choose(outcome: Outcome, guards: Mapping[str, bool]) -> State:
    """The state `outcome` leads to; `guards` tells which guards hold."""
    return next(b.to for b in outcome.branches if not b.when or guards[b.when])
