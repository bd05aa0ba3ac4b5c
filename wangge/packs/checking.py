# SPDX-License-Identifier: Apache-2.0
"""What must hold between the files of a pack. Every rule yields its faults; none stops the others."""

import json
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.organizations.access import Permission
from wangge.packs import schema
from wangge.packs.contents import Pack, Place, R, Table
from wangge.packs.faults import Fault, PackFaulty
from wangge.packs.hours import calendar_faults
from wangge.packs.reading import read_pack
from wangge.packs.shapes import boundary_fault
from wangge.packs.trees import level_faults, loop_faults

Faults = Iterator[Fault]
_LONGEST_PATH = {"areas": 120, "units": 200, "classes": 100}
NORMS_A_CLASS = 8


def sound_pack(folder: Path) -> Pack:
    """The pack in `folder`, ready to load. Raises PackFaulty with everything found."""
    pack, faults = read_pack(folder)
    faults += check_pack(pack)
    if faults:
        raise PackFaulty(folder.name, sorted(set(faults)))
    return pack


def check_pack(pack: Pack) -> list[Fault]:
    """Every fault between the rows of `pack`; a base pack without a city is checked as far as it goes.

    What refers to a file that could not be read is not checked: its faults would be consequences.
    """
    if "pack.yaml" in pack.unread:
        return []  # which base lies below is not known
    rules: list[Callable[[Pack], Faults]] = [_classes, _norms, _posts, _flow, calendar_faults]
    if pack.head is None or pack.head.city is not None:
        rules += [_documents, _city, _areas, _grids, _units, _people, _duties, _responsibilities]
    return [fault for rule in rules for fault in rule(pack)]


def _unknown(place: Place, what_zh: str, what: str, code: str, file: str) -> Fault:
    return place.fault(
        f"{what_zh}“{code}”不存在，请改正或在 {file} 中补上。",
        f"{what} “{code}” does not exist; correct it or add it to {file}.",
    )


def _references(
    table: Table[R],
    column: str,
    among: Table[schema.AreaRow] | Table[schema.UnitRow] | Table[schema.ClassRow],
    words: tuple[str, str, str],
) -> Faults:
    """`column` of every row names a row of `among`, or is empty. `words`: what, in two languages, and its file."""
    for row, place in table.items():
        code = getattr(row, column)
        if code and code not in among:
            yield _unknown(place, words[0], words[1], code, words[2])


AREA = ("区域", "area", "areas.csv")
UNIT = ("单位", "unit", "units.csv")
CLASS = ("类别", "class", "classes.csv")


def _documents(pack: Pack) -> Faults:
    if "pack.yaml" not in pack.sources:
        return  # no pack at all: told once
    layers = {layer for layer, _ in (*pack.grids.rows, *pack.grids.refused)}
    present = {
        "levels.yaml": pack.levels,
        "calendar.yaml": pack.calendar or "calendar.yaml" in pack.sources,
        "flow.yaml": pack.flow or "flow.yaml" in pack.sources,
        "outline.geojson": pack.outline,
        "areas.csv": len(pack.areas) or pack.areas.refused,
        "grids/unit_grid.geojsonl": "unit_grid" in layers,
        "grids/supervision.geojsonl": "supervision" in layers,
        "posts.yaml": len(pack.posts) or pack.posts.refused,
        "channels.csv": len(pack.channels) or pack.channels.refused,
    }
    for file, there in present.items():
        if not there and file not in pack.unread:
            yield Fault(
                f"{pack.name}/{file}",
                0,
                "没有这个文件或没有内容，请补上。",
                "The file is missing or empty; add it.",
            )


def _city(pack: Pack) -> Faults:
    source = pack.sources.get("pack.yaml")
    if pack.head is None or pack.head.city is None or source is None:
        return
    city = pack.head.city
    if city.default_unit not in pack.units:
        yield source.fault(
            ("city", "default_unit"),
            f"单位“{city.default_unit}”不存在：没有权责规定的案卷会无处可派。",
            f"Unit “{city.default_unit}” does not exist: cases that no row routes would have nowhere to go.",
        )
    if "levels.yaml" not in pack.unread and city.command_level not in [level.code for level in pack.levels]:
        yield source.fault(
            ("city", "command_level"),
            f"层级“{city.command_level}”不在 levels.yaml 中：没有人能派遣案卷。",
            f"Level “{city.command_level}” is not in levels.yaml: nobody could dispatch cases.",
        )
    top = [row.code for row in pack.areas.in_order() if not row.parent]
    if len(pack.areas) and top != [city.code]:
        found = ", ".join(top) or "-"
        yield source.fault(
            ("city", "code"),
            f"areas.csv 应只有一个顶层区域（parent 为空），代码为 {city.code}；现在有 {found}。",
            f"areas.csv must have one top area (no parent), code {city.code}; it has {found}.",
        )


