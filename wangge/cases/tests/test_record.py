# SPDX-License-Identifier: Apache-2.0
"""The record of a case: append-only for every role, chained, redactable, and found out when changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from tests.city import MORNING, actor
from tests.loop import bring_to, step
from wangge.cases.actions import StepData, take
from wangge.cases.errors import UnknownPassage
from wangge.cases.flow import State
from wangge.cases.models import Case, CaseText, LogEntry
from wangge.cases.queries import timeline
from wangge.cases.verification import faults_of
from wangge.common.chain import START, text_digest
from wangge.common.clock import now

AsRole = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
class TestChain:
    def test_every_case_of_the_loop_verifies(self) -> None:
        for number, state in enumerate(State):
            case = bring_to(state, at=MORNING + timedelta(hours=number))
            assert faults_of(case) == []
            digests = [bytes(e.digest) for e in LogEntry.objects.filter(case=case).order_by("seq")]
            assert digests[-1] == bytes(case.log_digest) != START
            assert len(set(digests)) == len(digests) == case.log_seq

    def test_the_log_holds_digests_and_no_words(self) -> None:
        case = bring_to(State.HANDLED)
        texts = {t.text for t in CaseText.objects.filter(case=case)}
        assert texts >= {"井盖破损，行人绕行", "已更换井盖"}
        for entry in LogEntry.objects.filter(case=case):
            assert not any(text and text in str(entry.data) for text in texts)
        row = CaseText.objects.get(case=case, field="result")
        assert row.text and row.salt and row.digest == text_digest(row.text, bytes(row.salt))

    def test_redaction_destroys_the_text_and_the_chain_still_holds(self) -> None:
        case = bring_to(State.HANDLED)
        data = StepData(passage="1:description", texts={"reason": "含有个人信息"})
        take("redact", case.pk, data, actor=actor("chief_1"), at=now())
        with pytest.raises(UnknownPassage):
            take("redact", case.pk, data, actor=actor("chief_1"), at=now())
        case.refresh_from_db()
        row = CaseText.objects.get(case=case, seq=1, field="description")
        assert (row.text, row.salt) == (None, None)
        assert faults_of(case) == []
        assert timeline(case)[0].texts == {"description": None}
        step(case, "send_check")
        assert faults_of(case) == []

    @pytest.mark.parametrize(
        ("tampering", "fault"),
        [
            ("UPDATE cases_casetext SET text = '另一种说法' WHERE field = 'result'", "was changed"),
            ("UPDATE cases_casetext SET digest = repeat('0', 64), text = 'x' WHERE field = 'result'", "is not the one"),
            ("DELETE FROM cases_casetext WHERE field = 'result'", "is missing"),
            ("UPDATE cases_photo SET sha256 = repeat('0', 64) WHERE case_id IS NOT NULL", "photos"),
            ("UPDATE cases_photo SET case_id = NULL WHERE case_id IS NOT NULL", "photos"),
            ("UPDATE cases_case SET state = 'closing' WHERE state = 'handled'", "the case stands at closing"),
            ("UPDATE cases_case SET log_seq = log_seq + 1", "the case stands at"),
            ("UPDATE cases_case SET log_digest = decode(repeat('00', 32), 'hex')", "the case stands at"),
        ],
    )  # fmt: skip
    def test_what_was_changed_beside_the_log_is_found(self, tampering: str, fault: str) -> None:
        case = bring_to(State.HANDLED)
        self._tamper(tampering)
        assert any(fault in f for f in faults_of(Case.objects.get(pk=case.pk)))

    @pytest.mark.parametrize(
        "change",
        [
            "seq = 30 WHERE seq = 3", "step = 'reject' WHERE seq = 2", "result = 'x' WHERE seq = 2",
            "from_state = 'closed' WHERE seq = 3", "to_state = 'closed' WHERE seq = 3", "actor_id = NULL WHERE seq = 3",
            "post = 'operator' WHERE seq = 4", "hand = 'none' WHERE seq = 4", "origin = 'generated' WHERE seq = 4",
            "at = at + interval '1 microsecond' WHERE seq = 4", "data = '{}' WHERE seq = 1",
            "recorded_at = recorded_at - interval '1 microsecond' WHERE seq = 4",
            "digest = decode(repeat('11', 32), 'hex') WHERE seq = 2",
        ],
    )  # fmt: skip
    def test_a_rewritten_entry_is_found(self, change: str) -> None:
        case = bring_to(State.HANDLED)
        self._tamper(f"UPDATE cases_logentry SET {change}")
        assert faults_of(case) != []

    @pytest.mark.parametrize("seq", [1, 3, 6])
    def test_a_removed_entry_is_found(self, seq: int) -> None:
        case = bring_to(State.HANDLED)
        self._tamper(f"DELETE FROM cases_logentry WHERE seq = {seq}")
        assert faults_of(case) != []

    @staticmethod
    def _tamper(statement: str) -> None:
        """Do what only a superuser could who has switched the triggers off."""
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cases_logentry DISABLE TRIGGER USER")
            cursor.execute(statement)
            assert cursor.rowcount
            cursor.execute("ALTER TABLE cases_logentry ENABLE TRIGGER USER")

    def test_the_owner_may_not_rewrite_either(self) -> None:
        bring_to(State.ACCEPTED)
        for statement in REWRITING:
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


REWRITING = (
    "UPDATE cases_logentry SET step = 'x'",
    "DELETE FROM cases_logentry",
    "TRUNCATE cases_logentry",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["owner", "web", "worker"])
def test_no_role_rewrites_the_log(city: None, role: str, as_role: AsRole) -> None:
    case = bring_to(State.ACCEPTED)
    partition = _partition_of(case)
    with as_role(role) as session:
        rewriting = [
            *REWRITING,
            f"UPDATE {partition} SET step = 'x'",
            f"DELETE FROM {partition}",
            f"TRUNCATE {partition}",
        ]
        for statement in rewriting:
            refusal = errors.RestrictViolation if role == "owner" else errors.InsufficientPrivilege
            with pytest.raises(refusal):
                session.execute(statement)
        assert session.execute("SELECT count(*) FROM cases_logentry").fetchone() == (2,)
    assert faults_of(case) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_serving_roles_cannot_remove_the_guards(city: None, role: str, as_role: AsRole) -> None:
    case = bring_to(State.ACCEPTED)
    with as_role(role) as session:
        for statement in (
            "DROP TRIGGER append_only ON cases_logentry",
            "DROP TRIGGER two_hands ON cases_logentry",
            "ALTER TABLE cases_logentry DISABLE TRIGGER ALL",
            f"ALTER TABLE {_partition_of(case)} DISABLE TRIGGER ALL",
            "DROP TABLE cases_logentry",
            f"ALTER TABLE cases_logentry DETACH PARTITION {_partition_of(case)}",
            "SET session_replication_role = replica",
            "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
            "SET ROLE wangge_owner",
            "DELETE FROM cases_case",
            "DELETE FROM cases_casetext",
            "DELETE FROM cases_dispatch",
            "DELETE FROM cases_task",
            "DELETE FROM cases_siderecord",
            "DELETE FROM cases_caselink",
            "TRUNCATE cases_case CASCADE",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                session.execute(statement)
        allowed = session.execute("SELECT has_table_privilege('cases_logentry', 'INSERT')").fetchone()
        assert allowed == (True,)


def _partition_of(case: Case) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM cases_logentry WHERE case_id = %s LIMIT 1", [case.pk]
        )
        return str(cursor.fetchone()[0])
