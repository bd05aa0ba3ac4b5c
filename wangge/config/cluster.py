# SPDX-License-Identifier: Apache-2.0
"""The embedded PostgreSQL: made, started, stopped and brought back by our own small supervisor.

It listens on a Unix socket inside the data directory and on 127.0.0.1, asks for SCRAM passwords everywhere, and
commits durably. WANGGE_DATABASE_URL names any other PostgreSQL >= 15 instead (`wangge.config.database`).
"""

import fcntl
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wangge.config.binaries import copy_programs, database_user, run_program
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import data_folder, make_data_folder, secret

SUPERUSER = "postgres"
FIRST_PORT = 25432  # below the range systems hand out for outgoing connections
PORTS_TRIED = 100
SOCKET_PATH_LIMIT = 90  # bytes; the system's limit is 104 or 108 with the file's name
NEEDED_SPACE = 500 * 1024**2  # bytes free before a cluster is made
LEAST_SPACE = 16 * 1024**2  # bytes free before a server can start: a segment of its write-ahead log
PATIENCE = 30.0  # seconds to wait for a killed server's remains to go


@dataclass(frozen=True)
class Status:
    """What `wangge db status` tells."""

    running: bool
    port: int | None
    folder: Path
    log: Path


class Cluster:
    """The one server of a data directory."""

    def __init__(self, folder: Path | None = None, *, durable: bool = True) -> None:
        self.folder = folder if folder is not None else data_folder() / "postgres"
        self.durable = durable
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "server.log"
        self._port_file = self.folder / "port"

    @property
    def port(self) -> int | None:
        """The remembered port, or None before the first start."""
        return int(self._port_file.read_text()) if self._port_file.exists() else None

    @property
    def host(self) -> str:
        """Where clients connect: the socket's folder, or the loopback address when that path is too long."""
        run = str(self.folder / "run")
        return run if len(run.encode()) <= SOCKET_PATH_LIMIT else "127.0.0.1"

    def is_made(self) -> bool:
        """Whether there is a cluster to start, running or not."""
        return (self.cluster / "PG_VERSION").exists()

    def start(self) -> None:
        """Start the server and wait until it answers; make it first if there is none. Starting twice is harmless."""
        with self._lock():
            if self.is_ready():
                return
            programs = copy_programs(self.folder)
            if not self.is_made():
                self._make(programs)
            self._write_port()
            self._write_settings()
            self._launch(programs)

    def stop(self) -> None:
        """Stop the server cleanly: open transactions are rolled back, everything committed is kept."""
        if not self.is_made():
            return
        with self._lock():
            done = run_program(
                copy_programs(self.folder) / "pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.cluster),
                folder=self.folder,
            )  # fmt: skip
        if done.returncode != 0 and self.is_ready():
            raise self._fault(done.stderr)

    def is_ready(self) -> bool:
        """Whether the server accepts connections."""
        if self.port is None or not (self.cluster / "postmaster.pid").exists():
            return False
        program = copy_programs(self.folder) / "pg_isready"
        arguments = ("-q", "-t", "3", "-h", self.host, "-p", str(self.port))
        return run_program(program, *arguments, folder=self.folder).returncode == 0

    def is_listening(self) -> bool:
        """A cheaper question than `is_ready`: whether the server takes connections.

        Asked at its own socket where it has one: another program may have taken the port of a server that died.
        """
        if self.port is None:
            return False
        if self.host == "127.0.0.1":
            with socket.socket() as probe:
                probe.settimeout(2)
                return probe.connect_ex((self.host, self.port)) == 0
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            return probe.connect_ex(f"{self.host}/.s.PGSQL.{self.port}") == 0

    def status(self) -> Status:
        """Whether it runs, and where its port, files and log are."""
        return Status(self.is_ready(), self.port, self.folder, self.log)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._make_folders()
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_folders(self) -> None:
        make_data_folder()
        user = database_user()
        for folder in (self.folder, self.folder / "run"):
            if not folder.exists():
                folder.mkdir(parents=True, mode=0o700)
                if user is not None:
                    os.chown(folder, user.pw_uid, user.pw_gid)

    def _make(self, programs: Path) -> None:
        if shutil.disk_usage(self.folder).free < NEEDED_SPACE:
            raise EnvironmentFault(
                f"磁盘空间不足：{self.folder} 至少需要 500 MB。请清理磁盘或用 WANGGE_DATA 换一个目录。",
                f"Disk full: {self.folder} needs 500 MB. Free some space or move WANGGE_DATA.",
            )
        shutil.rmtree(self.cluster, ignore_errors=True)  # a half-made one, from an initdb that was killed
        password = self.folder / "initdb-password"
        password.touch(mode=0o600)
        password.write_text(secret("db_superuser"))
        if user := database_user():
            os.chown(password, user.pw_uid, user.pw_gid)
        try:
            done = run_program(
                programs / "initdb", "-D", str(self.cluster), "-U", SUPERUSER, f"--pwfile={password}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
                folder=self.folder,
            )  # fmt: skip
        finally:
            password.unlink()
        if done.returncode != 0:
            raise self._fault(done.stderr)

    def _write_port(self) -> None:
        """Keep the remembered port while it is free, else take the next free one; WANGGE_DB_PORT is taken as said."""
        asked = os.environ.get("WANGGE_DB_PORT")
        if asked:
            if not asked.isdecimal() or not is_free(int(asked)):
                raise EnvironmentFault(
                    f"数据库端口 {asked} 不可用：请关闭占用它的程序，或修改 WANGGE_DB_PORT。",
                    f"Database port {asked} cannot be used: stop what uses it, or change WANGGE_DB_PORT.",
                )
            _write(self._port_file, asked)
            return
        remembered = [self.port] if self.port else []
        for port in (*remembered, *range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)):
            if is_free(port):
                _write(self._port_file, str(port))
                return
        raise EnvironmentFault(
            f"127.0.0.1 上 {FIRST_PORT} 起的 {PORTS_TRIED} 个端口都被占用：请用 WANGGE_DB_PORT 指定一个空闲端口。",
            f"{PORTS_TRIED} ports from {FIRST_PORT} on are all in use on 127.0.0.1: name a free one in WANGGE_DB_PORT.",
        )

    def _write_settings(self) -> None:
        """Write the server's settings; what an administrator puts into local.conf beside them wins."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder / "run" if self.host != "127.0.0.1" else "",
            "max_connections": 120,
            "shared_buffers": f"{min(max(memory // 6, 128), 8192)}MB",
            "effective_cache_size": f"{max(memory // 2, 256)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": f"{min(max(memory // 48, 64), 1024)}MB",
            "wal_compression": "pglz",
            "max_wal_size": "2GB",
            "random_page_cost": 1.1,
            "jit": "off",
            "log_checkpoints": "off",
            "log_line_prefix": "%m %u %a ",
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        _write(self.cluster / "wangge.conf", "".join(lines) + "include_if_exists = 'local.conf'\n")
        main = self.cluster / "postgresql.conf"
        if "include = 'wangge.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("include = 'wangge.conf'\n")

    def _launch(self, programs: Path) -> None:
        """Start, and again while the remains of a killed server (its processes, its shared memory) are still there."""
        end = time.monotonic() + PATIENCE
        while True:
            self._remove_stale_pid()
            if _is_large(self.log):
                self.log.unlink()
            seen = self.log.stat().st_size if self.log.exists() else 0
            done = run_program(
                programs / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", str(self.cluster), "-l", str(self.log),
                folder=self.folder,
            )  # fmt: skip
            if done.returncode == 0 and self.is_ready():
                return
            said = self.log.read_text(errors="replace")[seen:] if self.log.exists() else done.stderr
            left_behind = "lock file" in said or "shared memory" in said or "another server" in done.stderr
            remains = left_behind and not self._is_full(said)
            taken = "could not bind" in said and "WANGGE_DB_PORT" not in os.environ
            if not (remains or taken) or time.monotonic() > end:
                raise self._fault(f"{said}\n{done.stderr}")
            if taken:  # another program took the port between the look and the start
                self._write_port()
                self._write_settings()
            time.sleep(0.3)

    def _remove_stale_pid(self) -> None:
        """Remove lock files of a dead server whose process is a zombie or whose number another program has now."""
        for file in (self.cluster / "postmaster.pid", *(self.folder / "run").glob(".s.PGSQL.*.lock")):
            try:
                process = Path("/proc", file.read_text().split("\n", 1)[0], "stat").read_text()
            except OSError:
                continue  # no such file, no such process, or no /proc: PostgreSQL decides by itself
            name, _, rest = process.partition("(")[2].rpartition(")")
            if name != "postgres" or rest.split()[0] == "Z":
                file.unlink(missing_ok=True)

    def _is_full(self, said: str) -> bool:
        """Whether the disk is what fails; on a full one the server's log may not even say so."""
        return "No space left" in said or shutil.disk_usage(self.folder).free < LEAST_SPACE

    def _fault(self, said: str) -> EnvironmentFault:
        tail = "\n".join(line for line in said.strip().splitlines()[-6:])
        if self._is_full(said):
            zh, en = "磁盘已满：请清理磁盘后重试。", "The disk is full: free some space and try again."
        elif "could not bind" in said or "could not create any" in said:
            zh, en = (
                "端口被占用：请重试或设置 WANGGE_DB_PORT。",
                "The port is in use: try again or set WANGGE_DB_PORT.",
            )
        elif "ermission denied" in said:
            zh, en = f"没有权限：请检查 {self.folder}。", f"Permission denied: look at {self.folder}."
        else:
            zh, en = (
                f"数据库没有启动，日志见 {self.log}。",
                f"The database did not start; its log is {self.log}.",
            )
        return EnvironmentFault(zh, f"{en}\n{tail}")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and not when nothing changes: a full disk must not cost what the file said before."""
    if file.exists() and file.read_text() == text:
        return
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text)
    fresh.replace(file)


def _is_large(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 20 * 1024**2
