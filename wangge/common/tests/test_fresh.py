# SPDX-License-Identifier: Apache-2.0
"""Reference data in memory follow their revision."""

from itertools import count

import pytest
from django.conf import LazySettings

from wangge.common.fresh import Fresh, new_revision


@pytest.mark.django_db
def test_what_is_held_is_loaded_again_after_a_change_and_only_then(settings: LazySettings) -> None:
    settings.WANGGE_REVISION_CHECK_SECONDS = 0.0
    held = Fresh(count(1).__next__)
    assert (held(), held()) == (1, 1)
    new_revision()
    assert (held(), held()) == (2, 2)
    settings.WANGGE_REVISION_CHECK_SECONDS = 3600.0
    new_revision()
    assert held() == 2, "not asked again so soon"
    held.forget()
    assert held() == 3
