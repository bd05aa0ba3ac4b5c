# SPDX-License-Identifier: Apache-2.0
"""Loading: twice is once; a change makes a version and leaves the old one as it was; an export is the same city."""

import filecmp
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import (
    COVER,
    COVER_NORM,
    FOLDER,
    IN_EAST,
    MORNING,
    NORM_WORK_HOURS,
    TEST_EVENT,
    actor,
    person,
)
from tests.loop import photo
from wangge.cases.actions import StepData, report, take
from wangge.cases.models import Case, ChannelVersion, FlowVersion
from wangge.cases.reference import current_flow
from wangge.catalog.models import CatalogClass, Form, Norm
from wangge.catalog.queries import catalog
from wangge.catalog.queries import norm as norm_by_id
from wangge.common.fresh import revision
from wangge.grids.models import City, Grid
from wangge.grids.queries import city as city_in_memory
from wangge.organizations.models import Appointment, Person, PersonName, Unit
from wangge.packs.checking import sound_pack
from wangge.packs.exporting import FolderNotEmpty, export_pack
from wangge.packs.faults import PackFaulty, PackOfAnotherCity
from wangge.packs.loading import PARTS, load_pack
from wangge.packs.reading import find_pack
from wangge.packs.writing import write_pack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
LATER = MORNING + timedelta(days=1)


def _edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def _versions() -> dict[str, int]:
    models = (Unit, Norm, CatalogClass, Grid, Appointment, FlowVersion, Person, PersonName, ChannelVersion)
    return {model.__name__: model.objects.count() for model in models}


def test_the_same_pack_again_changes_nothing() -> None:
    load_pack(FOLDER, at=MORNING)  # names whoever other tests have left behind
    before, number = _versions(), revision()
    changes = load_pack(FOLDER, at=LATER)
    assert tuple(changes) == PARTS
    assert not any(changes.values())
    assert all(change.unchanged for part, change in changes.items() if part != "walkers")  # it has none
    assert (_versions(), revision()) == (before, number)


def test_a_changed_norm_is_a_new_version_and_the_case_keeps_the_old(folder: Path) -> None:
    case_id = report(
        description="井盖移位", lon=IN_EAST.lon, lat=IN_EAST.lat, class_code=TEST_EVENT,
        actor=actor("operator_1"), at=MORNING,
    ).case_id  # fmt: skip
    old = Norm.objects.get(code=NORM_WORK_HOURS, valid_to=None)
    take("accept", case_id, StepData(class_code=TEST_EVENT), actor=actor("operator_1"), at=MORNING)
    filing = StepData(norm_id=old.pk, photos=(photo("chief_1"),))
    take("file", case_id, filing, actor=actor("chief_1"), at=MORNING)
    before = Norm.objects.filter(pk=old.pk).values().get()

    _edit(folder, "norms.csv", "4,work_hour", "6,work_hour")
    changes = load_pack(folder, at=LATER)

    assert {part: change.changed for part, change in changes.items() if change} == {
        "norms": [(NORM_WORK_HOURS,)]
    }
    assert Norm.objects.filter(pk=old.pk).values().get() == before | {"valid_to": LATER}
    new = Norm.objects.get(code=NORM_WORK_HOURS, valid_to=None)
    assert (new.limit, new.valid_from) == (6, LATER)
    assert Case.objects.get(pk=case_id).norm_id == old.pk
    assert norm_by_id(old.pk).limit == 4
    assert 6 in {norm.limit for norm in catalog().norms_of(TEST_EVENT)}


def test_what_the_pack_no_longer_has_ends(folder: Path) -> None:
    row = "swj,水务局,Water Bureau,department,,990101,generated: a city of the tests\n"
    _edit(folder, "units.csv", row, row.replace("swj", "sw2"))
    for file in ("people.csv", "responsibility.csv"):
        _edit(folder, file, ",swj,", ",sw2,")
    _edit(folder, "responsibility.csv", "swj;dongjie", "sw2;dongjie")
    changes = load_pack(folder, at=LATER)
    assert (changes["units"].added, changes["units"].ended) == ([("sw2",)], [("swj",)])
    assert Unit.objects.get(code="swj").valid_to == LATER
    assert ("handler_swj", "handler", "swj", "990101") in changes["appointments"].ended
    assert {held.unit for held in actor("handler_swj").held} == {"sw2"}


