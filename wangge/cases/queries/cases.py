# SPDX-License-Identifier: Apache-2.0
"""One case, lists of cases by keyset, candidates for duplicates."""

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case as When
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import When as Then
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from wangge.cases.deadlines import Light
from wangge.cases.flow import END_STATES
from wangge.cases.models import Call, Case, CaseText
from wangge.cases.visibility import is_visible, visible_to
from wangge.catalog.forms import values_of
from wangge.catalog.queries import codes_under
from wangge.common.coordinates import Point, distance_m
from wangge.common.errors import NotFound
from wangge.grids.queries import areas, city
from wangge.organizations.directory import Actor


def get_case(number: str, actor: Actor) -> Case:
    """The case with names of its grids and people, `has_calls` on it; absent and invisible both raise NotFound."""
    rows = Case.objects.filter(number=number).select_related(
        "unit_grid", "supervision_grid", "reporter", "handler", "merged_into"
    )
    rows = rows.annotate(has_calls=Exists(Call.objects.filter(case=OuterRef("pk"))))
    case = next(iter(rows.defer("unit_grid__boundary", "supervision_grid__boundary")), None)
    if case is None or not is_visible(case, actor):
        raise NotFound
    return case


@dataclass(frozen=True)
class Filters:
    """Of a list; empty = any. `grid`: code of a supervision grid. `words` are searched in descriptions.

    `number`: a case's whole number, or its last digits (four at least). `answer`: (field, value) of a form filled in.
    """

    state: str = ""
    class_code: str = ""
    area: str = ""
    unit: str = ""
    channel: str = ""
    grid: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    light: str = ""
    only_open: bool = False
    number: str = ""
    answer: tuple[str, str] | None = None


@dataclass(frozen=True)
class CaseRow:
    """A case in a list."""

    id: int
    number: str
    state: str
    class_code: str
    class_zh: str
    class_en: str
    description: str | None
    lead_unit: str
    area_path: str
    reported_at: datetime
    due_at: datetime | None
    light: str
    outside: bool
    origin: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Listed:
    """Rows of a list. `looked_to`: a keyset (reported_at, id) up to which cases were looked through, where there may be more
    behind it; None = a list that is full, or whole."""

    rows: list[CaseRow]
    looked_to: tuple[datetime, int] | None = None


#: cases looked through in one page for words that many hold elsewhere: they may be rare where somebody looks
MOST_PASSED = 5_000


def list_cases(
    actor: Actor,
    filters: Filters,
    *,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Listed:
    """At most `limit` visible cases, newest first, beginning after the keyset (reported_at, id). One query; with words or an
    answer looked for, one more each to choose the way, and one to end it."""
    rows = _filtered(Case.objects.filter(visible_to(actor)), filters, at)
    if after:
        rows = rows.before(*after)
    ways = _ways(filters)
    edge = None
    if ways and not any(way.few for way in ways):
        keys = rows.newest_first().values_list("reported_at", "pk")
        edge = next(iter(keys[MOST_PASSED - 1 : MOST_PASSED]), None)
    if edge:
        rows = rows.down_to(*edge)
    rows = rows.filter(*(way.condition for way in ways))
    # found by what the index itself holds, so that only the rows shown are fetched, however many are passed over
    shown = rows.newest_first().values("pk")[:limit]
    found = _as_rows(Case.objects.filter(pk__in=shown).newest_first(), at)
    return Listed(found, edge if len(found) < limit else None)


def _filtered(rows: QuerySet[Case], f: Filters, at: datetime) -> Any:
    exact = {"state": f.state, "lead_unit": f.unit, "channel_id": f.channel}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if f.number:
        rows = rows.filter(_number_condition(f.number))
    if f.class_code:
        rows = rows.filter(class_code__in=codes_under(f.class_code))
    if f.area:
        rows = rows.filter(_within(f.area))
    if f.grid:
        rows = rows.filter(supervision_grid__code=f.grid)
    if f.since:
        rows = rows.filter(reported_at__gte=f.since)
    if f.until:
        rows = rows.filter(reported_at__lt=f.until)
    if f.only_open:
        rows = rows.open()  # type: ignore[attr-defined]
    if f.light:
        rows = rows.open().filter(_light_condition(f.light, at), finished_at__isnull=True)  # type: ignore[attr-defined]
    return rows


def _within(code: str) -> Q:
    """In the area; where none lies below it by equality, so that the index gives its cases newest first."""
    area = areas().get(code)
    if area is None:
        return Q(pk__in=[])
    inner = any(one.parent == code for one in areas().values())
    return Q(area_path__startswith=area.path) if inner else Q(area_path=area.path)


#: descriptions that hold the words, or forms that hold an answer, are looked up by their index up to so many; more are
#: met soon enough by looking through the newest cases
MOST_FOUND = 5_000


@dataclass(frozen=True)
class _Way:
    """How cases are found by a text: `few` are looked up, else each is asked."""

    condition: Q
    few: bool


def _ways(f: Filters) -> list[_Way]:
    ways = [_by_answer(*f.answer)] if f.answer else []
    return [*ways, _by_words(f.words.split())] if f.words.strip() else ways


def _by_words(words: list[str]) -> _Way:
    """Every one of `words`, of two characters or more, stands in the description. One query to choose the way."""
    holds = " AND ".join("strpos(lower(s.text), lower(%s)) > 0" for _ in words)
    by_index = " AND ".join("bigrams(s.text) @> bigrams(%s)" for _ in words)
    table = "cases_casetext s WHERE s.field = 'description'"
    return _found_in(table, f"{by_index} AND {holds}", words * 2, holds, words)


def _by_answer(name: str, text: str) -> _Way:
    """The field `name` of a form was answered with what `text` stands for. One query to choose the way."""
    values = [json.dumps({name: value}) for value in values_of(text)]
    holds = "(" + " OR ".join(["s.answers @> %s::jsonb"] * len(values)) + ")"
    return _found_in("cases_filledform s WHERE true", holds, values, holds, values)


def _found_in(table: str, by_index: str, given: list[str], holds: str, held: list[str]) -> _Way:
    """Cases with a row in `table` (SQL of this module, its alias s): looked up, or asked of each case, whichever is less."""
    found = f"SELECT s.case_id FROM {table} AND {by_index} LIMIT {MOST_FOUND + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({found}) f", given)
        few = cursor.fetchone()[0] <= MOST_FOUND
    if few:
        return _Way(Q(pk__in=RawSQL(found, given)), few)
    return _Way(Q(pk__in=RawSQL(f"SELECT s.case_id FROM {table} AND {holds}", held)), few)


