# SPDX-License-Identifier: Apache-2.0
"""The load of the benchmarks: what it sends is right, what it counts is so, and a refusal is never counted as done."""

import json
import socketserver
import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
from django.test import Client

from benchmarks.client import Connection, UnexpectedAnswer, get, load
from benchmarks.installation import SCOPES, Serving
from tests.loop import new_case, step
from wangge.cases.verification import faults_of
from wangge.exchange.tests.peers import make_peer


class _Answering(socketserver.StreamRequestHandler):
    """Answers each address with its own length, in two parts; /refused with a refusal."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            path = line.split()[1].decode()
            status = "409 Conflict" if path == "/refused" else "200 OK"
            body = f"answer to {path}".encode()
            self.wfile.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            self.wfile.flush()
            self.wfile.write(body[5:])


@pytest.fixture
def server() -> Iterator[Serving]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Answering) as answering:
        answering.daemon_threads = True
        threading.Thread(target=answering.serve_forever, daemon=True).start()
        yield Serving("127.0.0.1", answering.server_address[1], 0)
        answering.shutdown()


def test_every_request_is_counted(server: Serving) -> None:
    pieces = [lambda connection, n=n: connection.send(get(f"/{n}", "")) for n in range(20)]
    ran = load(server, 3, pieces)
    assert sorted(ran.results) == sorted(f"answer to /{n}".encode() for n in range(20))
    assert len(ran.took) == 20 and ran.done_a_second == ran.requests_a_second > 0


def test_a_refusal_ends_the_load(server: Serving) -> None:
    done: list[bytes] = []

    def ask(connection: Connection) -> None:
        done.append(connection.send(get("/refused" if len(done) == 5 else "/fine", "")))

    with pytest.raises(UnexpectedAnswer, match=r"GET /refused(.|\n)*409(.|\n)*answer to /refused"):
        load(server, 1, [ask] * 50)
    assert len(done) == 5


class _InProcess:
    """A connection whose requests are answered by the product in this process."""

    def __init__(self) -> None:
        self._client = Client()

    def send(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        kind = headers.pop("Content-Type")
        assert int(headers.pop("Content-Length")) == len(body)
        method, path, _ = first.split()
        answer: Any = self._client.generic(method, path, body, content_type=kind, headers=headers)
        assert answer.status_code == 201, answer.content
        return bytes(answer.content)


@pytest.mark.django_db
def test_every_matter_is_led_to_its_end(city: None) -> None:
    """By all the different people it names; one of each channel, so one with a callback too."""
    from benchmarks.loop import Loop
    from benchmarks.matters import CHANNELS, matters
    from wangge.cases.models import Case

    by_channel = {json.loads(matter.report.body)["channel"]: matter for matter in matters(40)}
    known = list(by_channel.values())
    logins = set().union(*(matter.logins for matter in known))
    people = {login: make_peer(login, *SCOPES, per_minute=1_000_000).key for login in logins}
    loop = Loop(Serving("", 0, 0), people, known)
    connection = cast(Connection, _InProcess())
    numbers = [loop.live(matter, None, connection) for matter in known]
    cases = Case.objects.filter(number__in=numbers, state="closed")
    assert {case.channel_id for case in cases} == set(CHANNELS)
    assert not any(faults_of(case) for case in cases)


def test_a_starved_load_passes_no_bar() -> None:
    from benchmarks.screens import reached

    assert [reached(rate, 50, "").met for rate in (50, 48, 47.9, 1)] == [True, True, False, False]


@pytest.mark.django_db
def test_a_load_that_should_tell_somebody_and_did_not_is_no_figure(city: None) -> None:
    from benchmarks.costs import Outbox, drained

    before = Outbox.now()
    assert "nobody to tell" in drained(before, told=False)
    with pytest.raises(AssertionError, match="wrote no notice"):
        drained(before, told=True)
    step(new_case(at=None), "accept")  # its reporter is told
    assert "1 notices written with the steps" in drained(before, told=True)
