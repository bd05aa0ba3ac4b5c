# SPDX-License-Identifier: Apache-2.0
"""The command line: exit codes, the three roles, backup and restore."""

import fcntl
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from wangge.common.errors import DomainError
from wangge.config.cli import Commands
from wangge.config.faults import EnvironmentFault
from wangge.config.tests.conftest import Run


@pytest.mark.parametrize(
    ("raised", "code"),
    [(DomainError(), 1), (EnvironmentFault("磁盘", "disk"), 3), (KeyboardInterrupt(), 130), (None, 0)],
)
def test_exit_codes(raised: BaseException | None, code: int) -> None:
    group = Commands()

    @group.command()
    def act() -> None:
        if raised is not None:
            raised.__traceback__ = None
            raise raised

    result = CliRunner().invoke(group, ["act"])
    assert result.exit_code == code
    if isinstance(raised, EnvironmentFault):
        assert "磁盘" in result.output and "disk" in result.output
    assert CliRunner().invoke(group, ["unknown"]).exit_code == 2


def test_status_without_server_and_wrong_address(wangge: Run, folder: Path) -> None:
    assert wangge("db", "status", WANGGE_DATA=str(folder)).returncode == 3
    refused = wangge("db", "start", WANGGE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/wangge")
    assert refused.returncode == 3
    assert "WANGGE_DATABASE_URL" in refused.stderr and "Traceback" not in refused.stderr
    assert wangge("db", "start", WANGGE_DATABASE_URL="mysql://x").returncode == 3


def test_what_only_helps_or_refuses_makes_no_database(wangge: Run, folder: Path) -> None:
    fresh = folder / "fresh"
    helped = wangge("manage", "--help", WANGGE_DATA=str(fresh))
    assert helped.returncode == 0 and "Available subcommands" in helped.stdout
    assert not (fresh / "postgres").exists()
    for command in (
        ("key", "create", "--person", "nobody", "--name", "x", "--scope", "case:read"),
        ("manage", "check"), ("run", "--port", "18431"), ("backup", str(folder / "x.tar")), ("db", "psql"),
    ):  # fmt: skip
        refused = wangge(*command, WANGGE_DATA=str(fresh))
        assert refused.returncode == 3 and "wangge init" in refused.stderr, command
    assert not (fresh / "postgres").exists()


def test_a_command_stops_the_server_it_started(wangge: Run) -> None:
    assert wangge("init").returncode == 0
    assert wangge("db", "status").returncode == 3
    refused = wangge("key", "create", "--person", "nobody", "--name", "x", "--scope", "case:read")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert wangge("db", "status").returncode == 3
    wangge("db", "start")
    assert wangge("key", "list").returncode == 0
    assert wangge("db", "status").returncode == 0


def test_a_server_another_command_uses_goes_on(wangge: Run, installation: dict[str, str]) -> None:
    wangge("db", "stop")
    with Path(installation["WANGGE_DATA"], "use.lock").open("w") as use:
        fcntl.flock(use, fcntl.LOCK_SH)
        assert "left running" in wangge("key", "list").stderr
    assert wangge("db", "status").returncode == 0


def test_a_database_without_tables_is_not_set_up(wangge: Run) -> None:
    wangge("db", "start")
    wangge("db", "psql", "--", "-c", "alter table django_migrations rename to hidden")
    refused = wangge("key", "list")
    wangge("db", "psql", "--", "-c", "alter table hidden rename to django_migrations")
    assert refused.returncode == 3 and "wangge init" in refused.stderr


def test_restore_refuses_before_it_asks(wangge: Run, installation: dict[str, str], folder: Path) -> None:
    file = folder / "any.tar"
    file.write_bytes(b"")
    with Path(installation["WANGGE_DATA"], "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = wangge("restore", str(file))
    assert refused.returncode == 3
    assert "already running" in refused.stderr and "继续吗" not in refused.stdout


def test_restore_says_that_nothing_was_done(wangge: Run, folder: Path) -> None:
    file = folder / "any.tar"
    file.write_bytes(b"")
    declined = wangge("restore", str(file), input="n\n")
    assert declined.returncode == 1
    assert "没有恢复" in declined.stdout and "Not restored" in declined.stdout


def test_roles_are_three_and_unprivileged(wangge: Run) -> None:
    assert wangge("db", "start").returncode == 0
    query = "select rolname, rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname ~ '^wangge_' order by 1"
    for role in ("owner", "web", "worker"):
        shown = wangge("db", "psql", "--role", role, "--", "-Atc", query)
        assert shown.stdout.split() == ["wangge_owner|f|f|f", "wangge_web|f|f|f", "wangge_worker|f|f|f"]
    refused = wangge("db", "psql", "--role", "web", "--", "-c", "create table x (y int)")
    assert "permission denied" in refused.stderr


def test_backup_and_restore(wangge: Run, installation: dict[str, str], folder: Path) -> None:
    def psql(command: str) -> str:
        done = wangge("db", "psql", "--", "-v", "ON_ERROR_STOP=1", "-Atc", command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    wangge("db", "start")
    psql("create table word (zh text); insert into word values ('井盖'); grant select on word to wangge_web")
    photo = Path(installation["WANGGE_DATA"], "photos/2026/a.jpg")
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"photo")
    file = folder / "city.tar"
    assert wangge("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        assert not [name for name in archive.getnames() if "secret" in name]

    psql("update word set zh = 'changed'")
    photo.unlink()
    broken = folder / "broken.tar"
    broken.write_bytes(file.read_bytes()[:3000])
    refused = wangge("restore", "--yes", str(broken))
    assert refused.returncode == 3 and "nothing was changed" in refused.stderr
    assert psql("select zh from word") == "changed"

    done = wangge("restore", "--yes", str(file))
    assert done.returncode == 0, done.stderr
    assert psql("select zh from word") == "井盖"
    assert photo.read_bytes() == b"photo"
    assert wangge("db", "psql", "--role", "web", "--", "-Atc", "select zh from word").stdout.strip() == "井盖"


def test_a_new_key_seals_and_those_nothing_is_sealed_with_go(
    wangge: Run, installation: dict[str, str]
) -> None:
    wangge("init")
    keys = Path(installation["WANGGE_DATA"], "secrets/sealing")
    first = keys.read_text()
    assert wangge("sealing", "renew").returncode == 0
    assert (first in keys.read_text().split(), len(keys.read_text().split())) == (False, 1)
    assert keys.stat().st_mode & 0o777 == 0o600
    wangge("db", "start")
    told = wangge("sealing", "renew").stdout
    assert "Restart now" in told and "0 old kept" in told
