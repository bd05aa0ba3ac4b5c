# SPDX-License-Identifier: Apache-2.0
"""Every kind of process killed once while clients work: nothing acknowledged is lost. `benchmarks.kills` is the long form."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.city import FOLDER
from wangge.config.cluster import Cluster

KINDS = (
    "a web worker",
    "one connection of the database",
    "web, live, worker and database together",
    "the supervisor",
)
RUN = """
import dataclasses, json, sys
from pathlib import Path
from benchmarks import installation
installation.PACK = sys.argv[2]
installation.open_installation(Path(sys.argv[1]))
from benchmarks.kills import run
kinds = sys.argv[3:]
print(json.dumps([[f.name, f.value, f.met, f.note] for f in run(len(kinds), kinds=kinds, whole=False)]))
"""


def test_nothing_acknowledged_is_lost() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_", "DJANGO_"))}
    with tempfile.TemporaryDirectory(dir=os.environ["WANGGE_DATA"]) as folder:
        Path(folder).chmod(0o711)  # the database's own user passes through
        try:
            done = subprocess.run(
                [sys.executable, "-c", RUN, folder, str(FOLDER), *KINDS],
                env=environment, check=True, stdout=subprocess.PIPE, timeout=300,
            )  # fmt: skip
        finally:
            Cluster(Path(folder, "postgres")).stop()
    figures = json.loads(done.stdout.splitlines()[-1])
    found = {name: value for name, value, _, _ in figures}
    assert [figure for figure in figures if figure[2] is False] == []
    assert found["outages"] == len(KINDS) and found["acknowledged"] >= 50