def _areas(pack: Pack) -> Faults:
    order = [level.code for level in pack.levels]
    for row, place in pack.areas.items():
        if row.level not in order and "levels.yaml" not in pack.unread:
            yield _unknown(place, "层级", "level", row.level, "levels.yaml")
    yield from _references(pack.areas, "parent", pack.areas, AREA)
    yield from loop_faults(pack.areas, "区域", "area", _LONGEST_PATH["areas"])
    yield from level_faults(pack.areas, order)


def _grids(pack: Pack) -> Faults:
    supervision = _supervision(pack)
    layers = {row.layer: place for row, place in reversed(list(pack.grids.items()))}
    for layer, place in layers.items():
        if layer not in pack.layers:
            yield Fault(
                place.file, 0, f"网格层“{layer}”不在 grid_layers.csv 中，请补上。",
                f"Grid layer “{layer}” is not in grid_layers.csv; add it.",
            )  # fmt: skip
    yield from _references(pack.grids, "area", pack.areas, AREA)
    for row, place in pack.grids.items():
        if row.parent and row.parent not in supervision:
            yield _unknown(place, "监督网格", "supervision grid", row.parent, "grids/supervision.geojsonl")
        if row.layer == "unit_grid" and not row.parent:
            yield place.fault(
                "单元网格须写明所属监督网格（parent）。",
                "A unit grid must name its supervision grid (parent).",
            )
        if found := boundary_fault(row.boundary):
            yield place.fault(*found)


class _Anything:
    """The codes of a file that could not be read."""

    def __contains__(self, code: object) -> bool:
        return True


def _supervision(pack: Pack) -> Container[str]:
    if "grids/supervision.geojsonl" in pack.unread:
        return _Anything()
    return {code for layer, code in (*pack.grids.rows, *pack.grids.refused) if layer == "supervision"}


def _units(pack: Pack) -> Faults:
    yield from _references(pack.units, "parent", pack.units, UNIT)
    yield from _references(pack.units, "area", pack.areas, AREA)
    yield from loop_faults(pack.units, "单位", "unit", _LONGEST_PATH["units"])


def _classes(pack: Pack) -> Faults:
    yield from _references(pack.classes, "parent", pack.classes, CLASS)
    yield from loop_faults(pack.classes, "类别", "class", _LONGEST_PATH["classes"])
    yield from level_faults(pack.classes, ["major", "minor", "detail"])
    for row, place in pack.classes.items():
        parent = pack.classes.get(row.parent)
        if parent and parent.kind != row.kind:
            yield place.fault(
                f"kind 是 {row.kind}，上级“{parent.code}”却是 {parent.kind}。",
                f"kind is {row.kind}, but that of “{parent.code}” above it is {parent.kind}.",
            )


def _norms(pack: Pack) -> Faults:
    yield from _references(pack.norms, "class_code", pack.classes, CLASS)
    for row, place in pack.norms.items():
        number = row.code.removeprefix(f"{row.class_code}-")
        if number not in map(str, range(1, NORMS_A_CLASS + 1)):
            yield place.fault(
                f"代码应为“{row.class_code}-1”至“-{NORMS_A_CLASS}”。",
                f"The code must be “{row.class_code}-1” to “-{NORMS_A_CLASS}”.",
            )
    if pack.norms.unread or pack.classes.unread:
        return
    served = {row.class_code for row in pack.norms.rows.values()} | {
        code.rpartition("-")[0] for (code,) in pack.norms.refused
    }
    inner = {row.parent for row in pack.classes.rows.values()}
    for leaf, place in pack.classes.items():
        if leaf.code not in inner and not _served(pack, leaf.code, served):
            yield place.fault(
                f"“{leaf.code}”及其上级都没有立案条件和时限，无法立案；请在 norms.csv 中补上。",
                f"Neither “{leaf.code}” nor a class above it has a norm, so no case could be filed; add one to norms.csv.",
            )


