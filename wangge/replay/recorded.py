# SPDX-License-Identifier: Apache-2.0
"""Recorded requests taken through the loop again, by the real actions, in order of time.

A record knows two moments: opened and closed. The steps up to the dispatch are taken at the first, those from signing
for to closing at the second, all marked `replayed`: what lies between the steps of one moment is nobody's speed.

What was done is read from the database (a request's id is its case's `external_id`), and all steps of one moment are
one transaction: killed at any point, a further run goes on where this one stopped and does nothing twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zlib import crc32

from django.db import connection, transaction

from wangge.cases.actions import StepData, report, take
from wangge.cases.actions.placing import command_path_for, decide
from wangge.cases.models import Case
from wangge.cases.models.case import Origin
from wangge.cases.norms import norms_at
from wangge.cases.reference import channels_in_force
from wangge.catalog.queries import catalog
from wangge.common.errors import DomainError
from wangge.grids.locate import Located, grid_index
from wangge.grids.queries import city
from wangge.organizations.directory import Actor, directory
from wangge.replay.errors import ReplayRunning
from wangge.replay.recording import Recorded, Recording
from wangge.replay.staff import Staff

#: one replay at a time: any number of our own, the same in every process
_LOCK = 7_011_930_418
_DONE = ("closed", "rejected")


class Cause(StrEnum):
    """What becomes of a request; the first that fits, in this order."""

    CLOSED_BEFORE_OPENED = "closed before opened"
    UNKNOWN_CLASS = "unknown class"
    NO_POSITION = "no position"
    OUTSIDE = "outside every grid"
    THROUGH = "through the loop"


@dataclass(frozen=True)
class Placed:
    """A request as this city sees it: its class (empty: unknown), its grids, and what becomes of it."""

    row: Recorded
    class_code: str
    located: Located | None
    cause: Cause


def place_all(recording: Recording) -> list[Placed]:
    """Every request of the recording with its class and grids by the reference data in force."""
    classes = _classes_by_words()
    return [_placed(row, classes.get(row.words, "")) for row in recording.rows]


def _placed(row: Recorded, class_code: str) -> Placed:
    has_position = row.lon is not None and row.lat is not None
    located = grid_index().locate(row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    if row.closed_before_opened:
        cause = Cause.CLOSED_BEFORE_OPENED
    elif not class_code:
        cause = Cause.UNKNOWN_CLASS
    elif located is None:
        cause = Cause.OUTSIDE if has_position else Cause.NO_POSITION
    else:
        cause = Cause.THROUGH
    return Placed(row, class_code, located, cause)


def _classes_by_words() -> dict[tuple[str, ...], str]:
    """Class codes by the names of major, minor and detail: a detail's name alone may stand under two parents."""
    known = catalog()
    names = {}
    for info in known.classes.values():
        path = [known.classes[code] for code in info.path.strip("/").split("/")]
        if info.level == "detail" and known.fileable(info.code):
            names[tuple(c.name_en for c in path)] = info.code
    return names


def channels_by_source() -> dict[str, str]:
    """Channel codes by the name a record has for its source; a source not among them counts as the operator's."""
    return {info.name_en: info.code for info in channels_in_force().values()}


@dataclass(frozen=True)
class Moment:
    """One of the two moments of a request."""

    at: datetime
    closes: bool
    placed: Placed

    def order(self) -> tuple[datetime, bool, str]:
        return self.at, self.closes, self.placed.row.id


def moments(requests: list[Placed]) -> list[Moment]:
    """Both moments of every request in order of time; one that never reaches a unit has only the first."""
    found = [Moment(placed.row.opened, False, placed) for placed in requests]
    found += [Moment(p.row.closed, True, p) for p in requests if p.row.closed and p.cause is Cause.THROUGH]
    return sorted(found, key=Moment.order)


@dataclass
class Outcome:
    """What a run did: moments taken now, known from an earlier run, and refused by the loop (code of refusal)."""

    taken: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def replay(recording: Recording, progress: Callable[[int, int], None]) -> Outcome:
    """Take the requests through the loop. `progress(done, total)` hears of every moment not known before.

    Raises ReplayRunning when another process is at it. A step the loop refuses (a person has taken the case over
    meanwhile) is counted and the replay goes on.
    """
    with _only_one():
        replaying, stream = _Replaying(), moments(place_all(recording))
        left = [moment for moment in stream if not replaying.knows(moment)]
        replaying.outcome.known = len(stream) - len(left)
        for number, moment in enumerate(left, start=1):
            replaying.take(moment)
            progress(number, len(left))
    return replaying.outcome


