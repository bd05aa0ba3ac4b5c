# SPDX-License-Identifier: Apache-2.0
"""The database for one command: only where it was set up, and a server started for the command stops with it."""

import fcntl
import os
from typing import IO

import click

from wangge.config.cluster import Cluster
from wangge.config.database import external_url, find_server
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import make_data_folder


def setup_django(role: str) -> None:
    """Load Django in this process with the database role `role`."""
    os.environ["WANGGE_DB_ROLE"] = role
    os.environ["DJANGO_SETTINGS_MODULE"] = "wangge.config.settings"
    import django

    django.setup()


def open_database(role: str) -> None:
    """Django as `role` on the running database of this installation. Raises EnvironmentFault before `wangge init`."""
    start_database()
    check_initialized()
    setup_django(role)


def start_database(*, make: bool = False) -> None:
    """Start the embedded server unless it runs or an external one is used; stop it when the command ends.

    It goes on running where another command has come to use it meanwhile. Without `make`, raises EnvironmentFault
    where no server was ever made, and leaves nothing behind.
    """
    if external_url() is not None:
        return
    cluster = Cluster()
    if not make:
        check_made()
    use = (make_data_folder() / "use.lock").open("w")
    fcntl.flock(
        use, fcntl.LOCK_SH
    )  # held by every command that uses the server; waits while one is stopping it
    started = not cluster.is_ready()
    click.get_current_context().call_on_close(lambda: _leave(cluster, use, started))
    if started:
        cluster.start()


def check_made() -> None:
    """Raises EnvironmentFault where the embedded server is used and was never made."""
    if external_url() is None and not Cluster().is_made():
        raise _not_set_up()


def check_initialized() -> None:
    """Raises EnvironmentFault where `wangge init` has not been run yet."""
    server = find_server()
    with server.connect() as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [server.database]).fetchone() is None:
            raise _not_set_up()
    with server.connect(server.database) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            raise _not_set_up()


def _not_set_up() -> EnvironmentFault:
    return EnvironmentFault("尚未初始化：请先执行 wangge init。", "Not set up yet: run wangge init first.")


def _leave(cluster: Cluster, use: IO[str], started: bool) -> None:
    with use:
        if not started:
            return
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(
                "数据库仍有其他命令在使用，保持运行；wangge db stop 停止。"
                " Another command uses the database, so it is left running; wangge db stop stops it.",
                err=True,
            )
            return
        _close_connections()
        cluster.stop()


def _close_connections() -> None:
    """Django's, where it was loaded, so that no pool asks a stopped server for new ones."""
    from django.apps import apps

    if apps.ready:
        from django.db import connections
        from django.db.backends.postgresql.base import DatabaseWrapper

        for connection in connections.all(initialized_only=True):
            connection.close()
            if isinstance(connection, DatabaseWrapper):
                connection.close_pool()
