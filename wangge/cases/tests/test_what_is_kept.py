# SPDX-License-Identifier: Apache-2.0
"""How long a call is kept that came after its case had ended, and what is kept of a request that may come twice."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import actor
from tests.loop import HOTLINE, bring_to, call_about
from wangge.cases.actions import retention
from wangge.cases.actions.once import Sent
from wangge.cases.actions.retention import delete_overdue
from wangge.cases.flow import State
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Call, Case, Contact
from wangge.common.clock import now

DAY = timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_who_calls_about_a_case_that_ended_long_ago_is_kept_as_long_as_anybody() -> None:
    case, rule = bring_to(State.CLOSED, channel="operator"), hotlines()[HOTLINE]
    Case.objects.filter(pk=case.pk).update(closed_at=now() - 1000 * DAY)
    call = call_about(case, channel=HOTLINE)
    assert delete_overdue(now() + (rule.contact_days - 1) * DAY) == (0, 0)
    assert delete_overdue(now() + (rule.contact_days + 1) * DAY) == (1, 0)
    assert not Contact.objects.exists() and delete_overdue(now() + (rule.answered_days - 1) * DAY) == (0, 0)
    delete_overdue(now() + (rule.answered_days + 1) * DAY)
    assert Call.objects.get(pk=call.pk).text is None


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_what_a_shorter_rule_makes_due_at_once_goes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement of the database bears 65,535 values."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    case = bring_to(State.CLOSED)
    for _ in range(5):
        call_about(case, channel=HOTLINE)
    with CaptureQueriesContext(connection) as asked:
        assert delete_overdue(now() + 10_000 * DAY) == (5, 5)
    for statement in ('DELETE FROM "cases_contact"', 'UPDATE "cases_call" SET "text"'):
        assert sum(query["sql"].startswith(statement) for query in asked.captured_queries) == 3, statement


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_what_was_sent_with_a_key_cannot_be_guessed_from_its_digest(settings: LazySettings) -> None:
    settings.WANGGE_SEALING_KEYS = ["A" * 43]
    key, by = uuid4(), actor("operator_1")
    first, again = (Sent.of(key, by, ["accept", 1, "139"]) for _ in range(2))
    assert first and again and first == again
    assert first.digest != hashlib.sha256(b'["accept", 1, "139"]').hexdigest()
    settings.WANGGE_SEALING_KEYS = ["C" * 43]
    other = Sent.of(key, by, ["accept", 1, "139"])
    assert other and other.digest != first.digest
