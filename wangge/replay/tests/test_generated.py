# SPDX-License-Identifier: Apache-2.0
"""A generated day in the tiny city, faster than the clock."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from wangge.cases.actions.calls import caller_of
from wangge.cases.models import Call, Case, CaseText, LogEntry
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.replay import callers, generated
from wangge.replay.generated import FIRST_PART, Day
from wangge.replay.next_step import next_step
from wangge.replay.staff import Staff


@pytest.fixture(autouse=True)
def _photos(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


def test_a_day_holds_together(city: None) -> None:
    moment = now()
    day = Day(per_minute=0, at=moment, seed=7)
    day.first_part(30, moment)
    cases = list(Case.objects.all())
    assert len(cases) == 30
    assert {case.origin for case in cases} == {"generated"}
    assert not [fault for case in cases for fault in faults_of(case)]
    assert not LogEntry.objects.exclude(origin="generated").exists()
    assert all("演示生成" in (text.text or "") for text in CaseText.objects.filter(field="description"))
    states = Counter(case.state for case in cases)
    assert states["closed"] >= 5 and len(states) >= 4, states
    assert min(case.reported_at for case in cases) >= moment - FIRST_PART
    assert not [code for code in day.counts if code.startswith("refused")], day.counts


def test_it_goes_on_where_it_stopped_and_takes_reports_at_its_rate(city: None) -> None:
    moment = now()
    Day(per_minute=0, at=moment, seed=7).first_part(5, moment)
    steps = LogEntry.objects.count()
    started = moment - timedelta(minutes=10)
    again = Day(per_minute=2, at=started, seed=7)
    assert not again.is_new
    again.run_until(moment)
    assert 8 <= again.counts["report"] <= 40
    taken = sum(number for what, number in again.counts.items() if not what.startswith("call "))
    assert LogEntry.objects.count() == steps + taken
    assert not [fault for case in Case.objects.all() for fault in faults_of(case)]


def test_what_a_person_did_meanwhile_is_respected(city: None) -> None:
    moment = now()
    day = Day(per_minute=0, at=moment, seed=3)
    day.first_part(1, moment)
    Case.objects.update(state="void")
    seq = Case.objects.get().log_seq
    day.run_until(moment + timedelta(hours=12))
    assert Case.objects.get().log_seq == seq


def test_the_same_seed_gives_the_same_day(city: None) -> None:
    """Two first steps decided from the same numbers are the same."""
    from random import Random

    moment = now()
    Day(per_minute=0, at=moment, seed=5).first_part(1, moment - FIRST_PART)
    case = Case.objects.get()
    case.state, case.log_seq = "closing", 9
    one, two = (next_step(case, Random(4), Staff("generated"), moment) for _ in range(2))
    assert one == two


def test_somebody_rings_and_every_caller_is_made_up(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "_CHANNELS", {"hotline": 1})
    monkeypatch.setattr(callers, "ASKING", 1)
    monkeypatch.setattr(callers, "AGAIN", 1)
    moment = now()
    day = Day(per_minute=0, at=moment, seed=7)
    day.first_part(20, moment)
    calls = Call.objects.select_related("contact", "case")
    assert {call.outcome for call in calls} == {"answered", "reported", "joined"}
    assert all("演示生成" in (call.text or "") for call in calls if call.outcome != "reported")
    rang = [caller_of(call.contact) for call in calls]
    assert all(one.name.startswith("演示来电人") and one.number.startswith("000") for one in rang)
    opened = {call.case_id for call in calls if call.outcome == "reported"}
    assert opened == set(Case.objects.filter(channel="hotline").values_list("pk", flat=True))
    assert LogEntry.objects.filter(step="contact", result="reached").exists()
    assert not [code for code in day.counts if code.startswith("refused")], day.counts
