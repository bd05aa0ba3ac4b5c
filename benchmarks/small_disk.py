# SPDX-License-Identifier: Apache-2.0
"""A small file system that can be filled to the last byte without harm to the machine."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wangge.config.cluster import Cluster

SIZE = "1200m"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount one at `folder` for the block; an installation in it is stopped and lost. Needs root on Linux."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        Cluster(folder / "postgres").stop()
        subprocess.run(["umount", folder], check=True)
