# SPDX-License-Identifier: Apache-2.0
"""oversight.yaml: every fault with its line; a change is another version; a city's own replaces the base's."""

import shutil
from pathlib import Path

import pytest

from tests.city import FOLDER, LOADED_AT
from wangge.common.clock import now
from wangge.packs.checking import check_pack
from wangge.packs.loading import load_pack
from wangge.packs.reading import find_pack, read_pack
from wangge.supervision.models import OversightVersion
from wangge.supervision.reference import oversight

TEXT = (find_pack("standard") / "oversight.yaml").read_text()
#: of the meeting
CALLED = "unit_kinds: [department, street]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny city with an oversight.yaml of its own."""
    own = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    (own / "oversight.yaml").write_text(TEXT)
    return own


@pytest.mark.parametrize(
    ("old", "new", "at", "en"),
    [
        ("from_percent: 10", "from_percent: 0", "lights:", "begins at 0 and rises"),
        ("from_percent: 30", "from_percent: 130", "code: red", "at most 100"),
        ("code: urge,", "code: propose,", "建议督办", "stands twice"),
        ("tell: [duty_chief]", "tell: [chief]", "建议督办", "“chief” does not exist"),
        ("stages: [dispatched]", "stages: [dispatched, posted]", "urge_sign", "“posted” does not exist"),
        (
            "stages: [supervision.issued,",
            "stages: [supervision.issued, supervision.posted,",
            "urge_order",
            "“supervision.posted” does not exist",
        ),
        ("when: before, span: [1, work_day]", "when: before", "remind_days", "needs a span"),
        (
            "kind: reminder, name_zh: 到期前提醒",
            "kind: urging, name_zh: 到期前提醒",
            "remind_days",
            "Reminders come before",
        ),
        ("when: yellow,", "when: yellow, span: [1, work_day],", "remind_short", "has no span"),
        (
            "stages: [dispatched, contact]",
            "stages: [dispatched, contact, supervision.issued]",
            "propose_sign",
            "which does not act at “supervision.issued”",
        ),
        (
            "stages: [arrive, make_safe], when: after,\n     tell",
            "stages: [arrive], when: after,\n     tell",
            "rungs:",
            "No rung urges at these timed stages; add them to the stages of one: make_safe.",
        ),
        (
            "supervision.issued, overdue_appeal.second,\n",
            "overdue_appeal.second,\n",
            "rungs:",
            "No rung proposes an order or brings it to whoever leads at these timed stages",
        ),
        (
            "kind: order, name_zh: 建议督办,",
            "kind: attention, name_zh: 建议督办,",
            "建议督办",
            "names its stages",
        ),
        (
            "longest: [[1, work_day], ",
            "longest: [[1, work_hour], ",
            "rungs:",
            "No rung reminds for norms with these limits",
        ),
        (
            "[urgent_minute, urgent_hour, urgent_day], tell",
            "[urgent_day], tell",
            "rungs:",
            "No rung proposes an order for",
        ),
        ("[1, work_day]", "[1, week]", "remind_days", "work_day"),
        ("repeats: {times: 3", "repeats: {times: 1", "repeats:", "at least 2"),
        (CALLED, f"{CALLED}, area: 'x'", "unit_kinds: [dep", "“x” does not exist"),
        (CALLED, f"{CALLED}, level: ward", "unit_kinds: [dep", "“ward” does not exist"),
        (CALLED, f"{CALLED}, units: [csgl, gone]", "unit_kinds: [dep", "“gone” does not exist"),
        (CALLED, f"{CALLED}, level: street, area: '990101001'", "unit_kinds: [dep", "not both"),
        (
            "weekday: 1, ahead: 0",
            "weekday: 1, ahead: 0, level: street",
            "weekly_bulletin",
            "of the whole city",
        ),
        ("must_days: 30", "must_days: 30\nmust_weeks: 4", "must_weeks", "not known here"),
        ("bulletin_cases: 20\n", "", "SPDX", "bulletin_cases: is missing"),
    ],
)
def test_a_fault_is_told_with_its_line(folder: Path, old: str, new: str, at: str, en: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    (folder / "oversight.yaml").write_text(text)
    pack, faults = read_pack(folder)
    found = {*faults, *check_pack(pack)}
    line = next(n for n, one in enumerate(text.splitlines(), start=1) if at in one)
    assert [(f.file, en in f.en) for f in found] == [("own/oversight.yaml", True)], found
    assert {f.line for f in found} <= {line, line - 1, line + 1}


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_a_city_s_own_is_another_version_of_the_rules(folder: Path) -> None:
    assert oversight().must_days == 30
    (folder / "oversight.yaml").write_text(TEXT.replace("must_days: 30", "must_days: 10"))
    changes = load_pack(folder, at=now())
    assert changes["oversight"].changed == [("standard",)]
    assert oversight().must_days == 10
    assert not load_pack(folder, at=now())["oversight"]
    assert OversightVersion.objects.earliest("pk").valid_from == LOADED_AT
    assert OversightVersion.objects.filter(valid_to=None).count() == 1
