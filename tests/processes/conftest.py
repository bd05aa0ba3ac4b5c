# SPDX-License-Identifier: Apache-2.0
"""Real processes of the product on the test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from wangge.config.database import find_server
from wangge.config.faults import EnvironmentFault
from wangge.config.processes import check_ports, serving_children

Wait = Callable[..., None]


@pytest.fixture
def on_test_database(transactional_db: None, city: None) -> dict[str, str]:
    """The environment with which a process of this installation works on the test's database."""
    place = find_server().administrator | {"dbname": connection.settings_dict["NAME"]}
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return kept | {"WANGGE_DATABASE_URL": make_conninfo(**place)}


@pytest.fixture
def wait_for() -> Wait:
    """`wait_for(condition)`: until it holds; fails after 30 seconds."""

    def wait(condition: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)

    return wait


class Web(NamedTuple):
    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture
def web(web_server: Web) -> str:
    """Where the web server answers."""
    return web_server.url


@pytest.fixture
def web_server(on_test_database: dict[str, str], wait_for: Wait) -> Iterator[Web]:
    """The web server as `wangge run` starts it."""
    port = two_free_ports()
    child = next(child for child in serving_children("127.0.0.1", port, 1) if child.name == "web")
    collect = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, env=on_test_database, check=True)
    process = subprocess.Popen(
        child.command, env=on_test_database | child.environment, start_new_session=True
    )

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_for(answers)
        yield Web(f"http://127.0.0.1:{port}", process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def two_free_ports() -> int:
    """The first of two ports beside each other that nobody has."""
    for port in range(18500, 18800, 2):
        try:
            check_ports("127.0.0.1", port)
        except EnvironmentFault:
            continue
        return port
    raise AssertionError("no free port")
