# SPDX-License-Identifier: Apache-2.0
"""`wangge case verify`: exit codes, and what a changed record is told as."""

from importlib import import_module

import pytest
from click.testing import CliRunner, Result

from tests.loop import bring_to, new_case, step
from wangge.cases.flow import State
from wangge.cases.models import Case, CaseText
from wangge.config.cli import main

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("wangge.config.cli.case"), "open_database", lambda role: None)


def _verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["case", "verify", *arguments])


def test_sound_records_end_with_0() -> None:
    one, other = bring_to(State.HANDLED), new_case()
    for arguments in ([one.number, other.number], ["--all"]):
        result = _verify(*arguments)
        assert result.exit_code == 0 and "cases: 2" in result.stdout and "faults: 0" in result.stdout


def test_a_changed_text_ends_with_1_and_is_named() -> None:
    one, other = bring_to(State.HANDLED), new_case()
    CaseText.objects.filter(case=one, seq=1, field="description").update(text="改过的描述")
    result = _verify("--all")
    assert result.exit_code == 1
    assert f"{one.number}: 记录不符 text description of entry 1 was changed" in result.stderr
    assert other.number not in result.stderr and "faults: 1" in result.stdout
    assert _verify(other.number).exit_code == 0


def test_a_case_that_moves_meanwhile_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = new_case()
    command = import_module("wangge.config.cli.case")
    look = command._faults

    def move_first(row: Case) -> list[str]:
        step(Case.objects.get(pk=row.pk), "accept")
        found: list[str] = look(row)
        return found

    monkeypatch.setattr(command, "_faults", move_first)
    assert _verify(moving.number).exit_code == 0


def test_a_number_that_is_none_and_no_number_at_all() -> None:
    unknown = _verify("TC2024010100000099")
    assert unknown.exit_code == 1 and "There is no such case" in unknown.stderr
    assert _verify().exit_code == 2 and _verify("--all", "TC1").exit_code == 2
