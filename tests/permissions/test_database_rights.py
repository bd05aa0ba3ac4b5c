# SPDX-License-Identifier: Apache-2.0
"""What the web and the worker may write in the database: a table, so that a new right is a decision and not a slip."""

import pytest
from django.db import connection

INSERT_UPDATE = {"INSERT", "UPDATE"}
ALL = {"INSERT", "UPDATE", "DELETE"}
RECORD = {
    "cases_case": INSERT_UPDATE,
    "cases_casetext": INSERT_UPDATE,
    "cases_dispatch": INSERT_UPDATE,
    "cases_filledform": INSERT_UPDATE,
    "cases_task": INSERT_UPDATE,
    "cases_siderecord": INSERT_UPDATE,
    "cases_caselink": INSERT_UPDATE,
    "cases_logentry": {"INSERT"},
    "notices_notice": INSERT_UPDATE,
}
#: reference data: the worker adds rows, and of those that are there ends them (see below)
VERSIONED = (
    "catalog_module", "catalog_generation", "catalog_catalogclass", "catalog_classmapping", "catalog_norm",
    "catalog_procedure", "catalog_form", "organizations_unit", "organizations_post",
    "organizations_appointment", "organizations_personname", "organizations_supervisionduty",
    "organizations_responsibility", "organizations_commandlevel", "organizations_areaprofile",
    "organizations_unithours", "organizations_calendarversion", "cases_flowversion", "cases_channelversion",
    "cases_hotlinerule", "supervision_oversightversion", "inspectors_inspectorrules",
)  # fmt: skip
WEB = RECORD | {
    "cases_photo": INSERT_UPDATE,
    "cases_visit": {"INSERT"},
    "cases_visitreport": {"INSERT"},
    "cases_call": {"INSERT"},
    "cases_contact": {"INSERT"},
    "cases_contactreading": {"INSERT"},
    "cases_callbacktry": {"INSERT"},
    "cases_idempotencykey": {"INSERT"},
    "exchange_apiuse": INSERT_UPDATE,
    "organizations_absence": {"INSERT", "DELETE"},
    "organizations_dutyhours": {"INSERT", "DELETE"},
    "organizations_rosterentry": {"INSERT"},
    "django_session": ALL,
    "mfa_authenticator": ALL,
    "desk_cache": ALL,
    "rulebook_draft": INSERT_UPDATE,
    "rulebook_change": ALL,
    "supervision_paper": INSERT_UPDATE,
    "supervision_papercase": {"INSERT", "DELETE"},
    "supervision_demand": ALL,
    "supervision_demandentry": {"INSERT"},
    "supervision_sitting": {"INSERT"},
    "supervision_orderdetail": {"INSERT"},
    "supervision_jointanswer": {"INSERT"},
    "supervision_campaign": {"INSERT"},
    "supervision_redaction": {"INSERT"},
    "supervision_agendaitem": {"INSERT"},
    "inspectors_draw": {"INSERT"},
    "inspectors_dailyreport": {"INSERT"},
    "inspectors_settledcount": {"INSERT"},
    "inspectors_rotationplan": INSERT_UPDATE,
    "inspectors_rotationmove": {"UPDATE"},
    "inspectors_sample": INSERT_UPDATE,
    "inspectors_ledgerentry": INSERT_UPDATE,
    "inspectors_stafffeedback": INSERT_UPDATE,
}
WORKER = RECORD | {
    "cases_photo": ALL,
    "cases_idempotencykey": {"INSERT", "DELETE"},
    "cases_contact": {"DELETE"},
    "exchange_apiuse": {"DELETE"},
    "organizations_absence": {"DELETE"},
    "organizations_rosterentry": {"DELETE"},
    "django_session": {"DELETE"},
    "procrastinate_jobs": ALL,
    "procrastinate_events": ALL,
    "procrastinate_periodic_defers": ALL,
    "procrastinate_workers": ALL,
    "rulebook_draft": {"UPDATE"},
    "rulebook_publication": {"INSERT"},
    "supervision_reached": {"INSERT"},
    "supervision_occasion": {"INSERT"},
    "supervision_recurrence": {"INSERT", "DELETE"},
    "organizations_person": {"INSERT"},
    "cases_channel": {"INSERT"},
    "common_revision": {"UPDATE"},
    "inspectors_rotationplan": {"UPDATE"},
    "inspectors_rotationmove": {"INSERT"},
    "inspectors_reportingday": {"INSERT"},
    "inspectors_reminded": {"INSERT"},
    "inspectors_gridduty": INSERT_UPDATE,
    "inspectors_draw": {"DELETE"},
    "inspectors_sample": {"DELETE"},
    "inspectors_ledgerentry": {"DELETE"},
    "inspectors_stafffeedback": {"DELETE"},
    **{key: {"INSERT"} for key in VERSIONED},
}


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "expected"), [("wangge_web", WEB), ("wangge_worker", WORKER)])
def test_only_what_is_listed_may_be_written(role: str, expected: dict[str, set[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(DISTINCT privilege_type::text) FROM information_schema.role_table_grants"
            " WHERE grantee = %s AND privilege_type <> 'SELECT' GROUP BY table_name",
            [role],
        )
        found = {table: set(rights) for table, rights in cursor.fetchall()}
    assert found == expected


@pytest.mark.django_db
def test_of_a_person_the_web_writes_the_password_and_the_last_login_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(column_name::text ORDER BY column_name) FROM information_schema.column_privileges"
            " WHERE grantee = 'wangge_web' AND table_name = 'organizations_person' AND privilege_type = 'UPDATE'"
        )
        assert cursor.fetchone() == (["last_login", "password"],)


@pytest.mark.django_db
def test_of_reference_data_the_worker_ends_rows_and_rewrites_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name)"
            " FROM information_schema.column_privileges WHERE grantee = 'wangge_worker' AND privilege_type = 'UPDATE'"
            " AND table_name = ANY(%s) GROUP BY table_name",
            [[*VERSIONED, "organizations_person"]],
        )
        found = dict(cursor.fetchall())
    assert found == {key: ["valid_to"] for key in VERSIONED} | {"organizations_person": ["name", "source"]}


