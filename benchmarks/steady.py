# SPDX-License-Identifier: Apache-2.0
"""A steady load: whole lives of cases by HTTP, so many entries of the log a second, for as long as it is wanted."""

import io
import json
import threading
import time
from dataclasses import dataclass
from itertools import cycle

from PIL import Image

from benchmarks.client import Connection, post
from benchmarks.installation import Serving, keys
from benchmarks.matters import Matter, Move, matters

MATTERS = 300
CLIENTS = 12
BEHIND = 1.0  # seconds the load may fall behind its rate before it lets go of what it missed
BOUNDARY = "wangge-benchmark"


@dataclass(frozen=True)
class Acknowledged:
    """An entry of the log as its sender was told of it, at `moment` (time.monotonic)."""

    number: str
    seq: int
    moment: float


class Steady:
    """`per_second` entries of the log (reports and steps); `acknowledged`: all of them, when they are kept."""

    def __init__(self, serving: Serving, per_second: float, *, kept: bool) -> None:
        known = matters(MATTERS)
        self._keys = keys(sorted(set().union(*(matter.logins for matter in known))))
        self._serving, self._pause, self._kept = serving, 1 / per_second, kept
        self._next, self._due, self._lock = cycle(known), 0.0, threading.Lock()
        self._over = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(CLIENTS)]
        self.acknowledged: list[Acknowledged] = []
        self.entries = 0
        self.failures: list[BaseException] = []

    def start(self) -> None:
        """Begin; once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lead what has been reported to its end, then stop. Blocking. Raises the first failure."""
        self._over = True
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _run(self) -> None:
        connection = Connection(self._serving.host, self._serving.port)
        try:
            while not self._over and not self.failures:
                with self._lock:
                    matter = next(self._next)
                self._live(matter, connection)
        except BaseException as error:
            self.failures.append(error)
        finally:
            connection.close()

    def _live(self, matter: Matter, connection: Connection) -> None:
        number = self._send("/cases", matter.report, connection)
        for move in matter.steps:
            self._send(f"/cases/{number}/steps", move, connection)

    def _send(self, path: str, move: Move, connection: Connection) -> str:
        """Take the step when its turn has come; the number of its case."""
        key, kind = self._keys[move.login], f"multipart/form-data; boundary={BOUNDARY}"
        photos = [
            json.loads(connection.send(post("/photos", key, FORM, kind)))["id"] for _ in range(move.photos)
        ]
        self._await_turn()
        answer = json.loads(connection.send(post(path, key, move.with_photos(photos))))
        moment = time.monotonic()
        with self._lock:
            self.entries += 1
            if self._kept:
                self.acknowledged.append(Acknowledged(answer["number"], answer["seq"], moment))
        return str(answer["number"])

    def _await_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            self._due = max(self._due + self._pause, now - BEHIND)
            wait = self._due - now
        if wait > 0:
            time.sleep(wait)


def _form() -> bytes:
    """A tiny photo as it is uploaded."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(picture, "JPEG")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    return head.encode() + picture.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()


FORM = _form()
