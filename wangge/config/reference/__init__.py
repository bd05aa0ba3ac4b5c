# SPDX-License-Identifier: Apache-2.0
"""The generated pages of docs/: read from the code and the standard pack, so that they cannot say anything else.

Every generator is a pure function of the product (and, for the decisions, of docs/adr) that returns Markdown.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from wangge.config.paths import CHECKOUT
from wangge.config.reference.api import api_page
from wangge.config.reference.commands import commands_page
from wangge.config.reference.decisions import decisions_page
from wangge.config.reference.errors import errors_page
from wangge.config.reference.flow import flow_page
from wangge.config.reference.pack import pack_page
from wangge.config.reference.posts import posts_page
from wangge.config.reference.settings import settings_page

DOCS = CHECKOUT / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "reference/api.md": api_page,
    "reference/commands.md": commands_page,
    "reference/errors.md": errors_page,
    "reference/flow.md": flow_page,
    "reference/pack-format.md": pack_page,
    "reference/posts.md": posts_page,
    "reference/settings.md": settings_page,
    "adr/README.md": lambda: decisions_page(DOCS / "adr"),
}


def stale_pages() -> Iterator[tuple[Path, str]]:
    """(file, text it should hold) of every generated page that is missing or out of date. Needs Django loaded."""
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.is_file() or path.read_text() != text:
            yield path, text
