# SPDX-License-Identifier: Apache-2.0
"""The supervisor: a killed child and a killed database come back; SIGTERM stops all of it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wangge.config.cluster import Cluster
from wangge.config.faults import EnvironmentFault
from wangge.config.processes import check_ports

SUPERVISOR = """
import sys
from pathlib import Path
from wangge.config.processes import Child, supervise
note = "import os, time; open(os.environ['NOTE'], 'w').write(str(os.getpid())); time.sleep(600)"
supervise([Child(n, [sys.executable, "-c", note], {"NOTE": str(Path(sys.argv[1], n))}) for n in ("web", "live")])
"""


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def read_pid(path: Path) -> int:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_killed_processes_come_back(installation: dict[str, str], folder: Path) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(folder)]
    supervisor = subprocess.Popen(command, env=installation, stdout=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: read_pid(folder / "web") > 0 and read_pid(folder / "live") > 0)
        first = read_pid(folder / "web")
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: read_pid(folder / "web") not in (0, first))

        cluster = Cluster(Path(installation["WANGGE_DATA"], "postgres"))
        wait_for(cluster.is_ready)
        os.kill(int((cluster.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_for(lambda: not cluster.is_listening())
        wait_for(cluster.is_ready)
    finally:
        supervisor.send_signal(signal.SIGINT)
        said, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0 and "已停止。 Stopped." in said
    assert not lives(read_pid(folder / "web"))
    assert not lives(read_pid(folder / "live"))


def test_database_whose_port_was_taken_comes_back_on_another(
    installation: dict[str, str], folder: Path
) -> None:
    """The children, who know the old one, are started anew."""
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], env=installation)
    cluster = Cluster(Path(installation["WANGGE_DATA"], "postgres"))
    try:
        wait_for(lambda: read_pid(folder / "web") > 0 and cluster.is_ready())
        first, port = read_pid(folder / "web"), cluster.port
        supervisor.send_signal(signal.SIGSTOP)
        os.kill(int((cluster.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            wait_for(lambda: takes(other, port or 0))
            other.listen()
            assert not cluster.is_listening()
            supervisor.send_signal(signal.SIGCONT)
            wait_for(lambda: cluster.port != port and cluster.is_ready())
            wait_for(lambda: read_pid(folder / "web") not in (0, first))
    finally:
        supervisor.send_signal(signal.SIGCONT)
        supervisor.terminate()
        supervisor.wait(30)


def takes(other: socket.socket, port: int) -> bool:
    try:
        other.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_children_do_not_outlive_a_killed_supervisor(installation: dict[str, str], folder: Path) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], env=installation)
    wait_for(lambda: read_pid(folder / "web") > 0 and read_pid(folder / "live") > 0)
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not lives(read_pid(folder / "web")) and not lives(read_pid(folder / "live")))


def test_one_supervisor_an_installation(installation: dict[str, str], folder: Path) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], env=installation)
    try:
        wait_for(lambda: read_pid(folder / "web") > 0)
        second = subprocess.run(
            [sys.executable, "-c", SUPERVISOR, str(folder)],
            env=installation,
            text=True,
            capture_output=True,
            timeout=30,
        )
        assert second.returncode != 0 and "already running" in second.stderr
    finally:
        supervisor.terminate()
        supervisor.wait(30)


def test_taken_web_port_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(EnvironmentFault, match="--port"):
            check_ports("127.0.0.1", other.getsockname()[1])
