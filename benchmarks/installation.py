# SPDX-License-Identifier: Apache-2.0
"""The installation that is measured: a folder of its own with the Chaoyang pack, served as `wangge run` serves it."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PACK = "chaoyang"
SCOPES = ("case:read", "case:report", "case:step")
PER_MINUTE = 1_000_000  # a measurement is not held up by the limit of a key
READY_WITHIN = 60.0


@dataclass(frozen=True)
class Serving:
    """A running installation: where it answers and its supervisor's process id."""

    host: str
    port: int
    supervisor: int

    @property
    def live_port(self) -> int:
        """Where live updates are served."""
        return self.port + 1


def open_installation(folder: Path) -> None:
    """Make the installation in `folder` where there is none, start its database, load Django as its owner.

    Once in a process: Django can be loaded for one installation only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["WANGGE_DATA"] = str(folder)
    os.environ.pop("WANGGE_DATABASE_URL", None)
    _wangge("init")  # a folder of an earlier run is brought up to the code: migrations, static files
    if not (folder / "made").exists():
        _wangge("pack", "load", PACK)
        (folder / "made").touch()
    from wangge.config.cli.opening import setup_django
    from wangge.config.cluster import Cluster

    Cluster().start()
    setup_django("owner")


@contextmanager
def serving(*, workers: int = 2, port: int = 0) -> Iterator[Serving]:
    """Everything `wangge run` starts, until the block ends; the database stays up."""
    port = port or _free_pair()
    log = (Path(os.environ["WANGGE_DATA"]) / "run.log").open("ab")
    command = [
        sys.executable,
        "-m",
        "wangge.config.cli",
        "run",
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        for each in (port, port + 1):
            _wait_for(each, process)
        yield Serving("127.0.0.1", port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()


def keys(logins: Sequence[str]) -> dict[str, str]:
    """A key of the API with every scope for each person, kept in the folder for the next run."""
    from wangge.common.clock import now
    from wangge.exchange.actions import create_key

    kept = Path(os.environ["WANGGE_DATA"]) / "bench-keys.json"
    known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    for login in logins:
        if login not in known:
            known[login] = create_key(
                login=login, name="benchmark", scopes=SCOPES, per_minute=PER_MINUTE, at=now()
            )[1]
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(known))
    return {login: known[login] for login in logins}


def session(login: str) -> str:
    """The value of a Cookie header with which a request is signed in as this person."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from wangge.organizations.models import Person

    person = Person.objects.get(login=login)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _wangge(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "wangge.config.cli", *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the installation does not answer; see {os.environ['WANGGE_DATA']}/run.log")
        time.sleep(0.1)


def _free_pair() -> int:
    """A port that is free together with the next one, below the range systems hand out for outgoing connections.

    Any of them: two measurements started together would both find the first, and web servers share a port unasked.
    """
    for port in random.sample(range(18_000, 19_000, 2), 500):
        if all(_is_free(each) for each in (port, port + 1)):
            return port
    raise RuntimeError("no two free ports next to each other from 18000 to 19000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
