# SPDX-License-Identifier: Apache-2.0
"""Every command of `wangge` with its help text."""

from collections.abc import Iterator

import click

from wangge.config.reference.markdown import page


def commands_page() -> str:
    """docs/reference/commands.md."""
    from wangge.config.cli import main

    return page(
        "Commands",
        "the help texts of the `wangge` command",
        "The Makefile is a thin front of these: `make demo`, `make test`, `make check`, `make docs`.",
        *_texts(main, None, "wangge"),
    )


def _texts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    settings = {**command.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, parent, name, **settings)
    yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context).rstrip()}\n```"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _texts(found, context, child)
