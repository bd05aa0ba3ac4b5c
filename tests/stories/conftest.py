# SPDX-License-Identifier: Apache-2.0
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stories.people import Cast


@pytest.fixture
def cast() -> "Cast":
    """Everybody of the tiny city, each with a browser of their own."""
    from tests.stories.people import Cast  # loaded before Django is set up

    return Cast()
