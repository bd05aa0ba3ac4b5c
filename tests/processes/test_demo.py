# SPDX-License-Identifier: Apache-2.0
"""`wangge demo` killed with everything it started, while it sets itself up and while it works, and started again."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx
import psutil
import psycopg
import pytest

from tests.city import FOLDER
from tests.processes.conftest import two_free_ports
from wangge.config.cluster import SUPERUSER, Cluster
from wangge.config.database import DATABASE
from wangge.config.paths import CHECKOUT

COMMAND = """
import sys
from pathlib import Path
from wangge.packs import reading
reading._CHECKOUT = Path(sys.argv.pop(1))  # the packs the product is shipped with: here the city of the tests
from wangge.config.cli import main
main()
"""
WITHIN = 120.0  # seconds, on a busy machine


class Demo:
    """The demo in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data/demo" / FOLDER.name
        self.port = two_free_ports()
        self._started: list[subprocess.Popen[bytes]] = []
        packs = folder / "packs"
        packs.mkdir()
        for pack in (FOLDER, CHECKOUT / "packs/standard"):
            (packs / pack.name).symlink_to(pack)

    def start(self, *, port: int = 0) -> subprocess.Popen[bytes]:
        """As its user does, in a terminal of its own; what it says stands in `said`."""
        asked = ["demo", "--city", FOLDER.name, "--no-browser", "--rate", "1200", "--workers", "1"]
        with (self.folder / "said").open("wb") as said:
            self._started.append(self._run(*asked, "--port", str(port or self.port), out=said))
        return self._started[-1]

    def verified(self) -> str:
        """What `wangge case verify --all` says of every case."""
        done = self._run("case", "verify", "--all", out=subprocess.PIPE, data=self.data)
        told, _ = done.communicate(timeout=WITHIN)
        assert done.returncode == 0, told.decode()
        return told.decode()

    def _run(
        self, *arguments: str, out: IO[bytes] | int, data: Path | None = None
    ) -> subprocess.Popen[bytes]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_", "DJANGO_"))}
        command = [sys.executable, "-c", COMMAND, str(self.folder / "packs"), *arguments]
        place = {"WANGGE_DATA": str(data or self.folder / "data")}
        return subprocess.Popen(
            command, env=kept | place, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()

    def wait_for(self, words: str) -> None:
        """Until it has said so."""
        until(lambda: words in self.said or self._started[-1].poll() is not None)
        assert words in self.said, self.said

    def password(self) -> str:
        found = re.search(r"password: (\S+)", self.said)
        assert found, self.said
        return found[1]

    def processes(self) -> list[psutil.Process]:
        """Everything it has started: the supervisors, their children, the database."""
        heads = [each.pid for each in self._started if each.poll() is None] + self.database()
        found = []
        for head in heads:
            with suppress(psutil.NoSuchProcess):
                found += [psutil.Process(head), *psutil.Process(head).children(recursive=True)]
        return found

    def database(self) -> list[int]:
        """Its first process; empty when there is none."""
        with suppress(FileNotFoundError, IndexError):
            return [int((self.data / "postgres/cluster/postmaster.pid").read_text().split()[0])]
        return []

    def kill(self) -> int:
        """Everything with SIGKILL, at once; how many processes."""
        victims = self.processes()
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        for each in self._started:
            each.wait()
        return len(victims)

    def end(self) -> None:
        """Nothing of it is left, whatever failed."""
        self.kill()
        Cluster(self.data / "postgres").stop()

    def cases(self) -> int:
        """How many there are."""
        cluster, password = Cluster(self.data / "postgres"), self.data / "secrets/db_superuser"
        with psycopg.connect(
            host=cluster.host,
            port=cluster.port,
            user=SUPERUSER,
            password=password.read_text(),
            dbname=DATABASE,
        ) as connection:
            return int(connection.execute("SELECT count(*) FROM cases_case").fetchone()[0])  # type: ignore[index]

    def signs_in(self, login: str, password: str) -> bool:
        """Whether the password opens the pages."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", follow_redirects=True) as browser:
            form = browser.get("/accounts/login/").text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            assert token, form
            given = {"login": login, "password": password, "csrfmiddlewaretoken": token[1]}
            answer = browser.post("/accounts/login/", data=given)
            return answer.status_code == 200 and not answer.url.path.startswith("/accounts/")


def until(condition: Callable[[], object]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(dir=os.environ["WANGGE_DATA"]) as folder:
        Path(folder).chmod(0o711)  # the database's own user passes through
        started = Demo(Path(folder))
        try:
            yield started
        finally:
            started.end()


def test_a_killed_demo_starts_clean(demo: Demo) -> None:
    """Killed while it loads its city, and at work: what was recorded is whole, the password holds, work goes on."""
    demo.start()
    demo.wait_for("Loading pack")
    assert demo.kill() >= 2

    demo.start()
    demo.wait_for("Ctrl-C")
    password = demo.password()
    assert demo.signs_in("leader", password) and not demo.signs_in("leader", "another")
    until(lambda: demo.cases() >= 5)
    assert demo.kill() >= 6

    first = demo.start()
    demo.wait_for("Ctrl-C")
    assert demo.password() == password and demo.signs_in("leader", password)
    kept = demo.cases()
    assert kept >= 5
    until(lambda: demo.cases() > kept)

    database = demo.database()
    assert demo.start(port=two_free_ports()).wait(WITHIN) == 3
    assert "already running" in demo.said and first.poll() is None
    assert demo.database() == database != [], "a second start disturbs nothing"
    assert re.search("问题 faults: 0", demo.verified())

    first.send_signal(signal.SIGINT)
    assert first.wait(WITHIN) == 0 and not demo.processes()
