# SPDX-License-Identifier: Apache-2.0
"""The `wangge` command. Exit codes: 0 done, 1 refused by a rule of the field, 2 wrong usage, 3 surroundings."""

from typing import Any

import click

from wangge.common.errors import DomainError
from wangge.config.cli.backup import backup, restore
from wangge.config.cli.calendar import calendar
from wangge.config.cli.case import case
from wangge.config.cli.db import db
from wangge.config.cli.demo import demo
from wangge.config.cli.docs import docs
from wangge.config.cli.key import key
from wangge.config.cli.pack import pack
from wangge.config.cli.replay import day, replay
from wangge.config.cli.run import init, manage, run, worker
from wangge.config.cli.sealing import sealing
from wangge.config.faults import EnvironmentFault

INTERRUPTED = 130  # as shells say it


class Commands(click.Group):
    """A group that turns the two kinds of expected error into two lines of text and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; DomainError ends with 1, EnvironmentFault with 3."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            click.echo(f"{error.message('zh')}\n{error.message('en')} [{error.code}]", err=True)
            ctx.exit(1)
        except EnvironmentFault as fault:
            click.echo(f"{fault.zh}\n{fault.en}", err=True)
            ctx.exit(3)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\n已停止。 Stopped.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wangge")
def main() -> None:
    """Wangge 网格: grid-based city management.

    网格化城市管理平台的命令。数据放在 WANGGE_DATA 目录；WANGGE_DATABASE_URL 可指定其他 PostgreSQL（15 以上）。

    Data lives in the folder WANGGE_DATA; WANGGE_DATABASE_URL names another PostgreSQL (15 or newer) to use.

    Exit codes: 0 done, 1 refused by a rule, 2 wrong usage, 3 the surroundings (disk, port, server) do not allow it.
    """


for command in (
    init,
    run,
    demo,
    replay,
    day,
    worker,
    db,
    pack,
    calendar,
    key,
    sealing,
    case,
    backup,
    restore,
    docs,
    manage,
):
    main.add_command(command)