#: a number ends with the case's id, filled up to this many digits (actions/report.py)
ID_DIGITS = 8
#: cases looked up for one tail, the newest ones
MOST_IDS = 2000


def _number_condition(text: str) -> Q:
    """The whole number, or the ids its last digits can stand for: both by an index, however many cases there are."""
    condition = Q(number=text)
    if text.isascii() and text.isdigit() and len(text) >= 4:
        tail = text[-ID_DIGITS:]
        newest = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        ids = range(int(tail), newest + 1, 10 ** len(tail))
        condition |= Q(pk__in=ids[-MOST_IDS:], number__endswith=text)
    return condition


def _light_condition(light: str, at: datetime) -> Q:
    return {
        Light.RED.value: Q(due_at__lte=at),
        Light.YELLOW.value: Q(yellow_at__lte=at, due_at__gt=at),
        Light.GREEN.value: Q(yellow_at__gt=at),
    }.get(light, Q(pk__in=[]))


def light_expression(at: datetime, *, ended: Q) -> When:
    """SQL for green, yellow, red, or "" where no clock runs; `ended` = the clock has stopped."""
    return When(
        Then(Q(due_at__isnull=True) | ended, then=Value("")),
        Then(due_at__lte=at, then=Value("red")),
        Then(yellow_at__lte=at, then=Value("yellow")),
        default=Value("green"),
    )


def _as_rows(rows: Any, at: datetime) -> list[CaseRow]:
    text = (
        CaseText.objects.filter(case=OuterRef("pk"), field="description").order_by("seq").values("text")[:1]
    )
    stopped = Q(finished_at__isnull=False) | Q(state__in=[s.value for s in END_STATES])
    rows = rows.annotate(
        class_zh=Coalesce(F("class_version__name_zh"), Value("")),
        class_en=Coalesce(F("class_version__name_en"), Value("")),
        description=Subquery(text),
        light=light_expression(at, ended=stopped),
    )
    return [CaseRow(**row) for row in rows.values(*CaseRow.__dataclass_fields__)]


def duplicate_candidates(
    actor: Actor, *, class_code: str, lon: float, lat: float, at: datetime, excluding: int = 0
) -> list[tuple[CaseRow, float]]:
    """Visible open cases of the class ("" = of any) within the city's distance and hours, nearest first, with metres."""
    here, metres = Point(lon, lat), city().duplicate_metres
    d_lat = metres / 111_000
    d_lon = d_lat / max(0.01, math.cos(math.radians(lat)))
    near = Case.objects.filter(
        visible_to(actor),
        **({"class_code": class_code} if class_code else {}),
        reported_at__gte=at - timedelta(hours=city().duplicate_hours),
        reported_at__lte=at,
        lon__range=(lon - d_lon, lon + d_lon),
        lat__range=(lat - d_lat, lat + d_lat),
    ).exclude(pk=excluding)
    rows = [
        (r, distance_m(here, Point(r.lon, r.lat))) for r in _as_rows(near.open()[:50], at) if r.lon and r.lat
    ]
    return sorted((pair for pair in rows if pair[1] <= metres), key=lambda pair: pair[1])
