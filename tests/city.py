# SPDX-License-Identifier: Apache-2.0
"""The cast of the tests: a tiny city loaded from tests/tiny_city by the real loader, its people by login.

A district (990101) of two streets. From west to east, three communities of two unit grids each (north 001, south 002),
one supervision grid a community:

    120.00        120.01        120.02        120.03
      | West One    | East One    | East Two    |     30.02
      | squad_west  | squad_east  | squad_east  |     30.00

Posts of the whole district: operator_1 operator_2, chief_1 chief_2, dispatcher_1 dispatcher_2, evaluator, coordinator,
leader, administrator, and two_hats (operator and dispatcher). Of one street: operator_east chief_east dispatcher_east,
and _west. In squads: inspector_east inspector_east_2 inspector_west, squad_leader_east squad_leader_west. In each unit csgl,
swj, dongjie, xijie: clerk_<unit> and handler_<unit>.
`outsider` has no appointment and must see nothing.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wangge.common.clock import now
from wangge.common.coordinates import Point
from wangge.common.fresh import forget_all
from wangge.common.versions import Versioned
from wangge.organizations.directory import Actor, actor_for
from wangge.organizations.models import Appointment, Person

FOLDER = Path(__file__).parent / "tiny_city"
#: the city's data are in force from here; the calendar covers 2024 to 2026
LOADED_AT = datetime(2024, 1, 1, tzinfo=UTC)
#: a Wednesday, 10:00 in the city: both working intervals of the day and two more working days lie ahead
MORNING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)

DISTRICT, EAST, WEST = "990101", "990101001", "990101002"
WEST_ONE, EAST_ONE, EAST_TWO = "990101002001", "990101001001", "990101001002"
GRID_WEST, GRID_EAST, GRID_EAST_2 = "990101002S01", "990101001S01", "990101001S02"
UNIT_GRID_WEST, UNIT_GRID_EAST, UNIT_GRID_EAST_2 = f"{WEST_ONE}001", f"{EAST_ONE}001", f"{EAST_TWO}001"
#: a point in the northern unit grid of each community, and one outside the city
IN_WEST, IN_EAST, IN_EAST_2 = Point(120.005, 30.015), Point(120.015, 30.015), Point(120.025, 30.015)
OUTSIDE = Point(121.0, 31.0)

#: a manhole cover: swj leads, csgl assists, everywhere
COVER, COVER_NORM = "C0101", "C0101-1"
#: of class major E01: the street leads
STREET_EVENT, STREET_NORM = "E0101", "E0101-1"
#: no row of the matrix: the city's default unit, csgl
UNROUTED, UNROUTED_NORM = "C0201", "C0201-1"
#: csgl leads, swj and dongjie assist; one norm for each clock
TEST_EVENT = "E0199"
NORM_URGENT_HOURS, NORM_URGENT_DAY, NORM_WORK_HOURS, NORM_WORK_DAYS, NORM_NATURAL_DAYS = (
    f"{TEST_EVENT}-{number}" for number in range(1, 6)
)
#: on site within an urgent hour, fenced off within two, repaired within working days
NORM_TWO_STAGES = f"{TEST_EVENT}-6"


def load_tiny_city(at: datetime = LOADED_AT) -> None:
    """Load the city into the test's database; loading again changes nothing."""
    from wangge.packs.loading import load_pack

    load_pack(FOLDER, at=at)
    Person.objects.get_or_create(login="outsider", defaults={"name": "局外人", "password": "!"})


def person(login: str) -> Person:
    """One of the cast."""
    return Person.objects.get(login=login)


def actor(login: str) -> Actor:
    """One of the cast as an actor."""
    return actor_for(person(login).pk)


def colleague_of(login: str) -> str:
    """Login of somebody new with the same appointments: another hand in the same place."""
    found = Person.objects.create(login=f"{login}_too", name="同事", password="!")
    for held in Appointment.objects.filter(person=person(login), valid_to=None):
        held.pk, held.person = None, found
        held.save(force_insert=True)
    forget_all()
    return found.login


def change_row(row: Versioned, **changes: Any) -> None:
    """End a row of reference data and start another with `changes`, as a published draft does."""
    type(row).objects.filter(pk=row.pk).update(valid_to=now())
    row.pk, row.valid_from = None, now()
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    forget_all()
