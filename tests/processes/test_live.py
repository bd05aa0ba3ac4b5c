# SPDX-License-Identifier: Apache-2.0
"""The live-update process as `wangge run` starts it, with browsers' connections to it."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from django.test import Client as Browser

from tests.city import actor, person
from tests.processes.conftest import Wait, two_free_ports
from wangge.cases.actions import report
from wangge.common.clock import now
from wangge.config.processes import serving_children

AsRole = Callable[[str], AbstractContextManager[psycopg.Connection]]
LOOKS = """
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%cases_logentry%pg_snapshot_xmax%'
"""


class Listener:
    """A browser that listens: its status and the events it got."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.status = 0
        self.events: list[tuple[str, dict[str, object]]] = []
        self.ended = threading.Event()
        self.torn = False  # ended without the server having said so
        self._arguments = url, headers
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        url, headers = self._arguments
        try:
            with httpx.stream("GET", url, headers=headers, timeout=httpx.Timeout(5, read=60)) as response:
                self.status = response.status_code
                self._read(response.iter_lines())
        except httpx.TransportError:
            self.torn = True
        self.ended.set()

    def _read(self, lines: Iterator[str]) -> None:
        name = ""
        for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                self.events.append((name, json.loads(line.removeprefix("data: "))))


@dataclass
class Live:
    process: subprocess.Popen[bytes]
    web_port: int
    wait_for: Wait

    def listening(self, *logins: str, **headers: str) -> list[Listener]:
        """Listeners that have been told all there was to tell: what they hear from now on is new.

        They say that they come back, so each is told at once to look at everything. Without that the process would
        fold a movement into a "look at everything" of its own start that is still on its way.
        """
        found = [self.listen(login, **headers, **{"last-event-id": "1"}) for login in logins]
        for listener in found:
            self.wait_for(lambda listener=listener: ("resync", {}) in listener.events)
            listener.events.clear()
        return found

    def listen(self, login: str = "", **headers: str) -> Listener:
        if login:
            browser = Browser()
            browser.force_login(person(login))
            headers["cookie"] = f"sessionid={browser.cookies['sessionid'].value}"
        return Listener(f"http://127.0.0.1:{self.web_port + 1}/live/", headers)


@pytest.fixture
def live(on_test_database: dict[str, str], wait_for: Wait, as_role: AsRole) -> Iterator[Live]:
    port = two_free_ports()
    child = next(child for child in serving_children("127.0.0.1", port, 1) if child.name == "live")
    environment = on_test_database | child.environment
    process = subprocess.Popen(child.command, env=environment, start_new_session=True)

    served = Live(process, port, wait_for)

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port + 1)) == 0

    def follows() -> bool:
        """Whether it has begun to look at the log: what moved before is not told one by one."""
        with as_role("web") as web:  # which sees what its own connections ask
            return web.execute(LOOKS).fetchone() is not None

    try:
        wait_for(answers)
        wait_for(follows)
        yield served
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_step_reaches_two_browsers_as_ids(live: Live, wait_for: Wait) -> None:
    pages = f"http://127.0.0.1:{live.web_port}"
    listeners = live.listening("operator_1", origin=pages) + live.listening("inspector_west")
    taken = report(description="井盖破损", lon=120.015, lat=30.015, actor=actor("operator_1"), at=now())
    expected = ("moved", {"cases": [taken.case_id], "seq": [1], "count": 1})
    for listener in listeners:
        wait_for(lambda listener=listener: listener.events)
        assert listener.events == [expected]


def test_refused(live: Live, wait_for: Wait) -> None:
    refused = {
        401: [live.listen(), live.listen(cookie="sessionid=guessed")],
        403: [
            live.listen("operator_1", origin="http://127.0.0.1:1"),
            live.listen("operator_1", host="a.example"),
        ],
    }
    for status, listeners in refused.items():
        for listener in listeners:
            wait_for(listener.ended.is_set)
            assert listener.status == status and not listener.events


def test_lost_database_connection(live: Live, wait_for: Wait, as_role: AsRole) -> None:
    (listener,) = live.listening("operator_1")
    with as_role("web") as web:
        web.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = user AND pid <> pg_backend_pid()"
        )
    wait_for(lambda: ("resync", {}) in listener.events)
    taken = report(description="井盖破损", lon=120.015, lat=30.015, actor=actor("operator_1"), at=now())
    wait_for(lambda: ("moved", {"cases": [taken.case_id], "seq": [1], "count": 1}) in listener.events)


def test_sigterm_ends_open_streams(live: Live, wait_for: Wait) -> None:
    listeners = [live.listen("operator_1"), live.listen("operator_2")]
    wait_for(lambda: all(listener.status == 200 for listener in listeners))
    live.process.terminate()
    assert live.process.wait(8) == 0
    for listener in listeners:
        assert listener.ended.wait(2) and not listener.torn