def test_people_are_renamed_and_left_but_never_removed(folder: Path) -> None:
    _edit(folder, "people.csv", "leader,领导,", "leader,主任,")
    row = "evaluator,评价员,evaluator,jdzx,990101,generated: a city of the tests\n"
    _edit(folder, "people.csv", row, "newcomer,新人,evaluator,jdzx,990101,generated: a city of the tests\n")
    leader, evaluator = person("leader"), person("evaluator")
    leader.set_password("not to be touched")
    leader.save()
    changes = load_pack(folder, at=LATER)
    assert (changes["people"].added, changes["people"].changed) == ([("newcomer",)], [("leader",)])
    leader.refresh_from_db()
    assert leader.name == "主任" and leader.check_password("not to be touched")
    assert not person("newcomer").has_usable_password()
    assert Person.objects.filter(pk=evaluator.pk).exists() and actor("evaluator").held == ()
    assert actor("newcomer").posts == {"evaluator"}


def test_a_reordered_flow_is_a_new_version_in_that_order(folder: Path) -> None:
    held = FlowVersion.objects.get(valid_to=None)
    codes = list(current_flow().steps)
    assert codes.index("accept") < codes.index("reject")
    text = (folder / "flow.yaml").read_text()
    accept = text[text.index("  accept:") : text.index("  reject:")]
    reject = text[text.index("  reject:") : text.index("  file:")]
    _edit(folder, "flow.yaml", accept + reject, reject + accept)
    assert load_pack(folder, at=LATER)["flow"].changed == [("standard",)]
    held.refresh_from_db()
    assert held.valid_to == LATER
    codes = list(current_flow().steps)
    assert codes.index("reject") < codes.index("accept")


def test_a_form_with_its_fields_in_another_order_is_a_new_version(folder: Path) -> None:
    lines = (folder / "forms.yaml").read_text().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if "size_cm" in line)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    (folder / "forms.yaml").write_text("".join(lines))
    assert load_pack(folder, at=LATER)["forms"].changed == [("E0199", "", "report")]
    fields = Form.objects.current().get(class_code="E0199").fields
    assert [*fields["properties"]] == ["fenced", "size_cm", "mark"]


def test_a_dry_load_tells_the_same_and_writes_nothing(folder: Path) -> None:
    _edit(folder, "people.csv", "leader,领导,leader", "newcomer,新人,leader")
    _edit(folder, "norms.csv", "4,work_hour", "6,work_hour")
    _edit(folder, "channels.csv", "sensor,传感器", "sensor,感知设备")
    _edit(folder, "pack.yaml", "zoom: 14", "zoom: 15")
    before = _versions()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told = load_pack(folder, at=LATER, dry=True)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert _versions() == before
    done = load_pack(folder, at=LATER)
    assert told == done
    assert {part for part, change in done.items() if change} == {
        "people",
        "appointments",
        "norms",
        "channels",
        "city",
    }
    assert city_in_memory().zoom == 15


def test_another_city_is_refused(folder: Path) -> None:
    before = _versions()
    with pytest.raises(PackOfAnotherCity):
        load_pack(find_pack("boston"), at=LATER)
    assert _versions() == before


def test_a_base_pack_alone_is_refused() -> None:
    with pytest.raises(PackFaulty):
        load_pack(find_pack("standard"), at=LATER)


def test_a_faulty_pack_changes_nothing_and_tells_everything(folder: Path) -> None:
    _edit(folder, "norms.csv", "4,work_hour", "0,work_hour")
    _edit(folder, "people.csv", "leader,领导,leader", "leader,领导,king")
    before = _versions()
    with pytest.raises(PackFaulty) as refusal:
        load_pack(folder, at=LATER)
    assert [fault.file for fault in refusal.value.faults] == ["tiny/norms.csv", "tiny/people.csv"]
    assert "tiny/norms.csv:4" in refusal.value.message("zh")
    assert _versions() == before


@pytest.mark.parametrize(
    "pack", [FOLDER, find_pack("boston"), find_pack("chaoyang")], ids=lambda path: path.name
)
def test_an_export_is_the_same_city(pack: Path, tmp_path: Path) -> None:
    City.objects.all().delete()  # a new installation, as far as a load asks
    load_pack(pack, at=LATER)
    exported, normal = tmp_path / "exported", tmp_path / "normal"
    export_pack(exported)
    write_pack(sound_pack(pack), normal)
    files = sorted(str(path.relative_to(normal)) for path in normal.rglob("*") if path.is_file())
    assert len(files) == 30 + (pack.name == "chaoyang")  # a street has a flow of its own
    assert filecmp.cmpfiles(exported, normal, files, shallow=False) == (files, [], [])
    assert not any(load_pack(exported, at=LATER).values())


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderNotEmpty):
        export_pack(tmp_path)


def test_a_city_overlays_its_base() -> None:
    pack = sound_pack(FOLDER)
    assert pack.classes.get(COVER) and pack.classes.get(TEST_EVENT)
    assert {row.day[:4] for row in pack.holidays.rows.values()} == {"2024", "2025", "2026"}
    assert catalog().norms_of(COVER)[0].code == COVER_NORM
