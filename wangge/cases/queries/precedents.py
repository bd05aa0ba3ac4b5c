# SPDX-License-Identifier: Apache-2.0
"""Rulings on who is in charge, as precedents: requests of units granted and refused, cases dispatched otherwise than the
matrix proposed. They are read from the record; nothing is kept beside it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q
from django.db.models.expressions import RawSQL

from wangge.cases.models import Case, CaseText, LogEntry, SideRecord
from wangge.cases.visibility import visible_to
from wangge.catalog.queries import codes_under
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory

#: the words of the partial index: else it would not be used
_RULINGS = (
    "(cases_logentry.step IN ('return', 'refuse_return', 'rule_return')"
    " OR (cases_logentry.step = 'dispatch' AND cases_logentry.data ->> 'as_routed' = 'false'))"
)
_REASONS = "s.field IN ('reason', 'basis')"
#: reasons in which a word stands are looked up by its index up to so many
MOST_FOUND = 1_000
#: beyond that only so many of the newest rulings are looked through: more would be read for one page of them
MOST_RULINGS = 20_000


@dataclass(frozen=True)
class Precedent:
    """A ruling. `id`: of its case; `step`: return (granted), refuse_return, rule_return or dispatch; `before`: the unit
    that had the case or was proposed; `after`: the unit it went to, is proposed for now, or stays with. `texts`: reasons
    and bases, the ruling's and those of the request it rules on, oldest first; `opens`: may the actor open the case."""

    id: int
    number: str
    step: str
    class_code: str
    area_path: str
    before: str
    after: str
    by: str
    at: datetime
    texts: tuple[tuple[str, str], ...]
    opens: bool


def precedents(
    actor: Actor,
    *,
    words: str = "",
    class_code: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Precedent]:
    """At most `limit` rulings in the areas where `actor` reads the rulebook, newest first, after the keyset (at, case).

    `words` (each of two characters or more) stand in a reason or basis given on the case; see `reach`. Four queries, one
    more for each word and to look up a class.
    """
    rows = LogEntry.objects.standing()
    rows = rows.filter(RawSQL(_RULINGS, [], output_field=BooleanField()), _read_by(actor))
    if class_code:
        rows = rows.filter(case__class_code__in=codes_under(class_code))
    if words.split():
        rows = rows.filter(_holding(words.split()))
    if after:
        at, case_id = after
        rows = rows.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, case__lt=case_id), recorded_at__lte=at)
    values: Any = rows.order_by("-recorded_at", "-case_id", "-seq").values(
        "case_id", "seq", "step", "data", "recorded_at", number=F("case__number"), class_code=F("case__class_code"),
        area_path=F("case__area_path"), by=F("actor__name"),
    )[:limit]  # fmt: skip
    return _with_texts(list(values), actor)


def _read_by(actor: Actor) -> Q:
    """Rulings are part of the rulebook: who reads it in an area reads them, without the case's other content."""
    found = Q(pk__in=[])
    for held in actor.held:
        post = directory().posts.get(held.post)
        if post and Permission.RULEBOOK_READ in post.permissions:
            found |= Q(case__area_path__startswith=held.area_path)
    return found


def reach(words: str) -> datetime | None:
    """The moment before which rulings are not looked through for words that all stand on very many cases; None = all are
    searched. A query a word, and one for the moment."""
    found = [_cases_with(word) for word in words.split()]
    return _oldest() if found and not any(cases is not None for cases in found) else None


def _holding(words: list[str]) -> Q:
    """Every word stands on the ruling's case. A rare word names its cases; a frequent one is asked of each."""
    found = {word: _cases_with(word) for word in words}
    rare = [cases for cases in found.values() if cases is not None]
    condition = Q(case__in=set.intersection(*rare)) if rare else Q()
    if not rare and (oldest := _oldest()):
        condition = Q(recorded_at__gte=oldest)
    for word, cases in found.items():
        if cases is None:
            condition &= Q(_stands_on_case(word))
    return condition


def _cases_with(word: str) -> set[int] | None:
    """The cases in whose reasons the word stands, by its index; None for more than MOST_FOUND reasons."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.case_id FROM cases_casetext s WHERE {_REASONS} AND bigrams(s.text) @> bigrams(%s)"
            f" AND strpos(lower(s.text), lower(%s)) > 0 LIMIT {MOST_FOUND + 1}",
            [word, word],
        )
        found = [row[0] for row in cursor.fetchall()]
    return set(found) if len(found) <= MOST_FOUND else None


def _stands_on_case(word: str) -> RawSQL:
    sql = (
        f"EXISTS (SELECT FROM cases_casetext s WHERE s.case_id = cases_logentry.case_id AND {_REASONS}"
        " AND strpos(lower(s.text), lower(%s)) > 0)"
    )
    return RawSQL(sql, [word], output_field=BooleanField())


def _oldest() -> datetime | None:
    """The moment of the last of the newest MOST_RULINGS rulings; None where there are no more than those."""
    rulings = LogEntry.objects.filter(RawSQL(_RULINGS, [], output_field=BooleanField()))
    newest = rulings.order_by("-recorded_at", "-case_id").values_list("recorded_at", flat=True)
    return next(iter(newest[MOST_RULINGS - 1 : MOST_RULINGS]), None)


def _with_texts(rows: list[dict[str, Any]], actor: Actor) -> list[Precedent]:
    cases = {row["case_id"] for row in rows}
    asked = {row["data"]["record"] for row in rows if row["data"].get("record")}
    requests = {r["id"]: r for r in SideRecord.objects.filter(pk__in=asked).values("id", "seq", "unit")}
    texts: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    kept = CaseText.objects.filter(case__in=cases, field__in=("reason", "basis"), text__isnull=False)
    for case_id, seq, name, text in kept.order_by("id").values_list("case_id", "seq", "field", "text"):
        texts[case_id, seq].append((name, str(text)))
    visible = set(Case.objects.filter(visible_to(actor), pk__in=cases).values_list("pk", flat=True))
    return [_precedent(row, requests, texts, row["case_id"] in visible) for row in rows]


def _precedent(
    row: dict[str, Any],
    requests: dict[int, Any],
    texts: dict[tuple[int, int], list[tuple[str, str]]],
    opens: bool,
) -> Precedent:
    data, case_id, request = row["data"], row["case_id"], requests.get(row["data"].get("record"))
    entries: Iterable[int] = (request["seq"], row["seq"]) if request else (row["seq"],)
    match row["step"]:
        case "return" | "rule_return" if "unit" in data:
            before, after = data["unit"], data.get("route", "")
        case "dispatch":
            before, after = data.get("routed", ""), data["unit"]
        case _:
            before = after = request["unit"] if request else ""
    return Precedent(
        case_id, row["number"], row["step"], row["class_code"], row["area_path"], before, after, row["by"] or "",
        row["recorded_at"], tuple(text for seq in entries for text in texts[case_id, seq]), opens,
    )  # fmt: skip
