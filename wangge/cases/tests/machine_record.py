# SPDX-License-Identifier: Apache-2.0
"""A second, plain reading of a case's log: what the case must look like, from its entries and the flow document alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.city import IN_EAST, IN_EAST_2, IN_WEST, UNIT_GRID_EAST, UNIT_GRID_EAST_2, UNIT_GRID_WEST
from wangge.cases.models import LogEntry
from wangge.cases.tests.machine_corrections import server_moment, take_back

#: steps of side records that take the case from its unit
LEAVING = ("return", "rule_return", "escalate")
#: noted by the product itself
SYSTEM = ("recompute",)
WITH_UNIT = ("dispatched", "handling")
GRID_AT = {IN_EAST: UNIT_GRID_EAST, IN_EAST_2: UNIT_GRID_EAST_2, IN_WEST: UNIT_GRID_WEST}


@dataclass
class Told:
    """What the log tells. `grid` "" = outside; `clock` = when the case clock began; `given` = units it was ever given."""

    state: str = "new"
    seq: int = 0
    reported_at: datetime | None = None
    last_at: datetime | None = None
    grid: str = ""
    class_code: str = ""
    owner: str = ""
    norm: str = ""
    filed_at: datetime | None = None
    unit: str = ""
    handler: int | None = None
    clock: datetime | None = None
    finished_at: datetime | None = None
    closed_at: datetime | None = None
    closing: str = ""
    target: str = ""
    reworked: int = 0
    returned: int = 0
    escalated: int = 0
    unsatisfied: int = 0
    tries: int = 0
    #: by entry: what the round it ended came to; the answers of callers who have gone with a merge undone
    ends: Mapping[int, str] = field(default_factory=dict)
    went: frozenset[int] = frozenset()
    #: for whose posts it waits to speak to callers; of whoever rang so far; others were merged into it: nothing of that is read
    contact: set[str] = field(default_factory=set)
    rang: set[str] = field(default_factory=set)
    mixed: bool = False
    reopened: int = 0
    #: why an order is owed; entries: of the newest bad callback, of the newest order
    owed: str = ""
    bad_seq: int = 0
    order_seq: int = 0
    #: units of the newest order where it is a joint one, and those of them that have not replied
    joint: frozenset[str] = frozenset()
    replies: frozenset[str] = frozenset()
    #: side records: the state of the open one of a kind, or of a kind and a unit where several may be (kind/unit), the last
    #: state of each, and those ended: (kind, state)
    open: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    ended: list[tuple[str, str]] = field(default_factory=list)
    #: the case clock runs from here, this many seconds of it gone before
    runs_from: datetime | None = None
    used: int = 0
    consulted: set[str] = field(default_factory=set)
    merged_from: str = ""
    parts: int = 0
    unlinked: set[str] = field(default_factory=set)
    exempt: bool = False
    leads: int = 0
    #: what the norm may ask for before the repair and the unit has not done yet
    stages: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    #: units that assist now; how often the case clock began
    assisting: set[str] = field(default_factory=set)
    rounds: int = 0
    links: set[str] = field(default_factory=set)
    redacted: set[tuple[int, str]] = field(default_factory=set)
    hands: dict[int | None, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: what a correction was asked for; the last step of the line: its entry, all of this before and after it
    asked: Mapping[str, Any] = field(default_factory=dict)
    line: "tuple[int, Told, Told] | None" = None


def told_by(
    entries: Sequence[LogEntry], flow: Mapping[str, Any], *, wants_callback: bool, rang: Sequence[tuple[datetime, str]],
    mixed: bool, ends: Mapping[int, str], went: frozenset[int],
) -> Told:  # fmt: skip
    """Read the log from its beginning; AssertionError where an entry does not follow from those before it. `rang`: when
    somebody did, and for whose post it waits to speak to them; `mixed`: others were merged into the case."""
    told, waiting = Told(mixed=mixed, ends=ends, went=went), list(rang)
    for entry in entries:
        while waiting and waiting[0][0] <= written_at(entry):
            _rings(told, waiting.pop(0)[1])
        if entry.step in SYSTEM:
            told.seq, told.last_at = entry.seq, entry.at
            continue
        kind, rule = _rule_of(entry.step, flow)
        beside = entry.step in flow["beside"]
        assert (entry.seq, entry.from_state) == (told.seq + 1, told.state), entry
        by_itself = entry.step in ("resume", "void") and entry.actor_id is None
        assert by_itself or entry.post in rule["posts"], entry
        assert entry.from_state in (
            rule.get("while") or flow["records"][kind]["while"] if kind else rule["from"]
        )
        assert entry.hand == _hand(told, entry, rule, flow), entry
        earlier = deepcopy(replace(told, line=None))
        if kind:
            leads_to = _turn(told, entry, flow["records"][kind], kind, rule)
            if "taken_back" in entry.data:
                leads_to = take_back(told, entry)
        else:
            leads_to = entry.from_state if beside else _leads_to(entry, rule, flow, told, wants_callback)
        assert entry.to_state == leads_to, entry
        assert entry.at == _moment(entry, told.last_at), entry
        if entry.hand != "none" and entry.actor_id:
            told.hands[entry.actor_id].add(entry.hand)
        rounds = told.rounds
        if effect := _EFFECTS.get(entry.step):
            effect(told, entry)
        if told.rounds > rounds:
            _ask_assisting(told, entry, flow)
        if "task" not in flow["states"][entry.to_state]:
            told.assisting = set()
        told.seq, told.state, told.last_at = entry.seq, entry.to_state, entry.at
        if entry.from_state in WITH_UNIT and entry.to_state not in WITH_UNIT:
            told.contact = set()
        if not kind:
            _lapse(told, flow)
        else:
            _lapse(told, flow, but=kind)
        told.reported_at = told.reported_at or entry.at
        if not beside and (not kind or (entry.step in LEAVING and entry.result != "upheld")):
            told.line = entry.seq, earlier, deepcopy(replace(told, line=None))
    for _, post in waiting:
        _rings(told, post)
    assert all(len(used) == 1 for used in told.hands.values()), f"two hands: {told.hands}"
    return told


def written_at(entry: LogEntry) -> datetime:
    """By the server's clock: who takes a step may say that it is a little later."""
    server = entry.data.get("server_at")
    return datetime.fromisoformat(server) if server else entry.recorded_at


