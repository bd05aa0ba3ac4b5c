# SPDX-License-Identifier: Apache-2.0
"""Notices of a person: who reads them, what they say, and that nothing is said twice."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection

import wangge.cases
from tests.city import MORNING, actor, person
from wangge.cases.actions import StepData, report, take
from wangge.notices.actions import announce_calendar_end, mark_read
from wangge.notices.models import Notice
from wangge.notices.queries import latest, unread, unread_count
from wangge.notices.templates import ENDINGS, TEMPLATES, say

pytestmark = pytest.mark.usefixtures("city")
#: the tiny city's calendar ends with 2026
LAST_DAY = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)


def write(login: str, count: int = 1, **facts: Any) -> None:
    recipient = person(login)
    for _ in range(count):
        Notice.objects.create(
            recipient=recipient,
            template="task",
            facts={"number": "WG1"} | facts,
            state="sent",
            created_at=MORNING,
        )


def test_reporter_is_told_that_the_case_ended() -> None:
    reporter = actor("inspector_east")
    taken = report(description="井盖破损", lon=120.015, lat=30.015, actor=reporter, at=MORNING)
    take("reject", taken.case_id, StepData(texts={"reason": "不属实"}), actor=actor("operator_1"), at=MORNING)

    told = [row for row in unread(reporter.person_id) if row.template == "ended"]
    assert [row.number for row in told] == [taken.number]
    assert told[0].text_zh == f"您上报的案卷 {taken.number} 未予受理或立案，理由见办理经过。"
    assert taken.number in told[0].text_en and "not taken up" in told[0].text_en


def test_reading_marks_one_persons_notices_delivered() -> None:
    write("operator_1", 3)
    write("operator_2")
    reader, other = person("operator_1").pk, person("operator_2").pk
    assert unread_count(reader) == 3

    shown = latest(reader)[0].id
    write("operator_1")
    assert mark_read(reader, shown, at=MORNING) == 3
    assert unread_count(reader) == 1, "what came after the page was shown"
    assert mark_read(reader, latest(reader)[0].id, at=MORNING) == 1
    assert mark_read(reader, latest(reader)[0].id, at=MORNING + timedelta(hours=1)) == 0
    assert unread_count(reader) == 0 and unread(reader) == []
    assert {(n.state, n.read_at) for n in Notice.objects.filter(recipient=reader)} == {("delivered", MORNING)}
    assert unread_count(other) == 1
    assert len(latest(reader)) == 4


def test_newest_first_and_paged() -> None:
    write("operator_1", 5)
    reader = person("operator_1").pk
    first = latest(reader, limit=3)
    second = latest(reader, before=first[-1].id, limit=3)
    ids = [row.id for row in first + second]
    assert ids == sorted(ids, reverse=True) and len(ids) == 5


def test_counting_stops_where_the_page_does() -> None:
    write("operator_1", 105)
    assert unread_count(person("operator_1").pk) == 100


def test_no_person_has_no_notices() -> None:
    write("operator_1")
    assert latest(None) == [] and unread_count(None) == 0


def test_every_template_of_the_cases_room_has_a_sentence() -> None:
    calls = (
        node
        for path in (Path(str(wangge.cases.__file__)).parent / "actions").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith("tell")
    )
    # a file's tell() has no arguments
    used = {
        arg.value
        for call in calls
        for arg in (*call.args, *(k.value for k in call.keywords if k.arg == "along"))
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    }
    assert {
        "task",
        "accepted",
        "ended",
        "merged",
        "merged_along",
        "unrouted",
        "record_refused",
        "withdrawn",
    } <= used, "pattern out of date"
    assert used <= TEMPLATES.keys()


@pytest.mark.parametrize("template", TEMPLATES)
def test_sentences_are_whole_in_both_languages(template: str) -> None:
    for state in (*ENDINGS, "handling"):
        row = {"class": "C01", "place": "*", "owner": "*", "lead": "swj", "why": "unit_ended"}
        row |= {"first_day": "2026-04-01"}
        row |= {
            "day": "2026-03-01",
            "until": "2026-03-08",
            "due": "18:00",
            "draft": "3",
            "plan": "7",
            "unit": "sq",
            "squad": "sq",
            "grid": "S01",
            "name": "会",
            "name_zh": "一",
            "name_en": "one",
            "step_zh": "派遣",
            "step_en": "Dispatch",
            "turn_zh": "换分队",
            "turn_en": "squads",
            "month": "2026-02",
        }
        sentence = say(template, {"number": "WG1", "state": state, "year": 2026, "count": 3} | row)
        assert re.search("[一-鿿]", sentence.zh) and not re.search("[一-鿿]", sentence.en)
        assert not re.search("[{}]", sentence.zh + sentence.en)


@pytest.mark.parametrize(("days", "told"), [(-61, 0), (-60, 2), (0, 2), (40, 2)])
def test_calendar_end_is_told_sixty_days_ahead(days: int, told: int) -> None:
    assert announce_calendar_end(at=LAST_DAY + timedelta(days=days)) == told
    if told:
        notices = Notice.objects.filter(template="calendar_ending")
        assert {n.recipient.login for n in notices} == {"administrator", "administrator_east"}
        assert all("2026" in latest(n.recipient_id)[0].text_zh for n in notices)


def test_calendar_end_is_told_once() -> None:
    assert announce_calendar_end(at=LAST_DAY) == 2
    reader = person("administrator").pk
    mark_read(reader, latest(reader)[0].id, at=LAST_DAY)
    assert announce_calendar_end(at=LAST_DAY + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_calendar_end_is_told_once_by_two_workers() -> None:
    def announce() -> None:
        announce_calendar_end(at=LAST_DAY)
        connection.close()

    workers = [Thread(target=announce) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Notice.objects.filter(template="calendar_ending").count() == 2
