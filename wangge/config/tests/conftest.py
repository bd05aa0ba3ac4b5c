# SPDX-License-Identifier: Apache-2.0
"""One installation a module: making a cluster is what takes time here."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wangge.config.cluster import Cluster

Run = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A new folder that the database's own user may pass through."""
    path = Path(tempfile.mkdtemp(dir=os.environ["WANGGE_DATA"]))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with passable_folder() as path:
        yield path


@pytest.fixture(scope="module")
def installation() -> Iterator[dict[str, str]]:
    """The environment of an installation of its own; its server is stopped afterwards."""
    with passable_folder() as path:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_", "DJANGO_"))}
        environment["WANGGE_DATA"] = str(path / "data")
        yield environment
        if (path / "data/postgres").exists():
            Cluster(path / "data/postgres").stop()


@pytest.fixture(scope="module")
def wangge(installation: dict[str, str]) -> Run:
    """Run the command line in that installation: `wangge("db", "status")`."""

    def run(*arguments: str, input: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wangge.config.cli", *arguments]
        return subprocess.run(
            command, env=installation | environment, input=input, text=True, capture_output=True, timeout=300
        )

    return run
