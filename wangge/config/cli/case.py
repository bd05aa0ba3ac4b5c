# SPDX-License-Identifier: Apache-2.0
"""`wangge case`: the record of cases, looked at from outside."""

import sys
from typing import TYPE_CHECKING

import click

from wangge.config.cli.opening import open_database

if TYPE_CHECKING:
    from wangge.cases.models import Case


@click.group()
def case() -> None:
    """Look at the record of cases · 案卷"""


@case.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--all", "every", is_flag=True, help="Every case of the city. 全部案卷。")
def verify(numbers: tuple[str, ...], every: bool) -> None:
    """Check the record of cases · 校验案卷

    Whether every entry matches its digest and the one before it, every text and photo is the one its entry names,
    and the case stands where its log ends. Exit code 1 and one line a fault, or 0. A redacted text is no fault; the
    installation may go on running.
    核对办理经过的摘要链、文字、照片和案卷状态；有问题时逐条列出，退出码为 1。运行期间可以使用。
    """
    if every == bool(numbers):
        raise click.UsageError("请给出案卷号或 --all，二者择一。 Give either numbers or --all.")
    open_database("owner")
    from wangge.cases.models import Case

    cases = Case.objects.order_by("id")
    if numbers:
        cases = cases.filter(number__in=numbers)
    lines = [
        f"{number}: 没有这个案卷。 There is no such case."
        for number in sorted(set(numbers) - {*cases.values_list("number", flat=True)} if numbers else ())
    ]
    total = cases.count()
    with click.progressbar(
        cases.iterator(), length=total, label="校验 verify", file=sys.stderr, hidden=not every
    ) as bar:
        for row in bar:
            lines += [f"{row.number}: 记录不符 {fault}" for fault in _faults(row)]
    for line in lines:
        click.echo(line, err=True)
    click.echo(f"案卷 cases: {total:,}  问题 faults: {len(lines):,}")
    if lines:
        raise click.exceptions.Exit(1)


def _faults(row: "Case") -> list[str]:
    """What does not hold; asked again while nobody can move the case, since it may have moved between two looks."""
    from django.db import transaction

    from wangge.cases.models import Case
    from wangge.cases.verification import faults_of

    if not faults_of(row):
        return []
    with transaction.atomic():
        return faults_of(Case.objects.select_for_update(of=("self",)).get(pk=row.pk))
