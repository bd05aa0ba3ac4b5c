# SPDX-License-Identifier: Apache-2.0
"""重复来电: earlier calls and cases that may be about the same matter, shown while a call is taken.

By number (a keyed digest: it answers this question and no other), by place, of the class where it is known already, by
what was said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from wangge.cases.caller_errors import NotAPhoneNumber
from wangge.cases.hotlines import Hotline, hotline, hotlines, plain_number
from wangge.cases.models import Call, Case, CaseText, Contact
from wangge.cases.queries.calls import in_my_areas, seen_case
from wangge.cases.queries.cases import duplicate_candidates
from wangge.cases.visibility import visible_to
from wangge.common.sealing import keyed_digest
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor

#: of each kind; texts are compared with those of so many newest cases and calls
MOST_SHOWN, MOST_COMPARED = 5, 200
#: share of pairs of neighbouring characters two texts have in common, of all they have: above it they are alike
ALIKE = 0.3
#: a shorter text is like too many
LEAST_TEXT = 6


class Why(StrEnum):
    """PLACE: of the same class near by; NEAR: near by, where the class is not known yet."""

    NUMBER = "number"
    PLACE = "place"
    NEAR = "near"
    TEXT = "text"


@dataclass(frozen=True)
class Repeat:
    """An earlier matter; a call answered at once has no `number`. `text` None = deleted."""

    why: frozenset[Why]
    call_id: int | None
    number: str
    state: str
    class_code: str
    text: str | None
    at: datetime


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, blanks left out: Chinese words are mostly two characters."""
    plain = "".join(text.lower().split())
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def likeness(one: str, other: str) -> float:
    """0 to 1: the share of pairs both texts have."""
    a, b = bigrams(one), bigrams(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def repeats(
    actor: Actor,
    *,
    channel: str,
    number: str,
    class_code: str,
    text: str,
    lon: float | None,
    lat: float | None,
    at: datetime,
) -> list[Repeat]:
    """Earlier matters, those alike in most respects first, then the newest. Six queries at most; raises PermissionMissing."""
    require(actor, Permission.CALL_TAKE)
    rule = hotline(channel)
    found: dict[tuple[int | None, str], Repeat] = {}
    _add(found, _by_number(actor, rule, number, at))
    if lon is not None and lat is not None:
        near = duplicate_candidates(actor, class_code=class_code, lon=lon, lat=lat, at=at)[:MOST_SHOWN]
        why, rows = frozenset({Why.PLACE if class_code else Why.NEAR}), (row for row, _ in near)
        _add(found, (Repeat(why, None, r.number, r.state, r.class_code, r.description, r.reported_at)
                     for r in rows))  # fmt: skip
    if len(text.strip()) >= LEAST_TEXT:
        _add(found, _by_text(actor, rule, text, at))
    return sorted(found.values(), key=lambda one: (-len(one.why), -one.at.timestamp()))


def _add(found: dict[tuple[int | None, str], Repeat], more: Iterable[Repeat]) -> None:
    """A matter found twice is one, for both reasons."""
    for one in more:
        key = (None if one.number else one.call_id, one.number)
        known = found.get(key)
        why = one.why | known.why if known else one.why
        found[key] = Repeat(why, *(getattr(known or one, f) for f in _FIELDS))


_FIELDS = [name for name in Repeat.__dataclass_fields__ if name != "why"]


def _by_number(actor: Actor, rule: Hotline, number: str, at: datetime) -> list[Repeat]:
    try:
        digits = plain_number(number, rule.calling_code)
    except NotAPhoneNumber:
        return []  # told when the call is saved
    if not digits:
        return []
    since = at - timedelta(days=rule.repeat_days)
    rows = (
        Contact.objects.filter(in_my_areas(actor, "call__"), number_digest=keyed_digest(digits), taken_at__gte=since)
        .select_related("call", "call__case")
        .order_by("-taken_at")[:MOST_SHOWN]
    )  # fmt: skip
    calls = [contact.call for contact in rows]
    return _of_calls(actor, calls, Why.NUMBER)


def _of_calls(actor: Actor, calls: list[Call], why: Why) -> list[Repeat]:
    pairs = [(call, seen_case(call, actor)) for call in calls]
    said = _descriptions([case.pk for _, case in pairs if case])
    return [
        Repeat(
            frozenset({why}), call.pk, case.number if case else "", case.state if case else "", call.class_code,
            said.get(case.pk, call.text) if case else call.text, call.taken_at,
        )
        for call, case in pairs
    ]  # fmt: skip


def _descriptions(cases: Iterable[int]) -> dict[int, str | None]:
    rows = CaseText.objects.filter(case__in=list(cases), seq=1, field="description")
    return dict(rows.values_list("case_id", "text"))


def _by_text(actor: Actor, rule: Hotline, text: str, at: datetime) -> list[Repeat]:
    """Among the newest cases of hotlines, and the newest calls answered at once, those that say the like."""
    since = at - timedelta(days=rule.repeat_days)
    values: Any = Case.objects.filter(
        visible_to(actor), channel__in=list(hotlines()), reported_at__gte=since
    ).newest_first().values("pk", "number", "state", "class_code", "reported_at")[:MOST_COMPARED]  # fmt: skip
    rows = list(values)
    said = _descriptions([row["pk"] for row in rows])
    why = frozenset({Why.TEXT})
    cases = [
        Repeat(why, None, r["number"], r["state"], r["class_code"], said.get(r["pk"]), r["reported_at"]) for r in rows
    ]  # fmt: skip
    answered = Call.objects.filter(
        in_my_areas(actor, ""), outcome=Call.Outcome.ANSWERED, taken_at__gte=since, text__isnull=False
    ).order_by("-taken_at", "-id")[:MOST_COMPARED]  # fmt: skip
    alike = [
        (likeness(text, one.text), one)
        for one in (*cases, *_of_calls(actor, list(answered), Why.TEXT))
        if one.text is not None
    ]
    best = sorted((pair for pair in alike if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [one for _, one in best[:MOST_SHOWN]]
