# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks`: measure an installation of its own; every figure beside its bar and the machine's limit."""

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from benchmarks.figures import Figure, keep, machine, table
from benchmarks.installation import open_installation

#: root's own folders are closed to the database's user
FOLDER = (Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache") / "wangge-bench"
PARTS = ("raw", "loop", "step", "pages", "pure", "sweep", "rotation", "screens")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, show_default=True,
    help="The installation that is measured; kept between runs. 被测系统的目录，保留供下次使用。",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, folder: Path) -> None:
    """Measure Wangge · 性能测量

    Makes an installation in --folder, loads the Chaoyang pack and measures it. Figures are kept as JSON in
    FOLDER/figures. 在单独的目录里建立一套系统并测量；结果同时保存为 JSON。
    """
    context.obj = folder.resolve()


@main.command()
@click.option("--cases", required=True, type=click.IntRange(1), help="How many more. 再增加多少件。")
@click.pass_obj
def seed(folder: Path, cases: int) -> None:
    """Fill the installation with cases · 生成案卷"""
    open_installation(folder)
    _part("seeding").seed(cases)


@main.command()
@click.pass_obj
def raw(folder: Path) -> None:
    """PostgreSQL alone, by pgbench · 数据库本身的极限"""
    _measure(folder, "raw")


@main.command()
@click.option("--seconds", default=15.0, show_default=True, help="Of each measurement. 每项测量的秒数。")
@click.pass_obj
def loop(folder: Path, seconds: float) -> None:
    """Intake, steps, life cycles by HTTP · 上报、办理、全流程"""
    _measure(folder, "loop", seconds)


@main.command()
@click.option("--cases", default=300, show_default=True, help="Of each kind. 每类的案卷数。")
@click.pass_obj
def step(folder: Path, cases: int) -> None:
    """A step with three notices beside a bare one · 带三条通知的一步与不通知的一步"""
    _measure(folder, "step", cases)


@main.command()
@click.option("--requests", default=200, show_default=True, help="Of each page. 每个页面的请求数。")
@click.pass_obj
def pages(folder: Path, requests: int) -> None:
    """My work, case, board, lists, search · 页面"""
    _measure(folder, "pages", requests)


@main.command()
@click.option("--requests", default=200, show_default=True, help="Of each page. 每个页面的请求数。")
@click.pass_obj
def classes(folder: Path, requests: int) -> None:
    """Pages that search some 4,000 classes · 类别检索页面

    In an installation of its own below --folder, whose catalogue is generated. 单独的系统，类别为生成数据。
    """
    place = folder / "classes"
    open_installation(place)
    _tell(folder, "classes", _part("classes").measure(requests))


@main.command()
@click.pass_obj
def pure(folder: Path) -> None:
    """Locate, due moments, routing · 定位、时限、派遣规则"""
    _measure(folder, "pure")


@main.command()
@click.option("--overdue", default=100_000, show_default=True, help="Overdue cases. 超期案卷数。")
@click.pass_obj
def sweep(folder: Path, overdue: int) -> None:
    """Every rung of the ladder in one pass · 提醒、催办、督办一次扫描"""
    _measure(folder, "sweep", overdue)


@main.command()
@click.pass_obj
def rotation(folder: Path) -> None:
    """Rotation of a district's inspectors: seconds and fairness · 轮岗方案"""
    _tell(folder, "rotation", _part("rotation").measure())


@main.command()
@click.option("--screens", "count", default=200, show_default=True, help="Live screens. 实时屏幕数。")
@click.option("--per-second", default=50, show_default=True, help="Steps a second. 每秒办理步数。")
@click.option("--seconds", default=60, show_default=True)
@click.pass_obj
def screens(folder: Path, count: int, per_second: int, seconds: int) -> None:
    """From a step to the screens · 实时更新"""
    _measure(folder, "screens", count, per_second, seconds)


@main.command()
@click.option("--minutes", default=60, show_default=True)
@click.pass_obj
def hour(folder: Path, minutes: int) -> None:
    """Memory under an hour of load · 一小时负载下的内存"""
    _measure(folder, "hour", minutes)


@main.command()
@click.option("--kills", "count", default=100, show_default=True, help="Processes killed. 杀死进程的次数。")
@click.pass_obj
def kills(folder: Path, count: int) -> None:
    """Processes killed under load: is anything lost · 断电式故障"""
    open_installation(folder)
    _tell(folder, "kills", _part("kills").run(count))


@main.command()
@click.pass_obj
def disk(folder: Path) -> None:
    """A full disk under load: is anything lost · 磁盘写满

    On a small file system mounted below --folder: needs root on Linux. 需要 root 权限（挂载临时文件系统）。
    """
    place = folder / "small-disk"
    with _part("small_disk").small_disk(place):
        open_installation(place)
        figures = _part("disk").run(place)
    _tell(folder, "disk", figures)


@main.command(name="all")
@click.option("--cases", default=10_000, show_default=True, help="Seeded up to. 案卷总数。")
@click.pass_obj
def everything(folder: Path, cases: int) -> None:
    """All but step, classes, rotation, hour, kills and disk, one table · 一次测完，一张表

    Seeds where cases are missing, then raw, loop, step, pages, pure, sweep, rotation, screens.
    """
    open_installation(folder)
    from wangge.cases.models import Case

    there = Case.objects.count()
    if there < cases:
        _part("seeding").seed(cases - there)
    figures = [Figure("cases", Case.objects.count(), "")]
    try:
        for name in PARTS:
            click.echo(f"… {name}", err=True)
            figures += _part(name).measure()
    finally:  # a part that fails takes nothing from those before it
        _tell(folder, "all", figures)


def _measure(folder: Path, name: str, *arguments: float) -> None:
    open_installation(folder)
    _tell(folder, name, _part(name).measure(*arguments))


def _part(name: str) -> Any:
    """A module of the benchmarks; after `open_installation`, since most of them load the product."""
    return import_module(f"benchmarks.{name}")


def _tell(folder: Path, name: str, figures: Sequence[Figure]) -> None:
    keep(folder, name, figures)
    click.echo(f"{machine()}\n\n{table(figures)}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
