# SPDX-License-Identifier: Apache-2.0
"""`wangge pack`: exit codes and what is printed."""

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from wangge.config.cli import main


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the test's database, with Django as it is loaded already."""
    command = import_module("wangge.config.cli.pack")
    monkeypatch.setattr(command, "setup_django", lambda role: None)
    monkeypatch.setattr(command, "open_database", lambda role: None)
    return CliRunner()


def test_check_counts_a_sound_pack(runner: CliRunner, folder: Path) -> None:
    result = runner.invoke(main, ["pack", "check", str(folder)])
    assert result.exit_code == 0
    assert "6  areas.csv" in result.stdout and "No faults" in result.stdout


def test_check_finds_a_shipped_pack_by_its_name(runner: CliRunner) -> None:
    assert runner.invoke(main, ["pack", "check", "standard"]).exit_code == 0


def test_check_lists_each_fault_and_ends_with_1(runner: CliRunner, folder: Path) -> None:
    path = folder / "norms.csv"
    path.write_text(path.read_text().replace("4,work_hour", "4,"))
    result = runner.invoke(main, ["pack", "check", str(folder)])
    assert result.exit_code == 1
    assert "tiny/norms.csv:4: clock：" in result.stderr


@pytest.mark.usefixtures("city")
def test_diff_names_what_would_change_and_load_changes_it(runner: CliRunner, folder: Path) -> None:
    path = folder / "norms.csv"
    path.write_text(path.read_text().replace("4,work_hour", "6,work_hour"))
    told = runner.invoke(main, ["pack", "diff", str(folder)])
    assert told.exit_code == 0 and "~ E0199-3" in told.stdout and "Nothing was written" in told.stdout
    assert runner.invoke(main, ["pack", "load", str(folder)]).exit_code == 0
    assert "E0199-3" not in runner.invoke(main, ["pack", "diff", str(folder)]).stdout


@pytest.mark.usefixtures("city")
def test_load_refuses_another_city_in_two_languages(runner: CliRunner) -> None:
    result = runner.invoke(main, ["pack", "load", "boston"])
    assert result.exit_code == 1
    assert "每个城市使用自己的数据库" in result.stderr and "[pack_of_another_city]" in result.stderr


@pytest.mark.usefixtures("city")
def test_export_writes_a_pack_that_passes_check(runner: CliRunner, tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    assert runner.invoke(main, ["pack", "export", folder]).exit_code == 0
    assert runner.invoke(main, ["pack", "check", folder]).exit_code == 0
    assert runner.invoke(main, ["pack", "export", folder]).exit_code == 1
