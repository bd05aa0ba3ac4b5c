# SPDX-License-Identifier: Apache-2.0
"""A pack older than a rotation in force is refused with the remedy, and loses nothing."""

import shutil
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from tests.city import FOLDER, actor, change_row, person
from wangge.common.clock import now
from wangge.inspectors.models import InspectorRules, RotationMove, RotationPlan
from wangge.organizations.directory import directory
from wangge.organizations.models import Appointment
from wangge.packs.loading import load_pack
from wangge.packs.rotated import RotationUndone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def rotate(login: str, before: str, after: str) -> None:
    """Somebody in the squad to which a plan in force moved them."""
    at = now()
    plan = RotationPlan.objects.create(
        kind="squads", first_day=date(2026, 3, 1), state="in_force", rules=InspectorRules.objects.current().get(),
        made_by=person("chief_1"), made_at=at, approved_by=person("chief_2"), approved_at=at, key=uuid4(),
    )  # fmt: skip
    RotationMove.objects.create(plan=plan, person=person(login), from_squad=before, to_squad=after)
    held = Appointment.objects.current().get(person=person(login), post="inspector")
    change_row(held, unit=after, unit_path=directory().units[after].path)


def squad_of(login: str) -> str:
    return actor(login).held[0].unit


def test_a_pack_of_before_is_refused_unless_it_is_meant() -> None:
    rotate("inspector_east", "squad_east", "squad_west")
    for dry in (True, False):
        with pytest.raises(RotationUndone) as refused:
            load_pack(FOLDER, at=now(), dry=dry)
        assert "1 people (inspector_east among them)" in refused.value.message("en")
        assert "wangge pack export" in refused.value.message("zh")
    assert squad_of("inspector_east") == "squad_west"
    load_pack(FOLDER, at=now(), people_of_pack=True)
    assert squad_of("inspector_east") == "squad_east"
    assert not any(load_pack(FOLDER, at=now()).values())


def test_a_pack_that_knows_the_rotation_is_loaded(tmp_path: Path) -> None:
    rotate("inspector_east", "squad_east", "squad_west")
    folder = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    people = (folder / "people.csv").read_text()
    there = "inspector_east,东街监督员,inspector,squad_east"
    assert there in people
    (folder / "people.csv").write_text(people.replace(there, there.replace("squad_east", "squad_west")))
    load_pack(folder, at=now())
    assert squad_of("inspector_east") == "squad_west"
