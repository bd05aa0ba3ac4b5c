# SPDX-License-Identifier: Apache-2.0
"""`wangge db`: the database server of this installation."""

import os

import click

from wangge.config.binaries import copy_programs
from wangge.config.cli.opening import check_made
from wangge.config.cluster import Cluster
from wangge.config.database import ROLES, external_url, prepare_database, role_parameters
from wangge.config.faults import EnvironmentFault

role_option = click.option(
    "--role", type=click.Choice(ROLES), default="owner", show_default=True, help="Database role. 数据库角色。"
)


@click.group()
def db() -> None:
    """Start, stop, look at the database · 数据库"""


@db.command()
def start() -> None:
    """Start (first make) the database · 启动"""
    if external_url() is None:
        Cluster().start()
    prepare_database()
    click.echo(_describe())


@db.command()
def stop() -> None:
    """Stop the embedded database · 停止"""
    _embedded().stop()
    click.echo("已停止。 Stopped.")


@db.command()
def status() -> None:
    """Whether it runs; exit code 3 if not · 状态"""
    click.echo(_describe())
    if external_url() is None and not Cluster().is_ready():
        raise click.exceptions.Exit(3)


@db.command()
@role_option
def url(role: str) -> None:
    """Print address with password · 显示连接地址"""
    check_made()
    import psycopg.conninfo

    click.echo(psycopg.conninfo.make_conninfo(**role_parameters(role)))


@db.command(context_settings={"ignore_unknown_options": True})
@role_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(role: str, arguments: tuple[str, ...]) -> None:
    """Open psql; ARGUMENTS go to it · 打开 psql"""
    check_made()
    from psycopg.conninfo import make_conninfo

    parameters = role_parameters(role)
    password = str(parameters.pop("password"))
    program = copy_programs(Cluster().folder) / "psql"
    os.execvpe(
        program,
        [str(program), "-d", make_conninfo(**parameters), *arguments],
        os.environ | {"PGPASSWORD": password},
    )


def _embedded() -> Cluster:
    if external_url() is not None:
        raise EnvironmentFault(
            "正在使用 WANGGE_DATABASE_URL 指定的服务器，不由本命令管理。",
            "The server in WANGGE_DATABASE_URL is in use; this command does not manage it.",
        )
    return Cluster()


def _describe() -> str:
    if external_url() is not None:
        return "使用外部服务器。 Using the server named in WANGGE_DATABASE_URL."
    state = Cluster().status()
    word = "运行中 running" if state.running else "未运行 not running"
    return f"{word}: 127.0.0.1:{state.port or '-'}\n{state.folder}\n{state.log}"
