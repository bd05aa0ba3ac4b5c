# SPDX-License-Identifier: Apache-2.0
"""Rows that stand above one another: areas, units, classes."""

from collections.abc import Iterator
from typing import TypeVar

from wangge.packs import schema
from wangge.packs.contents import Table
from wangge.packs.faults import Fault

T = TypeVar("T", schema.AreaRow, schema.UnitRow, schema.ClassRow)
L = TypeVar("L", schema.AreaRow, schema.ClassRow)


def paths(table: Table[T]) -> dict[str, str]:
    """Code -> chain of codes from the top, each ended by "/". The table must be free of loops."""
    found: dict[str, str] = {"": ""}

    def path(code: str) -> str:
        if code not in found:
            row = table.rows[code,]
            found[code] = f"{path(row.parent)}{code}/"
        return found[code]

    for (code,) in table.rows:
        path(code)
    return found


def loop_faults(table: Table[T], zh: str, en: str, longest: int) -> Iterator[Fault]:
    """One fault for each loop of parents, and for each chain longer than the database keeps."""
    told: set[str] = set()
    for row, place in table.items():
        chain: list[str] = [row.code]
        above = table.get(row.parent)
        while above and above.code not in chain:
            chain.append(above.code)
            above = table.get(above.parent)
        if above and above.code == row.code and not told & set(chain):
            told |= set(chain)
            shown = " → ".join([*chain, row.code])
            yield place.fault(
                f"{zh}的上级成了环：{shown}，请改正 parent。", f"Loop of {en}s: {shown}; correct parent."
            )
        elif sum(len(code) + 1 for code in chain) > longest:
            yield place.fault(
                f"{zh}层次太深：各级代码合计最多 {longest} 个字符。",
                f"Too deep: the codes of an {en} and all above it may have {longest} characters together.",
            )


def level_faults(table: Table[L], order: list[str]) -> Iterator[Fault]:
    """A row stands on the level right below its parent's, or lower; without parent, on the first level."""
    for row, place in table.items():
        parent = table.get(row.parent)
        if row.level not in order or (row.parent and (parent is None or parent.level not in order)):
            continue
        above = order.index(parent.level) if parent else -1
        wanted = order[above + 1 : above + 2]
        if (parent is None and order.index(row.level) != 0) or order.index(row.level) <= above:
            shown = wanted[0] if wanted else "-"
            yield place.fault(
                f"层级 {row.level} 与上级“{row.parent}”不符，应为 {shown}。",
                f"Level {row.level} does not fit below “{row.parent}”; {shown} does.",
            )
