# SPDX-License-Identifier: Apache-2.0
"""The embedded server: made, stopped, killed, refused."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from wangge.config.cluster import FIRST_PORT, SUPERUSER, Cluster
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import secret
from wangge.config.tests.conftest import passable_folder


@pytest.fixture(scope="module")
def made() -> Iterator[Cluster]:
    """One server for this module; every test leaves it able to start."""
    with passable_folder() as path:
        cluster = Cluster(path / "postgres")
        yield cluster
        cluster.stop()


@pytest.fixture
def cluster(made: Cluster) -> Cluster:
    """That server, stopped."""
    made.stop()
    return made


def connect(cluster: Cluster, host: str | None = None, password: str | None = None) -> psycopg.Connection:
    return psycopg.connect(
        host=host or cluster.host,
        port=cluster.port,
        user=SUPERUSER,
        password=password or secret("db_superuser"),
        dbname="postgres",
        autocommit=True,
    )


def postmaster(cluster: Cluster) -> int:
    return int((cluster.cluster / "postmaster.pid").read_text().split()[0])


def test_data_outlives_stop_and_kill(cluster: Cluster) -> None:
    cluster.start()
    with connect(cluster) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('井盖')")
    cluster.stop()
    assert not cluster.is_ready()
    cluster.start()
    with connect(cluster) as connection:
        connection.execute("INSERT INTO kept VALUES ('路灯')")
    os.kill(postmaster(cluster), signal.SIGKILL)
    cluster.start()
    with connect(cluster) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("井盖",), ("路灯",)]


def test_locale_durability_and_passwords(cluster: Cluster) -> None:
    cluster.start()
    cluster.start()  # a second start changes nothing
    with connect(cluster, host="127.0.0.1") as connection:
        asked = "fsync", "synchronous_commit", "full_page_writes", "server_encoding", "password_encryption"
        values = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in asked]
        assert values == [("on",), ("on",), ("on",), ("UTF8",), ("scram-sha-256",)]
        locale = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template1'"
        )
        assert locale.fetchone() == ("b", "C.UTF-8")
    for host in (cluster.host, "127.0.0.1"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(cluster, host=host, password="wrong")


def test_no_parent_changes_its_mode(folder: Path) -> None:
    cluster = Cluster(folder / "postgres")
    parents = [*cluster.folder.parents]
    before = [parent.stat().st_mode for parent in parents]
    cluster.start()
    cluster.stop()
    assert [parent.stat().st_mode for parent in parents] == before
    assert cluster.folder.stat().st_mode & 0o077 == 0


def test_taken_port_is_left_alone(cluster: Cluster) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (cluster.folder / "port").write_text(str(taken))
        cluster.start()
        assert cluster.port is not None and cluster.port != taken and cluster.port >= FIRST_PORT


def test_asked_port_that_is_taken_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("WANGGE_DB_PORT", str(other.getsockname()[1]))
        with pytest.raises(EnvironmentFault) as refusal:
            cluster.start()
    assert "WANGGE_DB_PORT" in refusal.value.zh
    assert "WANGGE_DB_PORT" in refusal.value.en


def test_full_disk_is_refused_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(folder / "postgres")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**6))
    with pytest.raises(EnvironmentFault, match="Disk full"):
        cluster.start()
    assert not cluster.cluster.exists()


def test_server_that_cannot_write_says_so(cluster: Cluster) -> None:
    """A cluster whose files are damaged ends with the log's last lines, not with silence or a traceback."""
    cluster.start()
    cluster.stop()
    control = cluster.cluster / "global/pg_control"
    control.rename(cluster.cluster / "away")
    with pytest.raises(EnvironmentFault) as refusal:
        cluster.start()
    assert "pg_control" in refusal.value.en
    (cluster.cluster / "away").rename(control)


def test_pid_file_of_another_program_does_not_block(cluster: Cluster) -> None:
    cluster.start()  # makes it, where this test runs alone
    cluster.stop()
    (cluster.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.cluster}\n")
    cluster.start()
    assert postmaster(cluster) != os.getpid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_folder_the_server_cannot_reach_is_named(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(EnvironmentFault, match="WANGGE_DATA"):
        Cluster(folder / "closed/postgres").start()


def test_half_made_cluster_is_made_again(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.cluster / "PG_VERSION").unlink()  # initdb writes it early and is trusted only with it
    cluster.start()
    assert cluster.is_ready()
