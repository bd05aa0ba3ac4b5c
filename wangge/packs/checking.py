# SPDX-License-Identifier: Apache-2.0
"""What must hold between the files of a pack. Every rule yields its faults; none stops the others."""

from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path

from wangge.organizations.access import Permission
from wangge.packs import schema
from wangge.packs.charge import CHARGE
from wangge.packs.contents import LISTS, TABLES, Key, Pack, Place
from wangge.packs.faults import Fault, PackFaulty
from wangge.packs.flows import flow_faults
from wangge.packs.hours import calendar_faults
from wangge.packs.inspecting import inspecting_faults
from wangge.packs.matters import MATTERS
from wangge.packs.oversight import oversight_faults
from wangge.packs.reading import read_pack
from wangge.packs.references import AREA, UNIT, Anything, references, unknown
from wangge.packs.shapes import boundary_fault
from wangge.packs.subjects import subject_faults
from wangge.packs.trees import level_faults, loop_faults
from wangge.packs.walkers import walker_faults

Faults = Iterator[Fault]
_LONGEST_PATH = {"areas": 120, "units": 200}


def sound_pack(folder: Path) -> Pack:
    """The pack in `folder`, ready to load. Raises PackFaulty with everything found."""
    pack, faults = read_pack(folder)
    faults += check_pack(pack)
    if faults:
        raise PackFaulty(folder.name, sorted(set(faults)))
    return pack


def check_pack(pack: Pack, changed: Container[tuple[str, Key]] | None = None) -> list[Fault]:
    """Every fault between the rows of `pack`; a base pack without a city is checked as far as it goes.

    `changed`: of a pack made from what is in force, the tables and keys of the rows that are not; of these alone the subjects
    are checked, or a class that came in before its name was refused would stop every other change. None = all.

    What refers to a file that could not be read is not checked: its faults would be consequences.
    """
    if "pack.yaml" in pack.unread:
        return []  # which base lies below is not known
    rules: list[Callable[[Pack], Faults]] = [
        _replaces,
        *MATTERS,
        partial(subject_faults, only=changed),
        _posts,
        flow_faults,
        calendar_faults,
        oversight_faults,
        inspecting_faults,
    ]
    if pack.head is None or pack.head.city is not None:
        rules += [_documents, _city, _areas, _grids, _units, _people, _duties, walker_faults, *CHARGE]
    return [fault for rule in rules for fault in rule(pack)]


def _documents(pack: Pack) -> Faults:
    if "pack.yaml" not in pack.sources:
        return  # no pack at all: told once
    layers = {layer for layer, _ in (*pack.grids.rows, *pack.grids.refused)}
    present = {
        "levels.yaml": pack.levels,
        "calendar.yaml": pack.calendar or "calendar.yaml" in pack.sources,
        "flow.yaml": pack.flow or "flow.yaml" in pack.sources,
        "inspectors.yaml": "inspectors.yaml" in pack.sources,
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


def _replaces(pack: Pack) -> Faults:
    source = pack.sources.get("pack.yaml")
    if pack.head is None or source is None:
        return
    known = {file.file for file in (*TABLES, *LISTS)}
    for index, name in enumerate(pack.head.replaces):
        if name not in known:
            yield source.fault(
                ("replaces", index),
                f"“{name}”不是按行覆盖的文件，不能写在 replaces 中；请改正或删除。",
                f"“{name}” is no file whose rows lie over the base's; correct it or take it out of replaces.",
            )


def _areas(pack: Pack) -> Faults:
    order = [level.code for level in pack.levels]
    for row, place in pack.areas.items():
        if row.level not in order and "levels.yaml" not in pack.unread:
            yield unknown(place, "层级", "level", row.level, "levels.yaml")
    yield from references(pack.areas, "parent", pack.areas, AREA)
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
    yield from references(pack.grids, "area", pack.areas, AREA)
    for row, place in pack.grids.items():
        if row.parent and row.parent not in supervision:
            yield unknown(place, "监督网格", "supervision grid", row.parent, "grids/supervision.geojsonl")
        if row.layer == "unit_grid" and not row.parent:
            yield place.fault(
                "单元网格须写明所属监督网格（parent）。",
                "A unit grid must name its supervision grid (parent).",
            )
        if found := boundary_fault(row.boundary):
            yield place.fault(*found)


def _supervision(pack: Pack) -> Container[str]:
    if "grids/supervision.geojsonl" in pack.unread:
        return Anything()
    return {code for layer, code in (*pack.grids.rows, *pack.grids.refused) if layer == "supervision"}


def _units(pack: Pack) -> Faults:
    yield from references(pack.units, "parent", pack.units, UNIT)
    yield from references(pack.units, "area", pack.areas, AREA)
    yield from loop_faults(pack.units, "单位", "unit", _LONGEST_PATH["units"])


def _posts(pack: Pack) -> Faults:
    for row, place in pack.posts.items():
        for permission in row.permissions:
            if permission not in Permission.__members__.values():
                yield unknown(place, "权限", "permission", permission, "wangge/organizations/access.py")


def _people(pack: Pack) -> Faults:
    yield from references(pack.people, "unit", pack.units, UNIT)
    yield from references(pack.people, "area", pack.areas, AREA)
    first: dict[str, tuple[schema.PersonRow, Place]] = {}
    for row, place in pack.people.items():
        if row.post not in pack.posts:
            yield unknown(place, "岗位", "post", row.post, "posts.yaml")
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
            yield unknown(place, "监督网格", "supervision grid", row.grid, "grids/supervision.geojsonl")
        if row.unit not in pack.units:
            yield unknown(place, *UNIT[:2], row.unit, UNIT[2])
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
