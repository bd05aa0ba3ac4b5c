# SPDX-License-Identifier: Apache-2.0
"""`wangge calendar holidays`: a year's file compared, put into a draft, and before the first case into force."""

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.city import MORNING, actor
from tests.loop import new_case
from wangge.common.clock import now
from wangge.config.cli import main
from wangge.organizations.directory import directory
from wangge.rulebook import drafts
from wangge.rulebook.models import Change, Draft, Publication
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import document_in_force, rows
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NEXT = "date,name_zh,name_en,kind\n2027-01-01,元旦,New Year's Day,holiday\n2027-01-03,元旦,New Year's Day,makeup_workday\n"


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("wangge.config.cli.calendar"), "open_database", lambda role: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "2027 年节假日.csv"
    path.write_text(NEXT)
    return path


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["calendar", "holidays", str(file), *arguments])


def row_of(result: Result, year: int) -> list[str]:
    return next(line.split() for line in result.stdout.splitlines() if line.strip().startswith(f"{year} "))


def test_the_difference_is_shown_by_year_and_nothing_written(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0 and "Nothing was written" in result.stdout
    assert row_of(result, 2027) == ["2027", "2", "0", "0", "0", "2"]
    assert "2024 - 2026" in result.stdout and "--last-year 2027" in result.stderr
    assert not Draft.objects.exists()
    later = run(file, "--last-year", "2029")
    assert "Years without a holiday: " in later.stdout and "2028, 2029" in later.stdout


def test_into_a_draft_that_somebody_else_publishes(file: Path) -> None:
    new_case()
    result = run(file, "--as", "administrator", "--last-year", "2027")
    assert result.exit_code == 0 and "deadlines would move: " in result.stdout
    draft = Draft.objects.get()
    assert (draft.title, draft.author.login, draft.state) == ("2027 年节假日", "administrator", "open")
    assert {tuple(c.key) for c in draft.changes.all()} == {("2027-01-01",), ("2027-01-03",), ()}
    assert document_in_force("calendar")["last_year"] == 2026
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=MORNING)
    assert publish_due(now()) == 1 and directory().calendar.last_year == 2027
    assert "As in force already" in run(file, "--as", "administrator").stdout


def test_days_the_file_lacks_end_only_where_asked_and_only_in_its_years(tmp_path: Path) -> None:
    held = rows(reference_table("holidays"))
    year = held[0].key[0][:4]
    others = [row for row in held if not row.key[0].startswith(year)]
    path = tmp_path / "one.csv"
    path.write_text(NEXT.splitlines()[0] + f"\n{year}-07-03,市庆,City day,holiday\n")
    assert row_of(run(path), int(year))[3] == "0"
    run(path, "--end-missing", "--as", "administrator")
    ended = {change.key[0] for change in Change.objects.filter(row__isnull=True)}
    assert ended == {row.key[0] for row in held} - {row.key[0] for row in others} and others


def test_before_the_first_case_it_is_loaded_and_never_after(file: Path) -> None:
    new_case()
    refused = run(file, "--load", "--last-year", "2027")
    assert refused.exit_code == 1 and "[city_at_work]" in refused.stderr
    assert directory().calendar.last_year == 2026


def test_the_owner_loads_at_install(file: Path) -> None:
    assert run(file, "--load", "--last-year", "2027").exit_code == 0
    assert directory().calendar.last_year == 2027
    assert ("2027-01-01",) in {row.key for row in rows(reference_table("holidays"))}
    assert Publication.objects.get().pack == file.name and not Draft.objects.exists()


@pytest.mark.parametrize(
    ("text", "arguments", "code", "told"),
    [
        (NEXT.replace("2027-01-01", "1.1.2027"), (), 1, "A2: "),
        (NEXT.replace("holiday\n", "feast\n"), (), 1, "D2: "),
        (NEXT + NEXT.splitlines()[1] + "\n", (), 1, "is the same as row 2"),
        ("", (), 1, "[no_sheet]"),
        (NEXT, ("--last-year", "2025"), 1, "[year_turned_back]"),
        (NEXT, ("--as", "nobody"), 3, "nobody with the login"),
        (NEXT, ("--as", "operator_1"), 1, "[permission_missing]"),
        (NEXT, ("--as", "administrator_east"), 1, "[row_out_of_area]"),
        (NEXT, ("--as", "administrator", "--last-year", "2199999"), 1, "[row_faulty]"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(
    tmp_path: Path, text: str, arguments: tuple[str, ...], code: int, told: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    result = run(path, *arguments)
    assert result.exit_code == code and told in result.stderr, (result.output, result.exception)
    assert not Draft.objects.exists()
