# SPDX-License-Identifier: Apache-2.0
"""People ring while the machine plays, join cases in any state, and are spoken to and called back.

A plain reading of who called, by the numbers in clear: whom it waits for to speak to them, and to call them back.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.city import COVER, IN_EAST, actor
from tests.loop import HOTLINE
from wangge.cases.actions import Taken
from wangge.cases.actions.calls import CallData, TakenCall, caller_of, take_call
from wangge.cases.caller_errors import CallerDone, CallerNeeded, TooSoonToTry
from wangge.cases.merged import matter_of
from wangge.cases.models import Call, CallbackTry, Case, Contact, LogEntry
from wangge.cases.queries.calls import still_to_call
from wangge.cases.queries.repeats import Why, repeats
from wangge.cases.tests.machine_record import written_at
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound

NUMBERS = ("13900000001", "13900000002", "01065000003", "")
#: for whom it waits to speak to a caller: who wished confidentiality is the centre's
UNIT, CENTRE = "unit_clerk", "operator"


#: ids of cases of one example lie closer together
NEAR = 1_000


@dataclass(frozen=True)
class Ring:
    """What chance chose; `which` of the cases, or a matter of its own."""

    which: int = 0
    opens: bool = False
    number: str = NUMBERS[0]
    confidential: bool = False


RINGS = st.builds(
    Ring, which=st.integers(0, 60), opens=st.sampled_from((False, False, False, True)),
    number=st.sampled_from((*NUMBERS, *NUMBERS[:3])), confidential=st.sampled_from((False, False, True)),
)  # fmt: skip


def ring(one: Ring, case: Case | None) -> TakenCall:
    """Somebody rings about `case`, or about something new; the same key again is the same call."""
    by, key = actor("operator_1"), uuid4()
    said: dict[str, Any] = {
        "number": one.number,
        "confidential": one.confidential,
        "text": "井盖还没有修",
        "answer": "已转告",
    }
    where = {"case": case.number} if case else {"lon": IN_EAST.lon, "lat": IN_EAST.lat, "class_code": COVER}
    outcome, data = Call.Outcome.JOINED if case else Call.Outcome.REPORTED, CallData(**(said | where))
    taken = take_call(outcome, data, actor=by, at=now(), key=key)
    again = take_call(outcome, data, actor=by, at=now(), key=key)
    assert again.again and again.call == taken.call
    if one.number:
        found = repeats(
            by, channel=HOTLINE, number=one.number, class_code="", text="", lon=None, lat=None, at=now()
        )
        assert taken.call.pk in {f.call_id for f in found if Why.NUMBER in f.why}, "a repeat nobody was shown"
    return taken


class Callers(RuleBasedStateMachine):
    """The rule of whoever rings; the rest of the machine is Loop."""

    counts: ClassVar[Counter[str]]
    watch: Any
    ids: list[int]
    touched: set[int]
    sound: bool

    def _cases(self) -> list[Case]:
        raise NotImplementedError

    def _enough(self) -> bool:
        raise NotImplementedError

    @rule(rings=st.lists(RINGS, min_size=1, max_size=4))
    def somebody_rings(self, rings: list[Ring]) -> None:
        """A call is a row of its own: of a case it joins nothing moves but the task of speaking to the caller."""
        self.sound = False
        for one in rings:
            opens = one.opens and not self._enough()
            cases = self._cases()
            case = None if opens or not cases else cases[one.which % len(cases)]
            if case is None and not opens:
                continue
            self._rings(one, case)

    def _rings(self, one: Ring, case: Case | None) -> None:
        before = self.watch.rows()
        taken = ring(one, case)
        after = self.watch.rows()
        self.counts.update(("calls",))
        assert taken.call.case
        moved = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        if case is None:
            self.ids.append(taken.call.case.pk)
            assert {pk for _, pk in moved} == {taken.call.case.pk}
        else:
            assert moved <= {("cases_task", matter_of(taken.call.case).pk)}, moved
        self.touched.add(matter_of(taken.call.case).pk)


def waits_of_callers(taken: Taken) -> set[tuple[str, int]]:
    """Where a merge, or its undoing, moves a task of speaking to callers, and why an order is owed: at the case they are callers
    of with it, or were."""
    entry = LogEntry.objects.get(case=taken.case_id, seq=taken.seq)
    if entry.step not in ("merge", "unmerge"):
        return set()
    into = matter_of(Case.objects.get(number=entry.data["target"])).pk
    return {("cases_task", into), ("cases_case", into)}


@dataclass(frozen=True)
class Rang:
    """A call about a case by somebody who left a number."""

    call: int
    number: str
    post: str
    at: datetime


def who_rang(*matters: int) -> list[Rang]:
    """About these cases, oldest first."""
    found = Contact.objects.filter(call__case__in=matters).select_related("call").order_by("call")
    rang = [
        Rang(one.call_id, caller_of(one).number, CENTRE if one.call.confidential else UNIT, one.call.taken_at)
        for one in found
    ]
    return [one for one in rang if one.number]


def was_merged_into(case: Case) -> bool:
    """Were others ever merged into it? Then whose callers they were, and when, is not read here."""
    # by an index, or a long run reads all there was before
    near = LogEntry.objects.filter(case__gte=case.pk - NEAR, case__lte=case.pk + NEAR)
    return near.filter(step="merge", data__target=case.number).exists()


def check_callbacks(case: Case, entries: Sequence[LogEntry], document: Mapping[str, Any]) -> None:
    """What each caller said stands beside its entry, and who still waits is who a plain reading finds."""
    tries = {one.seq: one for one in CallbackTry.objects.filter(case=case)}
    called = {entry.seq: entry for entry in entries if entry.step == "call_back"}
    assert tries.keys() <= called.keys()
    for seq, one in tries.items():
        entry = called[seq or 0]
        said = (entry.data["solved"], entry.data["satisfied"])
        assert (one.reached, one.solved, one.satisfied) == (entry.result != "unreachable", *said)
    if case.state != "callback":
        return
    rang, last, mixed = who_rang(*_matters(case)), entries[-1], was_merged_into(case)
    left = _left(rang, entries, tries.values(), document)
    if mixed:  # where those who were left have gone with a merge undone, all are asked anew
        left = left or _left(rang, entries, (), document)
    assert left or not rang, "waits for nobody"
    assert still_to_call(case) == left
    if last.step == "call_back" and not mixed:  # whoever has rung since was not waited for
        known = [one for one in rang if one.at <= written_at(last)]
        assert last.data["waiting"] == (len(_left(known, entries, tries.values(), document)) or 1), last.data


def _left(
    rang: Sequence[Rang],
    entries: Sequence[LogEntry],
    tries: Collection[CallbackTry],
    document: Mapping[str, Any],
) -> list[int]:
    """Of those who rang, who is still to be called back: the first call of each."""
    gone, began = _taken_back(entries), _began(entries)
    reopened = max((e.seq for e in entries if e.step == "reopen" and e.seq not in gone), default=0)
    results = {entry.seq: entry.result for entry in entries if entry.seq not in gone}
    left = []
    for number in dict.fromkeys(one.number for one in rang):
        calls = {one.call: one.at for one in rang if one.number == number}
        mine = [one for one in tries if one.call_id in calls and one.at >= max(calls.values())]
        heard = {one.seq or 0: results[one.seq or 0] for one in mine if one.seq in results}
        of_round = [result for seq, result in heard.items() if seq > began]
        pleased = "satisfied" in [result for seq, result in heard.items() if seq > reopened]
        given_up = of_round.count("unreachable") >= document["callback_tries"]
        if not (pleased or given_up or "unsatisfied" in of_round):
            left.append(next(iter(calls)))
    return left


def _taken_back(entries: Sequence[LogEntry]) -> set[int]:
    return {e.data["taken_back"] for e in entries if "taken_back" in e.data}


def _began(entries: Sequence[LogEntry]) -> int:
    """Where the round of callbacks began; what was taken back began none."""
    gone = _taken_back(entries)
    came = [e for e in entries if e.to_state == "callback" != e.from_state and "taken_back" not in e.data]
    return max((e.seq for e in came if e.seq not in gone), default=0)


def ends_of(case: Case, entries: Sequence[LogEntry]) -> dict[int, str]:
    """By the entry that ended it: what a round came to, one "no" being enough, and one who was reached."""
    rang = [] if was_merged_into(case) else who_rang(case.pk)
    tries = list(CallbackTry.objects.filter(case=case).order_by("seq"))
    found = {}
    for n, entry in enumerate(entries):
        if "round" in entry.data:
            gone = _taken_back(entries[:n])
            seqs = {e.seq for e in entries[: n + 1] if e.seq > _began(entries[:n]) and e.seq not in gone}
            known = [one for one in rang if one.at <= written_at(entry)]
            heard = [one for one in tries if one.seq in seqs]
            said = [
                _said([r for r in known if r.number == number], heard) for number in {r.number for r in known}
            ]
            said = said or [entry.result]
            found[entry.seq] = next(
                (one for one in ("unsatisfied", "satisfied") if one in said), "unreachable"
            )
    return found


def _said(rang: Sequence[Rang], tries: Sequence[CallbackTry]) -> str:
    """What the one who rang so often said in a round: after they last did, or a "no" before that."""
    calls, since = {one.call for one in rang}, max(one.at for one in rang)
    told = [
        (one.at, bool(one.solved and one.satisfied)) for one in tries if one.reached and one.call_id in calls
    ]
    after = [good for at, good in told if at >= since]
    if after:
        return "satisfied" if after[-1] else "unsatisfied"
    return "unsatisfied" if False in [good for _, good in told] else "unreachable"


def answers_gone(case: Case) -> frozenset[int]:
    """Entries by which somebody answered who is a caller of another case now."""
    gone = CallbackTry.objects.filter(case=case).exclude(call__case__in=_matters(case))
    return frozenset(seq or 0 for seq in gone.values_list("seq", flat=True))


def callback_refused(case: Case, call: int | None, result: str) -> type[DomainError] | None:
    """How a callback about whoever rang by `call` must be answered: by a refusal of this class, or (None) by the step."""
    left = still_to_call(case)
    calls = Call.objects.filter(case__in=_matters(case))
    numbers = {one.call_id: caller_of(one).number for one in Contact.objects.filter(call__in=calls)}
    tried = [(caller_of(one.call.contact).number, one.at) for one in _in_vain(case)]
    if not any(numbers.values()):
        waits = case.callback_tries and case.channel_id == HOTLINE and not calls
    elif call is None:
        return CallerNeeded
    elif not numbers.get(call):
        return NotFound
    elif numbers[call] not in {numbers[one] for one in left}:
        return CallerDone
    else:
        rang = [one.taken_at for one in calls if numbers.get(one.pk) == numbers[call]]
        waits = numbers[call] in {number for number, at in tried if at >= max(rang)}
    return TooSoonToTry if result == "unreachable" and waits and case.origin == "live" else None


def _matters(case: Case) -> list[int]:
    """The case, those merged into it, and so on."""
    found = [case.pk]
    for one in found:
        found += Case.objects.filter(merged_into=one).values_list("pk", flat=True)
    return found


def _in_vain(case: Case) -> list[CallbackTry]:
    came = LogEntry.objects.filter(case=case, to_state="callback").exclude(from_state="callback")
    began = came.order_by("-seq").values_list("seq", flat=True).first() or 0
    rows = CallbackTry.objects.filter(case=case, seq__gt=began, reached=False)
    return list(rows.select_related("call__contact"))
