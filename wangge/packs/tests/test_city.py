# SPDX-License-Identifier: Apache-2.0
"""The cast is there, and stands where tests/city.py says."""

import pytest

from tests import city as cast
from wangge.cases.deadlines import Clock
from wangge.cases.reference import matrix
from wangge.catalog.queries import catalog, search_classes
from wangge.common.coordinates import Point
from wangge.grids.locate import grid_index
from wangge.grids.queries import city
from wangge.organizations.directory import directory

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize(
    ("point", "unit_grid", "grid", "squad"),
    [
        (cast.IN_WEST, cast.UNIT_GRID_WEST, cast.GRID_WEST, "squad_west"),
        (cast.IN_EAST, cast.UNIT_GRID_EAST, cast.GRID_EAST, "squad_east"),
        (cast.IN_EAST_2, cast.UNIT_GRID_EAST_2, cast.GRID_EAST_2, "squad_east"),
    ],
)
def test_points_lie_in_their_grids(point: Point, unit_grid: str, grid: str, squad: str) -> None:
    located = grid_index().locate(*point)
    assert located and located.unit_grid and located.supervision
    assert (located.unit_grid.code, located.supervision.code) == (unit_grid, grid)
    assert directory().squad_of(grid) == squad


def test_a_point_outside_lies_in_no_grid() -> None:
    assert grid_index().locate(*cast.OUTSIDE) is None


def test_the_outsider_holds_nothing_and_the_others_something() -> None:
    assert cast.actor("outsider").held == ()
    assert cast.actor("two_hats").posts == {"operator", "dispatcher"}
    assert {held.area for held in cast.actor("chief_east").held} == {cast.EAST}


def test_every_clock_of_a_norm_occurs() -> None:
    clocks = {norm.clock for norm in catalog().norms_of(cast.TEST_EVENT)}
    assert clocks == set(Clock) - {Clock.URGENT_MINUTE}  # that one is for stages


def test_a_class_of_another_generation_lends_the_norms_of_its_counterpart() -> None:
    known = catalog()
    assert known.fileable("E0101.tiny")
    assert known.norms_of("E0101.tiny") == known.norms_of(cast.TEST_EVENT)


@pytest.mark.parametrize("code", ["C0101.2007", "C0199.yuncheng"])
def test_nothing_is_filed_or_found_under_a_generation_for_reference(code: str) -> None:
    known = catalog()
    assert known.norms_of(code) and not known.fileable(code)
    assert code not in {info.code for info in search_classes(known.classes[code].name_zh)}
    assert {info.code for info in search_classes(known.classes[cast.COVER].name_zh)} == {cast.COVER}


@pytest.mark.parametrize(
    ("code", "street", "lead", "assist"),
    [
        (cast.COVER, cast.EAST, "swj", ("csgl",)),
        (cast.STREET_EVENT, cast.EAST, "dongjie", ()),
        (cast.STREET_EVENT, cast.WEST, "xijie", ()),
        (cast.TEST_EVENT, cast.WEST, "csgl", ("swj", "dongjie")),
        (cast.UNROUTED, cast.WEST, "csgl", ()),
    ],
)
def test_the_matrix_leads_where_the_constants_say(
    code: str, street: str, lead: str, assist: tuple[str, ...]
) -> None:
    classes = catalog().classes[code].path.rstrip("/").split("/")[::-1]
    units = directory().units
    decision = matrix().route(
        classes, [street], "", default=city().default_unit, known=units, day=cast.MORNING.date()
    )
    assert (decision.lead, decision.assist) == (lead, assist)
    assert (decision.row is None) == (code == cast.UNROUTED)
