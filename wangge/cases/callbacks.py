# SPDX-License-Identifier: Apache-2.0
"""回访: who is to be called back about a case, what each of them has said, and who of them still waits.

A round of callbacks begins when the case comes to be called back. In it every caller is asked for themselves: they answer, or
are given up after as many tries as the flow says. Who has said yes to both questions is not asked again in a later round,
unless the case was opened again meanwhile. Whoever rings again about the case has something new to say: they are asked, whatever
they answered before and however often they were tried.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, IntegerField, Max, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from wangge.cases.flow import Flow, State
from wangge.cases.hotlines import hotlines, retry_hours
from wangge.cases.merged import merged_into
from wangge.cases.models import Call, CallbackTry, Case, LogEntry, SideRecord
from wangge.cases.reference import channels, flow_by_id

CALL_BACK, CORRECT = "call_back", "correct"
SATISFIED, UNSATISFIED, UNREACHABLE = "satisfied", "unsatisfied", "unreachable"


@dataclass(frozen=True)
class Owed:
    """Somebody who is owed a callback: one number, however often they called about the case.

    `calls`: oldest first; none = nobody left a number, and the one callback is the case's own; `rang`: when they last did.
    `tries`: in vain, in this round and since then, `last_try` the last of them. `said`: SATISFIED, UNSATISFIED, or "" where
    they have not answered in this round since then; a "no" stands until they say otherwise. `done`: nobody calls them now.
    """

    calls: tuple[int, ...]
    channel: str
    confidential: bool
    rang: datetime | None = None
    tries: int = 0
    last_try: datetime | None = None
    said: str = ""
    done: bool = False

    @property
    def next_at(self) -> datetime | None:
        """Not tried again before then; None = at any time."""
        hours = retry_hours([self.channel])
        return self.last_try + timedelta(hours=hours) if self.last_try and hours is not None else None


def waiting(owed: Sequence[Owed]) -> list[Owed]:
    """Who is to be called now. Where nobody is left (those who were have gone with a merge undone) all are asked anew."""
    return [one for one in owed if not one.done] or list(owed)


def outcome_of(said: Iterable[str]) -> str:
    """What a round ends with: unsatisfied as soon as one caller is, for a matter that one finds unsolved is not solved;
    unreachable where nobody answered. Who was not reached is not counted."""
    answers = {*said}
    return next((one for one in (UNSATISFIED, SATISFIED) if one in answers), UNREACHABLE)


def owed_by(cases: Collection[Case]) -> dict[int, list[Owed]]:
    """Of each of these cases, which wait to be called back, whom it owes a callback; never none. Four queries, however many."""
    ids = [case.pk for case in cases]
    matters = {case: case for case in ids} | {one.id: one.matter for one in merged_into(ids)}
    calls: dict[int, list[Any]] = {}
    rows = Call.objects.filter(case__in=matters).order_by("pk").annotate(digest=F("contact__number_digest"))
    for row in rows.values_list(
        "pk", "channel_id", "confidential", "digest", "case_id", "taken_at", named=True
    ):
        calls.setdefault(matters[row.case_id or 0], []).append(row)
    rounds = _rounds(cases)
    tries: dict[int, list[CallbackTry]] = {}
    for one in CallbackTry.objects.filter(case__in=ids).order_by("seq"):
        if one.seq not in rounds.get(one.case_id or 0, _Round()).taken_back:
            tries.setdefault(one.case_id or 0, []).append(one)
    return {
        case.pk: _of(case, calls.get(case.pk, []), rounds.get(case.pk, _Round()), tries.get(case.pk, []))
        for case in cases
    }


@dataclass(frozen=True)
class _Round:
    """Places in the log: where the round began, where the case was opened again, which steps were taken back; when somebody
    was tried in vain."""

    began: int = 0
    reopened: int = 0
    in_vain: datetime | None = None
    taken_back: frozenset[int] = frozenset()


def _rounds(cases: Collection[Case]) -> dict[int, _Round]:
    oldest = min((case.reported_at for case in cases), default=None)
    if oldest is None:
        return {}
    # a correction brings the case back to where it was, and begins no round
    came = Q(to_state=State.CALLBACK) & ~Q(from_state=State.CALLBACK) & ~Q(step=CORRECT)
    in_vain, corrected = Q(step=CALL_BACK, result=UNREACHABLE), Q(step=CORRECT, data__has_key="taken_back")
    found = LogEntry.objects.standing().filter(
        came | Q(step="reopen") | in_vain | corrected,
        case__in=[case.pk for case in cases],
        recorded_at__gte=oldest,
    )
    gone = ArrayAgg(
        Cast(KeyTextTransform("taken_back", "data"), IntegerField()), filter=corrected, default=Value([])
    )
    last = found.values("case_id").order_by().annotate(
        began=Max("seq", filter=came), again=Max("seq", filter=Q(step="reopen")), vain=Max("at", filter=in_vain),
        gone=gone,
    )  # fmt: skip
    return {
        row["case_id"]: _Round(row["began"] or 0, row["again"] or 0, row["vain"], frozenset(row["gone"]))
        for row in last
    }


def _of(case: Case, calls: list[Any], now: _Round, tries: list[CallbackTry]) -> list[Owed]:
    flow, known = flow_by_id(case.flow_id), channels()
    asking = known[case.channel_id].callback
    callers: dict[str, Owed] = {}
    for row in calls:
        if row.digest and (asking or (row.channel_id in hotlines() and known[row.channel_id].callback)):
            one = callers.setdefault(row.digest, Owed((), row.channel_id, False))
            callers[row.digest] = replace(
                one, calls=(*one.calls, row.pk), confidential=one.confidential or row.confidential,
                rang=max(one.rang or row.taken_at, row.taken_at),
            )  # fmt: skip
    if not callers:
        last = now.in_vain if case.callback_tries else None
        return [Owed((), "" if calls else case.channel_id, False, tries=case.callback_tries, last_try=last)]
    return [_told(one, now, [t for t in tries if t.call_id in one.calls], flow) for one in callers.values()]


def _told(one: Owed, now: _Round, tries: list[CallbackTry], flow: Flow) -> Owed:
    since = [t for t in tries if one.rang is None or t.at >= one.rang]
    of_round = [t for t in since if (t.seq or 0) > now.began]
    vain = [t for t in of_round if not t.reached]
    said = next((said_in(t) for t in reversed(of_round) if t.reached), "")
    pleased = any(said_in(t) == SATISFIED for t in since if (t.seq or 0) > now.reopened)
    refused = any(said_in(t) == UNSATISFIED for t in tries if (t.seq or 0) > now.began)
    return replace(
        one, tries=len(vain), last_try=vain[-1].at if vain else None, said=said or (UNSATISFIED if refused else ""),
        done=bool(said) or pleased or len(vain) >= most_tries(flow),
    )  # fmt: skip


def most_tries(flow: Flow) -> int:
    """After so many tries in vain a caller is given up."""
    step = flow.steps.get(CALL_BACK)  # a city's flow may do without
    outcome = step.outcome(UNREACHABLE) if step else None
    again = outcome is not None and any(branch.to is State.CALLBACK for branch in outcome.branches)
    return flow.callback_tries if again else 1


def why_order_owed(case: Case, matters: Collection[int]) -> str:
    """Why it must be supervised, by what those said who called about `matters`, and by its rounds without any answer: after
    the issue of the order that was accepted last; "" = it need not."""
    orders = SideRecord.objects.filter(case=case.pk, kind="supervision", ruling="granted")
    answered = orders.aggregate(Max("seq"))["seq__max"] or 0
    went = CallbackTry.objects.filter(case=case.pk).exclude(call__case__in=matters).values("seq")
    bad = Q(result=UNSATISFIED) & ~Q(seq__in=went) | Q(result=UNREACHABLE, data__round=UNREACHABLE)
    found = (
        LogEntry.objects.standing()
        .filter(bad, case=case.pk, recorded_at__gte=case.reported_at, step=CALL_BACK, seq__gt=answered)
        .values_list("result", flat=True)
    )
    return "" if not found else "unsatisfied" if UNSATISFIED in found else "unrated"


def said_in(one: CallbackTry) -> str:
    """SATISFIED, UNSATISFIED or UNREACHABLE."""
    if not one.reached:
        return UNREACHABLE
    return SATISFIED if one.solved and one.satisfied else UNSATISFIED
