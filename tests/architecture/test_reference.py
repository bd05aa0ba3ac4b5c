# SPDX-License-Identifier: Apache-2.0
"""The documentation says what the code does: generated pages, settings, links, commands."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, is_test, name
from wangge.config.reference import DOCS, PAGES
from wangge.config.reference.commands import commands_page
from wangge.config.reference.decisions import decisions_page
from wangge.config.reference.settings import SETTINGS

PROSE = [p for p in files(".md") if not name(p).startswith("packs/")]


@pytest.mark.parametrize("page", PAGES)
def test_generated_page_is_up_to_date(page: str) -> None:
    assert (DOCS / page).read_text() == PAGES[page](), "run `make docs`"


def test_every_setting_is_declared() -> None:
    """What the code reads from the environment is what the settings page lists."""
    pattern = re.compile(r"\bWANGGE_[A-Z0-9_]+\b(?=\")")
    sources = [p for p in files(".py") if not is_test(p) or name(p) == "conftest.py"]
    read = {
        match.group()
        for path in sources
        if "config/reference" not in name(path)
        for line in path.read_text().splitlines()
        if "environ" in line or "_flag(" in line or "_port(" in line
        for match in pattern.finditer(line)
    }
    assert {s.name for s in SETTINGS} == read


def test_links_lead_somewhere() -> None:
    broken = []
    for path in PROSE:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
            if not re.match(r"[a-z]+:|#", target) and not (path.parent / target.split("#")[0]).exists():
                broken.append(f"{name(path)}: {target}")
    assert not broken


def test_commands_named_in_prose_exist() -> None:
    from wangge.config.cli import main

    assert main.commands
    known = set(re.findall(r"## `wangge (.+)`", commands_page()))
    wrong = []
    for path in PROSE:
        for command in re.findall(r"(?:`|\n(?: {4}|\$ )?|/)wangge ((?:[a-z]+ ?)+)", path.read_text()):
            words = command.split()
            if not any(" ".join(words[:n]) in known for n in range(1, len(words) + 1)):
                wrong.append(f"{name(path)}: wangge {command}")
    assert not wrong


def test_a_malformed_decision_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001-a.md").write_text("# 0001 A\n\n> No status.\n")
    with pytest.raises(ValueError, match=r"0001-a\.md"):
        decisions_page(tmp_path)


def test_every_room_says_what_it_owns() -> None:
    rooms = [p.parent for p in (ROOT / "wangge").glob("*/__init__.py")]
    assert rooms
    faulty = {}
    for room in rooms:
        readme = room / "README.md"
        text = readme.read_text() if readme.is_file() else ""
        lacking = [word for word in ("**Owns**", "**Offers**", "**Must not**") if word not in text]
        if lacking or text.count("\n") > 30:
            faulty[room.name] = lacking or "longer than 30 lines"
    assert not faulty