class _Replaying:
    def __init__(self) -> None:
        rows = Case.objects.filter(origin=Origin.REPLAYED).exclude(external_id="")
        self._cases = {
            known: (pk, state) for pk, known, state in rows.values_list("pk", "external_id", "state")
        }
        self._staff = Staff(Origin.REPLAYED)
        self._channels = channels_by_source()
        self.outcome = Outcome()

    def knows(self, moment: Moment) -> bool:
        """An earlier run has taken it."""
        case_id, state = self._cases.get(moment.placed.row.id, (0, ""))
        return bool(case_id) and (not moment.closes or state in _DONE)

    def take(self, moment: Moment) -> None:
        case_id, _ = self._cases.get(moment.placed.row.id, (0, ""))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # Not waiting for the disk: what a crash of the machine takes away the next run takes again.
                cursor.execute("SET LOCAL synchronous_commit = off")
                self._close(case_id, moment) if moment.closes else self._open(moment)
        except DomainError as refusal:
            self.outcome.refused[refusal.code] += 1
            return
        self.outcome.taken += 1

    def _open(self, moment: Moment) -> None:
        placed, row, at = moment.placed, moment.placed.row, moment.at
        turn, area = _turn(row), placed.located.area_path if placed.located else ""
        operator = self._staff.holder("operator", turn=turn, area_path=area)
        opened = report(
            description=_description(placed), place_text=row.neighborhood, lon=row.lon, lat=row.lat,
            class_code=placed.class_code, channel=self._channels.get(row.source, "operator"), external_id=row.id,
            actor=operator, at=at,
        )  # fmt: skip
        if placed.cause is Cause.CLOSED_BEFORE_OPENED:
            reason = "原记录的办结时间早于受理时间，数据有误。 The record closes before it opens: wrong data."
            take("reject", opened.case_id, StepData(texts={"reason": reason}), actor=operator, at=at)
        if placed.cause is Cause.THROUGH:
            self._send_to_unit(opened.case_id, moment, operator)
        self._cases[row.id] = (opened.case_id, opened.state)

    def _send_to_unit(self, case_id: int, moment: Moment, operator: Actor) -> None:
        placed, at = moment.placed, moment.at
        assert placed.located
        turn, area = _turn(placed.row), placed.located.area_path
        chief = self._staff.holder("duty_chief", turn=turn, area_path=area)
        norm = norms_at(placed.class_code, area)[0]
        commanding = command_path_for(placed.class_code, area)
        dispatcher = self._staff.holder("dispatcher", turn=turn, area_path=commanding)
        take("accept", case_id, actor=operator, at=at)
        take("file", case_id, StepData(norm_id=norm.id), actor=chief, at=at)
        take("dispatch", case_id, StepData(unit=self._unit(placed)), actor=dispatcher, at=at)

    def _unit(self, placed: Placed) -> str:
        """The unit that had it, where there is such a unit; else the one the matrix names for the class."""
        if placed.row.department in directory().units:
            return placed.row.department
        assert placed.located
        day = placed.row.opened.astimezone(city().zone).date()
        return decide(placed.class_code, placed.located.area_path, (), day=day).lead

    def _close(self, case_id: int, moment: Moment) -> None:
        placed, row, at = moment.placed, moment.placed.row, moment.at
        assert placed.located
        unit, area, turn = self._unit(placed), placed.located.area_path, _turn(row)
        supervision = placed.located.supervision
        squad = directory().squad_of(supervision.code) if supervision else ""
        result = {"result": "历史数据回放：原记录此时办结。 Replayed: recorded as closed at this moment."}
        operator = self._staff.holder("operator", turn=turn, area_path=area)
        inspector = self._staff.holder("inspector", turn=turn, unit=squad, area_path=area)
        take("sign_for", case_id, actor=self._staff.holder("unit_clerk", turn=turn, unit=unit), at=at)
        handler = self._staff.holder("handler", turn=turn, unit=unit)
        take("finish", case_id, StepData(texts=result), actor=handler, at=at)
        take("send_check", case_id, actor=operator, at=at)
        take(
            "answer_check",
            case_id,
            StepData(result="passed", lon=row.lon, lat=row.lat),
            actor=inspector,
            at=at,
        )
        chief = self._staff.holder("duty_chief", turn=turn, area_path=area)
        take("close", case_id, StepData(result="solved"), actor=chief, at=at)
        self._cases[row.id] = (case_id, "closed")


def _turn(row: Recorded) -> int:
    """Spreads requests over the people of a pool, the same way in every run."""
    return crc32(row.id.encode())


def _description(placed: Placed) -> str:
    """The record's own words for the class: no free text is read."""
    return " · ".join(placed.row.words)


@contextmanager
def _only_one() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise ReplayRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
