# SPDX-License-Identifier: Apache-2.0
"""The processes of a running installation, and the small supervisor that keeps them and the database up."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import click

from wangge.config.cluster import Cluster, is_free
from wangge.config.database import external_url
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import data_folder, make_data_folder

THREADS = 4  # requests at a time in one web process: more of them wait for each other, not for the database
PACE = 0.5  # seconds between two looks at the children
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds before a child that keeps dying is started again
STEADY = 10.0  # seconds after which a child counts as healthy again
STOP_WAIT = 15.0  # seconds a child has to finish what it does
DEAF_WAIT = 10  # seconds after which a web server ends those of its own processes that go on
LOCK = "run.lock"  # held by the one supervisor of a data folder
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass
class Child:
    """One supervised program: its command, the database role it runs with, its output.

    With `ends`, leaving with code 0 means that its work is done; otherwise every end is a crash.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path | None = None
    ends: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it as head of a process group of its own, told to stop when the supervisor dies."""
        output: IO[bytes] | None = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_stop_with_parent if sys.platform == "linux" else None,
        )
        self.started = time.monotonic()
        if output:
            output.close()

    def look(self) -> None:
        """Start it when its time has come; when it died, clear what it left and set the next time."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None or (self.ends and code == 0):
            return
        self.wait = FIRST_WAIT if now - self.started > STEADY else min(self.wait * 2, LONGEST_WAIT)
        _say(f"{self.name} 已退出（{code}），重新启动。 {self.name} ended ({code}); starting again.")
        self.kill()
        self.due = now + self.wait

    def kill(self) -> None:
        """End its whole process group at once: a killed server may leave workers that hold the port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def serving_children(host: str, port: int, workers: int, log_folder: Path | None = None) -> list[Child]:
    """The web server on `port`, the live-update process on `port` + 1 and the job worker."""
    granian = [sys.executable, "-m", "granian", "--host", host, "--no-ws", "--http", "1"]
    granian += ["--respawn-failed-workers", "--log-level", "warning"]
    # one that was just being started again when it was told to stop has not heard it, and would hold the port for ever
    granian += ["--workers-kill-timeout", str(DEAF_WAIT)]
    web = [
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(THREADS),
    ]
    live = ["--interface", "asgi", "--port", str(port + 1)]
    worker = [sys.executable, "-m", "wangge.config.cli", "worker"]
    as_web, as_worker = {"WANGGE_DB_ROLE": "web"}, {"WANGGE_DB_ROLE": "worker"}
    # Without a proxy that joins the two, pages find the live process on the next port of the same host.
    if "WANGGE_LIVE_URL" not in os.environ:
        as_web |= {"WANGGE_LIVE_URL": f":{port + 1}/live/", "WANGGE_WEB_PORT": str(port)}

    def log(name: str) -> Path | None:
        return log_folder / f"{name}.log" if log_folder else None

    return [
        Child("web", [*granian, *web, "wangge.config.wsgi:application"], as_web, log("web")),
        Child("live", [*granian, *live, "wangge.live.app:application"], as_web, log("live")),
        Child("worker", worker, as_worker, log("worker")),
    ]


def supervise(
    children: list[Child], *, ready: Callable[[], None] | None = None, address: tuple[str, int] | None = None
) -> None:
    """Keep the children and the embedded database running until SIGTERM or SIGINT; then stop them all.

    `ready` is called once, as soon as something listens on `address`. Raises EnvironmentFault when a supervisor
    already runs here.
    """
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    with _only_one():
        previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        cluster = Cluster() if external_url() is None else None
        try:
            while not stopped:
                if cluster is not None and not cluster.is_listening():
                    _bring_back(cluster, children)
                for child in children:
                    child.look()
                if ready is not None and address is not None and not is_free(address[1], address[0]):
                    ready()
                    ready = None
                time.sleep(PACE)
        finally:
            _stop_all(children)
            for number, handler in previous.items():
                signal.signal(number, handler)
    with suppress(OSError):
        click.echo("已停止。 Stopped.")


def check_ports(host: str, port: int) -> None:
    """Refuse to start where one of the two ports is taken."""
    for number in (port, port + 1):
        if not is_free(number, host):
            raise EnvironmentFault(
                f"端口 {host}:{number} 不可用：请关闭占用它的程序，或用 --port 换一个。",
                f"Port {host}:{number} cannot be used: stop the program that has it, or choose another with --port.",
            )


def _say(what: str) -> None:
    """To whoever watches; a log on a full disk must not end the supervisor."""
    with suppress(OSError):
        click.echo(what, err=True)


def _bring_back(cluster: Cluster, children: list[Child]) -> None:
    """Start the database; the children, which know it by its port, start anew when another program took that."""
    _say("数据库没有应答，正在启动。 The database does not answer; starting it.")
    port = cluster.port
    try:
        cluster.start()
    except EnvironmentFault as fault:
        _say(f"{fault.zh}\n{fault.en}")
        time.sleep(FIRST_WAIT)
    except OSError as error:  # a full disk, as a rule: tried again until there is room
        _say(f"数据库没有启动。 The database did not start: {error}")
        time.sleep(FIRST_WAIT)
    if cluster.port != port:
        for child in children:
            child.kill()


def _stop_all(children: list[Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    end = time.monotonic() + STOP_WAIT
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, end - time.monotonic()))
        child.kill()


def check_stopped() -> None:
    """Raises EnvironmentFault while a supervisor runs here."""
    if (data_folder() / LOCK).exists():
        with _only_one():
            pass


@contextmanager
def _only_one() -> Iterator[None]:
    with (make_data_folder() / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentFault(
                "这套系统已在运行：请先停止它，或用 WANGGE_DATA 指定另一个数据目录。",
                "This installation is already running: stop it first, or set WANGGE_DATA to another folder.",
            ) from error
        yield


def _stop_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
