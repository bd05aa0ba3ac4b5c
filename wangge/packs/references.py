# SPDX-License-Identifier: Apache-2.0
"""References between the rows of a pack: every code must name something."""

from collections.abc import Iterator
from typing import Any

from wangge.packs.contents import Place, R, Table
from wangge.packs.faults import Fault

Faults = Iterator[Fault]
#: what a reference names, in two languages, and the file that must have it
AREA = ("区域", "area", "areas.csv")
UNIT = ("单位", "unit", "units.csv")
CLASS = ("类别", "class", "classes.csv")
MODULE = ("模块", "module", "modules.csv")
GENERATION = ("目录版本", "generation", "generations.csv")
CHANNEL = ("来源渠道", "channel", "channels.csv")


class Anything:
    """The codes of a file that could not be read."""

    def __contains__(self, code: object) -> bool:
        return True


def unknown(place: Place, what_zh: str, what: str, code: str, file: str) -> Fault:
    return place.fault(
        f"{what_zh}“{code}”不存在，请改正或在 {file} 中补上。",
        f"{what} “{code}” does not exist; correct it or add it to {file}.",
    )


def references(
    table: Table[R],
    column: str,
    among: Table[Any],
    words: tuple[str, str, str],
) -> Faults:
    """`column` of every row names a row of `among` (or several), or is empty. `words`: what, in two languages, and its file."""
    for row, place in table.items():
        value = getattr(row, column)
        for code in value if isinstance(value, list) else [value]:
            if code and code not in among:
                yield unknown(place, words[0], words[1], code, words[2])
