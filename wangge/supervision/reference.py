# SPDX-License-Identifier: Apache-2.0
"""The rules in force, held in memory."""

from wangge.common.errors import Conflict
from wangge.common.fresh import Fresh
from wangge.supervision.models import OversightVersion
from wangge.supervision.rules import Oversight


class NoOversight(Conflict):
    code = "no_oversight"
    zh = "还没有督查督办的规则，请系统管理员重新载入城市数据包。"
    en = "There are no rules of supervision yet: ask your administrator to load the city's pack again."


def _load() -> Oversight | None:
    row = OversightVersion.objects.current().first()
    return Oversight.model_validate(row.document) if row else None


_in_force = Fresh(_load)


def oversight() -> Oversight:
    """Raises NoOversight where the pack was loaded before there were such rules."""
    rules = _in_force()
    if rules is None:
        raise NoOversight
    return rules
