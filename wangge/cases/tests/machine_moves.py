# SPDX-License-Identifier: Apache-2.0
"""One move of the machine: what chance chose, the call of the door it becomes, and the answer that is due."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from hypothesis import strategies as st

from tests.city import UNIT_GRID_WEST, actor, person
from tests.loop import WHO, asked_beside, good_data, photo, step, who
from wangge.cases.access import areas_below, records_of
from wangge.cases.actions import StepData, Taken, take
from wangge.cases.deadlines import due_at
from wangge.cases.errors import (
    AreaNotBelow,
    ExtensionTooLate,
    KindNotAllowed,
    MergeTargetClosed,
    NeedsCallback,
    NoRequest,
    NotLinked,
    ObjectionTooLate,
    ParentEnded,
    PartInHand,
    PartsOpen,
    ReopenTooLate,
    StageNotOpen,
    StalePage,
    StepDenied,
    TooFewPhotosToFile,
    TopLevel,
    UnknownPassage,
    UnknownTarget,
    WrongState,
)  # fmt: skip
from wangge.cases.flow import ANSWERS_BESIDE, ASSISTANCE, OPEN_STATES, RECORD_OF, WAITING_STEPS
from wangge.cases.models import Call, Case, CaseLink, CaseText, Contact, LogEntry, Photo, SideRecord, Task
from wangge.cases.order_errors import OrderOwed
from wangge.cases.queries.calls import still_to_call
from wangge.cases.records import refusal, unsupervised
from wangge.cases.reference import channels, flow_by_id
from wangge.cases.reward_errors import NoPayee
from wangge.cases.tests.machine_calls import callback_refused, who_rang
from wangge.cases.tests.machine_corrections import not_corrected, wrong
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory

#: "" = who should; `both` may take any step but for two hands
PEOPLE = (
    *("",) * 30, "both", "both", "both", "two_hats", "inspector_west", "chief_2", "operator_east", "chief_west",
    "dispatcher_west", "clerk_csgl", "handler_xijie", "leader", "outsider", "administrator",
)  # fmt: skip
#: these end a case before it is handled or turn in a circle: taken now and then only, or no run would get far
SELDOM = {"reject", "reject_filing", "void", "merge", "transfer", "link", "send_verify", "ask_return",
          "ask_escalation", "return", "escalate", "refuse_return", "refuse_escalation", "redact", "object_return",
          "rule_return", "consult", "ask_correction", "refuse_correction", "refuse_extension", "refuse_suspension",
          "ask_suspension", "issue_order", "appeal_overdue", "settle", "self_handle", "assign_down", "split",
          "cancel_split", "unmerge", "unlink", "receipt", "propose_reward"}  # fmt: skip


def _words(**texts: str) -> Callable[[StepData], StepData]:
    return lambda data: replace(data, texts=data.texts | texts)


def _with(**changes: Any) -> Callable[[StepData], StepData]:
    return lambda data: replace(data, **changes)


#: refused in every state, whoever asks for whatever step
NEVER: dict[str, Callable[[StepData], StepData]] = {
    "unknown text": _words(mood="good"), "too long": _words(remark="长" * 4001), "unstorable": _words(remark="a\0b"),
    "accuracy": _with(accuracy_m=-1.0), "not a number": _with(accuracy_m=float("nan")),
    "no such result": _with(result="perhaps"), "no such photo": lambda data: replace(data, photos=(uuid4(),)),
}  # fmt: skip
#: refused where the step asks for it
PERHAPS: dict[str, Callable[[StepData], StepData]] = {
    "no words": lambda data: replace(data, texts={}), "no photo": _with(photos=()), "class": _with(class_code="C9999"),
    "grid": _with(grid_code="990101001001999"), "other grid": _with(grid_code=UNIT_GRID_WEST),
    "norm": _with(norm_id=-1), "no norm": _with(norm_id=None), "unit": _with(unit="jdzx"), "no unit": _with(unit=""),
    "other unit": _with(unit="xijie", assist=("csgl", "xijie", "csgl")), "assist": _with(assist=("nobody",)),
    "handler": _with(handler_id=-1), "target": _with(target="X"), "passage": _with(passage="99:description"),
    "nowhere": _with(lon=float("nan")), "off the earth": _with(lat=91.0), "solved": _with(solved=None),
    "contradicting": lambda data: replace(data, solved=not data.solved), "owner": _with(owner="csgl"),
    "no owner": _with(owner="nobody"),
}  # fmt: skip
SPOILT = (*("",) * 60, *NEVER, *PERHAPS)


#: who walks the eastern grids; the like of them walk the western
IN_SQUADS = ("inspector_east", "squad_leader_east")
#: the way from each open state to the end
ONWARD = {
    "reported": "accept", "verifying": "answer_verify", "accepted": "file", "filed": "dispatch",
    "dispatched": "sign_for", "handling": "finish", "handled": "send_check", "checking": "answer_check",
    "callback": "call_back", "investigating": "conclude", "closing": "close", "split": "gather",
}  # fmt: skip
#: what waits for a ruling and holds the line, and the step that lets it go on
REFUSED_BY = {
    "return.asked": "refuse_return", "return.objected": "rule_return", "escalation.asked": "refuse_escalation",
    "correction.asked": "refuse_correction",
}  # fmt: skip
#: a number this much higher chooses in the same way, and the next step
NEXT = 39


@dataclass(frozen=True)
class Chance:
    """What Hypothesis chose; numbers are taken modulo what there is. `minutes`: moment claimed, from the last one."""

    which: int = 0
    step: int = 1
    who: str = ""
    result: int = 0
    spoilt: str = ""
    minutes: int = 1
    seen: str = "unasked"
    keyed: bool = False
    how: str = "alone"


CHANCES = st.builds(
    Chance,
    which=st.integers(0, 60), step=st.integers(0, 3900), who=st.sampled_from(PEOPLE), result=st.integers(0, 29),
    spoilt=st.sampled_from(SPOILT), minutes=st.integers(-20, 3000),
    seen=st.sampled_from(("unasked", "unasked", "unasked", "true", "true", "stale")), keyed=st.booleans(),
    how=st.sampled_from((*("alone",) * 12, "doubled", "raced", "raced", "crosswise", "one photo")),
)  # fmt: skip


#: of callbacks alone: each of the three results, mostly about somebody who waits
CALLBACKS = st.builds(
    Chance, which=st.integers(1, 60), step=st.integers(0, 5), result=st.sampled_from((1, 3, 5)),
    seen=st.sampled_from(("true", "true", "stale")),
)  # fmt: skip


@dataclass
class Move:
    """A call of the door, ready to be made. `rightful`: by who should, with all it needs."""

    code: str
    case: Case
    data: StepData
    actor: Actor
    at: datetime
    key: UUID | None
    seen: int | None
    spoilt: str
    rightful: bool

    def __call__(self) -> Taken:
        return take(
            self.code, self.case.pk, self.data, actor=self.actor, at=self.at, key=self.key, seen=self.seen
        )


@cache
def known(login: str) -> Actor:
    """One of the cast; the machine changes nobody's appointments."""
    return actor(login)


