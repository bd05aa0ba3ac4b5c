# SPDX-License-Identifier: Apache-2.0
"""The rules in force, held in memory; the areas and units a rule of theirs names."""

from wangge.common.errors import Conflict
from wangge.common.fresh import Fresh
from wangge.grids.queries import areas, top_area_path
from wangge.organizations.directory import directory
from wangge.supervision.given import units_within
from wangge.supervision.models import OversightVersion
from wangge.supervision.rules import OccasionRule, Oversight


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


def areas_of(rule: OccasionRule) -> list[str]:
    """Paths of the areas that hold it, by code."""
    if rule.level:
        return [area.path for _, area in sorted(areas().items()) if area.level == rule.level]
    if rule.area:
        return [areas()[rule.area].path] if rule.area in areas() else []
    return [top_area_path()]


def called_to(rule: OccasionRule, area_path: str) -> list[str]:
    """Codes of the units that are called to it in that area."""
    within = {unit.code for unit in units_within(area_path) if unit.kind in rule.unit_kinds}
    return sorted(within.union(code for code in rule.units if code in directory().units))