def _served(pack: Pack, code: str, served: set[str]) -> bool:
    seen: set[str] = set()
    while code and code not in seen:
        if code in served:
            return True
        seen.add(code)
        row = pack.classes.get(code)
        code = row.parent if row else ""
    return False


def _posts(pack: Pack) -> Faults:
    for row, place in pack.posts.items():
        for permission in row.permissions:
            if permission not in Permission.__members__.values():
                yield _unknown(place, "权限", "permission", permission, "wangge/organizations/access.py")


def _flow(pack: Pack) -> Faults:
    source = pack.sources.get("flow.yaml")
    if source is None or not isinstance(pack.flow, dict) or pack.posts.unread:
        return
    try:
        parse(pack.flow, {row.code: row.axis for row in pack.posts.rows.values()})
        json.dumps(pack.flow)
    except FlowFault as fault:
        yield source.fault(fault.where, fault.zh, fault.en)
        return
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        yield source.fault((), f"流程写法有误：{error}。", f"The flow is not written as it must be: {error}.")
        return
    code = pack.flow.get("code")
    if not isinstance(code, str) or not 0 < len(code) <= 30:
        yield source.fault(
            ("code",), "流程须有代码，最多 30 个字符。", "The flow needs a code of at most 30 characters."
        )


def _people(pack: Pack) -> Faults:
    yield from _references(pack.people, "unit", pack.units, UNIT)
    yield from _references(pack.people, "area", pack.areas, AREA)
    first: dict[str, tuple[schema.PersonRow, Place]] = {}
    for row, place in pack.people.items():
        if row.post not in pack.posts:
            yield _unknown(place, "岗位", "post", row.post, "posts.yaml")
        post = pack.posts.get(row.post)
        if post and post.axis == "unit" and not row.unit:
            yield place.fault(f"岗位“{row.post}”须写明单位。", f"Post “{row.post}” needs a unit.")
        known, where = first.setdefault(row.login, (row, place))
        if (known.name, known.source) != (row.name, row.source):
            yield place.fault(
                f"“{row.login}”的姓名或来源与第 {where.line} 行不同，请统一。",
                f"Name or source of “{row.login}” differs from line {where.line}; make them the same.",
            )


def _duties(pack: Pack) -> Faults:
    supervision = _supervision(pack)
    for row, place in pack.duties.items():
        unit = pack.units.get(row.unit)
        if row.grid not in supervision:
            yield _unknown(place, "监督网格", "supervision grid", row.grid, "grids/supervision.geojsonl")
        if row.unit not in pack.units:
            yield _unknown(place, *UNIT[:2], row.unit, UNIT[2])
        elif unit and unit.kind != "squad":
            yield place.fault(
                f"“{row.unit}”不是监督分队（kind squad）。", f"“{row.unit}” is no squad (kind squad)."
            )
    for grid, place in pack.grids.items():
        if grid.layer == "supervision" and grid.code not in pack.duties:
            yield place.fault(
                f"监督网格“{grid.code}”没有监督分队，请在 supervision.csv 中补上。",
                f"No squad walks supervision grid “{grid.code}”; add it to supervision.csv.",
            )


def _responsibilities(pack: Pack) -> Faults:
    table = pack.responsibilities
    grids: Container[str] = {code for _, code in (*pack.grids.rows, *pack.grids.refused)}
    if any(file.startswith("grids/") for file in pack.unread):
        grids = _Anything()
    yield from _references(table, "class_code", pack.classes, CLASS)
    yield from _references(table, "owner", pack.units, UNIT)
    yield from _references(table, "lead", pack.units, UNIT)
    for row, place in table.items():
        if row.place and row.place not in pack.areas and row.place not in grids:
            yield _unknown(place, "区域或网格", "area or grid", row.place, "areas.csv")
        for code in row.assist:
            if code not in pack.units:
                yield _unknown(place, *UNIT[:2], code, UNIT[2])
        if row.lead in row.assist:
            yield place.fault(f"“{row.lead}”不能既主办又协办。", f"“{row.lead}” cannot both lead and assist.")
