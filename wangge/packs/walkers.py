# SPDX-License-Identifier: Apache-2.0
"""walkers.csv: who walks which supervision grid at the start, so that a first rotation sends nobody where they are.

From then on rotation plans say it: a row about somebody a plan has given a grid changes nothing.
"""

from collections.abc import Iterator
from datetime import date

from wangge.common.versions import Changes
from wangge.inspectors.models import GridDuty
from wangge.inspectors.rules import Rules
from wangge.organizations.models import Appointment, Person, SupervisionDuty
from wangge.packs.contents import Pack
from wangge.packs.faults import Fault
from wangge.packs.references import unknown

SOURCE = "in force"


def walker_faults(pack: Pack) -> Iterator[Fault]:
    """Each is an inspector of the squad that walks the grid."""
    squads = None if pack.people.unread or pack.people.refused else _squads(pack)
    for row, place in pack.walkers.items():
        duty = pack.duties.get(row.grid)
        if row.grid not in pack.duties:
            yield unknown(place, "监督网格", "supervision grid", row.grid, "supervision.csv")
        elif duty and squads is not None and duty.unit not in squads.get(row.login, ()):
            yield place.fault(
                f"“{row.login}”不是分队“{duty.unit}”的监督员，不能巡查网格“{row.grid}”。请改正，或在 people.csv 中补上任职。",
                f"“{row.login}” is no inspector of squad “{duty.unit}”, which walks grid “{row.grid}”: "
                "correct it, or add the appointment to people.csv.",
            )


def _squads(pack: Pack) -> dict[str, set[str]]:
    """Login -> the squads in which they are inspectors."""
    rules, found = pack.rules.get("inspectors"), dict[str, set[str]]()
    if isinstance(rules, Rules):
        for row in pack.people.rows.values():
            if row.post == rules.rotation.inspector_post:
                found.setdefault(row.login, set()).add(row.unit)
    return found


def load_walkers(pack: Pack, day: date, *, dry: bool) -> Changes:
    """Duties from `day` on for those who had none; one that no plan has changed yet is corrected."""
    people = dict(
        Person.objects.filter(login__in=[login for (login,) in pack.walkers.rows]).values_list("login", "pk")
    )
    rotated = {*GridDuty.objects.filter(plan__isnull=False).values_list("person_id", flat=True)}
    held = {
        duty.person_id: duty for duty in GridDuty.objects.filter(plan__isnull=True, last_day__isnull=True)
    }
    changes, fresh = Changes(), []
    for (login,), row in pack.walkers.rows.items():
        person, squad = people.get(login), pack.duties.rows[row.grid,].unit
        duty = held.get(person) if person else None
        if person in rotated or (duty and (duty.grid, duty.squad) == (row.grid, squad)):
            changes.unchanged += 1
        elif duty:
            duty.grid, duty.squad = row.grid, squad
            changes.changed.append((login,))
            if not dry:
                duty.save(update_fields=["grid", "squad"])
        else:
            changes.added.append((login,))
            if person:  # in a dry run they may be yet to be made
                fresh.append(GridDuty(person_id=person, squad=squad, grid=row.grid, first_day=day))
    if not dry:
        GridDuty.objects.bulk_create(fresh, batch_size=2000)
    return changes


def walkers_in_force() -> Iterator[dict[str, str]]:
    """The grid everybody walks now, of those whose squad and grid are still as they were then: rows of walkers.csv."""
    squads = dict(SupervisionDuty.objects.filter(valid_to=None).values_list("grid", "unit"))
    held = {*Appointment.objects.filter(valid_to=None).values_list("person", "unit")}
    rows = GridDuty.objects.filter(last_day__isnull=True).select_related("person")
    for duty in rows:
        if squads.get(duty.grid) == duty.squad and (duty.person_id, duty.squad) in held:
            yield {"login": duty.person.login, "grid": duty.grid, "source": SOURCE}
