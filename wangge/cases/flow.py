# SPDX-License-Identifier: Apache-2.0
"""The flow of a case as frozen data: pure, no Django.

States, guards and needs are the product's vocabulary; what leads where, who may, by when and under what
name is the pack's. `flow_document.parse` refuses a flow that could trap a case or let one person judge their own work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wangge.cases.deadlines import STANDARD_THRESHOLDS, LightThresholds, Limit


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
    SPLIT = "split"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOID = "void"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    SETTLED = "settled"


NEW = "new"
OPEN_STATES = tuple(State)[: tuple(State).index(State.CLOSED)]
#: states in which a case has not reached a unit
EARLY_STATES = (State.REPORTED, State.VERIFYING, State.ACCEPTED, State.FILED)
#: states in which a unit signs for the case and handles it
WITH_UNIT = (State.DISPATCHED, State.HANDLING)
#: the channel of a part of a split case: nobody outside waits for it
PART_CHANNEL = "part"
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
         "redact", "contact", "urge", "unlink", "unmerge", "settle", "issue_order", "ask_correction", "correct",
         "refuse_correction", "propose_reward", "grant_reward", "refuse_reward", "pay_reward",
         "withdraw_reward"),
        Hand.NONE,
    ),
    **dict.fromkeys(
        ("dispatch", "sign_for", "assign", "finish", "transfer", "arrive", "make_safe", "assign_down", "receipt",
         "split", "cancel_split", "self_handle",
         "ask_return", "return", "refuse_return", "object_return", "rule_return",
         "ask_escalation", "escalate", "refuse_escalation", "ask_extension", "extend", "refuse_extension",
         "ask_suspension", "suspend", "refuse_suspension", "resume", "consult", "answer_consultation", "reply_order",
         "appeal_overdue", "answer_assistance"),
        Hand.ACTS,
    ),
    **dict.fromkeys(
        ("send_check", "answer_check", "call_back", "conclude", "close", "void", "reopen", "gather", "accept_order",
         "send_back_order", "review_appeal", "decide_appeal"),
        Hand.JUDGES,
    ),
}  # fmt: skip
#: the steps of each kind of side record, the one that opens it first (but see OPENED_BY)
RECORD_STEPS: Mapping[str, tuple[str, ...]] = {
    "return": ("ask_return", "return", "refuse_return", "object_return", "rule_return"),
    "escalation": ("ask_escalation", "escalate", "refuse_escalation"),
    "extension": ("ask_extension", "extend", "refuse_extension"),
    "suspension": ("ask_suspension", "suspend", "refuse_suspension", "resume"),
    "consultation": ("consult", "answer_consultation"),
    "supervision": ("issue_order", "reply_order", "accept_order", "send_back_order"),
    "overdue_appeal": ("appeal_overdue", "review_appeal", "decide_appeal"),
    "correction": ("ask_correction", "correct", "refuse_correction"),
    "reward": ("propose_reward", "grant_reward", "refuse_reward", "pay_reward", "withdraw_reward"),
    "assistance": ("answer_assistance",),
}
#: kinds that no step of their own opens but a step of the line, one for each unit that assists: by the first of these
#: wherever the kind is, by the others, which begin a further round, where the flow says so
ASSISTANCE = "assistance"
OPENED_BY: Mapping[str, tuple[str, ...]] = {ASSISTANCE: ("dispatch", "call_back", "conclude")}
#: the figures a kind of side record cannot do without, each with the largest it may be: of extensions how many are granted
#: a round, of suspensions days, of rewards yuan for one and for a calendar year
RECORD_FIGURES: Mapping[str, Mapping[str, int]] = {
    "extension": {"most": 99}, "suspension": {"most": 3_660}, "reward": {"most": 999_999, "budget": 999_999_999},
}  # fmt: skip
#: kinds of which several may run beside one case, each to another unit, where the flow says so
SEVERAL = ("consultation", "assistance")
#: steps of a unit that is asked beside the one in charge
ANSWERS_BESIDE = ("answer_consultation", "answer_assistance")
RECORD_OF = {step: kind for kind, steps in RECORD_STEPS.items() for step in steps}
#: the mode of an order that is addressed to a second unit as well, where a flow has it
JOINT = "joint"
#: while a record of the kind is open these steps wait for its ruling
HELD_BY: Mapping[str, tuple[str, ...]] = {
    "return": ("finish", "ask_escalation"), "escalation": ("finish", "ask_return"),
}  # fmt: skip
#: the steps of the line that the product can take back as long as none has followed; which of them may be is the flow's:
#: `takes_back` of its corrections. Whatever has ended a case was told outside, a merge and a split have an undo of their own
TAKEN_BACK = (
    "send_verify", "answer_verify", "accept", "file", "assign_down", "dispatch", "sign_for", "assign", "finish",
    "self_handle", "gather", "send_check", "answer_check", "call_back", "conclude", "return", "rule_return", "escalate",
)  # fmt: skip
#: where the class, the norm and the place are corrected: before, accepting and filing set them; later, they were judged by
CORRECTED_IN = (State.FILED, *WITH_UNIT)
#: what ends a case waits for no correction that was asked for
ENDS_ANYWAY = ("void", "merge", "transfer")
#: whoever asked does not rule, and whoever granted neither pays nor withdraws
RULINGS = (
    "return", "refuse_return", "rule_return", "escalate", "refuse_escalation", "extend", "refuse_extension", "suspend",
    "refuse_suspension", "review_appeal", "decide_appeal", "correct", "refuse_correction",
    "grant_reward", "refuse_reward", "pay_reward", "withdraw_reward",
)  # fmt: skip


#: what a step cannot do without, whatever else a flow asks of it
STEP_NEEDS: Mapping[str, tuple[str, ...]] = {
    "report": ("description",), "accept": ("class",), "file": ("norm",), "dispatch": ("unit",), "assign": ("handler",),
    "call_back": ("solved", "satisfied"), "merge": ("target",), "link": ("target",), "redact": ("passage",),
    "arrive": ("position",), "make_safe": ("photo", "remark"), "contact": ("remark",), "ask_extension": ("amount",),
    "propose_reward": ("yuan",), "ask_suspension": ("until",), "consult": ("unit",), "issue_order": ("mode",),
    "unlink": ("target",),
    "assign_down": ("area",), "split": ("parts",), "settle": ("result", "photo"), "self_handle": ("result", "photo"),
    "answer_assistance": ("result",),
}  # fmt: skip
#: the results the product knows; a step that is not here has none
STEP_RESULTS: Mapping[str, tuple[str, ...]] = {
    "answer_verify": ("confirmed", "denied", "not_found"),
    "answer_check": ("passed", "failed"),
    "call_back": ("satisfied", "unsatisfied", "unreachable"),
    "conclude": ("rework", "explained"),
    "close": ("solved", "explained", "forced"),
    "contact": ("reached", "unreachable"),
    "rule_return": ("granted", "upheld"),
    "review_appeal": ("passed", "refused"),
    "decide_appeal": ("granted", "refused"),
}
#: steps that leave the state as it is; every other one leads somewhere
STEPS_BESIDE = ("link", "unlink", "redact", "arrive", "make_safe", "contact", "urge", "receipt")
#: of these, those a norm sets a limit of their own for: to be on site, to make the place safe before the repair. Their
#: task waits from the dispatch on, and the step closes it
STAGE_STEPS = ("arrive", "make_safe")
#: to speak to the caller first: its task waits from the dispatch on where somebody called
CONTACT = "contact"
#: steps beside the line that are there only while their task waits
WAITING_STEPS = (*STAGE_STEPS, CONTACT)
#: steps the product looks up by name
STEPS_NEEDED = ("report", "dispatch", "sign_for", "assign")


class Scope(StrEnum):
    """Whose pool a task falls into."""

    AREA = "area"
    COMMAND = "command"
    SQUAD = "squad"
    UNIT = "unit"
    #: the unit a side record is addressed to
    RECORD = "record"


GUARDS = ("wants_callback", "unsatisfied_before", "tries_left", "was_filed", "was_accepted", "is_split")
NEEDS = (
    "description", "grid", "class", "norm", "reason", "unit", "handler", "result", "photo", "position",
    "solved", "satisfied", "finding", "target", "destination", "basis", "passage", "remark", "amount", "until", "mode",
    "cause", "right", "area", "parts", "yuan", "supervised",
)  # fmt: skip


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


#: what the product itself notes on a case, whatever its flow: nobody takes these
SYSTEM_STEPS: Mapping[str, Label] = {"recompute": Label("时限重算", "Limits recomputed")}


@dataclass(frozen=True)
class TaskRule:
    """The task waiting in a state, of the case or of a side record, or for a step of STAGE_STEPS.

    `limit` None with `by_norm` = what the norm says (in a state, of the case or of a record: the case clock), with
    `by_choice` = what the record's choice of that name says, else = no clock.
    """

    post: str
    scope: Scope
    limit: Limit | None
    by_norm: bool = False
    by_choice: str = ""


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
    #: the state a side record is in afterwards
    record_to: str = ""


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
    #: kind of the side record it belongs to, and the states of the record it starts from; `sources` are the case's
    record: str = ""
    record_from: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """May it lead the case somewhere?"""
        return any(o.branches for o in self.outcomes)

    def outcome(self, result: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.code == result), None)


@dataclass(frozen=True)
class Choice:
    """One of a list a step chooses from; `limit`: of the task that waits for it, where the list sets it."""

    code: str
    label: Label
    limit: Limit | None


@dataclass(frozen=True)
class RecordState:
    """A state of a side record; ended when not `open`. Open without `task`: it waits for nobody.

    `opened_by`: the steps of the line that open a record in this state, see OPENED_BY.
    """

    code: str
    label: Label
    open: bool
    task: TaskRule | None
    opened_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordRule:
    """A kind of side record: what runs beside the line of a case with asking, ruling and clocks of its own."""

    kind: str
    label: Label
    states: Mapping[str, RecordState]
    choices: Mapping[str, Mapping[str, Choice]]
    #: one open record a unit it is addressed to, else one in all
    several: bool = False
    #: see RECORD_FIGURES; 0 where the kind has none
    most: int = 0
    budget: int = 0
    #: of corrections: the steps of TAKEN_BACK they may take back
    takes_back: tuple[str, ...] = ()

    def opened_in(self, step: str) -> str:
        """The state a step of the line opens it in; "" = it does not."""
        return next((code for code, one in self.states.items() if step in one.opened_by), "")


#: which level dispatches a graded matter first: as its class says, or the lowest
FIRST = BY_CLASS, LOWEST = "class", "lowest"


@dataclass(frozen=True)
class Grade:
    """信息采集质量等级, given with the filing: `lowest` = dispatched first at the lowest level where somebody dispatches, the
    station's, whatever the class says."""

    code: str
    label: Label
    lowest: bool


