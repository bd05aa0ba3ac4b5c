# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wangge.exchange.tests.peers import PeerMaker


@pytest.fixture
def peer(city: None) -> PeerMaker:
    """`peer(login, *scopes, per_minute=600)`: a key of that person; without scopes it has all."""
    from wangge.exchange.tests.peers import make_peer  # models, so not before Django is set up

    return make_peer
