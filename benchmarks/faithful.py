# SPDX-License-Identifier: Apache-2.0
"""Clients that lose nothing: each repeats a request with the same key until it is answered, and keeps every answer."""

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from uuid import uuid4

from benchmarks.installation import Serving
from benchmarks.matters import Matter, Move

ANSWER_WITHIN = 15.0  # seconds; then the request is sent again
PAUSE = 0.1  # seconds before it is
MOST_UNCLEAR = 100  # bare failures after which it is no use to go on
JSON = "application/json"
BOUNDARY = "between-the-parts"
Answer = dict[str, object]


@dataclass(frozen=True)
class Sent:
    """An acknowledged request: everything needed to send it once more, and what was answered first."""

    login: str
    path: str
    body: bytes
    kind: str
    key: str
    tries: int
    answer: Answer


@dataclass
class Ledger:
    """What all clients together were told. `unclear`: answers of a failing server that do not say what to do."""

    sent: list[Sent] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    told_to_wait: Counter[str] = field(default_factory=Counter)  # by code


class Refused(Exception):
    """The server did not take a request that was in order."""


class Client:
    """One keeper of one connection."""

    def __init__(self, serving: Serving, keys: Mapping[str, str], ledger: Ledger) -> None:
        self._serving, self._keys, self._ledger = serving, keys, ledger
        self._connection: HTTPConnection | None = None

    def send(self, login: str, path: str, body: bytes, kind: str = JSON) -> Answer:
        """The answer, however often the request must be sent. Raises Refused for a refusal."""
        key = str(uuid4())
        for tries in count(1):
            found = self.try_once(login, path, body, kind, key)
            if found is not None:
                answer, _ = found
                self._ledger.sent.append(Sent(login, path, body, kind, key, tries, answer))
                return answer
            time.sleep(PAUSE)
        raise AssertionError

    def try_once(self, login: str, path: str, body: bytes, kind: str, key: str) -> tuple[Answer, bool] | None:
        """(answer, whether the key was known), or None when nothing told whether it was done."""
        head = {"Authorization": f"Bearer {self._keys[login]}", "Idempotency-Key": key, "Content-Type": kind}
        try:
            if self._connection is None:
                self._connection = HTTPConnection(
                    self._serving.host, self._serving.port, timeout=ANSWER_WITHIN
                )
            self._connection.request("POST", f"/api/v1{path}", body, head)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            self.close()
            return None
        if response.status in (200, 201):
            return json.loads(content), response.status == 200
        if response.status < 500:
            raise Refused(f"{path} {body[:300]!r}: {response.status} {content.decode(errors='replace')}")
        if response.status == 503 and response.headers.get("Retry-After") and (code := _code(content)):
            self._ledger.told_to_wait[code] += 1
        else:
            self._ledger.unclear.append(f"{path}: {response.status} {content[:500]!r}")
        if len(self._ledger.unclear) > MOST_UNCLEAR:
            raise Refused(f"the server keeps failing: {self._ledger.unclear[-1]}")
        return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _code(content: bytes) -> str:
    """The code of a refusal that speaks both languages; empty for anything else."""
    try:
        told = json.loads(content)
        return str(told["code"]) if all(told["message"][language] for language in ("zh", "en")) else ""
    except (ValueError, KeyError, TypeError):
        return ""


class Officers(threading.Thread):
    """Leads one matter after the other to its end, until `stop`; what went wrong is kept in `failure`."""

    def __init__(self, client: Client, matters: list[Matter], photo: bytes, seed: int) -> None:
        super().__init__(daemon=True)
        self._client, self._matters, self._photo, self._choice = client, matters, photo, Random(seed)
        self.stop = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._lead(self._choice.choice(self._matters))
        except Exception as error:
            self.failure = error
        self._client.close()

    def _lead(self, matter: Matter) -> None:
        number = self._client.send(matter.report.login, "/cases", matter.report.body)["number"]
        for move in matter.steps:
            if self.stop.is_set():
                return
            body = move.with_photos([self._upload(move) for _ in range(move.photos)])
            self._client.send(move.login, f"/cases/{number}/steps", body)

    def _upload(self, move: Move) -> str:
        part = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = part.encode() + self._photo + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return str(self._client.send(move.login, "/photos", body, kind)["id"])