@dataclass(frozen=True)
class Flow:
    code: str
    version: str
    label: Label
    states: Mapping[State, StateRule]
    steps: Mapping[str, Step]
    records: Mapping[str, RecordRule] = field(default_factory=dict)
    callback_tries: int = 3
    grades: Mapping[str, Grade] = field(default_factory=dict)
    #: when the lights of its cases and stages turn
    lights: LightThresholds = STANDARD_THRESHOLDS
    #: parts no published source prints, by their paths in the document, until the city confirms them
    illustrations: tuple[str, ...] = ()
    id: int = field(default=0, compare=False)

    def illustrated(self, path: str) -> bool:
        """Is this part of the document (`records.reward`) an example, by itself or with what it is part of?"""
        return any(f"{path}.".startswith(f"{marked}.") for marked in self.illustrations)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that may be taken in `state`, in the order of the flow document."""
        return tuple(s for s in self.steps.values() if state in s.sources)

    def runs_in(self, kind: str, state: str) -> bool:
        """May a side record of the kind be open while the case is in `state`?"""
        return any(state in step.sources for step in self.steps.values() if step.record == kind)

    def task_of(self, stage: str) -> TaskRule | None:
        """The rule of the task that waits in a stage: see label_of."""
        kind, _, state = stage.partition(".")
        if state:
            return self.records[kind].states[state].task
        return self.states[State(stage)].task if stage in self.states else self.steps[stage].task

    def by_case_clock(self, stage: str) -> bool:
        """Does the task of the stage run by the clock of the case? Not those of STAGE_STEPS, whose limits are their own."""
        rule = self.task_of(stage)
        return rule is not None and rule.by_norm and (stage in self.states or "." in stage)

    def stages_by_case_clock(self) -> list[str]:
        """Those stages: see by_case_clock."""
        return [stage for stage in self._stages() if self.by_case_clock(stage)]

    def stages_in(self, scope: Scope) -> list[str]:
        """The stages whose tasks fall into the pool of `scope`."""
        return [stage for stage in self._stages() if (rule := self.task_of(stage)) and rule.scope is scope]

    def _stages(self) -> list[str]:
        """All that a task may wait in."""
        beside = [step.code for step in self.steps.values() if step.task]
        records = [f"{kind}.{code}" for kind, rule in self.records.items() for code in rule.states]
        return [*(state.value for state in self.states), *beside, *records]

    def label_of(self, stage: str) -> "Label":
        """What a task's stage is called: a state, a step beside the line, or `kind.state` of a side record."""
        kind, _, state = stage.partition(".")
        if state:
            rule = self.records[kind]
            of = rule.states[state].label
            return Label(f"{rule.label.zh}：{of.zh}", f"{rule.label.en}: {of.en}")
        return self.states[State(stage)].label if stage in self.states else self.steps[stage].label


def choose(outcome: Outcome, holds: Callable[[str], bool]) -> State:
    """The state `outcome` leads to; `holds` tells of a guard whether it does, asked only where the answer matters."""
    return next(b.to for b in outcome.branches if not b.when or holds(b.when))