@pytest.mark.django_db
def test_of_a_call_what_may_not_be_kept_is_deleted_and_nothing_else_changed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee::text, table_name, array_agg(column_name::text ORDER BY column_name)"
            " FROM information_schema.column_privileges WHERE grantee LIKE 'wangge_w%' AND privilege_type = 'UPDATE'"
            " AND table_name IN ('cases_call', 'cases_contact') GROUP BY grantee, table_name"
        )
        assert {(role, table): columns for role, table, columns in cursor.fetchall()} == {
            ("wangge_web", "cases_call"): [
                "answer",
                "place",
                "redacted_at",
                "redacted_by_id",
                "redacted_why",
                "text",
            ],
            ("wangge_worker", "cases_call"): ["answer", "contact_gone_at", "place", "text"],
            ("wangge_worker", "cases_contact"): ["number_digest", "sealed", "sealed_with"],
        }


@pytest.mark.django_db
def test_hours_entered_again_end_as_said_last_and_of_what_was_written_only_texts_are_deleted() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee::text, table_name, array_agg(column_name::text ORDER BY column_name)"
            " FROM information_schema.column_privileges WHERE grantee LIKE 'wangge_w%' AND privilege_type = 'UPDATE'"
            " AND table_name IN ('organizations_dutyhours', 'supervision_demandentry', 'supervision_jointanswer', 'cases_visit')"
            " GROUP BY grantee, table_name"
        )
        assert {(role, table): columns for role, table, columns in cursor.fetchall()} == {
            ("wangge_worker", "cases_visit"): ["answers", "place", "texts_gone_at"],
            ("wangge_web", "cases_visit"): [
                "answers",
                "place",
                "redacted_at",
                "redacted_by_id",
                "redacted_why",
            ],
            ("wangge_web", "organizations_dutyhours"): ["ends"],
            ("wangge_web", "supervision_demandentry"): ["text"],
            ("wangge_web", "supervision_jointanswer"): ["text"],
        }
