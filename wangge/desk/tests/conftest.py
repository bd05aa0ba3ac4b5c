# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def _static_files_not_collected() -> Iterator[None]:
    """Pages name their static files plainly: nothing was collected for the test."""
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": PLAIN}):
        yield
