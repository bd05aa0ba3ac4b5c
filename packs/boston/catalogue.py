# SPDX-License-Identifier: Apache-2.0
"""Classes, norms and the responsibility matrix, all from what was recorded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from packs.boston.recorded import HALF_YEAR, Report, read_translations, write_csv

DAY = 86_400
FEWEST = 5  # records below which a figure is taken from the wider group
KINDS = ("subject", "reason", "type")
LEVELS = ("major", "minor", "detail")
MODULE, GENERATION = "requests", "boston2015"
Names = tuple[str, ...]  # subject[, reason[, type]]


class Text(NamedTuple):
    zh: str
    en: str


class Limit(NamedTuple):
    """`source` is shown to everybody who opens a case: both languages, Chinese first."""

    days: int
    source: str


THIS_TYPE = Text("本细类", "this type")
THIS_REASON = Text("所属小类全部细类（本细类不足 5 件）", "all types of this reason (type has fewer than 5)")
ALL_TYPES = Text(
    "全部细类（本细类和所属小类可用记录均不足 5 件）",
    "all types (type and reason have fewer than 5 usable records)",
)


def class_codes(reports: Sequence[Report]) -> dict[Names, str]:
    """Path of names -> code: `B` + two digits a level, in the order of the sorted names under one parent."""
    codes: dict[Names, str] = {(): "B"}
    for depth in (1, 2, 3):
        below: dict[Names, list[Names]] = defaultdict(list)
        for path in sorted({report.triple[:depth] for report in reports}):
            below[path[:-1]].append(path)
        for parent, children in below.items():
            codes |= {path: f"{codes[parent]}{number:02d}" for number, path in enumerate(children, start=1)}
    del codes[()]
    return codes


def write_edition() -> None:
    """The one module and the one generation of the classes."""
    source = "generated: all that was recorded is one list of 2015"
    header = ("code", "name_zh", "name_en", "source")
    write_csv("modules.csv", header, [(MODULE, "市民请求", "Constituent requests", source)])
    names = "波士顿 2015 年请求类型", "Request types of Boston, 2015"
    write_csv("generations.csv", (*header[:3], "filing", "source"), [(GENERATION, *names, "yes", source)])


def write_classes(codes: dict[Names, str]) -> None:
    chinese = read_translations()
    rows = []
    for path, code in codes.items():
        kind = KINDS[len(path) - 1]
        source = f"recorded {kind} of the 2015 requests; name_zh translated by hand"
        level, parent = LEVELS[len(path) - 1], codes.get(path[:-1])
        names = chinese[kind, path[-1]][1], path[-1]
        rows.append((code, parent, level, "event", MODULE, GENERATION, *names, source, "high"))
    header = (
        "code", "parent", "level", "kind", "module", "generation", "name_zh", "name_en", "source", "confidence",
    )  # fmt: skip
    write_csv("classes.csv", header, rows)


def limit_of(reports: Sequence[Report], group: Text) -> Limit | None:
    """Days a request may take: median promised, else 0.8 quantile taken; None = too few records."""
    promised = [int((r.target_dt - r.open_dt).total_seconds()) for r in reports if r.target_dt]
    if len(promised) >= FEWEST:
        how = Text(
            f"承诺用时的中位数，n={len(promised)}",
            f"median of (target_dt - open_dt), n={len(promised)}",
        )
        seconds = median(promised)
    else:
        closed = [r for r in reports if r.closed_dt and r.closed_dt >= r.open_dt]
        taken = sorted(int((r.closed_dt - r.open_dt).total_seconds()) for r in closed if r.closed_dt)
        if len(taken) < FEWEST:
            return None
        rank = -(-4 * len(taken) // 5)  # nearest rank of the 0.8 quantile, in whole numbers
        still_open = sum(r.closed_dt is None for r in reports)
        how = Text(
            f"有承诺的不足 5 件，取办结用时的 0.8 分位数，n={len(taken)}，另有 {still_open} 件未结",
            "fewer than 5 targets; 0.8 quantile of (closed_dt - open_dt),"
            f" n={len(taken)} closed, {still_open} open",
        )
        seconds = taken[rank - 1]
    days = int(min(max(-(-seconds // DAY), 1), 365))
    zh = f"生成：{group.zh}，2015 年上半年的请求，{how.zh}；按整日进位，1 至 365 日"
    en = f"generated: {how.en}, {group.en}, opened before 2015-07-01; whole days up, 1 to 365"
    return Limit(days, f"{zh} · {en}")


def write_norms(reports: Sequence[Report], codes: dict[Names, str]) -> None:
    chinese = read_translations()
    first_half = [report for report in reports if report.open_dt < HALF_YEAR]
    by_path: dict[Names, list[Report]] = defaultdict(list)
    for report in first_half:
        by_path[report.triple].append(report)
        by_path[report.triple[:2]].append(report)
    whole = limit_of(first_half, ALL_TYPES)
    rows = []
    for path in (path for path in codes if len(path) == 3):
        limit = limit_of(by_path[path], THIS_TYPE)
        limit = limit or limit_of(by_path[path[:2]], THIS_REASON)
        limit = limit or whole
        assert limit is not None, "a year of requests always gives a limit"
        names = [chinese[kind, name][1] for kind, name in zip(KINDS, path, strict=True)]
        rows.append((
            codes[path] + "-1", codes[path],
            f"收到“{names[2]}”类请求（{names[0]}，{names[1]}）",
            f"A request of type “{path[2]}” is received ({path[0]}, {path[1]})",
            limit.days, "natural_day", "经办部门办结并关闭请求", "The department has dealt with the request",
            0, 0, 0, None, None, limit.source, "yes",
        ))  # fmt: skip
    header = (
        "code", "class", "condition_zh", "condition_en", "limit", "clock", "closing_zh", "closing_en",
        "photos_report", "photos_handle", "photos_check", "area_grade", "legal_basis", "source", "local",
    )  # fmt: skip
    write_csv("norms.csv", header, rows)


def write_responsibility(reports: Sequence[Report], codes: dict[Names, str], default_unit: str) -> None:
    """Each class -> the department with most of its requests of the first half of the year."""
    handled: dict[Names, Counter[str]] = defaultdict(Counter)
    for report in reports:
        if report.open_dt < HALF_YEAR:
            for depth in (1, 2, 3):
                handled[report.triple[:depth]][report.unit] += 1
    source = "generated: majority of the requests opened before 2015-07-01"
    rows: list[tuple[object, ...]] = []
    for path, code in codes.items():
        if len(path) != 2:  # a minor class adds nothing between its details and its major
            used = path if handled[path] else path[:1]
            lead, cases, whole = majority(handled[used])
            rows.append((code, "*", "*", lead, None, *basis(cases, whole, fallback=used != path), source))
    rest = "以上各行都不适用时归口受理", "Taken where no other row fits"
    rows.append(("*", "*", "*", default_unit, None, *rest, "generated: set by this pack"))
    header = ("class", "place", "owner", "lead", "assist", "basis_zh", "basis_en", "source")
    write_csv("responsibility.csv", header, rows, key=3)


def majority(count: Counter[str]) -> tuple[str, int, int]:
    lead = min(count, key=lambda unit: (-count[unit], unit))
    return lead, count[lead], count.total()


def basis(cases: int, whole: int, *, fallback: bool) -> tuple[str, str]:
    zh, en = "本类", "this class"
    if fallback:
        zh, en = "所属大类（本细类上半年无记录）", "its major class (none of this type then)"
    return (
        f"2015 年上半年{zh} {whole} 件请求中 {cases} 件由该部门办理",
        f"Handled {cases} of the {whole} requests of {en} in the first half of 2015",
    )
