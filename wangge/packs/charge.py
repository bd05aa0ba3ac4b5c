# SPDX-License-Identifier: Apache-2.0
"""What must hold between the files that say who is in charge of what: the matrix, the levels, the classes areas stress."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from datetime import date
from itertools import pairwise

from wangge.packs import schema
from wangge.packs.contents import Pack, Place, Table
from wangge.packs.faults import Fault
from wangge.packs.references import AREA, CHANNEL, CLASS, UNIT, Anything, references, unknown

Faults = Iterator[Fault]


def _responsibilities(pack: Pack) -> Faults:
    table = pack.responsibilities
    grids: Container[str] = {code for _, code in (*pack.grids.rows, *pack.grids.refused)}
    if any(file.startswith("grids/") for file in pack.unread):
        grids = Anything()
    yield from references(table, "class_code", pack.classes, CLASS)
    yield from references(table, "owner", pack.units, UNIT)
    yield from references(table, "lead", pack.units, UNIT)
    for row, place in table.items():
        if row.place and row.place not in pack.areas and row.place not in grids:
            yield unknown(place, "区域或网格", "area or grid", row.place, "areas.csv")
        for code in row.assist:
            if code not in pack.units:
                yield unknown(place, *UNIT[:2], code, UNIT[2])
        if row.lead in row.assist:
            yield place.fault(f"“{row.lead}”不能既主办又协办。", f"“{row.lead}” cannot both lead and assist.")
        if row.first_day and row.last_day and row.first_day > row.last_day:
            yield place.fault(
                f"first_day {row.first_day} 晚于 last_day {row.last_day}，请改正。",
                f"first_day {row.first_day} comes after last_day {row.last_day}; correct them.",
            )
    yield from _overlaps(table)


def _overlaps(table: Table[schema.ResponsibilityRow]) -> Faults:
    """Two rows for one class, place and owner must not hold on one day, unless one of them always does."""
    found: dict[tuple[str, str, str], list[tuple[schema.ResponsibilityRow, Place]]] = defaultdict(list)
    for row, place in table.items():
        if row.first_day or row.last_day:
            found[row.class_code, row.place, row.owner].append((row, place))
    for rows in found.values():
        rows.sort(key=lambda pair: pair[0].first_day or date.min)
        for (one, where), (two, place) in pairwise(rows):
            if (one.last_day or date.max) >= (two.first_day or date.min):
                yield place.fault(
                    f"有效期与第 {where.line} 行重叠，同一天会有两个主办单位；请改正 first_day 或 last_day。",
                    f"The days overlap those of line {where.line}: two units would lead on one day;"
                    " correct first_day or last_day.",
                )


def _levels(pack: Pack) -> Faults:
    """Which level dispatches a class."""
    yield from references(pack.command_levels, "class_code", pack.classes, CLASS)
    known = [level.code for level in pack.levels]
    for row, place in pack.command_levels.items():
        if row.level not in known and "levels.yaml" not in pack.unread:
            yield unknown(place, "层级", "level", row.level, "levels.yaml")


def _grades(pack: Pack) -> Faults:
    """Norms for areas of one grade: the grade is some area's, and a class has a norm wherever a case may be."""
    tables = (pack.areas, pack.norms, pack.grids)
    if not pack.areas.rows or any(table.unread or table.refused for table in tables):
        return  # a base pack has no areas; of rows that could not be read it was told
    above = {row.parent for row in pack.areas.rows.values()}
    leaves = {code for (code,) in pack.areas.rows if code not in above}
    held = {_grade(pack, code) for code in leaves | {grid.area for grid in pack.grids.rows.values()}}
    by_class: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for row, place in pack.norms.items():
        by_class[row.class_code].append((row.area_grade, place))
        if row.area_grade and row.area_grade not in held:
            yield unknown(place, "区域等级", "area grade", row.area_grade, "areas.csv (grade)")
    for code, norms in by_class.items():
        if lacking := held - {grade for grade, _ in norms} if all(grade for grade, _ in norms) else None:
            zh = "、".join(sorted(grade or "未分级" for grade in lacking))
            en = ", ".join(sorted(grade or "no grade" for grade in lacking))
            yield norms[0][1].fault(
                f"“{code}”在这些等级的区域没有立案条件：{zh}；请补一条，或留空一条的 area_grade。",
                f"“{code}” has no norm where areas are of: {en}; add one, or leave one's area_grade empty.",
            )


def _grade(pack: Pack, code: str) -> str:
    """Of the nearest graded area upward; "" for none, and where parents run in a loop, which is told elsewhere."""
    seen: set[str] = set()
    while code not in seen and (row := pack.areas.get(code)):
        if row.grade:
            return row.grade
        seen.add(code)
        code = row.parent
    return ""


def _profiles(pack: Pack) -> Faults:
    """The classes areas stress."""
    yield from references(pack.profiles, "area", pack.areas, AREA)
    yield from references(pack.profiles, "classes", pack.classes, CLASS)


def _unit_hours(pack: Pack) -> Faults:
    """When units are on duty."""
    yield from references(pack.unit_hours, "unit", pack.units, UNIT)
    for row, place in pack.unit_hours.items():
        if row.begins == row.ends:
            yield place.fault(
                "开始与结束相同，请改正；全天值班写 00:00 至 23:59。",
                "begins and ends are the same; correct them, a whole day is 00:00 to 23:59.",
            )


def _hotlines(pack: Pack) -> Faults:
    """Which channels are telephones."""
    yield from references(pack.hotlines, "channel", pack.channels, CHANNEL)


#: the rules, in the order in which a reader of the files meets them
CHARGE: tuple[Callable[[Pack], Faults], ...] = (
    _responsibilities, _levels, _grades, _profiles, _unit_hours, _hotlines,
)  # fmt: skip
