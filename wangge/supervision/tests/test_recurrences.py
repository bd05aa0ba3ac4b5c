# SPDX-License-Identifier: Apache-2.0
"""The same matter again and again: same class, close together, within the days."""

from datetime import timedelta

import pytest

from tests.city import COVER, IN_EAST, IN_WEST, UNROUTED, actor
from tests.loop import bring_to, new_case
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.common.clock import now
from wangge.common.coordinates import Point
from wangge.supervision.models import Recurrence
from wangge.supervision.queries.watching import recurrences
from wangge.supervision.recurrences import find_recurrences
from wangge.supervision.rules import Repeats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

RULE = Repeats(times=3, days=14, metres=100)
#: about 90 m and 190 m north of IN_EAST: the first near to both others, they not to each other
NEAR, FAR = Point(IN_EAST.lon, IN_EAST.lat + 0.0008), Point(IN_EAST.lon, IN_EAST.lat + 0.0017)


def reported(where: Point, *, class_code: str = COVER, days_ago: float = 0) -> Case:
    case = new_case(at=None, where=where, class_code=class_code)
    Case.objects.filter(pk=case.pk).update(reported_at=now() - timedelta(days=days_ago))
    return case


def test_three_within_two_weeks_are_one_matter_led_by_the_newest() -> None:
    first, second, third = (
        reported(IN_EAST, days_ago=13),
        reported(NEAR, days_ago=5),
        reported(IN_EAST, days_ago=1),
    )
    assert find_recurrences(RULE, at=now()) == 1
    row = Recurrence.objects.get()
    assert (row.case_id, row.cases, row.times) == (third.pk, [third.pk, second.pk, first.pk], 3)
    assert find_recurrences(RULE, at=now()) == 1, "made anew, not added to"
    assert Recurrence.objects.count() == 1
    assert [m.numbers for m in recurrences(actor("chief_1"))] == [[third.number, second.number, first.number]]
    assert recurrences(actor("chief_west")) == []


@pytest.mark.parametrize("odd", ["far", "class", "old", "void", "west"])
def test_what_is_not_the_same_matter_does_not_count(odd: str) -> None:
    reported(IN_EAST, days_ago=2)
    reported(NEAR, days_ago=1)
    if odd == "void":
        case = bring_to(State.VOID, at=None)
        assert case.lon == IN_EAST.lon
    else:
        where = {"far": FAR, "west": IN_WEST}.get(odd, IN_EAST)
        reported(
            where, class_code=UNROUTED if odd == "class" else COVER, days_ago=15 if odd == "old" else 0.5
        )
    assert find_recurrences(RULE, at=now()) == 0


def test_a_case_belongs_to_one_matter() -> None:
    for where, days in ((IN_EAST, 6), (IN_EAST, 5), (NEAR, 4), (IN_EAST, 3), (FAR, 2), (FAR, 1)):
        reported(where, days_ago=days)
    find_recurrences(RULE, at=now())
    found = [case for row in Recurrence.objects.all() for case in row.cases]
    assert len(found) == len(set(found)) and len(found) >= 3