def pick(chance: Chance, cases: list[Case]) -> Case:
    """One of the cases, mostly one that is open."""
    among = (chance.which % 4 and [case for case in cases if case.is_open]) or cases
    return among[chance.which // 4 % len(among)]


def prepare(chance: Chance, case: Case, cases: list[Case], *, code: str = "", **changes: Any) -> Move:
    """The call `chance` becomes on `case`, one of `cases`; a rule may give `code` and `changes` of its data."""
    other = cases[(chance.which + 1 + chance.step % max(1, len(cases) - 1)) % len(cases)]
    code = code or _choose(case, chance.step)
    login = chance.who or rightful(code, case)
    given = _given(code, case, other, chance) | _result(code, case, chance) | changes
    reader = login if Permission.CASE_READ in known(login).permissions else rightful(code, case)
    data = good_data(code, case, by=reader, **given)
    if chance.spoilt:
        data = (NEVER | PERHAPS)[chance.spoilt](data)
    return Move(
        code, case, data, known(login).marked(case.origin) if case.origin != "live" else known(login),
        (now() if case.origin == "live" else case.last_at) + timedelta(minutes=chance.minutes),
        uuid4() if chance.keyed else None,
        {"unasked": None, "true": case.log_seq, "stale": case.log_seq - 1}[chance.seen],
        chance.spoilt, not chance.who and not chance.spoilt,
    )  # fmt: skip


def rightful(code: str, case: Case) -> str:
    """Who should take the step: as in the cast, but for the inspectors of the western street, and of units that are asked
    beside the one in charge the first."""
    if code in ANSWERS_BESIDE:
        asked = SideRecord.objects.filter(case=case, kind=RECORD_OF[code], ended_at=None).order_by("id")
        if unit := asked.values_list("unit", flat=True).first():
            return f"clerk_{unit}"
    if code == "contact":
        waits = Task.objects.filter(case=case, stage="contact", closed_at=None)
        if [*waits.values_list("post", flat=True)] == ["operator"]:
            return "operator_1"
    login = who(code, case)
    return login.replace("_east", "_west") if case.squad == "squad_west" and login in IN_SQUADS else login


def _result(code: str, case: Case, chance: Chance) -> dict[str, str]:
    """Every other time the good result, else any the step has."""
    outcomes = flow_by_id(case.flow_id).steps[code].outcomes
    return {"result": outcomes[chance.result // 2 % len(outcomes)].code} if chance.result % 2 else {}


def _given(code: str, case: Case, other: Case, chance: Chance) -> dict[str, Any]:
    if code in ("merge", "link", "unlink"):
        return {"target": other.number}
    if code == "file":
        norms = catalog().norms_of(case.class_code)
        return {"norm_id": norms[chance.step % len(norms)].id} if norms else {}
    if code == "consult":
        return {"unit": ("csgl", "swj", "xijie")[chance.step % 3]}
    if code == "issue_order" and chance.which % 2:
        return {"unit": asked_beside(case), "choices": {"mode": "joint", "cause": "overdue"}}
    if code == "dispatch":
        return {"assist": ("xijie", "dongjie", "csgl")[: chance.which % 4]}
    if code == "call_back" and chance.which % 8 == 0:
        anybody = [*Call.objects.order_by("-pk").values_list("pk", flat=True)[:20], None]
        return {"call": anybody[chance.step % len(anybody)]}
    if code == "call_back":
        left = still_to_call(case)
        return {"call": left[chance.step % len(left)] if left else None}
    if code == "ask_correction":
        return wrong(case, chance.which, chance.result)
    if code == "redact":
        texts = (
            CaseText.objects.filter(case=case, text__isnull=False).order_by("id").values_list("seq", "field")
        )
        return {"passage": "{}:{}".format(*texts[chance.step % len(texts)])} if texts else {}
    return {}


def _choose(case: Case, number: int) -> str:
    """Mostly a step that is possible and leads on; one in thirteen is any step at all, one in eleven is held to be wrong."""
    steps = flow_by_id(case.flow_id).steps
    if number % 11 == 5 and case.last_step and "ask_correction" in steps:
        return "ask_correction"
    possible = [s.code for s in flow_by_id(case.flow_id).steps_from(case.state)]
    asked = set(SideRecord.objects.filter(case=case, ended_at=None).values_list("kind", "state"))
    rulings = {
        code for code in possible if asked & {(steps[code].record, s) for s in steps[code].record_from}
    }
    unasked = {
        code for code in possible if steps[code].record and "new" not in steps[code].record_from
    } - rulings
    onward = [code for code in possible if code not in SELDOM | unasked]
    if case.handler_id:
        onward = [code for code in onward if code != "assign"]
    if number % 4 and any(
        kind != ASSISTANCE for kind, _ in asked
    ):  # a ruling, or the end of a case that was asked for
        onward = [code for code in possible if code in rulings or code in ("void", "transfer", "merge")]
    among = (
        sorted(steps.keys() & WHO.keys()) if number % 13 == 12 else possible if number % 3 == 2 else onward
    )
    return (among or possible)[number // NEXT % len(among or possible)]


def is_supervised(case: Case) -> bool:
    """Does its flow keep it from closing past a supervision order?"""
    return "supervised" in flow_by_id(case.flow_id).steps["close"].needs


def refusal_due(call: Move) -> type[DomainError] | None:
    """How a rightful call must be answered: by a refusal of this class, or (None) by the step."""
    case, code = call.case, call.code
    target = Case.objects.filter(number=call.data.target).exclude(pk=case.pk).first()
    flow = flow_by_id(case.flow_id)
    if case.state not in flow.steps[code].sources:
        return WrongState
    if call.seen is not None and call.seen != case.log_seq and not _only_called(call):
        return StalePage
    stages = Task.objects.filter(case=case, stage__in=WAITING_STEPS, closed_at=None).values_list(
        "stage", flat=True
    )
    if code in WAITING_STEPS and code not in stages:
        return StageNotOpen
    if hindered := refusal(flow, flow.steps[code], case, records_of(case), stages, call.data.unit):
        # nobody was asked: who should answer is of a unit that has no say here
        unasked = code in ANSWERS_BESIDE and isinstance(hindered, NoRequest)
        return StepDenied if unasked else type(hindered)
    if late := _late(call):
        return late
    if code == "call_back" and (done := callback_refused(case, call.data.call, call.data.result)):
        return done
    if code == "propose_reward" and channels()[case.channel_id].external:
        return None if Contact.objects.filter(call__case=case).exists() else NoPayee
    if code in ("ask_correction", "correct") and (right := not_corrected(code, case, call.data)):
        return right
    if (
        code == "close"
        and is_supervised(case)
        and case.origin == "live"
        and (waits := unsupervised(case, records_of(case)))
    ):
        return type(waits)
    if code == "dispatch" and not _kinds_fit(case, call.data):
        return KindNotAllowed
    if code == "file" and lacks_photos(case, call.data.norm_id):
        return TooFewPhotosToFile
    if code in ("merge", "link", "unlink") and target is None:
        return UnknownTarget
    if (tree := _in_the_tree(call, target)) is not None:
        return tree
    if code == "merge" and target and target.state not in OPEN_STATES:
        return MergeTargetClosed
    if code == "escalate" and case.command_path.count("/") < 2:
        return TopLevel
    if code == "reopen" and _too_late(call):
        return ReopenTooLate
    if code == "redact" and not CaseText.objects.filter(case=case, text__isnull=False).exists():
        return UnknownPassage
    return None


def _only_called(call: Move) -> bool:
    """Is it about one caller, and has the case not left the callback since the step before, which its caller has seen?"""
    last = LogEntry.objects.filter(case=call.case).latest("seq")
    of_one = call.code == "call_back" and call.data.call is not None
    return of_one and last.from_state == last.to_state == "callback"


def _late(call: Move) -> type[DomainError] | None:
    """What is asked for after its time; a live call is never so late."""
    case, at = call.case, max(call.at, call.case.last_at)
    if case.origin == "live":
        return None
    calendar = directory().calendar_of(directory().units[case.lead_unit].kind) if case.lead_unit else None
    within = flow_by_id(case.flow_id).steps[call.code].within
    if call.code == "ask_extension":
        return ExtensionTooLate if case.due_at and at >= case.due_at else None
    if call.code in ("object_return", "appeal_overdue") and within and calendar:
        ruled = (
            case.side_records.filter(kind="return").order_by("id").values_list("ruled_at", flat=True).last()
        )
        since = ruled if call.code == "object_return" else case.closed_at
        assert since
        return ObjectionTooLate if at > due_at(within, since, calendar) else None
    return None


def goes_on(part: Case, whole: Case) -> bool:
    """Is the part, or what it was merged into, still open?"""
    while part.merged_into_id:
        part = Case.objects.get(pk=part.merged_into_id)
    return part.state in OPEN_STATES and part != whole


def _in_the_tree(call: Move, target: Case | None) -> type[DomainError] | None:
    """What a whole, its parts, a link or the levels do not allow."""
    case, code = call.case, call.code
    if code == "gather" and any(goes_on(part, case) for part in case.children.all()):
        return PartsOpen
    early = ("reported", "verifying", "accepted", "filed")
    if code == "cancel_split" and case.children.filter(
        ~Q(state__in=early), Q(state__in=("closed", "settled")) | Q(state__in=OPEN_STATES)
    ):
        return PartInHand
    if code in ("reopen", "unmerge") and case.parent and case.parent.state != "split":
        return ParentEnded
    if code == "unlink" and target:
        pair = sorted((case.pk, target.pk))
        if not CaseLink.objects.filter(case=pair[0], other=pair[1], unlinked_at=None).exists():
            return NotLinked
    if code in ("settle", "self_handle") and (channels()[case.channel_id].callback or who_rang(case.pk)):
        return NeedsCallback
    if code == "assign_down" and call.data.area not in areas_below(case):
        return AreaNotBelow
    return None


def _kinds_fit(case: Case, data: StepData) -> bool:
    """May units of these kinds lead and assist? What is proposed may be the queue of those no row fits; what was
    recorded was so."""
    if case.origin == "replayed":
        return True
    filed = next(n for n in catalog().norms_of(case.class_code) if n.id == case.norm_id)
    asked = [(filed.lead_kinds, data.unit), *((filed.assist_kinds, unit) for unit in data.assist)]
    known = directory().units
    return all(not kinds or unit not in known or known[unit].kind in kinds for kinds, unit in asked)


def lacks_photos(case: Case, norm_id: int | None = None) -> bool:
    """Too few photos for the norm chosen, or for the first of the class."""
    norms = catalog().norms_of(case.class_code)
    chosen = next((n for n in norms if n.id == norm_id), norms[0])
    shown = [case.pk] + ([case.parent_id] if case.parent_id else [])  # those of the whole are its parts' too
    return Photo.objects.filter(case__in=shown).count() < chosen.photos_report


def _too_late(call: Move) -> bool:
    """The window of thirty days, in a city whose clocks never change."""
    assert call.case.closed_at
    return max(call.at, call.case.last_at) > call.case.closed_at + timedelta(days=30)


def other_body(call: Move) -> Move:
    """The same key with something else to say."""
    return replace(call, data=replace(call.data, texts=call.data.texts | {"remark": "另一件事"}))


def foreign_photo(login: str) -> UUID:
    """A waiting photo that is somebody else's than this person's."""
    return photo("chief_2" if login != "chief_2" else "chief_1")


def cast() -> list[str]:
    """Everybody, those who must see nothing among them."""
    return list(type(person("outsider")).objects.order_by("login").values_list("login", flat=True))


def bring_to_an_end(case: Case) -> None:
    """By those who should."""
    for kind, state in case.side_records.filter(ended_at=None).values_list("kind", "state"):
        if code := REFUSED_BY.get(f"{kind}.{state}"):
            step(case, code)
    for part in case.children.all():
        while part.merged_into:
            part = part.merged_into
        part.refresh_from_db()  # another part that was merged into it may have been brought to its end with it
        if goes_on(part, case):
            bring_to_an_end(part)
    for _ in range(2 * len(ONWARD)):
        if case.is_open:
            code = ONWARD[case.state]
            if code == "file" and lacks_photos(case):
                code = "send_verify"
            if code == "close" and is_supervised(case):
                _supervise(case)
            login = rightful(code, case)
            data = good_data(code, case, by=login)
            if code == "dispatch":  # whatever kinds of unit the norm names
                data = replace(data, texts={"reason": "按权责清单"})
            step(case, code, by=login, photos=data.photos, texts=data.texts)
    assert case.state == "closed", f"trapped in {case.state}"


def _supervise(case: Case) -> None:
    """What must be supervised before it is closed is."""
    onward = {"issued": "reply_order", "replied": "accept_order"}
    while (waits := unsupervised(case, records_of(case))) and case.origin == "live":
        if isinstance(waits, OrderOwed):
            step(case, "issue_order")
        running = case.side_records.get(kind="supervision", ended_at=None)
        step(case, onward[running.state])
