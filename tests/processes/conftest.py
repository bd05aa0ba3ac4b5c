# SPDX-License-Identifier: Apache-2.0
"""Real processes of the product on the test's database."""

import os
import time
from collections.abc import Callable

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from wangge.config.database import find_server

Wait = Callable[..., None]


@pytest.fixture
def on_test_database(transactional_db: None, city: None) -> dict[str, str]:
    """The environment with which a process of this installation works on the test's database."""
    place = find_server().administrator | {"dbname": connection.settings_dict["NAME"]}
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return kept | {"WANGGE_DATABASE_URL": make_conninfo(**place)}


@pytest.fixture
def wait_for() -> Wait:
    """`wait_for(condition)`: until it holds; fails after 30 seconds."""

    def wait(condition: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)

    return wait
