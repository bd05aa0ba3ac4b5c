# SPDX-License-Identifier: Apache-2.0
"""Requests made up from the API's description, good and bad, with every kind of key."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import schemathesis
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.city import actor
from tests.fuzz.answers import send
from tests.fuzz.cases import config, make_cases
from tests.fuzz.good import GOOD
from tests.fuzz.keys import ALL, CAST, NAMES, WRONG, Key, make_keys
from wangge.config.wsgi import application
from wangge.organizations.directory import directory

LONG = settings.get_current_profile_name() == "long"
#: in so many made-up requests every key has its turn
TURNS = 8
SIZE = settings(
    max_examples=settings().max_examples if LONG else TURNS,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
#: what a key of one scope may do; a photo may be sent with either of two
BY_SCOPE = {
    "case:read": {name for name in GOOD if name.startswith("GET ")},
    "case:report": {"POST /cases", "POST /calls", "POST /photos"},
    "case:step": {"POST /cases/{number}/steps", "POST /photos"},
}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def keys(city: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Key]:
    """A city full of cases. The requests run in the test's transaction: its connection stays open between them."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    make_cases()
    return make_keys()


@pytest.fixture
def operations(keys: dict[str, Key]) -> list[Any]:
    """All of the API's own description, with our cases for their parameters."""
    chosen = schemathesis.Config.from_dict(config())
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=chosen)
    found = list(schema.get_all_operations())
    read = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(read) == len(found), "an operation cannot be read"
    described = {
        f"{method.upper()} {path}"
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
    }
    assert {f"{one.method.upper()} {one.path}" for one in read} == described
    return read


def test_somebody_of_every_post_has_a_key(city: None) -> None:
    assert {held.post for login in CAST for held in actor(login).held} == set(directory().posts)


def test_every_operation_in_good_faith(operations: list[Any], keys: dict[str, Key]) -> None:
    """Every key sends every operation what is in order: whoever should is answered with success, on every one."""
    by_name = {operation.label.replace(" /api/v1/", " /"): operation for operation in operations}
    assert set(by_name) == set(GOOD)
    done: dict[str, set[str]] = {name: set() for name in NAMES}
    for (name, operation), key in product(by_name.items(), keys.values()):
        statuses = [send(operation.Case(**parts()), key) for parts in GOOD[name]]
        assert not set(statuses) & {400, 413, 422}, (key.name, name, statuses)
        if max(statuses) < 300:
            done[key.name].add(name)
    assert done["operator_1"] == done["two_hats"] == set(GOOD)
    assert {scope: done[f"only {scope}"] for scope in ALL} == BY_SCOPE
    assert {name for name in NAMES if not done[name]} - {"spent"} == {*WRONG, "revoked", "left"}


def test_every_kind_of_key(operations: list[Any], keys: dict[str, Key]) -> None:
    """Every operation meets every key with a made-up request at least once."""
    for place, operation in enumerate(operations):
        made = _made_up(operation)
        assert len(made) >= TURNS
        for n, case in enumerate(made):
            for name in NAMES[(n + place) % TURNS :: TURNS]:
                send(case, keys[name])


def _made_up(operation: Any) -> list[Any]:
    """Requests good and bad, drawn first: whose turn it is must not hang on how often one is drawn."""
    made: list[Any] = []

    @SIZE
    @given(st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES]))
    def draw(case: Any) -> None:
        made.append(case)

    draw()
    return made


def test_every_edge(operations: list[Any], keys: dict[str, Key]) -> None:
    for operation in operations:
        for case in _edges(operation):
            send(case, keys["operator_1"])


def _edges(operation: Any) -> Iterator[Any]:
    """Every limit of the description, kept and broken, and methods it does not name."""
    schema = operation.schema
    yield from schema.iter_coverage_cases(
        operation, generation_modes=list(MODES), generation_config=schema.config.generation,
        extra_data_source=None, error_feedback=None, session=None,
    )  # fmt: skip
