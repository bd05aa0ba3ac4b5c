# SPDX-License-Identifier: Apache-2.0
"""What a person without a permission is told, and what a program is."""

import pytest

from wangge.organizations.access import Permission, PermissionMissing, require
from wangge.organizations.directory import Actor


def test_a_missing_permission_is_named_to_programs_only() -> None:
    nobody = Actor(person_id=1, login="nobody", name="无岗位", held=())
    with pytest.raises(PermissionMissing) as refused:
        require(nobody, Permission.BOARD_READ)
    told = refused.value.as_dict()
    assert told["permission"] == "screens:board:read"
    assert "screens" not in str(told["message"])
