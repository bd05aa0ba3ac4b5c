# SPDX-License-Identifier: Apache-2.0
"""The loop by HTTP: intake, steps and whole life cycles, as peers of the API with a key each ask for them."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import cycle, islice
from typing import Any

from PIL import Image

from benchmarks.client import Connection, Ran, counted, load, post
from benchmarks.costs import Cost, Outbox, costing, drained
from benchmarks.figures import Figure
from benchmarks.installation import Serving, keys, serving
from benchmarks.matters import Matter, Move, matters
from benchmarks.raw import inserting, updating

CLIENTS = (1, 8, 32)
MOST_CLIENTS = CLIENTS[-1]
MATTERS = 3000
SECONDS = 15.0  # of each measurement
WARM_UP = (
    300  # cases led to their end before: every web process has read its tables and planned its statements
)
LIVES = 120  # cases prepared for each second measured
BOUNDARY = "wangge-benchmark"
PHONE = (1600, 1200)  # pixels
TINY = (8, 8)
#: a reported case, and the ids of the photos each of its steps names (None: taken when they are needed)
Open = tuple[str, Matter, list[list[str]] | None]


def measure(seconds: float = SECONDS) -> list[Figure]:
    """Intake and step at 1, 8 and 32 clients, life cycles at 32; each measured for so many seconds."""
    known = matters(MATTERS)
    people = keys(sorted(set().union(*(matter.logins for matter in known))))
    with serving() as served:
        loop = Loop(served, people, known)
        loop.warm_up()
        figures: list[Figure] = []
        for clients in CLIENTS:
            figures += [loop.intake(clients, seconds), loop.steps(clients, seconds)]
        figures += [loop.lives(seconds, with_photos=sent) for sent in (False, True)]
        loop.end_what_waits()
    return figures


class Loop:
    """Takes the matters in turn; what was reported and not led to its end is rejected when all is measured."""

    def __init__(self, served: Serving, people: dict[str, str], known: list[Matter]) -> None:
        self._served, self._keys, self._next = served, people, cycle(known)
        self._waiting: list[tuple[str, Matter]] = []

    def warm_up(self) -> None:
        """A load that is not measured."""
        self._waiting += load(self._served, MOST_CLIENTS, islice(self._reports(), WARM_UP)).results
        load(self._served, MOST_CLIENTS, (partial(self.lead, case) for case in self._prepared(WARM_UP)))

    def intake(self, clients: int, seconds: float) -> Figure:
        """Reports a second."""
        before = Outbox.now()
        with costing(self._served) as cost:
            ran = load(self._served, clients, self._reports(), seconds)
        self._waiting += ran.results
        note = f"{_note(ran, cost)}; {drained(before, told=False)}"
        return Figure(
            f"intake, {counted(clients)}",
            ran.requests_a_second,
            "/s",
            _bar(clients),
            inserting(clients),
            note,
        )

    def steps(self, clients: int, seconds: float) -> Figure:
        """Steps a second: each client leads one reported case after another to its end; photos were taken before."""
        prepared = iter(self._prepared(int(seconds * LIVES * min(1.0, clients / 4))))
        before = Outbox.now()
        with costing(self._served) as cost:
            ran = load(self._served, clients, (partial(self.lead, case) for case in prepared), seconds)
        self._waiting += [(number, matter) for number, matter, _ in prepared]
        note = f"{_note(ran, cost)}; {drained(before, told=True)}"
        return Figure(
            f"step, {counted(clients)}", ran.requests_a_second, "/s", _bar(clients), updating(clients), note
        )

    def lives(self, seconds: float, *, with_photos: bool) -> Figure:
        """Life cycles a second, report to closed; photos taken before, or by the way as from telephones."""
        name = "life cycles, " + ("photos sent by the way" if with_photos else "photos sent before")
        if with_photos:
            _form(PHONE)  # drawn before anything is measured
            pieces: Iterator[Callable[[Connection], str]] = (partial(self.live, m, None) for m in self._next)
        else:
            known = list(islice(self._next, int(seconds * LIVES)))
            photos = self._photos_of(known)
            pieces = (partial(self.live, m, ids) for m, ids in zip(known, photos, strict=True))
        before = Outbox.now()
        with costing(self._served) as cost:
            ran = load(self._served, MOST_CLIENTS, pieces, seconds)
        note = f"{ran.requests_a_second:.0f} requests/s; {_note(ran, cost)}; {drained(before, told=True)}"
        note += f"; photos {PHONE[0]} x {PHONE[1]}, {len(_picture(PHONE)) // 1000} kB" if with_photos else ""
        return Figure(name, ran.done_a_second, "/s", "" if with_photos else ">= 37", note=note)

    def end_what_waits(self) -> None:
        """Reject what was only reported, or the next measurement would find thousands of open tasks."""
        load(self._served, MOST_CLIENTS, (partial(self._reject, *case) for case in self._waiting))
        self._waiting = []

    # -- what a client does ------------------------------------------------------------------------------------

    def _reports(self) -> Iterator[Callable[[Connection], tuple[str, Matter]]]:
        return (partial(self.report, matter) for matter in self._next)

    def report(self, matter: Matter, connection: Connection) -> tuple[str, Matter]:
        """The number of the case it becomes, and the matter."""
        move = matter.report
        answer = connection.send(post("/cases", self._keys[move.login], move.body))
        return json.loads(answer)["number"], matter

    def lead(self, case: Open, connection: Connection) -> str:
        """Every step up to the end; the case's number."""
        number, matter, photos = case
        answer = b""
        for n, move in enumerate(matter.steps):
            ids = self._take(move, PHONE, connection) if photos is None else photos[n]
            answer = self._step(number, move, connection, ids)
        if json.loads(answer)["state"] != "closed":
            raise AssertionError(f"{number} was not closed: {answer.decode()}")
        return number

    def live(self, matter: Matter, photos: list[list[str]] | None, connection: Connection) -> str:
        """A whole life cycle; the case's number."""
        return self.lead((*self.report(matter, connection), photos), connection)

    def _reject(self, number: str, matter: Matter, connection: Connection) -> None:
        self._step(number, matter.reject, connection, [])

    def _step(self, number: str, move: Move, connection: Connection, photos: list[str]) -> bytes:
        return connection.send(
            post(f"/cases/{number}/steps", self._keys[move.login], move.with_photos(photos))
        )

    def _take(self, move: Move, size: tuple[int, int], connection: Connection) -> list[str]:
        """Send the photos the step needs; their ids."""
        form = _form(size)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        request = partial(post, "/photos", self._keys[move.login], form, kind)
        return [json.loads(connection.send(request()))["id"] for _ in range(move.photos)]

    # -- prepared, not measured --------------------------------------------------------------------------------

    def _prepared(self, count: int) -> list[Open]:
        """So many of the cases that wait, with photos for their steps."""
        cases, self._waiting = self._waiting[:count], self._waiting[count:]
        photos = self._photos_of([matter for _, matter in cases])
        return [(number, matter, ids) for (number, matter), ids in zip(cases, photos, strict=True)]

    def _photos_of(self, known: list[Matter]) -> list[list[list[str]]]:
        """Tiny photos for the steps of each matter, in the same order."""

        def take(n: int, connection: Connection) -> tuple[int, list[list[str]]]:
            return n, [self._take(move, TINY, connection) for move in known[n].steps]

        taken = load(self._served, MOST_CLIENTS, (partial(take, n) for n in range(len(known)))).results
        return [ids for _, ids in sorted(taken)]


def _bar(clients: int) -> str:
    return ">= 400" if clients == MOST_CLIENTS else ""


def _note(ran: Ran[Any], cost: Cost) -> str:
    return f"{ran.percentiles()}; {cost.words(ran)}"


@cache
def _form(size: tuple[int, int]) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    return head.encode() + _picture(size) + f"\r\n--{BOUNDARY}--\r\n".encode()


@cache
def _picture(size: tuple[int, int]) -> bytes:
    """A JPEG with the grain of a photograph."""
    grain = Image.effect_noise(size, 24)
    shade = Image.linear_gradient("L").resize(size)
    encoded = io.BytesIO()
    Image.merge("RGB", (grain, shade, shade)).save(encoded, "JPEG", quality=85)
    return encoded.getvalue()
