# SPDX-License-Identifier: Apache-2.0
"""walkers.csv: who walks which grid at the start; the first rotation leaves nobody there."""

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.city import FOLDER, GRID_EAST, GRID_EAST_2, GRID_WEST, actor, person
from wangge.common.clock import now
from wangge.inspectors.actions.planning import ask_for_plan, compute_waiting
from wangge.inspectors.models import GridDuty, RotationPlan
from wangge.inspectors.reference import local_day
from wangge.packs.checking import check_pack
from wangge.packs.exporting import export_pack
from wangge.packs.loading import load_pack
from wangge.packs.reading import read_pack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def pack_with(folder: Path, walkers: dict[str, str]) -> Path:
    """The tiny city with those who walk a grid: login -> grid."""
    own = Path(shutil.copytree(FOLDER, folder, dirs_exist_ok=True))
    lines = "".join(f"{login},{grid},generated: a city of the tests\n" for login, grid in walkers.items())
    (own / "walkers.csv").write_text(f"login,grid,source\n{lines}")
    return own


def walked() -> dict[str, str]:
    rows = GridDuty.objects.filter(last_day=None).values_list("person__login", "grid")
    return dict(rows)


def test_a_first_plan_leaves_nobody_on_the_grid_of_the_start(tmp_path: Path) -> None:
    start = {"inspector_east": GRID_EAST, "inspector_east_2": GRID_EAST_2}
    pack = pack_with(tmp_path / "own", start)
    assert load_pack(pack, at=now(), dry=True)["walkers"].added == [
        ("inspector_east",),
        ("inspector_east_2",),
    ]
    assert walked() == {}
    load_pack(pack, at=now())
    assert walked() == start and not any(load_pack(pack, at=now()).values())
    first = local_day(now()) + timedelta(days=1)
    ask_for_plan(
        "grids", first_day=first, squad="squad_east", actor=actor("evaluator"), at=now(), key=uuid4()
    )
    compute_waiting(now())
    moves = RotationPlan.objects.get().moves.select_related("person")
    assert {m.person.login: (m.from_grid, m.to_grid) for m in moves} == {
        "inspector_east": (GRID_EAST, GRID_EAST_2), "inspector_east_2": (GRID_EAST_2, GRID_EAST),
    }  # fmt: skip


def test_what_is_exported_loads_again_and_a_start_is_corrected_until_a_plan_has_moved_them(
    tmp_path: Path,
) -> None:
    load_pack(pack_with(tmp_path / "own", {"inspector_east": GRID_EAST}), at=now())
    export_pack(tmp_path / "out")
    assert f"inspector_east,{GRID_EAST}," in (tmp_path / "out" / "walkers.csv").read_text()
    assert not any(load_pack(tmp_path / "out", at=now()).values())
    other = pack_with(tmp_path / "own", {"inspector_east": GRID_EAST_2})
    assert load_pack(other, at=now())["walkers"].changed == [("inspector_east",)]
    assert walked() == {"inspector_east": GRID_EAST_2}
    plan = RotationPlan.objects.create(
        kind="grids", first_day=local_day(now()), made_by=person("evaluator"), made_at=now(), key=uuid4(),
        rules_id=1, state="draft",
    )  # fmt: skip
    GridDuty.objects.update(plan=plan)
    load_pack(pack_with(tmp_path / "own", {"inspector_east": GRID_EAST}), at=now())
    assert walked() == {"inspector_east": GRID_EAST_2}, "plans say it now"


def test_only_an_inspector_of_its_squad_walks_a_grid(tmp_path: Path) -> None:
    given = {
        "inspector_east": GRID_WEST,
        "operator_1": GRID_EAST,
        "inspector_west": "nowhere",
        "nobody": GRID_EAST,
    }
    pack, faults = read_pack(pack_with(tmp_path / "own", given))
    found = {fault.line: fault.en for fault in (*faults, *check_pack(pack)) if "walkers.csv" in fault.file}
    assert sorted(found) == [2, 3, 4, 5]
    assert "no inspector of squad “squad_west”" in found[2] and "nowhere" in found[4]
