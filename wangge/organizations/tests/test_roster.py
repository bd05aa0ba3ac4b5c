# SPDX-License-Identifier: Apache-2.0
"""Who may enter whose absence and hours, and who is there."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.city import LOADED_AT, MORNING, actor, colleague_of, person
from wangge.common.errors import DomainError, NotFound
from wangge.common.fresh import forget_all
from wangge.organizations.directory import WEEKDAYS, directory
from wangge.organizations.models import Absence, Appointment, DutyHours, RosterEntry, Unit, UnitHours
from wangge.organizations.roster import (
    DaysTurnedRound,
    NoHours,
    NotASubstitute,
    NotYourRoster,
    absences,
    add_hours,
    colleagues,
    end_absence,
    entries,
    on_duty,
    presences,
    purge_absences,
    remove_hours,
    set_absence,
    substitutes,
    to_tell,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
TODAY = date(2026, 3, 11)


def _absent(
    login: str,
    by: str,
    substitute: str = "",
    first: date = TODAY,
    last: date = TODAY,
    at: datetime = MORNING,
) -> Absence:
    instead = person(substitute).pk if substitute else None
    return set_absence(
        person(login).pk, first_day=first, last_day=last, substitute_id=instead, actor=actor(by), at=at
    )


@pytest.mark.parametrize(
    ("login", "by", "substitute", "refused"),
    [
        ("inspector_east", "inspector_east", "", None),
        ("inspector_east", "inspector_east", "inspector_east_2", None),
        ("inspector_east", "administrator", "inspector_east_2", None),
        ("handler_swj", "clerk_swj", "", None),
        ("handler_swj", "clerk_csgl", "", NotYourRoster),
        ("handler_swj", "dispatcher_1", "", NotYourRoster),
        ("inspector_west", "administrator_east", "", NotYourRoster),
        ("operator_east", "administrator_east", "", None),
        ("inspector_east", "inspector_east_2", "", NotYourRoster),
        ("inspector_east", "inspector_east", "inspector_west", NotASubstitute),
        ("inspector_east", "inspector_east", "inspector_east", NotASubstitute),
        ("handler_swj", "handler_swj", "clerk_swj", NotASubstitute),
        ("handler_swj", "outsider", "", NotYourRoster),
    ],
)
def test_one_enters_ones_own_absence_and_a_clerk_those_of_the_unit(
    login: str, by: str, substitute: str, refused: type[DomainError] | None
) -> None:
    if refused:
        with pytest.raises(refused):
            _absent(login, by, substitute)
        assert not Absence.objects.exists()
        return
    row = _absent(login, by, substitute)
    assert row in absences(colleagues(actor(by)))
    assert row not in absences(colleagues(actor("outsider")))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY - timedelta(days=5), TODAY - timedelta(days=1)),
        (TODAY, TODAY + timedelta(days=367)),
    ],
)
def test_days_that_make_no_sense_are_refused(first: date, last: date) -> None:
    with pytest.raises(DaysTurnedRound):
        _absent("inspector_east", "inspector_east", first=first, last=last)


def test_back_earlier_and_forgotten_later() -> None:
    row = _absent("handler_swj", "handler_swj")
    with pytest.raises(NotFound):
        end_absence(row.pk, actor=actor("clerk_csgl"), at=MORNING)
    end_absence(row.pk, actor=actor("clerk_swj"), at=MORNING)
    assert not Absence.objects.exists()
    _absent("handler_swj", "handler_swj")
    assert (purge_absences(TODAY + timedelta(days=30)), purge_absences(TODAY + timedelta(days=31))) == (0, 1)


def test_who_entered_and_took_back_stays_for_a_year() -> None:
    row = _absent("handler_swj", "clerk_swj")
    end_absence(row.pk, actor=actor("handler_swj"), at=MORNING)
    add_hours(row.person_id, [3, 4], time(8), time(17), actor=actor("clerk_swj"), at=MORNING)
    remove_hours(DutyHours.objects.filter(weekday=3).get().pk, actor=actor("administrator"), at=MORNING)
    found = [(one.what, one.by.login, one.weekdays) for one in entries(colleagues(actor("clerk_swj")))]
    assert found == [
        ("hours_removed", "administrator", [3]), ("hours_added", "clerk_swj", [3, 4]), ("absence_ended", "handler_swj", []),
        ("absence_set", "clerk_swj", []),
    ]  # fmt: skip
    assert entries(colleagues(actor("clerk_csgl"))) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterEntry.objects.update(at=MORNING)
    assert (
        purge_absences(TODAY + timedelta(days=366)) == 0 and purge_absences(TODAY + timedelta(days=367)) == 4
    )


def test_substitutes_and_colleagues() -> None:
    assert [p.login for p in substitutes(person("inspector_east").pk)] == ["inspector_east_2"]
    assert [p.login for p in colleagues(actor("handler_swj"))] == ["handler_swj"]
    assert {p.login for p in colleagues(actor("clerk_swj"))} == {"clerk_swj", "handler_swj"}
    assert len(colleagues(actor("administrator"))) == Appointment.objects.values("person").distinct().count()


@pytest.mark.parametrize(
    ("begins", "ends", "weekday", "clock", "expected"),
    [
        ("08:00", "12:00", 2, "08:00", True),
        ("08:00", "12:00", 2, "12:00", False),
        ("08:00", "12:00", 3, "09:00", False),
        ("20:00", "06:00", 2, "23:00", True),
        ("20:00", "06:00", 3, "05:59", True),
        ("20:00", "06:00", 2, "05:59", False),
        ("20:00", "06:00", 3, "06:00", False),
    ],
)
def test_hours_of_a_wednesday(begins: str, ends: str, weekday: int, clock: str, expected: bool) -> None:
    hours = DutyHours(weekday=2, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
    assert on_duty(hours, weekday, time.fromisoformat(clock)) is expected


def test_who_has_no_hours_is_there_always() -> None:
    swj, csgl = person("handler_swj").pk, person("handler_csgl").pk
    add_hours(swj, [3], time(8), time(17), actor=actor("clerk_swj"), at=MORNING)
    add_hours(swj, [3], time(8), time(17), actor=actor("clerk_swj"), at=MORNING)  # once
    found = presences([swj, csgl], MORNING)  # a Wednesday
    assert found[swj].off_duty and not found[swj].there and found[csgl].there
    with pytest.raises(NoHours):
        add_hours(swj, [], time(8), time(17), actor=actor("clerk_swj"), at=MORNING)
    with pytest.raises(NotYourRoster):
        add_hours(csgl, [1], time(8), time(17), actor=actor("clerk_swj"), at=MORNING)
    row = DutyHours.objects.get()
    with pytest.raises(NotFound):
        remove_hours(row.pk, actor=actor("clerk_csgl"), at=MORNING)
    remove_hours(row.pk, actor=actor("clerk_swj"), at=MORNING)
    assert presences([swj], MORNING)[swj].there
    _absent("handler_swj", "clerk_swj")
    assert presences([swj], MORNING)[swj].absent


def _unit_hours(unit: str, begins: str, ends: str, *weekdays: str) -> None:
    for day in weekdays or WEEKDAYS:
        UnitHours.objects.create(unit=unit, weekday=day, begins=begins, ends=ends, valid_from=LOADED_AT)
    forget_all()


def test_a_unit_has_duty_hours_of_its_own_and_of_the_one_above() -> None:
    swj = person("handler_swj").pk
    Unit.objects.create(code="swj_1", name_zh="一所", name_en="One", kind="station", parent="swj", path="swj/swj_1/",
                        valid_from=LOADED_AT)  # fmt: skip
    _unit_hours("swj", "14:00", "18:00")
    assert (
        directory().hours_at("swj/swj_1/")
        == directory().hours_at("swj/")
        != ()
        == directory().hours_at("csgl/")
    )
    assert presences([swj], MORNING)[swj].off_duty  # at 10:00
    _unit_hours("swj_1", "08:00", "12:00")
    Appointment.objects.filter(person=swj).update(unit="swj_1", unit_path="swj/swj_1/")
    forget_all()
    assert presences([swj], MORNING)[swj].there
    add_hours(swj, [3], time(8), time(17), actor=actor("administrator"), at=MORNING)
    assert presences([swj], MORNING)[swj].off_duty, "one's own hours stand before the unit's"


def test_who_works_in_two_units_is_there_while_either_is_staffed() -> None:
    hats = person("two_hats").pk
    for unit, begins, ends, there in (("zhzx", "20:00", "06:00", True), ("jdzx", "20:00", "06:00", False)):
        _unit_hours(unit, begins, ends)
        assert presences([hats], MORNING)[hats].there is there
    assert presences([hats], MORNING + timedelta(hours=12))[hats].there  # at 22:00


def test_whoever_is_on_duty_is_told_and_everybody_where_nobody_is() -> None:
    one, two = person("handler_swj").pk, person("handler_csgl").pk
    with CaptureQueriesContext(connection) as asked:
        assert to_tell((one,), MORNING) == (one,) and to_tell((), MORNING) == ()
    assert not asked.captured_queries
    assert to_tell((one, two), MORNING) == (one, two)
    _unit_hours("swj", "20:00", "06:00")
    assert to_tell((one, two), MORNING) == (two,)
    _absent("handler_csgl", "handler_csgl")
    assert to_tell((one, two), MORNING) == (one, two), "nobody is there"
    other = person(colleague_of("handler_csgl")).pk
    assert to_tell((one, two, other), MORNING) == (two, other), "whoever stands in is told with who is away"
