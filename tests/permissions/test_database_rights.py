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
    "cases_task": INSERT_UPDATE,
    "cases_unitrequest": INSERT_UPDATE,
    "cases_caselink": {"INSERT"},
    "cases_logentry": {"INSERT"},
    "notices_notice": INSERT_UPDATE,
}
WEB = RECORD | {
    "cases_photo": INSERT_UPDATE,
    "cases_idempotencykey": {"INSERT"},
    "exchange_apiuse": INSERT_UPDATE,
    "django_session": ALL,
    "mfa_authenticator": ALL,
    "desk_cache": ALL,
}
WORKER = RECORD | {
    "cases_photo": ALL,
    "cases_idempotencykey": {"INSERT", "DELETE"},
    "exchange_apiuse": {"DELETE"},
    "django_session": {"DELETE"},
    "procrastinate_jobs": ALL,
    "procrastinate_events": ALL,
    "procrastinate_periodic_defers": ALL,
    "procrastinate_workers": ALL,
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
