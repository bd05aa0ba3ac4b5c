# SPDX-License-Identifier: Apache-2.0
"""Norms that hold where areas are of one grade."""

import pytest

from tests.city import IN_EAST, IN_WEST, NORM_WORK_HOURS, TEST_EVENT
from tests.loop import bring_to, step
from wangge.cases.errors import UnknownNorm
from wangge.cases.flow import State
from wangge.catalog.models import Norm
from wangge.catalog.queries import catalog
from wangge.common.fresh import forget_all
from wangge.grids.models import Area
from wangge.grids.queries import areas, grade_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def graded() -> int:
    """The east street is of grade A, and one norm holds only there; its id."""
    Area.objects.filter(code="990101001").update(grade="A")
    Norm.objects.filter(code=NORM_WORK_HOURS).update(area_grade="A")
    forget_all()
    return next(n.id for n in catalog().norms_of(TEST_EVENT) if n.code == NORM_WORK_HOURS)


def test_an_area_is_of_the_grade_of_the_nearest_above_it(graded: int) -> None:
    assert grade_of(areas()["990101001001"].path) == "A"
    assert grade_of(areas()["990101002001"].path) == grade_of("") == ""


def test_a_case_is_filed_by_a_norm_of_its_areas_grade_only(graded: int) -> None:
    east = bring_to(State.ACCEPTED, class_code=TEST_EVENT, where=IN_EAST)
    west = bring_to(State.ACCEPTED, class_code=TEST_EVENT, where=IN_WEST)
    step(east, "file", norm_id=graded)
    assert east.state == State.FILED
    with pytest.raises(UnknownNorm):
        step(west, "file", norm_id=graded)
