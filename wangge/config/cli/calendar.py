# SPDX-License-Identifier: Apache-2.0
"""`wangge calendar`: the holidays of a year, from their file into a draft."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wangge.config.cli.opening import open_database
from wangge.config.faults import EnvironmentFault

if TYPE_CHECKING:  # Django is not set up before the command runs
    from wangge.rulebook.holidays import Holidays


@click.group()
def calendar() -> None:
    """Holidays and make-up working days · 工作日历"""


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", metavar="LOGIN", help="Administrator whose draft it becomes. 起草的管理员。")
@click.option("--last-year", type=int, help="The data are complete until this year. 数据截止年。")
@click.option(
    "--end-missing", is_flag=True, help="Days in force that FILE lacks, in its years, end. 缺的日子停用。"
)
@click.option(
    "--load", "at_once", is_flag=True, help="Before the first case: in force at once. 首件案卷之前直接生效。"
)
def holidays(file: Path, login: str | None, last_year: int | None, end_missing: bool, at_once: bool) -> None:
    """Compare FILE with the holidays in force; put them into a draft. 导入节假日

    FILE has the columns of holidays.csv: date, name_zh, name_en, kind (CSV or xlsx). Without --as and --load it only
    shows what would change. A draft is published by another person, on the pages.
    只看差异时不写 --as 和 --load；草稿由另一位同事在页面上发布。
    """
    open_database("owner")
    from wangge.common.clock import now
    from wangge.rulebook.holidays import compare, load

    found = compare(file.read_bytes(), end_missing=end_missing, last_year=last_year)
    _show(found)
    if at_once:
        load(found, file.name[:100], at=now())
        click.echo("已载入，即时生效。 Loaded, in force.")
    elif login:
        _draft(found, file.stem, login)
    else:
        click.echo("没有写入。 Nothing was written.")


def _show(found: "Holidays") -> None:
    click.echo("年份 year   新增 added   变更 changed   停用 ended   不变 same   合计 total")
    for one in found.years:
        if one.added or one.changed or one.ended or one.same:
            click.echo(
                f"{one.year:>9}{one.added:>13,}{one.changed:>15,}{one.ended:>13,}{one.same:>12,}{one.total:>13,}"
            )
    first, last = found.calendar.first_year, found.calendar.last_year
    click.echo(f"日历数据 Calendar data: {first} - {last}")
    if years := found.without_days:
        click.echo(f"没有节假日的年份 Years without a holiday: {', '.join(map(str, years))}")
    if years := found.beyond:
        listed = ", ".join(map(str, years))
        click.echo(
            f"{listed} 年在数据截止年之后，期限仍无法计算；齐全后加 --last-year {years[-1]}。"
            f" Beyond the last year with data: no limit is counted in {listed} until --last-year {years[-1]} is given.",
            err=True,
        )


def _draft(found: "Holidays", title: str, login: str) -> None:
    """A draft of that administrator's, with what it would do."""
    from wangge.common.clock import now
    from wangge.organizations.directory import actor_for
    from wangge.organizations.models import Person
    from wangge.packs.faults import lines_of
    from wangge.rulebook.holidays import put_into_draft
    from wangge.rulebook.preview import preview

    person = Person.objects.filter(login=login, is_active=True).first()
    if person is None:
        raise EnvironmentFault(f"没有登录名为 {login} 的人员。", f"There is nobody with the login {login}.")
    draft = put_into_draft(found, title, actor=actor_for(person.pk), at=now())
    if draft is None:
        click.echo("与现行数据相同，没有草稿。 As in force already: no draft.")
        return
    known = preview(draft, now())
    for line in lines_of(known.faults):
        click.echo(line, err=True)
    if known.deadlines:
        click.echo(f"期限会变的未结案卷 Open cases whose deadlines would move: {known.deadlines.cases:,}")
    click.echo(
        f"草稿 {draft.pk}，请另一位同事在 /rules/drafts/{draft.pk}/ 发布。"
        f" Draft {draft.pk}: somebody else publishes it at /rules/drafts/{draft.pk}/."
    )
    if known.faults:
        raise click.exceptions.Exit(1)
