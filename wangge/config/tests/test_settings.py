# SPDX-License-Identifier: Apache-2.0
"""Nonsense in the environment is refused at start, in both languages."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "８０"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import wangge.config.settings"],
        env=os.environ | {"WANGGE_WEB_PORT": port}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured: WANGGE_WEB_PORT=" in last
    assert "应为 1 到 65535 的端口号" in last and "It should be a port, 1 to 65535" in last


def test_a_port_is_taken() -> None:
    program = "from wangge.config.settings import WANGGE_WEB_PORT; print(WANGGE_WEB_PORT)"
    for given, read in (("8000", "8000"), ("", "None")):
        run = subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"WANGGE_WEB_PORT": given},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert run.stdout.strip() == read, run.stderr
