# SPDX-License-Identifier: Apache-2.0
"""Which PostgreSQL this installation uses, and its three roles: owner (migrates), web and worker (serve).

The embedded server, or the one WANGGE_DATABASE_URL names: a user there who may create roles and databases. Either
way the roles' passwords are random and kept in the data directory.
"""

import os
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from wangge.config.cluster import SUPERUSER, Cluster
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import secret

ROLES = ("owner", "web", "worker")
DATABASE = "wangge"
OLDEST = 150000  # PostgreSQL 15
PATIENCE = 5.0  # seconds a request waits for a connection


@dataclass(frozen=True)
class Server:
    """An administrator's way into a server, and the name of the city's database on it."""

    administrator: dict[str, Any]
    database: str

    def connect(self, database: str | None = None) -> psycopg.Connection:
        """Connect as the administrator, in autocommit. Raises EnvironmentFault where nothing answers."""
        try:
            return psycopg.connect(**self.administrator | {"dbname": database or "postgres"}, autocommit=True)
        except psycopg.OperationalError as error:
            raise EnvironmentFault(
                f"连不上数据库：请启动它（wangge db start）或检查 WANGGE_DATABASE_URL。\n{error}",
                "Cannot reach the database: start it (wangge db start) or look at WANGGE_DATABASE_URL.",
            ) from error


def external_url() -> str | None:
    """The address of a server that is not ours, or None when the embedded one is used."""
    return os.environ.get("WANGGE_DATABASE_URL") or None


def find_server() -> Server:
    """The server of this installation, running or not."""
    url = external_url()
    if url is not None:
        try:
            parameters = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            raise EnvironmentFault(
                f"WANGGE_DATABASE_URL 无法识别：{error}",
                "WANGGE_DATABASE_URL should read postgresql://user:password@host:port/database.",
            ) from error
        return Server(parameters, str(parameters.get("dbname") or DATABASE))
    cluster = Cluster()
    parameters = {"host": cluster.host, "port": cluster.port or 5432, "user": SUPERUSER}
    return Server(parameters | {"password": secret("db_superuser")}, DATABASE)


def role_parameters(role: str, server: Server | None = None) -> dict[str, Any]:
    """Connection parameters of libpq for `role` (owner, web, worker) on the city's database."""
    if role not in ROLES:
        raise EnvironmentFault(
            f"没有数据库角色 {role!r}：WANGGE_DB_ROLE 只能是 {'、'.join(ROLES)}。",
            f"There is no database role {role!r}: WANGGE_DB_ROLE is one of {', '.join(ROLES)}.",
        )
    server = server or find_server()
    named = {"user": f"wangge_{role}", "password": secret(f"db_{role}"), "dbname": server.database}
    return server.administrator | named


def database_settings(role: str) -> dict[str, Any]:
    """Django's DATABASES entry for `role`; web and worker draw from a pool of 2 to 20 connections."""
    parameters = role_parameters(role)
    options = {
        key: value
        for key, value in parameters.items()
        if key not in ("host", "port", "user", "password", "dbname")
    }
    # statements are planned once a connection: planning the door's costs more than running them
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    # whatever a server of one's own has as its default: the door waits for a lock and reads what it finds then
    options["isolation_level"] = psycopg.IsolationLevel.READ_COMMITTED
    if role != "owner":
        # A killed database is back within these seconds, so that most requests wait it through; longer, and waiting
        # requests pile up. Attempts to connect end as soon: psycopg would space them out more and more for minutes.
        options["pool"] = {"min_size": 2, "max_size": 20, "timeout": PATIENCE, "reconnect_timeout": PATIENCE}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(parameters.get("host", "")),
        "PORT": str(parameters.get("port", "")),
        "USER": parameters["user"],
        "PASSWORD": parameters["password"],
        "NAME": parameters["dbname"],
        "CONN_MAX_AGE": 0,
        # asked when a connection is drawn: after a database restart no request meets a dead one
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def prepare_database(*, reset_passwords: bool = False, may_create_databases: bool = False) -> None:
    """Make the three roles and the city's database where they are missing. Safe to run again.

    A role that is there with another password is refused, since another installation may live by it, unless
    `reset_passwords`. `may_create_databases` lets the owner make test databases.
    """
    server = find_server()
    reset = reset_passwords or external_url() is None
    with server.connect() as connection:
        if connection.info.server_version < OLDEST:
            raise EnvironmentFault("需要 PostgreSQL 15 或更新的版本。", "PostgreSQL 15 or newer is needed.")
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            verb = "ALTER" if f"wangge_{role}" in known else "CREATE"
            if verb == "CREATE" or reset:
                connection.execute(_role_statement(verb, role, may_create_databases and role == "owner"))
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [server.database]
        ).fetchone()
        if found is None:
            connection.execute(sql.SQL("GRANT wangge_owner TO CURRENT_USER"))
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER wangge_owner TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(server.database)
                )
            )
    for role in ROLES:
        _try_password(server, role)


def _role_statement(verb: str, role: str, may_create_databases: bool) -> sql.Composed:
    return sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
        sql.SQL(verb),
        sql.Identifier(f"wangge_{role}"),
        sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB"),
        sql.Literal(secret(f"db_{role}")),
    )


def _try_password(server: Server, role: str) -> None:
    try:
        psycopg.connect(**role_parameters(role, server)).close()
    except psycopg.OperationalError as error:
        raise EnvironmentFault(
            f"角色 wangge_{role} 登录失败：这台服务器已有另一套网格系统，或密码不同。\n{error}",
            f"Role wangge_{role} cannot log in: the server serves another Wangge, or the password differs.",
        ) from error
