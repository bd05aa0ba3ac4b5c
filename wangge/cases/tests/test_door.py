# SPDX-License-Identifier: Apache-2.0
"""The door: repeated senders, stale pages, moments, and what is refused before anything is written."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from tests.city import COVER, IN_EAST, IN_WEST, MORNING, TEST_EVENT, actor, person
from tests.loop import WHO, bring_to, good_data, new_case, photo, snapshot, step
from wangge.cases.actions import StepData, report, take
from wangge.cases.errors import (
    AccuracyOutOfRange,
    KeyReused,
    MergeTargetClosed,
    Missing,
    PhotoUnavailable,
    StalePage,
    TextTooLong,
    TooFewPhotos,
    UnknownChannel,
    UnknownClass,
    UnknownGrid,
    UnknownHandler,
    UnknownNorm,
    UnknownResult,
    UnknownStep,
    UnknownTarget,
    UnknownText,
    UnknownUnit,
    UnstorableText,
)  # fmt: skip
from wangge.cases.flow import State
from wangge.cases.models import Case, IdempotencyKey, LogEntry, Photo, Task
from wangge.cases.verification import faults_of
from wangge.catalog.models import Norm
from wangge.catalog.queries import catalog, norm
from wangge.common.clock import now
from wangge.common.coordinates import CoordinatesOutOfRange, CoordinateSystem
from wangge.common.errors import DomainError, NotFound
from wangge.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _report(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "description": "井盖破损",
        "lon": IN_EAST.lon,
        "lat": IN_EAST.lat,
        "class_code": COVER,
    }
    return report(**(given | {"actor": actor("operator_1"), "at": now()} | changes))


def test_a_repeated_report_is_one_case() -> None:
    key = uuid4()
    first = _report(key=key)
    untouched = snapshot()
    second = _report(key=key, at=now() + timedelta(hours=1))
    assert (second.case_id, second.number, second.seq, second.state) == (
        first.case_id, first.number, 1, "reported",
    )  # fmt: skip
    assert (first.again, second.again) == (False, True)
    assert snapshot() == untouched


def test_a_repeated_step_gives_its_first_result_whatever_came_after() -> None:
    case, key = new_case(), uuid4()
    data, by = StepData(class_code=COVER), actor("operator_1").marked("replayed")
    first = take("accept", case.pk, data, actor=by, at=case.last_at, key=key)
    case.refresh_from_db()
    step(case, "file")
    second = take("accept", case.pk, data, actor=by, at=case.last_at, key=key, seen=1)
    assert (second.seq, second.state, second.again) == (first.seq, "accepted", True)
    assert LogEntry.objects.filter(case=case).count() == 3


def test_a_key_serves_one_request_of_one_person() -> None:
    key = uuid4()
    first = _report(key=key)
    for other in (
        lambda: _report(key=key, description="另一件事"),
        lambda: _report(key=key, external_id="A-1"),
        lambda: _report(key=key, channel="hotline"),
        lambda: _report(key=key, actor=actor("operator_2")),
        lambda: take("reject", first.case_id, StepData(texts={"reason": "x"}), actor=actor("operator_1"), at=now(), key=key),
    ):  # fmt: skip
        untouched = snapshot()
        with pytest.raises(KeyReused), transaction.atomic():
            other()
        assert snapshot() == untouched


def test_a_refused_step_gives_its_key_back() -> None:
    case, key = new_case(), uuid4()
    with pytest.raises(Missing), transaction.atomic():
        step(case, "reject", key=key, texts={})
    assert not IdempotencyKey.objects.filter(key=key).exists()
    assert step(case, "reject", key=key).again is False


def test_a_stale_page_is_refused() -> None:
    case = new_case()
    step(case, "link")
    untouched_but_target = LogEntry.objects.filter(case=case).count()
    with pytest.raises(StalePage), transaction.atomic():
        step(case, "accept", seen=1)
    assert LogEntry.objects.filter(case=case).count() == untouched_but_target
    step(case, "accept", seen=2)


REFUSED: list[tuple[str, str, dict[str, Any], type[DomainError]]] = [
    ("reported", "fly", {}, UnknownStep),
    ("reported", "report", {}, UnknownStep),
    ("reported", "accept", {"class_code": "Z9999"}, UnknownClass),
    ("reported", "accept", {"class_code": "C99\0"}, UnstorableText),
    ("reported", "accept", {"grid_code": "999"}, UnknownGrid),
    ("reported", "reject", {"texts": {}}, Missing),
    ("reported", "reject", {"texts": {"reason": " \n "}}, Missing),
    ("reported", "reject", {"texts": {"reason": "字" * 4001}}, TextTooLong),
    ("reported", "reject", {"texts": {"reason": "x\0y"}}, UnstorableText),
    ("reported", "reject", {"texts": {"reason": "x\ud800y"}}, UnstorableText),
    ("reported", "reject", {"texts": {"reason": "x", "a_name_longer_than_twenty": "x"}}, UnknownText),
    ("reported", "merge", {"target": ""}, UnknownTarget),
    ("reported", "merge", {"target": "TC-nothing"}, UnknownTarget),
    ("reported", "merge", {"target": "x\0"}, UnstorableText),
    ("accepted", "file", {"norm_id": None}, Missing),
    ("accepted", "file", {"norm_id": 999_999_999}, UnknownNorm),
    ("filed", "dispatch", {"unit": ""}, Missing),
    ("filed", "dispatch", {"unit": "nobody"}, UnknownUnit),
    ("filed", "dispatch", {"unit": "jdzx"}, UnknownUnit),
    ("filed", "dispatch", {"unit": "squad_east"}, UnknownUnit),
    ("filed", "dispatch", {"unit": "swj", "assist": ("nobody",)}, UnknownUnit),
    ("filed", "transfer", {"texts": {"reason": "x"}}, Missing),
    ("dispatched", "assign", {"handler_id": None}, Missing),
    ("dispatched", "assign", {"handler_id": 10**12}, UnknownHandler),
    ("dispatched", "ask_return", {"texts": {"reason": "x"}}, Missing),
    ("handling", "finish", {"photos": ()}, TooFewPhotos),
    ("handling", "finish", {"photos": (uuid4(),)}, PhotoUnavailable),
    ("handling", "finish", {"texts": {}}, Missing),
    ("checking", "answer_check", {"result": "maybe"}, UnknownResult),
    ("checking", "answer_check", {"result": ""}, UnknownResult),
    ("checking", "answer_check", {"lon": None}, Missing),
    ("checking", "answer_check", {"lat": float("nan")}, Missing),
    ("checking", "answer_check", {"lat": 91.0}, CoordinatesOutOfRange),
    ("checking", "answer_check", {"accuracy_m": float("inf")}, AccuracyOutOfRange),
    ("checking", "answer_check", {"accuracy_m": -1.0}, AccuracyOutOfRange),
    ("callback", "call_back", {"solved": None}, Missing),
    ("callback", "call_back", {"satisfied": None}, Missing),
    ("investigating", "conclude", {"texts": {}}, Missing),
    ("closing", "close", {"result": "explained", "texts": {}}, Missing),
    ("closing", "close", {"result": "forced", "texts": {}}, Missing),
    ("closed", "reopen", {"texts": {}}, Missing),
]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "code", "changes", "error"),
    REFUSED,
    ids=[f"{r[1]}-{r[3].code}-{n}" for n, r in enumerate(REFUSED)],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    state: str, code: str, changes: dict[str, Any], error: type[DomainError]
) -> None:
    case = bring_to(State(state))
    data = good_data(code, case, **changes) if code in WHO else StepData()
    taker = actor(WHO.get(code, "operator_1").format(unit="swj")).marked("replayed")
    untouched = snapshot()
    with pytest.raises(error) as refused, transaction.atomic():
        take(code, case.pk, data, actor=taker, at=case.last_at)
    assert type(refused.value) is error
    assert refused.value.message("zh") and refused.value.message("en")
    assert snapshot() == untouched


def test_wrong_people_and_norms_of_other_places_are_refused() -> None:
    case = bring_to(State.DISPATCHED)
    for login in ("handler_csgl", "clerk_swj", "outsider"):
        with pytest.raises(UnknownHandler), transaction.atomic():
            step(case, "assign", handler_id=person(login).pk)
    accepted = bring_to(State.ACCEPTED)
    with pytest.raises(UnknownNorm), transaction.atomic():
        step(accepted, "file", norm_id=catalog().norms_of(TEST_EVENT)[0].id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"description": "  "}, Missing),
        ({"description": "x\0"}, UnstorableText),
        ({"place_text": "字" * 4001}, TextTooLong),
        ({"class_code": "Z9"}, UnknownClass),
        ({"channel": "pigeon"}, UnknownChannel),
        ({"grid_code": "Z9"}, UnknownGrid),
        ({"lon": 30.0, "lat": 120.0}, CoordinatesOutOfRange),
        ({"lon": float("nan")}, CoordinatesOutOfRange),
        ({"external_id": "x\0"}, UnstorableText),
        ({"photos": (uuid4(),)}, PhotoUnavailable),
    ],
)
def test_a_wrong_report_is_refused_and_leaves_nothing(
    changes: dict[str, Any], error: type[DomainError]
) -> None:
    untouched = snapshot()
    with pytest.raises(error), transaction.atomic():
        _report(**changes)
    assert snapshot() == untouched


def test_a_photo_serves_once_and_only_its_owner() -> None:
    case = bring_to(State.HANDLING)
    with pytest.raises(PhotoUnavailable), transaction.atomic():
        step(case, "finish", photos=(photo("operator_1"),))
    own = photo("handler_swj")
    step(case, "finish", photos=(own,))
    assert Photo.objects.get(pk=own).case_id == case.pk
    other = bring_to(State.HANDLING)
    with pytest.raises(PhotoUnavailable), transaction.atomic():
        step(other, "finish", photos=(own,))


def test_one_photo_named_twice_is_one_photo() -> None:
    case = bring_to(State.HANDLING)
    Norm.objects.filter(pk=case.norm_id or 0).update(photos_handle=2)
    norm.cache_clear()
    own = photo("handler_swj")
    with pytest.raises(TooFewPhotos), transaction.atomic():
        step(case, "finish", photos=(own, own))
    step(case, "finish", photos=(own, photo("handler_swj")))


def test_the_device_s_moment_counts_within_its_limits_and_never_before_the_last_step() -> None:
    server, walker = now(), actor("inspector_east")
    case = Case.objects.get(pk=_report(at=server - timedelta(hours=71), actor=walker).case_id)
    assert case.reported_at == server - timedelta(hours=71)
    waiting = Task.objects.get(case=case)
    assert waiting.opened_at >= server, "no task is late because a device was offline"
    desk = Case.objects.get(pk=_report(at=server - timedelta(hours=1)).case_id)
    assert abs(desk.reported_at - server) < timedelta(minutes=1), "a desk is never offline for an hour"
    far = Case.objects.get(pk=_report(at=server - timedelta(hours=73), actor=walker).case_id)
    assert abs(far.reported_at - server) < timedelta(minutes=1)
    ahead = Case.objects.get(pk=_report(at=server + timedelta(minutes=5)).case_id)
    assert abs(ahead.reported_at - server) < timedelta(minutes=1)
    entry = LogEntry.objects.get(case=far)
    assert datetime.fromisoformat(entry.data["claimed_at"]) == server - timedelta(hours=73)
    step(far, "accept", at=server - timedelta(minutes=5))
    accepted = LogEntry.objects.get(case=far, seq=2)
    assert accepted.at == far.reported_at and "claimed_at" in accepted.data
    assert not faults_of(far)


def test_a_unit_does_not_set_its_own_clock_back() -> None:
    case = bring_to(State.HANDLING, at=None)
    due = case.due_at
    Case.objects.filter(pk=case.pk).update(due_at=now() - timedelta(hours=1))
    step(case, "finish", at=now() - timedelta(hours=2))
    assert due and case.finished_at and case.due_at and case.finished_at > case.due_at


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
    ],
)
def test_an_impossible_moment_is_the_server_s(at: datetime) -> None:
    case = Case.objects.get(pk=_report(at=at).case_id)
    assert abs(case.reported_at - now()) < timedelta(minutes=1) and not faults_of(case)


def test_a_moment_of_any_zone_is_the_same_moment() -> None:
    moment = MORNING.astimezone(timezone(timedelta(hours=8)))
    case = new_case(at=moment)
    step(case, "accept", at=moment + timedelta(minutes=3))
    assert case.reported_at == MORNING and case.reported_at.astimezone(UTC) == MORNING
    assert faults_of(case) == []
    assert "claimed_at" not in LogEntry.objects.get(case=case, seq=2).data


def test_coordinates_are_kept_as_given_and_as_wgs84() -> None:
    shifted = _report(lon=120.0197, lat=30.0127, system=CoordinateSystem.GCJ02, accuracy_m=12)
    case = Case.objects.get(pk=shifted.case_id)
    assert case.position == {"lon": 120.0197, "lat": 30.0127, "system": "GCJ-02", "accuracy_m": 12}
    assert case.lon and abs(case.lon - 120.015) < 0.001 and not case.outside
    assert not faults_of(case)


@pytest.mark.parametrize(
    ("lon", "lat"), [(-1e-9, -1e-9), (1e-6, -0.0), (-179.9999999, 89.9999999), (120, 30)]
)
@pytest.mark.parametrize("accuracy", [None, 0, 5, 1e-9, 99_999.99])
def test_any_position_survives_the_record(lon: float, lat: float, accuracy: float | None) -> None:
    case = Case.objects.get(pk=_report(lon=lon, lat=lat, accuracy_m=accuracy).case_id)
    assert faults_of(case) == []


def test_a_case_is_merged_only_into_an_open_case_the_person_can_see() -> None:
    case = new_case()
    with pytest.raises(UnknownTarget), transaction.atomic():
        step(case, "merge", target=case.number)
    west = new_case(where=IN_WEST)
    with pytest.raises(UnknownTarget), transaction.atomic():
        step(case, "merge", by="operator_east", target=west.number)
    closed = bring_to(State.CLOSED)
    with pytest.raises(MergeTargetClosed), transaction.atomic():
        step(case, "merge", target=closed.number)
    step(case, "merge", target=west.number)
    assert case.merged_into_id == west.pk
    with pytest.raises(MergeTargetClosed), transaction.atomic():
        step(west, "merge", target=case.number)


def test_a_missing_case_and_a_hidden_one_look_the_same() -> None:
    west = new_case(where=IN_WEST)
    answers = set()
    for case_id in (west.pk, 10**9):
        with pytest.raises(NotFound) as error, transaction.atomic():
            take("accept", case_id, StepData(class_code=COVER), actor=actor("operator_east"), at=MORNING)
        answers.add(str(error.value.as_dict()))
    assert len(answers) == 1


def test_who_has_work_is_told_and_the_reporter_hears_the_outcome() -> None:
    case = bring_to(State.REPORTED, at=None, reporter="inspector_east")
    Notice.objects.all().delete()
    step(case, "accept")
    told = {(n.recipient.login, n.template) for n in Notice.objects.filter(case_id=case.pk)}
    assert ("inspector_east", "accepted") in told
    assert not [login for login, template in told if template == "task"], "a desk's task list tells it"
    step(case, "reject_filing")
    assert Notice.objects.filter(recipient=person("inspector_east"), template="ended").count() == 1
    handed = bring_to(State.FILED, at=None)
    step(handed, "dispatch")
    step(handed, "assign")
    tasks = Notice.objects.filter(case_id=handed.pk, template="task").order_by("id")
    assert [notice.recipient.login for notice in tasks] == ["clerk_swj", "handler_swj"]
    assert not Notice.objects.filter(recipient=person("outsider")).exists()
    quiet = bring_to(State.CLOSED)
    assert not Notice.objects.filter(case_id=quiet.pk).exists(), "a replay tells nobody"


def test_assigning_again_moves_the_task_to_the_other_handler() -> None:
    case = bring_to(State.HANDLING)
    due = case.due_at
    step(case, "assign")
    task = Task.objects.get(case=case, closed_at=None)
    assert task.assignee == person("handler_swj") and task.due_at == due
