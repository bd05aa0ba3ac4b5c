# SPDX-License-Identifier: Apache-2.0
"""Fixtures for every test, in tests/ and beside the code: the test database comes with the tiny city loaded."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """Load the city once, right after pytest-django has made the database."""
    result = yield
    if fixturedef.argname == "django_db_setup":
        from tests.city import load_tiny_city

        with request.getfixturevalue("django_db_blocker").unblock():
            load_tiny_city()
    return result


@pytest.fixture
def city(db: None) -> None:
    """The tiny city, with nothing remembered from another test's rows."""
    from wangge.cases.reference import flow_by_id
    from wangge.catalog.queries import norm
    from wangge.common.fresh import forget_all

    forget_all()
    flow_by_id.cache_clear()
    norm.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _static_files_not_collected() -> Iterator[None]:
    """Pages name their static files plainly: nothing is collected for tests."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield
