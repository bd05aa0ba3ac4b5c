# SPDX-License-Identifier: Apache-2.0
"""The web server stops when it is told to, whatever its own processes do."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.processes.conftest import Web
from wangge.config.processes import DEAF_WAIT

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="reads who a process started from /proc"
)


def test_a_process_that_hears_nothing_does_not_hold_the_port(web_server: Web) -> None:
    master = web_server.process
    started = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
    for pid in started:
        os.kill(int(pid), signal.SIGSTOP)
    begun = time.monotonic()
    master.send_signal(signal.SIGTERM)
    try:
        master.wait(DEAF_WAIT * 3)
    except subprocess.TimeoutExpired:
        pytest.fail("the web server waits for a process that hears nothing")
    assert started and time.monotonic() - begun >= DEAF_WAIT / 2, "those that work may end what they do"
