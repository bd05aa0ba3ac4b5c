# SPDX-License-Identifier: Apache-2.0
"""The product's own processes on the test's database, and Debian's chromium before them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visitor import Visitor
from tests.processes.conftest import Wait, on_test_database, wait_for
from wangge.config.processes import Child, serving_children

__all__ = ["on_test_database", "wait_for"]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
HOST = "127.0.0.1"
SECONDS = 10


class Site:
    """An installation that serves: its web and its live-update process."""

    def __init__(self, environment: dict[str, str], wait: Wait) -> None:
        self.port, self._environment, self._wait = _two_free_ports(), environment, wait
        self.url = f"http://{HOST}:{self.port}"
        self._children = {c.name: c for c in serving_children(HOST, self.port, 1) if c.name != "worker"}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        child: Child = self._children[name]
        self._running[name] = subprocess.Popen(
            child.command, env=self._environment | child.environment, start_new_session=True
        )

    def await_answers(self) -> None:
        for number in (self.port, self.port + 1):
            self._wait(lambda number=number: _answers(number))

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _two_free_ports() -> int:
    """A port the system gives, whose next one is free as well."""
    while True:
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind((HOST, 0))
            port: int = first.getsockname()[1]
            try:
                second.bind((HOST, port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it, which finds no other host than this one."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("no chromium here: apt-get install chromium")
    only_here = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}"
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[only_here, "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def static_files() -> None:
    """As `wangge init` lays them out, named by content, which the other tests do without."""
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, check=True)


@pytest.fixture
def site(
    browser: Browser, static_files: None, on_test_database: dict[str, str], wait_for: Wait
) -> Iterator[Site]:
    served = Site(on_test_database, wait_for)
    try:
        served.start("web")
        served.start("live")
        served.await_answers()
        yield served
    finally:
        served.stop()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """`visit("operator_1")`: this person's own browser, signed in; at the end of the test it must have no fault."""
    visitors: list[Visitor] = []

    def come(login: str = "", **options: Any) -> Visitor:
        visitors.append(Visitor(browser, site.url, login, **options))
        return visitors[-1]

    yield come
    faults = [f"{visitor.login or 'nobody'}: {fault}" for visitor in visitors for fault in visitor.leave()]
    assert not faults, "\n" + "\n".join(faults)
