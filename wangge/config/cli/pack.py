# SPDX-License-Identifier: Apache-2.0
"""`wangge pack`: a city's data, from a folder into the database and back."""

import sys
from pathlib import Path

import click

from wangge.config.cli.opening import open_database, setup_django

pack_argument = click.argument("path", metavar="PATH")
KEYS_SHOWN = 3


@click.group()
def pack() -> None:
    """Check, load, compare and export a city's data. 城市数据包：检查、载入、比较、导出。

    PATH is a folder, or the name of a pack that comes with the product.
    PATH 是目录，或随产品附带的数据包的名称。
    """


@pack.command()
@pack_argument
def check(path: str) -> None:
    """Look for every fault of a pack; no database needed. 检查数据包，不需要数据库。

    Exit code 1 and one line a fault (file, line, remedy), or 0 and a summary.
    """
    setup_django("owner")
    from wangge.packs.checking import check_pack
    from wangge.packs.contents import LISTS, TABLES
    from wangge.packs.faults import lines_of
    from wangge.packs.reading import find_pack, read_pack

    contents, faults = read_pack(find_pack(path))
    faults += check_pack(contents)
    for line in lines_of(faults):
        click.echo(line, err=True)
    if faults:
        click.echo(f"错误数 Faults: {len(set(faults))}", err=True)
        raise click.exceptions.Exit(1)
    counts = {file.file: len(getattr(contents, file.attribute)) for file in (*TABLES, *LISTS)}
    counts["grids/"] = len(contents.grids)
    for file, count in sorted(counts.items()):
        click.echo(f"{count:>8,}  {file}")
    click.echo(f"{contents.name}: 没有错误。 No faults.")


people_option = click.option(
    "--people-of-pack",
    is_flag=True,
    help="Take people's squads from the pack even where a rotation moved them since. 人员所在分队以数据包为准，撤销之后的轮岗。",
)


@pack.command()
@pack_argument
@people_option
def load(path: str, people_of_pack: bool) -> None:
    """Make a pack what is in force from now on. 载入数据包，即时生效。

    Changed rows end and start anew; cases keep the versions they were judged by. Loading again changes nothing.
    A pack older than a rotation in force is refused. 改动的数据保留旧版本，已有案卷不受影响；重复载入没有变化。
    比已生效的轮岗旧的数据包不予载入。
    """
    _apply(path, dry=False, people_of_pack=people_of_pack)


@pack.command()
@pack_argument
@people_option
def diff(path: str, people_of_pack: bool) -> None:
    """Show what loading a pack would change; nothing is written. 显示载入后会有的变化，不写入。"""
    _apply(path, dry=True, people_of_pack=people_of_pack)


@pack.command()
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write what is in force into FOLDER (new or empty), as a pack of its own. 把现行数据导出为数据包。"""
    open_database("owner")
    from wangge.packs.exporting import export_pack

    export_pack(folder)
    click.echo(f"已导出到 {folder}。 Exported to {folder}.")


def _shown(part: str | None) -> str:
    return part or ""


def _apply(path: str, *, dry: bool, people_of_pack: bool) -> None:
    open_database("owner")
    from wangge.cases.actions.units_moved import follow_units
    from wangge.common.clock import now
    from wangge.packs.loading import PARTS, load_pack
    from wangge.packs.reading import find_pack
    from wangge.rulebook.publishing import note_pack

    at, folder = now(), find_pack(path)
    with click.progressbar(length=len(PARTS), label=path, item_show_func=_shown, file=sys.stderr) as bar:
        changes = load_pack(
            folder, at=at, dry=dry, people_of_pack=people_of_pack, progress=lambda part: bar.update(1, part)
        )
    if not dry:
        note_pack(folder.name, changes, at)
        follow_units()
    click.echo(f"{'':16}{'新增 added':>12}{'变更 changed':>14}{'终止 ended':>12}{'不变 same':>12}")
    for part, change in changes.items():
        counts = (len(change.added), len(change.changed), len(change.ended), change.unchanged)
        click.echo(f"{part:16}{counts[0]:>14,}{counts[1]:>16,}{counts[2]:>14,}{counts[3]:>14,}")
        for sign, keys in zip("+~-", (change.added, change.changed, change.ended), strict=True):
            if keys and dry:
                first = ", ".join(" ".join(map(str, key)) for key in keys[:KEYS_SHOWN])
                click.echo(f"    {sign} {first}{' …' if len(keys) > KEYS_SHOWN else ''}")
    click.echo("没有写入。 Nothing was written." if dry else "已载入。 Loaded.")
