# SPDX-License-Identifier: Apache-2.0
"""Requests made up from the API's description, good and bad, with every kind of key."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.fuzz.answers import send
from tests.fuzz.cases import config, make_cases
from tests.fuzz.keys import NAMES, Key, make_keys
from wangge.config.wsgi import application

LONG = settings.get_current_profile_name() == "long"
SIZE = settings(
    max_examples=settings().max_examples if LONG else 8,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def keys(city: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Key]:
    """A city full of cases. The requests run in the test's transaction: its connection stays open between them."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    make_cases()
    return make_keys()


@pytest.fixture
def operations(keys: dict[str, Key]) -> list[Any]:
    """Those of the API's own description, with our cases for their parameters."""
    chosen = schemathesis.Config.from_dict(config())
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=chosen)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def test_every_kind_of_key(operations: list[Any], keys: dict[str, Key]) -> None:
    for operation in operations:
        made = st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES])

        @SIZE
        @given(made, st.lists(st.sampled_from(NAMES), min_size=5, max_size=5, unique=True))
        def try_them(case: Any, names: list[str]) -> None:
            for name in names:
                send(case, keys[name])

        try_them()


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
