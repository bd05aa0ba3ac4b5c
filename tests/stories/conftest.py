# SPDX-License-Identifier: Apache-2.0
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stories.overseers import Browser
    from tests.stories.people import Cast


@pytest.fixture
def cast() -> "Cast":
    """Everybody of the tiny city, each with a browser of their own."""
    from tests.stories.people import Cast  # loaded before Django is set up

    return Cast()


@pytest.fixture
def browser() -> "Browser":
    """A browser somebody of the tiny city, named by login, has signed in with."""
    from django.test import Client  # loaded before Django is set up

    from tests.city import person

    def signed_in(login: str) -> Client:
        client = Client()
        client.force_login(person(login))
        return client

    return signed_in
