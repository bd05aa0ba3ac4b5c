# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a pack, where, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from wangge.common.errors import BadInput, Conflict


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: `file` as "<pack>/<path>", `line` from 1 (0 = the file as a whole), the remedy in two languages."""

    file: str
    line: int
    zh: str
    en: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.zh} {self.en}"


class PackFaulty(BadInput):
    """The pack must not be loaded; `faults` holds every fault found."""

    code = "pack_faulty"
    zh = "{listing}\n数据包 {pack} 没有载入，错误数：{count}。请改正后再载入。"
    en = "Pack {pack} was not loaded; faults: {count}, listed above. Correct them and load again."

    def __init__(self, pack: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(pack=pack, count=len(faults), listing="\n".join(map(str, faults)))


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
