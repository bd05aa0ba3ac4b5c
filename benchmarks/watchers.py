# SPDX-License-Identifier: Apache-2.0
"""Those who look on while processes are killed: somebody who asks all the time, and a live screen."""

import json
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

import psycopg

from benchmarks.installation import Serving
from wangge.config.database import role_parameters

SLOW = 0.5  # seconds: an answer that takes longer counts as part of the outage
PACE = 0.05  # seconds between two questions
GIVEN_UP = 20.0  # seconds
MOVED = "SELECT id, log_seq FROM cases_case WHERE id > %s"


@dataclass(frozen=True)
class Probe:
    """One question: when it was put and settled (time.monotonic()), and whether it was answered."""

    begun: float
    ended: float
    answered: bool

    @property
    def well(self) -> bool:
        """In good time."""
        return self.answered and self.ended - self.begun < SLOW


class Prober(threading.Thread):
    """Asks something of the database through the API, on a new connection each time, until `stop`."""

    def __init__(self, serving: Serving, key: str) -> None:
        super().__init__(daemon=True)
        self._serving, self._head = serving, {"Authorization": f"Bearer {key}", "Connection": "close"}
        self.stop = threading.Event()
        self.probes: list[Probe] = []

    def run(self) -> None:
        while not self.stop.wait(PACE):
            begun = time.monotonic()
            answered = self._ask()
            self.probes.append(Probe(begun, time.monotonic(), answered))

    def _ask(self) -> bool:
        connection = HTTPConnection(self._serving.host, self._serving.port, timeout=GIVEN_UP)
        try:
            connection.request("GET", "/api/v1/flow", headers=self._head)
            response = connection.getresponse()
            response.read()
            return response.status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def calm_since(self, moment: float, seconds: float) -> bool:
        """Whether everything asked after `moment` in the last so many seconds was answered."""
        since = max(moment, time.monotonic() - seconds)
        recent = [probe for probe in self.probes[-200:] if probe.ended > since]
        return (
            time.monotonic() - moment > seconds and bool(recent) and all(probe.answered for probe in recent)
        )

    def outage(self, begun: float, ended: float) -> float:
        """Seconds from `begun` to the end of the last question before `ended` that was not answered well."""
        bad = [probe.ended for probe in self.probes if not probe.well and begun < probe.ended < ended]
        return max(bad, default=begun) - begun


class Screen(threading.Thread):
    """A page that follows the live updates, connects again when they end, and looks at everything when told to."""

    def __init__(self, serving: Serving, cookie: str, first_case: int) -> None:
        super().__init__(daemon=True)
        self._serving, self._cookie, self._first_case = serving, cookie, first_case
        self._parameters = role_parameters("web")
        self._connected_before = False
        self.stop = threading.Event()
        self.seen: dict[int, int] = {}
        self.connected = self.looked = 0

    def run(self) -> None:
        while not self.stop.is_set():
            connection = HTTPConnection(self._serving.host, self._serving.live_port, timeout=GIVEN_UP)
            try:
                self._listen(connection)
            except (OSError, HTTPException, psycopg.Error):
                pass
            finally:
                connection.close()
            self.stop.wait(1)

    def _listen(self, connection: HTTPConnection) -> None:
        head = {"Cookie": self._cookie} | ({"Last-Event-ID": "1"} if self._connected_before else {})
        connection.request("GET", "/live/", headers=head)
        response = connection.getresponse()
        if response.status != 200:
            return
        self.connected += 1
        event = ""
        while not self.stop.is_set() and (line := response.readline()):
            event = self._read(line.decode().rstrip("\n"), event)

    def _read(self, line: str, event: str) -> str:
        name, _, value = line.partition(": ")
        if name == "id":
            self._connected_before = True
        if name == "event":
            return value
        if name == "data" and event == "resync":
            self._look()
        if name == "data" and event == "moved":
            told = json.loads(value)
            for case, seq in zip(told["cases"], told["seq"], strict=True):
                self._note(case, seq)
        return event

    def _look(self) -> None:
        """What loading the page anew shows: raises psycopg.Error while it cannot be loaded, and is told again then."""
        with psycopg.connect(**self._parameters, connect_timeout=5) as connection:
            rows = connection.execute(MOVED, [self._first_case]).fetchall()
        for case, seq in rows:
            self._note(case, seq)
        self.looked += 1

    def _note(self, case: int, seq: int) -> None:
        self.seen[case] = max(seq, self.seen.get(case, 0))
