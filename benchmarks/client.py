# SPDX-License-Identifier: Apache-2.0
"""The load: clients that each keep one connection and send the next request when the last one is answered.

Raw sockets and prepared bytes, since the load shares the processors with what is measured; what it costs is told.
"""

import gc
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import uuid4

from benchmarks.figures import percentile
from benchmarks.installation import Serving

ANSWER_WITHIN = 60.0  # seconds
JSON = "application/json"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
T = TypeVar("T")


class UnexpectedAnswer(Exception):
    """A request was not answered with success: the measurement is worth nothing."""


class Connection:
    """One kept connection. `took`: seconds from sending to the last byte of the answer, one a request."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=ANSWER_WITHIN)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.took: list[float] = []

    def send(self, request: bytes) -> bytes:
        """The body of the answer. Raises UnexpectedAnswer for every status but 2xx."""
        started = time.perf_counter()
        self._socket.sendall(request)
        head, body = self._receive()
        self.took.append(time.perf_counter() - started)
        if not head.startswith(b"HTTP/1.1 2"):
            asked = request.split(b"\r\n", 1)[0].decode()
            raise UnexpectedAnswer(f"{asked}\n{head.decode()}\n\n{body[:4000].decode(errors='replace')}")
        return body

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> tuple[bytes, bytes]:
        data = self._more()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, parts = data[:end], [data[end + 4 :]]
        length = _LENGTH.search(head)
        if length is None:
            raise UnexpectedAnswer(f"an answer of unknown length:\n{head.decode()}")
        missing = int(length[1]) - len(parts[0])
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return head, b"".join(parts)

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise UnexpectedAnswer("the server closed the connection")
        return data


def post(path: str, key: str, body: bytes, kind: str = JSON) -> bytes:
    """A request of the API under `key`, with an idempotency key of its own."""
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, cookie: str) -> bytes:
    """A request for a page, signed in by `cookie`."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()


def counted(clients: int) -> str:
    """So many clients, in words."""
    return f"{clients} {'client' if clients == 1 else 'clients'}"


@dataclass
class Ran(Generic[T]):
    """What a load did: what its pieces of work gave, seconds of each request, seconds in all, processor time used."""

    results: list[T] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    own: float = 0.0

    @property
    def requests_a_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def done_a_second(self) -> float:
        return len(self.results) / self.seconds

    def percentiles(self) -> str:
        """p50, p95 and p99 of a request, in words."""
        shown = " · ".join(f"{1000 * percentile(self.took, share):.1f}" for share in (0.5, 0.95, 0.99))
        return f"p50 · p95 · p99 of a request {shown} ms"


def load(
    serving: Serving, clients: int, work: Iterable[Callable[[Connection], T]], seconds: float = float("inf")
) -> Ran[T]:
    """Do the pieces of `work` with so many clients at once, until they run out or the time is over.

    What has been begun is finished and counted, with its time. The first failure ends it all and is raised.
    """
    connections = [Connection(serving.host, serving.port) for _ in range(clients)]
    ran: Ran[T] = Ran()
    failures: list[BaseException] = []
    following, lock = iter(work), threading.Lock()
    gc.collect()
    gc.disable()  # a large heap is looked through for tens of milliseconds, which would be counted as the server's
    started, used = time.perf_counter(), time.process_time()

    def run(connection: Connection) -> None:
        while time.perf_counter() - started < seconds and not failures:
            with lock:
                piece = next(following, None)
            if piece is None:
                return
            try:
                ran.results.append(piece(connection))
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=[connection], daemon=True) for connection in connections]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.enable()
    ran.seconds, ran.own = time.perf_counter() - started, time.process_time() - used
    for connection in connections:
        ran.took += connection.took
        connection.close()
    if failures:
        raise failures[0]
    return ran
