# SPDX-License-Identifier: Apache-2.0
"""A step that tells three people beside the same step that tells nobody, by HTTP, turn about in one load.

The step is the dispatch: to a unit with three clerks, and to one without any, both made for it and ended again. What was
told is counted: a step that told fewer is no figure.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import cycle

from django.db import transaction

from benchmarks.client import JSON, Connection, counted, load, post
from benchmarks.costs import Outbox, drained
from benchmarks.figures import Figure, percentile
from benchmarks.installation import Serving, keys, serving
from benchmarks.matters import Matter, Move, matters
from benchmarks.steady import BOUNDARY, FORM
from wangge.common.clock import now
from wangge.common.fresh import forget_all, new_revision
from wangge.grids.queries import top_area_path
from wangge.notices.models import Notice
from wangge.organizations.models import Appointment, Person, Unit

CLIENTS = (1, 8)
CASES = 300  # of each kind and number of clients
WARM_UP = 50
MATTERS = 500
#: code of the unit: how many clerks it has
UNITS = {"bench-bare": 0, "bench-told": 3}
NAMES = {"bench-bare": "a step that tells nobody", "bench-told": "the step with three notices"}
CLERK = "unit_clerk"
REASON = {"reason": "压测。"}


def measure(cases: int = CASES) -> list[Figure]:
    """p50 and p95 of both at 1 client and at 8, in milliseconds; of each kind so many cases."""
    known = matters(MATTERS)
    people = keys(sorted(set().union(*(matter.logins for matter in known))))
    with _units(), serving() as served:
        steps = _Steps(served, people, known)
        steps.run(CLIENTS[-1], WARM_UP)
        return [figure for clients in CLIENTS for figure in steps.run(clients, cases)]


class _Steps:
    def __init__(self, served: Serving, people: dict[str, str], known: list[Matter]) -> None:
        self._served, self._keys, self._next = served, people, cycle(known)

    def run(self, clients: int, cases: int) -> list[Figure]:
        """Dispatch so many cases of each kind, turn about; they are made void afterwards. Raises RuntimeError."""
        filed = load(
            self._served, CLIENTS[-1], (partial(self._file, next(self._next)) for _ in range(2 * cases))
        ).results
        before = Outbox.now()
        units = cycle(UNITS)
        ran = load(self._served, clients, [partial(self._dispatch, next(units), *one) for one in filed])
        left = drained(before, told=True)
        told = Notice.objects.filter(pk__gt=before.newest, recipient__login__startswith="bench-").count()
        if told != UNITS["bench-told"] * cases:
            raise RuntimeError(f"{cases} dispatches to three clerks wrote {told} notices")
        load(self._served, CLIENTS[-1], [partial(self._void, *one) for one in filed])
        took = {unit: [seconds for of, seconds in ran.results if of == unit] for unit in UNITS}
        return [
            Figure(
                _name(unit, share, clients), 1000 * percentile(took[unit], share), "ms",
                of="" if unit == "bench-bare" else _name("bench-bare", share, clients),
                note=f"{len(took[unit])} dispatches; {left}" if unit == "bench-told" else "",
            )
            for share in (0.5, 0.95)
            for unit in UNITS
        ]  # fmt: skip

    def _file(self, matter: Matter, connection: Connection) -> tuple[str, Matter]:
        """The number of a case that waits to be dispatched."""
        answer = connection.send(self._post("/cases", matter.report))
        number = json.loads(answer)["number"]
        for move in matter.steps[:2]:  # accepted and filed, with the photos the norm asks for
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            photo = partial(post, "/photos", self._keys[move.login], FORM, kind)
            photos = [json.loads(connection.send(photo()))["id"] for _ in range(move.photos)]
            connection.send(self._post(f"/cases/{number}/steps", move, photos))
        return number, matter

    def _dispatch(self, unit: str, number: str, matter: Matter, connection: Connection) -> tuple[str, float]:
        """The unit, and the seconds its dispatch took."""
        body = {"step": "dispatch", "unit": unit, "texts": REASON}
        connection.send(self._step(number, matter.steps[2].login, body))
        return unit, connection.took[-1]

    def _void(self, number: str, matter: Matter, connection: Connection) -> None:
        connection.send(self._step(number, matter.steps[1].login, {"step": "void", "texts": REASON}))

    def _post(self, path: str, move: Move, photos: list[str] | None = None) -> bytes:
        return post(path, self._keys[move.login], move.with_photos(photos or []))

    def _step(self, number: str, login: str, body: Mapping[str, object]) -> bytes:
        return post(f"/cases/{number}/steps", self._keys[login], json.dumps(body).encode(), JSON)


def _name(unit: str, share: float, clients: int) -> str:
    return f"{NAMES[unit]}, p{share * 100:.0f}, {counted(clients)}"


@contextmanager
def _units() -> Iterator[None]:
    """The two units with their clerks, until the block ends; what was told to them stays."""
    _end()
    at, area = now(), top_area_path()
    with transaction.atomic():
        for code, clerks in UNITS.items():
            names = {"name_zh": code, "name_en": code, "kind": Unit.Kind.DEPARTMENT}
            Unit.objects.create(code=code, path=f"{code}/", valid_from=at, **names)
            for n in range(clerks):
                person, _ = Person.objects.get_or_create(
                    login=f"{code}-{n}", defaults={"name": code, "password": "!"}
                )
                Appointment.objects.create(
                    person=person, post=CLERK, unit=code, unit_path=f"{code}/", area=area.strip("/"),
                    area_path=area, valid_from=at,
                )  # fmt: skip
        new_revision()
    forget_all()
    try:
        yield
    finally:
        _end()


def _end() -> None:
    with transaction.atomic():
        Unit.objects.filter(valid_to=None, code__in=UNITS).update(valid_to=now())
        Appointment.objects.filter(valid_to=None, unit__in=UNITS).update(valid_to=now())
        new_revision()
    forget_all()
