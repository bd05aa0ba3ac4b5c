# SPDX-License-Identifier: Apache-2.0
"""The flow of an area: what its file says laid over the city's, sound as every flow, alike where lists do not tell areas
apart."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.city import EAST, EAST_ONE, EAST_TWO, MORNING, WEST
from wangge.cases.models import FlowVersion
from wangge.cases.reference import current_flow, flow_at, stage_label, states_in_use
from wangge.common.fresh import forget_all
from wangge.grids.queries import areas
from wangge.packs.checking import check_pack, sound_pack
from wangge.packs.exporting import export_pack
from wangge.packs.loading import load_pack
from wangge.packs.overlays import difference, laid_over
from wangge.packs.reading import read_pack

LATER = MORNING + timedelta(days=1)
SOON = "states:\n  verifying: {task: {clock: [5, urgent_minute]}}\n"
LABELS = "name_zh: 东街流程\nname_en: Flow of the East\n"

leaves = st.integers(0, 3) | st.sampled_from(["x", "y", [], [1], [1, 2]])
parts: st.SearchStrategy[Any] = leaves | st.dictionaries(st.sampled_from("abc"), leaves, max_size=3)
documents = st.dictionaries(
    st.sampled_from("abc"), parts | st.dictionaries(st.sampled_from("abc"), parts, max_size=2)
)


@given(documents, documents)
def test_what_differs_laid_over_the_whole_is_the_other(whole: dict[str, Any], other: dict[str, Any]) -> None:
    said = difference(whole, other)
    assert laid_over(whole, said) == other
    assert (said == {}) == (whole == other)
    assert laid_over(whole, {}) == whole and difference(whole, whole) == {}


def _with(folder: Path, text: str, area: str = EAST) -> Path:
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / f"{area}.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "line", "en"),
    [
        ("states:\n  filed: {task: {clock: [0, work_hour]}}\n", 2, "write a limit as"),
        ("steps:\n  close: {posts: [king]}\n", 2, "unknown post “king”"),
        ("steps:\n  close: {posts: [handler]}\n", 2, "two-hands rule"),
        ("steps:\n  conclude:\n  close: {from: [handled]}\n", 1, "no case can ever end"),
        ("steps:\n  dispatch:\n", 1, "step “dispatch” is missing"),
        ("states: 7\n", 1, "“states” is missing"),
        ("code: " + "x" * 31 + "\n", 1, "at most 30 characters"),
        ("- a list\n", 1, "Must be a mapping"),
        ("callback_tries: 5\n", 1, "callback_tries must be as in the city's flow"),
        ("records:\n  reward: {most: 900}\n", 2, "records.reward.most must be as"),
        ("records:\n  supervision: {choices: {mode: {visit: {name_zh: 上门, name_en: Visit}}}}\n", 2, "choices.mode must be as"),
        ("states:\n  filed: {name_en: Waiting}\n", 2, "states.filed must be as in the city's flow"),
        ("beside:\n  arrive: {name_zh: 到场}\n", 2, "beside.arrive must be as"),
        ("records:\n  return:\n    states:\n      asked: {name_zh: 等着}\n", 4, "states.asked must be as"),
        ("records:\n  assistance:\n    states:\n      asked: {opened_by: [finish]}\n", 4, "each step opens one state"),
    ],
)  # fmt: skip
def test_a_fault_of_an_area_s_flow_has_its_line(folder: Path, text: str, line: int, en: str) -> None:
    pack, faults = read_pack(_with(folder, text))
    found = sorted({*faults, *check_pack(pack)})
    assert [(f.file, f.line) for f in found] == [(f"tiny/flows/{EAST}.yaml", line)], found
    assert en in found[0].en


def test_the_file_is_named_by_an_area_below_the_city(folder: Path) -> None:
    _with(_with(folder, SOON, "990109"), SOON, "990101")
    pack, faults = read_pack(folder)
    told = [(f.file, f.en) for f in sorted({*faults, *check_pack(pack)})]
    assert [file for file, _ in told] == ["tiny/flows/990101.yaml", "tiny/flows/990109.yaml"]
    assert "stands in flow.yaml" in told[0][1] and "not in areas.csv" in told[1][1]


def test_an_area_may_ask_assisting_units_for_nothing_or_in_the_first_round_only(folder: Path) -> None:
    _with(
        _with(folder, "records:\n  assistance:\n"),
        "records: {assistance: {states: {asked: {opened_by: [dispatch]}}}}\n",
        WEST,
    )
    pack, faults = read_pack(folder)
    assert not {*faults, *check_pack(pack)}
    east, west = (laid_over(pack.flow, pack.flows[area])["records"] for area in (EAST, WEST))
    assert "assistance" not in east and west["assistance"]["states"]["asked"]["opened_by"] == ["dispatch"]


def test_a_faulty_flow_of_the_city_is_told_once(folder: Path) -> None:
    _with(folder, SOON)
    text = (folder / "flow.yaml").read_text()
    (folder / "flow.yaml").write_text(text.replace("posts: [operator]}", "posts: [king]}", 1))
    pack, faults = read_pack(folder)
    assert [f.file for f in {*faults, *check_pack(pack)}] == ["tiny/flow.yaml"]


def test_a_stage_only_an_area_has_is_watched_and_called_alike_by_others(folder: Path) -> None:
    text = (folder / "flow.yaml").read_text()
    start, end = text.index("  receipt:"), text.index("  redact:\n")
    beside = text[start:end]
    (folder / "flow.yaml").write_text(text.replace(beside, ""))
    task = "task: {post: dispatcher, scope: command, clock: [2, work_day]}"
    with_task = beside.replace("posts: [dispatcher]}", f"posts: [dispatcher],\n     {task}}}")
    _with(folder, "beside:\n" + with_task)
    _with(folder, "beside:\n" + with_task.replace("登记移交回执", "回执"), WEST)
    pack, faults = read_pack(folder)
    told = {(f.file, f.en) for f in {*faults, *check_pack(pack)}}
    assert any(file == f"tiny/flows/{WEST}.yaml" and "beside.receipt" in en for file, en in told)
    unwatched = [en for file, en in told if file.endswith("oversight.yaml")]
    assert len(unwatched) == 2 and all("receipt" in en for en in unwatched), "urged, and brought up"
    assert len(told) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_each_place_goes_by_the_smallest_area_s_flow_and_what_it_does_not_say_by_the_city_s(
    folder: Path,
) -> None:
    _with(_with(folder, LABELS + SOON), "states:\n  filed: {task: {clock: [7, urgent_minute]}}\n", EAST_TWO)
    changes = load_pack(folder, at=LATER)["flow"]
    assert (changes.added, changes.changed, changes.ended) == ([(EAST,), (EAST_TWO,)], [], [])

    def limit(path: str, state: str) -> int:
        task = flow_at(path).task_of(state)
        assert task and task.limit
        return task.limit.value

    east, smaller, other = (areas()[code].path for code in (EAST_ONE, EAST_TWO, WEST))
    assert [limit(path, "verifying") for path in (east, smaller, other, "")] == [5, 30, 30, 30]
    assert [limit(path, "filed") for path in (east, smaller, other, "")] == [15, 7, 15, 15]
    assert flow_at(east).label.en == "Flow of the East"
    assert {flow.valid_to for flow in FlowVersion.objects.filter(area=EAST)} == {None}

    text = (folder / "flow.yaml").read_text()
    (folder / "flow.yaml").write_text(text.replace("callback_tries: 3", "callback_tries: 4"))
    again = load_pack(folder, at=LATER + timedelta(days=1))["flow"]
    assert again.changed == [("standard",), (EAST,), (EAST_TWO,)], (
        "what an area does not say follows the city's"
    )
    assert flow_at(east).callback_tries == current_flow().callback_tries == 4
    assert FlowVersion.objects.get(area=EAST, valid_to=None).said["states"] == {
        "verifying": {"task": {"clock": [5, "urgent_minute"]}}
    }

    (folder / "flows" / f"{EAST}.yaml").unlink()
    assert load_pack(folder, at=LATER + timedelta(days=2))["flow"].ended == [(EAST,)]
    assert flow_at(east) == current_flow()


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_load_and_export_give_the_files_back(folder: Path, tmp_path: Path) -> None:
    said = (
        LABELS
        + SOON
        + "records: {reward: null, supervision: {steps: {issue_order: {needs: [mode, cause]}}}}\nsteps: {}\n"
    )
    load_pack(_with(folder, said), at=LATER)
    export_pack(tmp_path / "out")
    exported = sound_pack(tmp_path / "out").flows
    assert exported == sound_pack(folder).flows and list(exported[EAST]) == [
        "name_zh", "name_en", "states", "records", "steps"
    ]  # fmt: skip
    assert not any(load_pack(tmp_path / "out", at=LATER + timedelta(days=1)).values())
    assert "reward" not in flow_at(areas()[EAST].path).records


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_lists_name_what_only_an_area_has(folder: Path) -> None:
    text = (folder / "flow.yaml").read_text()
    (folder / "flow.yaml").write_text(text.replace("name_zh: 隐患奖励", "name_zh: 隐患奖金"))
    load_pack(folder, at=LATER)
    only = {"states": {}, "beside": {}, "records": {"return": {"name_zh": "退", "name_en": "Back"}}}
    city = FlowVersion.objects.get(area="", valid_to=None)
    records = {kind: rule for kind, rule in city.document["records"].items() if kind != "return"}
    FlowVersion.objects.filter(pk=city.pk).update(document=city.document | {"records": records})
    FlowVersion.objects.create(
        area=EAST, code="standard", document=city.document, said=only, valid_from=LATER
    )
    forget_all()
    from wangge.cases.reference import flow_by_id

    flow_by_id.cache_clear()
    asked, unknown = stage_label("return.asked"), stage_label("return.lost")
    assert (
        "return" not in current_flow().records and asked and asked.zh.startswith("退单") and unknown is None
    )
    assert len(states_in_use()) == len(current_flow().states)
