# SPDX-License-Identifier: Apache-2.0
"""Rulings on who is in charge, as precedents: requests of units granted and refused, cases dispatched otherwise than the
matrix proposed. They are read from the record; nothing is kept beside it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

    `words` (each of two characters or more) stand in a reason or basis given on the case. Four queries, one more to look
    up a class.
    """
    rows = LogEntry.objects.filter(RawSQL(_RULINGS, [], output_field=BooleanField()), _read_by(actor))
    if class_code:
        rows = rows.filter(case__class_code__in=codes_under(class_code))
    for word in words.split():
        rows = rows.filter(_holds(word))
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


def _holds(word: str) -> Any:
    """By the index of reasons; the few cases it names are kept."""
    found = (
        f"SELECT s.case_id FROM cases_casetext s WHERE {_REASONS} AND bigrams(s.text) @> bigrams(%s)"
        " AND strpos(lower(s.text), lower(%s)) > 0"
    )
    return RawSQL(f"cases_logentry.case_id = ANY(ARRAY({found}))", [word, word], output_field=BooleanField())


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
