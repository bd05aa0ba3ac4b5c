# SPDX-License-Identifier: Apache-2.0
"""`wangge init`, `run`, `worker`, `manage`: set an installation up and keep it running."""

import hashlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import click

from wangge.config.cli.opening import check_initialized, check_made, setup_django, start_database
from wangge.config.database import prepare_database
from wangge.config.paths import data_folder
from wangge.config.processes import check_ports, serving_children, supervise

Command = Callable[..., None]
#: seconds a clock is put back by more than what keeps it right
CLOCK_STEP = 30.0
#: words of `wangge manage` that only ask for help and need no database
HELP = {"-h", "--help", "help", "--version", "version"}


def serving_options(command: Command) -> Command:
    """The options of every command that serves pages: --host, --port, --workers."""
    host = click.option(
        "--host", default="127.0.0.1", show_default=True, help="Address to listen on. 监听地址。"
    )
    port = click.option(
        "--port",
        default=8000,
        show_default=True,
        type=click.IntRange(1, 65534),
        help="Web port; live updates use the next one. 网页端口，实时更新用下一个。",
    )
    workers = click.option(
        "--workers",
        default=min(os.cpu_count() or 1, 4),
        show_default="one a processor, at most 4",
        type=click.IntRange(1, 64),
        help="Web processes. 网页进程数。",
    )
    return host(port(workers(command)))


@click.command()
def init() -> None:
    """Set up or update · 初始化或升级

    Makes the data folder, the database, its roles and tables, and the static files. Safe to run again;
    run it after every update. 可重复执行，每次升级后请再执行一次。
    """
    initialize()
    click.echo(f"就绪：{data_folder()}\nReady. Start with: wangge run")


def initialize() -> None:
    """What `init` does, with Django left loaded as the owner."""
    start_database(make=True)
    prepare_database()
    setup_django("owner")
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    _collect_static()


def _collect_static() -> None:
    """Collect, name by content and compress the static files, which takes seconds, only when one of them changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found.update(f"{path}\0{storage.size(path)}\0{storage.get_modified_time(path)}\n".encode())
    stamp = Path(settings.STATIC_ROOT, ".collected")
    if not stamp.exists() or stamp.read_text() != found.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(found.hexdigest())


@click.command()
@serving_options
def run(host: str, port: int, workers: int) -> None:
    """Run everything until stopped · 运行全部进程

    Web pages, live updates, job worker and the embedded database. A process that dies is
    started again; SIGTERM or Ctrl-C stops everything cleanly.
    """
    check_ports(host, port)
    start_database()
    check_initialized()
    supervise(
        serving_children(host, port, workers),
        ready=lambda: click.echo(f"http://{host}:{port}/  （按 Ctrl-C 停止  Ctrl-C stops）"),
        address=(host, port),
    )


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs at a time. 同时执行的任务数。")
def worker(concurrency: int) -> None:
    """Run the job worker alone · 只运行后台任务"""
    check_made()
    setup_django("worker")
    from django.core.management import call_command

    Thread(target=_stop_when_the_clock_goes_back, daemon=True).start()
    # A job that is done leaves nothing behind; one that failed stays to be looked at.
    call_command("procrastinate", "worker", concurrency=concurrency, delete_jobs="successful")


def _stop_when_the_clock_goes_back() -> None:
    """The worker remembers for when it queued its periodic jobs last, and would queue none until then: begin anew."""
    latest = time.time()
    while time.time() > latest - CLOCK_STEP:
        latest = max(latest, time.time())
        time.sleep(1)
    click.echo("时钟被拨回，重新启动。 The clock was set back; starting again.", err=True)
    os.kill(os.getpid(), signal.SIGTERM)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a Django command · 执行 Django 管理命令"""
    os.environ.setdefault("WANGGE_DB_ROLE", "owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "wangge.config.settings"
    from django.core.management import execute_from_command_line

    if not HELP & {*(arguments or ["help"])}:
        start_database()
    execute_from_command_line(["wangge manage", *arguments])
