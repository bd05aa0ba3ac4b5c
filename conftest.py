# SPDX-License-Identifier: Apache-2.0
"""Every test session has a throw-away PostgreSQL: ours, or the server WANGGE_TEST_DATABASE_URL names.

WANGGE_NO_SKIP=1 makes every skipped test a failed one.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import django
import hypothesis
import psycopg
import pytest
from django.conf import settings

# what is right is right on a slow machine too
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

PREFIX = "wangge-test-"
_session: dict[str, Any] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server before Django reads its settings. Of parallel workers each has its own, their controller none."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return
    from wangge.config.cluster import Cluster
    from wangge.config.database import prepare_database

    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)
    os.environ["WANGGE_DATA"] = str(folder / "data")
    os.environ.pop("WANGGE_DATABASE_URL", None)
    os.environ.pop("WANGGE_DB_PORT", None)
    _session["folder"] = folder
    external = os.environ.get("WANGGE_TEST_DATABASE_URL")
    if external:
        os.environ["WANGGE_DATABASE_URL"] = external
    else:
        _session["cluster"] = Cluster(durable=False)
        _session["cluster"].start()
    prepare_database(reset_passwords=True, may_create_databases=True)
    os.environ["WANGGE_DB_ROLE"] = "owner"
    os.environ["DJANGO_SETTINGS_MODULE"] = "wangge.config.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test
    django.setup()
    # counts of queries must not depend on how long a test took; tests that change reference data say so themselves
    settings.WANGGE_REVISION_CHECK_SECONDS = 3600.0


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its folder."""
    if "cluster" in _session:
        _session["cluster"].stop()
    if "folder" in _session:
        shutil.rmtree(_session["folder"], ignore_errors=True)


def _sweep() -> None:
    """Remove what a killed session left behind."""
    from wangge.config.cluster import Cluster

    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            os.kill(int(folder.name.removeprefix(PREFIX).split("-")[0]), 0)
        except ProcessLookupError:
            postgres = folder / "data/postgres"
            if postgres.is_dir():
                Cluster(postgres).stop()
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            pass  # another user's session


@pytest.fixture
def as_role() -> Callable[[str], AbstractContextManager[psycopg.Connection]]:
    """`with as_role("web") as connection:` - the test's database as owner, web or worker sees it, in autocommit."""
    from django.db import connection as django_connection

    from wangge.config.database import role_parameters

    @contextmanager
    def connect(role: str) -> Iterator[psycopg.Connection]:
        parameters = role_parameters(role) | {"dbname": django_connection.settings_dict["NAME"]}
        with psycopg.connect(**parameters, autocommit=True) as connection:
            yield connection

    return connect


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """After a test that commits, bring the database back from a copy made now.

    Django would empty the tables instead, which append-only tables refuse and which would lose the loaded city.
    """
    from django.db import connection
    from django.test import TransactionTestCase
    from psycopg import sql

    from wangge.config.database import find_server

    with django_db_blocker.unblock():
        database = sql.Identifier(connection.settings_dict["NAME"])
    copy = sql.Identifier("test_wangge_as_set_up")

    def replace(target: sql.Identifier, source: sql.Identifier) -> None:
        connection.close()
        with find_server().connect() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER wangge_owner TEMPLATE {} STRATEGY file_copy").format(
                    target, source
                )
            )

    with django_db_blocker.unblock():
        replace(copy, database)
    TransactionTestCase._fixture_teardown = lambda self: replace(database, copy)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _no_outside() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test may not connect to {address}")
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Any) -> Any:
    if os.environ.get("WANGGE_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
