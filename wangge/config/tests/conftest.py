# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wangge.config.cluster import Cluster

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A new folder that the database's own user may pass through."""
    path = Path(tempfile.mkdtemp(dir=os.environ["WANGGE_DATA"]))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    """A server of its own, not started yet."""
    cluster = Cluster(folder / "postgres")
    yield cluster
    cluster.stop()


@pytest.fixture
def installation(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own; its server is stopped afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_", "DJANGO_"))}
    environment["WANGGE_DATA"] = str(folder / "data")
    yield environment
    if (folder / "data/postgres").exists():
        Cluster(folder / "data/postgres").stop()


@pytest.fixture
def wangge(installation: dict[str, str]) -> Run:
    """Run the command line in that installation: `wangge("db", "status")`."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wangge.config.cli", *arguments]
        return subprocess.run(
            command, env=installation | environment, text=True, capture_output=True, timeout=120
        )

    return run
