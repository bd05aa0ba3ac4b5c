# SPDX-License-Identifier: Apache-2.0
"""The index of docs/adr."""

import re
from pathlib import Path

from wangge.config.reference.markdown import page, table


def decisions_page(folder: Path) -> str:
    """docs/adr/README.md: number, title and the sentence of each decision. Raises ValueError at a malformed one."""
    rows = []
    for file in sorted(folder.glob("[0-9]*.md")):
        found = re.match(r"# (\d{4}) (.+)\n\nStatus: (.+)\n\n> ((?:.+\n> )*.+)\n", file.read_text())
        if not found or found[1] != file.name[:4]:
            raise ValueError(
                f"{file.name}: begin as template.md does: title with the number, status, one quoted sentence"
            )
        sentence = found[4].replace("\n> ", " ")
        rows.append([f"[{found[1]}]({file.name})", found[2], sentence, found[3]])
    return page(
        "Decisions",
        "the files of docs/adr",
        "Why things are as they are. A new one starts from [template.md](template.md).",
        table(["", "decision", "in one sentence", "status"], rows),
    )
