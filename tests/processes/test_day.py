# SPDX-License-Identifier: Apache-2.0
"""A generated day as a process: with the rights of its own role, until it is told to stop."""

import signal
import subprocess
import sys

from tests.processes.conftest import Wait
from wangge.cases.models import Call, Photo


def test_a_generated_day_may_do_what_its_people_do(on_test_database: dict[str, str], wait_for: Wait) -> None:
    command = [sys.executable, "-m", "wangge.config.cli", "day", "--rate", "0", "--first", "40"]
    with subprocess.Popen(
        command, env=on_test_database, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as day:
        try:
            wait_for(lambda: Call.objects.filter(outcome="reported").exists() and Photo.objects.exists())
        finally:
            day.send_signal(signal.SIGTERM)
            told, faults = day.communicate(timeout=60)
    assert day.returncode == 0 and "Stopped" in told, faults
    assert "denied" not in faults and "refused" not in told, (told, faults)
