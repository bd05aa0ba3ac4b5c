# SPDX-License-Identifier: Apache-2.0
"""Where past cases would go by another matrix."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import COVER, EAST, IN_WEST, STREET_EVENT, UNROUTED, actor
from tests.loop import bring_to
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.rehearsal import Charge, Rehearsal, rehearse
from wangge.cases.routing import Matrix, MatrixRow
from wangge.catalog.queries import catalog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

CIVIL, WATER, EAST_STREET = "csgl", "swj", "dongjie"
COVERS, EVENTS = MatrixRow(1, "C01", "", "", WATER), MatrixRow(2, "E01", EAST, "", EAST_STREET)


def _charge(*rows: MatrixRow, without: str = "") -> Charge:
    classes = {code: info.path for code, info in catalog().classes.items()}
    units = {CIVIL, WATER, EAST_STREET} - {without}
    return Charge(Matrix(rows), classes, units, CIVIL)


@pytest.fixture
def past() -> None:
    """Two covers and a street event in the east, one cover in the west, one of a class without a row."""
    for class_code in (COVER, COVER, STREET_EVENT, UNROUTED):
        bring_to(State.FILED, class_code=class_code)
    bring_to(State.FILED, class_code=COVER, where=IN_WEST)
    bring_to(State.ACCEPTED, class_code=COVER)  # not filed: the matrix was never asked


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize(
    ("after", "moves", "unrouted"),
    [
        ((COVERS, EVENTS), (), 0),
        ((replace(COVERS, lead=CIVIL), EVENTS), ((WATER, CIVIL, 3),), 0),
        ((EVENTS,), ((WATER, CIVIL, 3),), 3),
        ((COVERS,), ((EAST_STREET, CIVIL, 1),), 1),
        ((COVERS, EVENTS, MatrixRow(3, COVER, EAST, "", EAST_STREET)), ((WATER, EAST_STREET, 2),), 0),
        ((COVERS, EVENTS, MatrixRow(3, "C02", "", "", WATER)), ((CIVIL, WATER, 1),), 0),
        # by the day each case was filed: a row of later holds for none of them
        ((COVERS, EVENTS, MatrixRow(3, COVER, "", "", CIVIL, first_day=date(2026, 3, 12))), (), 0),
        (
            (COVERS, EVENTS, MatrixRow(3, COVER, "", "", CIVIL, last_day=date(2026, 3, 11))),
            ((WATER, CIVIL, 3),),
            0,
        ),
    ],
)
def test_what_would_go_elsewhere(
    after: tuple[MatrixRow, ...], moves: tuple[tuple[str, str, int], ...], unrouted: int
) -> None:
    found = rehearse(_charge(COVERS, EVENTS), _charge(*after), reader=actor("chief_1"))
    assert (found.asked, found.moves, found.unrouted) == (5, moves, unrouted)
    assert found.moved == len(found.examples) == sum(count for _, _, count in moves)
    numbers = set(Case.objects.values_list("number", flat=True))
    assert {(e.before, e.after) for e in found.examples} == {move[:2] for move in moves}
    assert {e.number for e in found.examples} <= numbers


@pytest.mark.usefixtures("past")
def test_a_unit_that_ends_leaves_its_cases_to_the_default() -> None:
    found = rehearse(_charge(COVERS, EVENTS), _charge(COVERS, EVENTS, without=WATER))
    assert (found.moves, found.unrouted) == (((WATER, CIVIL, 3),), 3)


@pytest.mark.usefixtures("past")
def test_the_numbers_are_the_city_s_and_the_examples_the_reader_s() -> None:
    before, after = _charge(COVERS, EVENTS), _charge(replace(COVERS, lead=CIVIL), EVENTS)
    whole = rehearse(before, after, reader=actor("chief_1"))
    for login, seen in (("chief_1", 3), ("chief_east", 2), ("operator_west", 1), ("outsider", 0)):
        found = rehearse(before, after, reader=actor(login))
        assert (found.moved, len(found.examples)) == (3, seen) and {*found.examples} <= {*whole.examples}, (
            login
        )
    assert rehearse(before, after).examples == ()


@pytest.mark.usefixtures("past")
def test_cases_another_level_would_dispatch_are_counted() -> None:
    held = _charge(COVERS, EVENTS)
    for levels, moved in (({}, 0), ({"C01": "district"}, 3), ({COVER: "district", "E01": "district"}, 4)):
        found = rehearse(held, replace(held, levels=levels))
        assert (found.levels, found.moves) == (moved, ()), levels


@pytest.mark.usefixtures("past")
def test_the_newest_cases_only_and_one_query() -> None:
    before, after = _charge(COVERS, EVENTS), _charge()
    rehearse(before, after)  # what is held in memory is read
    with CaptureQueriesContext(connection) as queries:
        found = rehearse(before, after, most=2)
    assert (found.asked, len(queries)) == (2, 1)
    assert rehearse(_charge(), _charge(), most=0) == Rehearsal(0, (), 0, ())
