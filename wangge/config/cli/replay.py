# SPDX-License-Identifier: Apache-2.0
"""`wangge replay` and `wangge day`: cases for those who look, from recorded requests or generated."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from wangge.config.cli.opening import open_database

TICK, RETRY = 0.3, 2.0  # seconds between two looks of the generated day; and after the database went away
LINE_EVERY = 10.0  # seconds between two lines of progress where there is no terminal


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first N requests. 只回放前 N 条。")
@click.option("--report", "only_report", is_flag=True, help="Replay nothing, only count. 不回放，只统计。")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the result here too. 结果另存。"
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for unreadable rows. 无法读取的行另存。",
)
@click.option("--quiet", is_flag=True, help="No result at the end. 结束时不输出统计。")
def replay(
    file: Path | None,
    limit: int | None,
    only_report: bool,
    out: Path | None,
    rejects: Path | None,
    quiet: bool,
) -> None:
    """Take recorded requests through the loop · 历史数据回放

    FILE is a CSV (also .gz) or Parquet of the shape the city's pack describes; without it the recording of the pack
    is taken. Stopped or killed at any point, the next run goes on where this one stopped. Rows that cannot be read
    are kept in a file of their own.
    可随时中断，再次执行时从中断处继续；无法读取的行另存，不会丢失。
    """
    open_database("worker")
    from wangge.grids.queries import city
    from wangge.packs.reading import find_pack
    from wangge.replay import recorded, recording, result

    layout = recording.layout_of(find_pack(city().pack))
    source = file or layout.reports
    read = recording.read_recording(source, layout, city().zone)
    if read.rejects:
        kept = rejects or source.with_name(f"{source.name}.rejects.csv")
        recording.write_rejects(kept, read.rejects)
        click.echo(
            f"{len(read.rejects)} 行无法读取，已存入 {kept}。 Unreadable rows are kept there.", err=True
        )
    read = read.first(limit)
    if not only_report:
        began = time.monotonic()
        with _progress() as heard:
            outcome = recorded.replay(read, heard)
        seconds = time.monotonic() - began
        click.echo(
            f"已回放 {outcome.taken:,}，此前已有 {outcome.known:,}，用时 {seconds:.0f} 秒。"
            f" Taken {outcome.taken:,} moments, known before {outcome.known:,}."
        )
        for code, number in outcome.refused.most_common():
            click.echo(f"未通过 {number:,}: {code}。 Refused by the loop: {number:,} × {code}.", err=True)
    if quiet:
        return
    text = result.as_markdown(result.gather(read))
    click.echo(text)
    if out:
        out.write_text(text, encoding="utf-8")


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar with rate and remaining time on a terminal, else a line now and then."""
    began, told = time.monotonic(), 0.0

    def rate(done: int) -> str:
        return f"{done / max(time.monotonic() - began, 0.001):,.0f}/s"

    if sys.stdout.isatty():
        with click.progressbar(length=1, show_pos=True, item_show_func=lambda item: item) as bar:

            def draw(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos, rate(done))

            yield draw
        return

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= LINE_EVERY or done == total:
            told = now
            left = (total - done) * (now - began) / done
            click.echo(f"{done:,}/{total:,}  {rate(done)}  还需 left {left:,.0f} s")

    yield tell


@click.command()
@click.option(
    "--rate",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Reports a minute. 每分钟上报数。",
)
@click.option(
    "--first",
    default=150,
    show_default=True,
    type=click.IntRange(0, 5000),
    help="Reports that lie behind when the first day begins. 首次启动时已有的案卷数。",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same day. 随机种子。")
def day(rate: float, first: int, seed: int) -> None:
    """Generate a day: reports and every step of staff · 演示生成

    For demonstrations only: everything written is marked as generated. Runs until SIGTERM or Ctrl-C; the next run
    goes on where it stopped. 仅供演示：所有内容均标明“演示生成”；可随时中断并继续。
    """
    open_database("web")  # staff and callers do what they do on the pages
    from django.db import Error, connection

    from wangge.common.clock import now
    from wangge.replay.generated import Day

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    running: Day | None = None
    while not stopping.wait(TICK):
        try:
            if running is None:
                running = Day(per_minute=rate, at=now(), seed=seed)
                if running.is_new:
                    running.first_part(first, now())
            running.run_until(now())
        except Error as error:  # the database is being started again
            click.echo(
                f"数据库没有应答，稍后再试。 The database does not answer; trying again. {error}", err=True
            )
            connection.close()
            stopping.wait(RETRY)
    if running is not None:
        counts = ", ".join(f"{what} {number}" for what, number in sorted(running.counts.items()))
        click.echo(f"已停止。 Stopped. {counts}")
