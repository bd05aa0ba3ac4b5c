# SPDX-License-Identifier: Apache-2.0
"""Norms that hold where areas are of one grade."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.city import IN_EAST, IN_WEST, NORM_WORK_HOURS, TEST_EVENT, person
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


def test_norms_are_found_for_a_correction_as_they_hold_where_the_case_lies(graded: int) -> None:
    client = Client()
    client.force_login(person("chief_1"))
    for where, there in ((IN_EAST, True), (IN_WEST, False)):
        case = bring_to(State.ACCEPTED, class_code=TEST_EVENT, where=where)
        asked = {"norm_words": TEST_EVENT, "case": case.number}
        found = client.get(reverse("desk:norm_search"), asked).content.decode()
        assert f'value="{TEST_EVENT}:' in found and (f'"{TEST_EVENT}:{graded}"' in found) is there
    client.force_login(person("operator_east"))
    assert client.get(reverse("desk:norm_search"), asked).status_code == 404