def _rings(told: Told, post: str) -> None:
    told.rang.add(post)
    if told.state in WITH_UNIT:
        told.contact.add(post)


def _hand(told: Told, entry: LogEntry, rule: Mapping[str, Any], flow: Mapping[str, Any]) -> Any:
    """Who rules on taking back a judgement judges."""
    taken = told.asked.get("step") if entry.step in ("correct", "refuse_correction") else None
    return "judges" if taken and _rule_of(taken, flow)[1]["hand"] == "judges" else rule["hand"]


def _rule_of(step: str, flow: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """(kind of side record or "", rule) of a step."""
    for kind, record in flow["records"].items():
        if step in record["steps"]:
            return kind, record["steps"][step]
    return "", flow["beside" if step in flow["beside"] else "steps"][step]


def _turn(told: Told, entry: LogEntry, record: Mapping[str, Any], kind: str, rule: Mapping[str, Any]) -> str:
    """The side record goes on; the state the case is in afterwards."""
    one = f"{kind}/{entry.data['unit']}" if record.get("several") else kind
    assert told.open.get(one, "new" if "new" in rule["from"] else told.last.get(one)) in rule["from"], entry
    outcome = rule["results"][entry.result] if "results" in rule else rule
    if entry.step == "reply_order" and told.joint:
        assert entry.data["unit"] in told.replies, entry
        told.replies -= {entry.data["unit"]}
        if told.replies:
            return entry.from_state
    told.replies = told.joint if entry.step == "send_back_order" else told.replies
    if one not in told.open and "new" not in rule["from"]:
        told.ended.remove((kind, told.last[one]))
    told.open.pop(one, None)
    told.last[one] = outcome["to"]
    if "task" in record["states"][outcome["to"]]:
        told.open[one] = outcome["to"]
    else:
        told.ended.append((kind, outcome["to"]))
    return str(outcome.get("case", entry.from_state))


def _ask_assisting(told: Told, entry: LogEntry, flow: Mapping[str, Any]) -> None:
    """Whoever assists is asked what it did, in the state that says so of this step."""
    if "assistance" in flow["records"]:
        assert {*entry.data.get("assist", ())} - {told.unit} == told.assisting, entry
    for kind, record in flow["records"].items():
        for state, body in record["states"].items():
            if entry.step in body.get("opened_by", ()):
                one = {f"{kind}/{unit}": state for unit in told.assisting}
                assert not one.keys() & told.open.keys(), entry
                told.open |= one
                told.last |= one


def _lapse(told: Told, flow: Mapping[str, Any], *, but: str = "") -> None:
    """Open records run in states their steps may be taken in; elsewhere they fall away."""
    for one, state in list(told.open.items()):
        kind = one.partition("/")[0]
        record = flow["records"][kind]
        runs_in = {s for rule in record["steps"].values() for s in rule.get("while") or record["while"]}
        if kind == "correction" and "entry" not in told.asked:
            runs_in &= {"filed", "dispatched", "handling"}
        if kind != but and told.state not in runs_in:
            told.ended.append((kind, state))
            del told.open[one], told.last[one]


def _leads_to(
    entry: LogEntry, rule: Mapping[str, Any], flow: Mapping[str, Any], told: Told, wants_callback: bool
) -> Any:
    if entry.step == "call_back":
        if entry.data["waiting"]:
            return "callback"
        assert told.mixed or entry.data["round"] == told.ends[entry.seq], entry
        rule = rule["results"][entry.data["round"]]
    elif "results" in rule:
        rule = rule["results"][entry.result]
    else:
        assert entry.result == "", entry
    holds = {
        "was_filed": told.merged_from in ("filed", "dispatched"),
        "was_accepted": told.merged_from == "accepted" if entry.step == "unmerge" else not told.norm,
        "is_split": told.parts > 0,
        "wants_callback": wants_callback or bool(told.rang) or (told.mixed and entry.to_state == "callback"),
        "unsatisfied_before": told.unsatisfied > 0,
        "tries_left": False,  # or somebody would still wait
    }
    if isinstance(rule["to"], str):
        return rule["to"]
    return next(branch["to"] for branch in rule["to"] if "when" not in branch or holds[branch["when"]])


def _moment(entry: LogEntry, last_at: datetime | None) -> datetime:
    """When it happened: as claimed, but live only near the server's clock, and never before what came before."""
    claimed = datetime.fromisoformat(entry.data["claimed_at"]) if "claimed_at" in entry.data else entry.at
    if entry.origin == "live":
        in_field = entry.post in ("inspector", "squad_leader") and entry.step in (
            "report",
            "answer_verify",
            "answer_check",
        )
        back = timedelta(hours=72) if in_field else timedelta(minutes=10)
        if not entry.recorded_at - back <= claimed <= entry.recorded_at + timedelta(minutes=2):
            claimed = entry.recorded_at
    return max(claimed, last_at) if last_at else claimed


def _start_clock(told: Told, entry: LogEntry) -> None:
    told.clock = told.runs_from = server_moment(entry)
    told.rounds += 1
    told.used = 0
    told.finished_at = None
    told.stages = {"arrive", "make_safe"}
    told.contact |= told.rang


def _report(told: Told, entry: LogEntry) -> None:
    position = tuple(entry.data.get("position", ())[:2])
    told.grid = entry.data["grid"] or {tuple(k): v for k, v in GRID_AT.items()}.get(position, "")
    told.class_code = entry.data["class"]


def _place(told: Told, entry: LogEntry) -> None:
    told.grid = entry.data.get("grid", told.grid)


def _accept(told: Told, entry: LogEntry) -> None:
    _place(told, entry)
    told.class_code = entry.data["class"]
    told.owner = entry.data.get("owner", told.owner)


def _file(told: Told, entry: LogEntry) -> None:
    told.norm, told.filed_at = entry.data["norm"], entry.at


def _dispatch(told: Told, entry: LogEntry) -> None:
    told.unit, told.handler = entry.data["unit"], None
    told.given |= {told.unit, *entry.data["assist"]}
    told.assisting = {*entry.data["assist"]} - {told.unit}
    told.leads += 1
    _start_clock(told, entry)


def _assign(told: Told, entry: LogEntry) -> None:
    told.handler = entry.data["handler"]


def _finish(told: Told, entry: LogEntry) -> None:
    _resume(told, entry)
    told.finished_at = entry.at
    told.stages = set()


def _arrive(told: Told, entry: LogEntry) -> None:
    assert "arrive" in told.stages, entry
    told.stages.remove("arrive")


def _contact(told: Told, entry: LogEntry) -> None:
    post = "operator" if entry.post == "operator" else "unit_clerk"
    assert told.mixed or post in told.contact, entry
    if entry.result == "reached":
        told.contact.discard(post)


def _make_safe(told: Told, entry: LogEntry) -> None:
    assert "make_safe" in told.stages, entry
    told.stages = set()


def _answer_check(told: Told, entry: LogEntry) -> None:
    if entry.result == "failed":
        told.reworked += 1
        told.finished_at = None


def _call_back(told: Told, entry: LogEntry) -> None:
    told.tries += entry.result == "unreachable"
    if entry.result == "unsatisfied" and entry.seq not in told.went:
        told.owed, told.bad_seq = "unsatisfied", entry.seq
    ends = entry.data.get("round")
    if ends == "unreachable":
        told.owed, told.bad_seq = told.owed or "unrated", entry.seq
    if ends == "unsatisfied":
        if told.unsatisfied == 0 and not told.parts:
            _start_clock(told, entry)
        told.unsatisfied, told.tries = told.unsatisfied + 1, 0


def _conclude(told: Told, entry: LogEntry) -> None:
    if entry.result == "rework" and not told.parts:
        _start_clock(told, entry)


def _close(told: Told, entry: LogEntry) -> None:
    told.closed_at, told.closing = entry.at, entry.result


def _reopen(told: Told, entry: LogEntry) -> None:
    told.closed_at, told.closing, told.exempt = None, "", False
    told.unsatisfied = told.tries = 0
    told.reopened += 1
    if told.parts:
        return
    if not told.norm:
        told.unit, told.handler, told.finished_at = "", None, None
        return
    told.leads += 1
    _start_clock(told, entry)


def _take_from_unit(told: Told, entry: LogEntry) -> None:
    if entry.result == "upheld":
        return
    told.unit = ""
    told.assisting = set()
    told.handler = told.clock = told.runs_from = None
    told.used = 0
    told.stages = set()
    told.returned += entry.step in ("return", "rule_return")
    told.escalated += entry.step == "escalate"


def _extend(told: Told, entry: LogEntry) -> None:
    told.used -= entry.data["seconds"]


def _suspend(told: Told, entry: LogEntry) -> None:
    if "used" in entry.data:  # one that was overdue runs on
        told.used, told.runs_from = entry.data["used"], None


def _resume(told: Told, entry: LogEntry) -> None:
    if told.runs_from is None and told.clock:
        told.runs_from = (
            datetime.fromisoformat(entry.data["runs_from"])
            if "runs_from" in entry.data
            else server_moment(entry)
        )


def _consult(told: Told, entry: LogEntry) -> None:
    told.consulted.add(entry.data["unit"])


def _accept_order(told: Told, entry: LogEntry) -> None:
    if told.order_seq > told.bad_seq:
        told.owed = ""


def _issue_order(told: Told, entry: LogEntry) -> None:
    told.order_seq, told.joint = entry.seq, frozenset()
    if told.parts:
        told.consulted.add(entry.data["unit"])
    if "second" in entry.data:
        told.consulted.add(entry.data["second"])
        told.joint = frozenset((entry.data["unit"], entry.data["second"]))
    told.replies = told.joint


def _ask_correction(told: Told, entry: LogEntry) -> None:
    told.asked = entry.data


def _correct(told: Told, entry: LogEntry) -> None:
    told.class_code = entry.data.get("class", told.class_code)
    told.norm = entry.data.get("norm", told.norm)
    _place(told, entry)
    if entry.data.get("clock_anew"):
        told.runs_from, told.used = told.clock, 0
    if "clock_anew" in entry.data and "extension" in told.open:  # asked for of the wrong limit
        told.ended.append(("extension", told.open.pop("extension")))
        del told.last["extension"]


def _decide_appeal(told: Told, entry: LogEntry) -> None:
    told.exempt |= entry.result == "granted"


def _withdraw(told: Told, entry: LogEntry) -> None:
    """What a unit had asked for falls away with the case."""
    told.stages = set()
    told.target = entry.data.get("target", "")


def _link(told: Told, entry: LogEntry) -> None:
    told.links.add(entry.data["target"])
    told.unlinked.discard(entry.data["target"])


def _unlink(told: Told, entry: LogEntry) -> None:
    told.links.discard(entry.data["target"])
    told.unlinked.add(entry.data["target"])


def _merge(told: Told, entry: LogEntry) -> None:
    _withdraw(told, entry)
    told.merged_from = entry.from_state


def _unmerge(told: Told, entry: LogEntry) -> None:
    told.target = told.unit = ""
    told.handler = told.clock = told.runs_from = None
    told.used = 0


def _split(told: Told, entry: LogEntry) -> None:
    told.parts += len(entry.data["parts"])


def _cancel_split(told: Told, entry: LogEntry) -> None:
    told.parts = 0


def _done(told: Told, entry: LogEntry) -> None:
    told.finished_at = entry.at


def _self_handle(told: Told, entry: LogEntry) -> None:
    told.finished_at, told.unit, told.handler = entry.at, entry.data["unit"], entry.actor_id
    told.consulted.add(entry.data["unit"])


def _assign_down(told: Told, entry: LogEntry) -> None:
    told.escalated = 0


def _redact(told: Told, entry: LogEntry) -> None:
    seq, name = entry.data["passage"]
    told.redacted.add((seq, name))


_EFFECTS = {
    "report": _report, "send_verify": _place, "accept": _accept, "file": _file, "dispatch": _dispatch,
    "assign": _assign, "finish": _finish, "send_check": _place, "answer_check": _answer_check,
    "call_back": _call_back, "conclude": _conclude, "close": _close, "reopen": _reopen, "return": _take_from_unit,
    "rule_return": _take_from_unit, "escalate": _take_from_unit, "extend": _extend, "suspend": _suspend,
    "resume": _resume, "consult": _consult, "issue_order": _issue_order, "accept_order": _accept_order,
    "ask_correction": _ask_correction, "correct": _correct, "decide_appeal": _decide_appeal,
    "reject": _withdraw, "reject_filing": _withdraw, "void": _withdraw, "merge": _merge, "transfer": _withdraw,
    "unmerge": _unmerge, "split": _split, "cancel_split": _cancel_split, "gather": _done, "settle": _done,
    "self_handle": _self_handle, "assign_down": _assign_down, "unlink": _unlink, "link": _link, "redact": _redact,
    "arrive": _arrive, "make_safe": _make_safe, "contact": _contact,
}  # fmt: skip
