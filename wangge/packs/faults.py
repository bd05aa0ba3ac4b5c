# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a pack, where, and what to do about it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wangge.common.errors import BadInput, Conflict

#: lines shown of one kind of fault in one file; the rest is counted
SHOWN = 20


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: `file` as "<pack>/<path>", `line` from 1 (0 = the file as a whole), the remedy in two languages.

    `unread` says that nothing of the file could be used, so that what refers to it was not checked.
    """

    file: str
    line: int
    zh: str
    en: str
    unread: bool = False

    @property
    def kind(self) -> tuple[str, str]:
        """The file, and what is wrong whatever the value: the sentence without what it quotes and counts."""
        return self.file, re.sub(r"“[^”]*”|[0-9]+", "", self.en)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.zh} {self.en}"


def lines_of(faults: Iterable[Fault]) -> list[str]:
    """A line for each fault, files that could not be read first; of one kind in one file no more than SHOWN."""
    ordered = sorted(set(faults), key=lambda fault: (not fault.unread, fault))
    all_of, told, lines = Counter(fault.kind for fault in ordered), Counter[tuple[str, str]](), []
    for fault in ordered:
        told[fault.kind] += 1
        if told[fault.kind] <= SHOWN:
            lines.append(str(fault))
        elif told[fault.kind] == all_of[fault.kind]:
            left = all_of[fault.kind] - SHOWN
            lines.append(
                f"{fault.file}: 还有 {left} 处同类错误，最后一处在第 {fault.line} 行。 And {left} more of this kind."
            )
    return lines


class PackFaulty(BadInput):
    """The pack must not be loaded; `faults` holds every fault found."""

    code = "pack_faulty"
    zh = "{listing}\n数据包 {pack} 没有载入，错误数：{count}。请改正后再载入。"
    en = "Pack {pack} was not loaded; faults: {count}, listed above. Correct them and load again."

    def __init__(self, pack: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(pack=pack, count=len(faults), listing="\n".join(lines_of(faults)))


class PackOfAnotherCity(Conflict):
    code = "pack_of_another_city"
    zh = (
        "数据库里是“{held}”的数据，不能载入“{given}”的数据包。"
        "每个城市使用自己的数据库（另设 WANGGE_DATA 或 WANGGE_DATABASE_URL）。"
    )
    en = (
        "This database belongs to city “{held}”; the pack is for “{given}”. "
        "Give each city a database of its own (another WANGGE_DATA or WANGGE_DATABASE_URL)."
    )
