# SPDX-License-Identifier: Apache-2.0
"""`wangge docs`: the generated pages of the documentation."""

import click

from wangge.config.cli.opening import setup_django
from wangge.config.faults import EnvironmentFault


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a page is out of date. 只检查。")
@click.pass_context
def docs(context: click.Context, check: bool) -> None:
    """Write the generated pages of docs/ · 生成参考文档

    Works in a checkout of the sources only. 只能在源码目录中使用。
    """
    setup_django("web")
    from wangge.config.reference import DOCS, stale_pages

    if not DOCS.is_dir():
        raise EnvironmentFault(
            f"没有文件夹 {DOCS}：请在源码目录中执行。", f"There is no {DOCS}: run this in a checkout."
        )
    stale = list(stale_pages())
    for path, text in stale:
        if not check:
            path.write_text(text)
        click.echo(f"{'过期 stale' if check else '已写 written'}: {path.relative_to(DOCS.parent)}")
    if check and stale:
        click.echo("请执行 make docs。 Run make docs.", err=True)
        context.exit(1)
