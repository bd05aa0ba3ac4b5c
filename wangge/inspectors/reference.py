# SPDX-License-Identifier: Apache-2.0
"""The rules of inspectors' work in force, held in memory."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Min

from wangge.common.fresh import Fresh
from wangge.grids.queries import city
from wangge.inspectors.errors import NoRules
from wangge.inspectors.models import InspectorRules
from wangge.inspectors.rules import Rules, read_rules


class InForce(NamedTuple):
    """The rules in force with the id of their version."""

    id: int
    rules: Rules


def _load() -> InForce:
    row = InspectorRules.objects.current().first()
    if row is None:
        raise NoRules
    return InForce(row.pk, read_rules(row.document))


current_rules = Fresh(_load)


def _load_first_day() -> date:
    first = InspectorRules.objects.aggregate(first=Min("valid_from"))["first"]
    if first is None:
        raise NoRules
    return local_day(first)


#: the first day for which the city had any rules: nothing is asked of anybody before
first_day = Fresh(_load_first_day)


@lru_cache(maxsize=50)
def rules_by_id(rules_id: int) -> Rules:
    """Any version; the content of a version never changes."""
    return read_rules(InspectorRules.objects.get(pk=rules_id).document)


def local_day(at: datetime) -> date:
    """The day of a moment in the city."""
    return at.astimezone(city().zone).date()
