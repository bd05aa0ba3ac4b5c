# SPDX-License-Identifier: Apache-2.0
"""Drawing cases for re-check, and what a second look finds."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case as Whichever
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When

from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry
from wangge.common.errors import NotFound
from wangge.grids.queries import city
from wangge.inspectors.actions.entering import enter
from wangge.inspectors.errors import (
    AlreadyRechecked,
    DrawnAlready,
    HandInCase,
    NothingToDraw,
    NotReportedSince,
    OwnSquad,
    PeriodTurnedRound,
    StepUnnamed,
    UnknownResult,
)
from wangge.inspectors.models import Draw, LedgerEntry, Sample
from wangge.inspectors.rechecks import hands_in, samples_to
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.sampling import Framed, draw
from wangge.inspectors.squads import around
from wangge.inspectors.texts import person_of, said, sent_once, storable
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory

LONGEST = timedelta(days=92)
#: a case that ended without closing is looked for among those reported so long before its end
ENDED_WITHIN = timedelta(days=31)
#: cases whose inspectors are looked up by one query
AT_ONCE = 5_000
#: the steps by which an inspector's own case comes in
OWN_STEPS = ("report", "settle")
DAY = timedelta(days=1)


@transaction.atomic
def draw_sample(*, since: date, until: date, seed: str, actor: Actor, at: datetime, key: UUID) -> Draw:
    """Draw from the cases of the actor's areas that ended on the days `since` to `until` of the city. A day of an area is
    drawn from once: nobody draws anew until the outcome pleases.

    Sent again with the same `key`, the first draw. Raises PermissionMissing, PeriodTurnedRound, DrawnAlready,
    NothingToDraw, WordsMissing.
    """
    require(actor, Permission.SAMPLE_DRAW)
    if not since <= until <= min(local_day(at), since + LONGEST):
        raise PeriodTurnedRound(most=LONGEST.days)
    seed = said(seed, "抽样种子", "the seed")[:40]
    with connection.cursor() as cursor:  # who draws at the same time waits, and finds this draw
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('inspectors.draw'))")
    return sent_once(
        Draw.objects.all(), key, lambda: _drawn(since, until, seed, actor, at, key),
        since=since, until=until, seed=seed, drawn_by_id=person_of(actor),
    )  # fmt: skip


def _drawn(since: date, until: date, seed: str, actor: Actor, at: datetime, key: UUID) -> Draw:
    held, today = current_rules(), local_day(at)
    rule = held.rules.sampling
    areas = {one.area_path for one in directory().held_with(actor, Permission.SAMPLE_DRAW)}
    area = around(areas)
    before = Draw.objects.filter(area_path=area, since__lte=until, until__gte=since).select_related(
        "drawn_by"
    )
    if (one := before.order_by("-pk").first()) is not None:
        raise DrawnAlready(since=one.since, until=one.until, name=one.drawn_by.name)
    drawn = draw(_frame(since, until, areas, held.rules.rotation.inspector_post), rule, seed)
    if not drawn.cases:
        raise NothingToDraw
    row = Draw.objects.create(
        since=since, until=until, area_path=area, seed=seed, rules_id=held.id, counts=drawn.counts,
        due_day=today + rule.days * DAY, drawn_by_id=person_of(actor), drawn_at=at,
        delete_on=today + held.rules.ledger.keep_days * DAY, key=key,
    )  # fmt: skip
    Sample.objects.bulk_create(
        (
            Sample(draw=row, case_id=case.id, kind=case.kind, squad=case.squad, inspector_id=case.inspector)
            for case in drawn.cases
        ),
        batch_size=5_000,
    )
    return row


def _frame(since: date, until: date, areas: Iterable[str], post: str) -> Iterator[Framed]:
    """The cases of a period that may be drawn: closed, settled on the spot, and rejected after an inspector verified them;
    each with the holder of `post` whose work it is."""
    zone = city().zone
    first = datetime.combine(since, time(), zone)
    after = datetime.combine(until + DAY, time(), zone)
    places = Q(pk__in=[])
    for path in areas:
        places |= Q(area_path__startswith=path)
    walked = Case.objects.filter(places).exclude(squad="")
    closed = walked.filter(closed_at__gte=first, closed_at__lt=after)
    verified = LogEntry.objects.filter(
        case=OuterRef("pk"), step="answer_verify", recorded_at__gte=first - ENDED_WITHIN
    )
    rejected = _ended(walked, State.REJECTED, first, after).filter(Exists(verified))
    simple = _ended(walked, State.SETTLED, first, after)
    kinds = {Sample.Kind.CLOSED: closed, Sample.Kind.SIMPLE: simple, Sample.Kind.REJECTED: rejected}
    for kind, rows in kinds.items():
        found = rows.values_list("pk", "number", "squad", "reported_at").iterator(chunk_size=AT_ONCE)
        while part := [*islice(found, AT_ONCE)]:
            inspector = _inspectors_of([row[0] for row in part], min(row[3] for row in part), post)
            for pk, number, squad, _ in part:
                yield Framed(pk, number, kind.value, squad, inspector.get(pk))


def _ended(rows: QuerySet[Case], state: State, first: datetime, after: datetime) -> QuerySet[Case]:
    """Those that ended in a state in the period. By the index of rare states, which is by `reported_at`."""
    return rows.filter(
        state=state.value, last_at__gte=first, last_at__lt=after, reported_at__gte=first - ENDED_WITHIN,
        reported_at__lt=after,
    )  # fmt: skip


def _inspectors_of(ids: Sequence[int], oldest: datetime, post: str) -> dict[int, int]:
    """The inspector who reported each case, else the last one in its log; `oldest`: when the first of them was reported. One
    query."""
    rows = LogEntry.objects.filter(case_id__in=ids, post=post, recorded_at__gte=oldest, actor__isnull=False)
    theirs = Whichever(When(step__in=OWN_STEPS, then=Value(0)), default=Value(1))
    rows = rows.order_by("case_id", theirs, "-seq").distinct("case_id")
    return {case: person for case, person in rows.values_list("case_id", "actor_id") if person is not None}


@transaction.atomic
def recheck(
    sample_id: int,
    result: str,
    *,
    reason: str = "",
    found: str = "",
    step: str = "",
    actor: Actor,
    at: datetime,
) -> Sample:
    """What a second look found, by somebody without a hand in the case. A wrong or missed report needs a reason and comes
    into the ledger of the inspector who took `step`, which must be named where the steps on site were not all one inspector's;
    `found`: number of the case a missed matter was reported as.

    Raises NotFound, AlreadyRechecked, HandInCase, OwnSquad, UnknownResult, WordsMissing, StepUnnamed, NotReportedSince.
    """
    require(actor, Permission.SAMPLE_RECHECK)
    sample = Sample.objects.select_for_update(of=("self",)).select_related("draw", "case").filter(
        samples_to(actor), pk=sample_id
    ).first()  # fmt: skip
    if sample is None:
        raise NotFound
    check_free(sample, actor)
    if result not in (Sample.Result.AGREED, Sample.Result.WRONG, Sample.Result.MISSED):
        raise UnknownResult
    sample.reason = (
        said(reason, "理由", "a reason") if result != Sample.Result.AGREED or reason.strip() else ""
    )
    if result == Sample.Result.MISSED:
        sample.found = _found(sample, found)
    if result != Sample.Result.AGREED:
        sample.inspector_id = _at_fault(sample, step)
    sample.result, sample.rechecked_by_id, sample.rechecked_at = result, person_of(actor), at
    sample.save(update_fields=["inspector", "result", "reason", "found", "rechecked_by", "rechecked_at"])
    if result != Sample.Result.AGREED and sample.inspector_id is not None:
        enter(
            LedgerEntry(person_id=sample.inspector_id, kind=result, case=sample.found or sample.case, sample=sample,
                        reason=sample.reason),
            squad=sample.squad, actor=actor, at=at,
        )  # fmt: skip
    return sample


def _at_fault(sample: Sample, step: str) -> int | None:
    """Whose ledger a fault comes into. Raises StepUnnamed."""
    hands = hands_in(sample)
    if len({*hands.values()}) > 1 and step not in hands:
        raise StepUnnamed
    return hands.get(step) or next(iter(hands.values()), sample.inspector_id)


def check_free(sample: Sample, actor: Actor) -> None:
    """Raises AlreadyRechecked, OwnSquad, HandInCase."""
    if sample.result:
        raise AlreadyRechecked
    if any(held.unit == sample.squad for held in actor.held):
        raise OwnSquad
    case = sample.case
    if actor.person_id in (case.reporter_id, case.handler_id, sample.inspector_id) or (
        LogEntry.objects.of(case).filter(actor_id=actor.person_id).exists()
    ):
        raise HandInCase


def _found(sample: Sample, number: str) -> Case:
    """A case of the same squad's ground reported since the draw; whoever looks again need not see more of it."""
    reported = Case.objects.filter(squad=sample.squad, reported_at__gte=sample.draw.drawn_at)
    case = (
        reported.filter(number=number.strip()).exclude(pk=sample.case_id).first()
        if storable(number)
        else None
    )
    if case is None:
        raise NotReportedSince
    return case
