# SPDX-License-Identifier: Apache-2.0
"""Classes of the editions of the catalogue, and which of them stand for one another."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
MODULE = "city_management"
PREFIX = {"part": "C", "event": "E"}
KIND = {"part": "component", "event": "event"}
LISTS = (("part", "parts.csv"), ("event", "events.csv"))
Row = dict[str, str]


class Edition(NamedTuple):
    """`listed`: its name in the source lists; `ending`: what its codes end with, since editions share numbers."""

    code: str
    listed: str
    ending: str
    source: str
    names: tuple[str, str]
    filing: str
    majors: Row


OF_2013 = Edition(
    "2013",
    "GB/T 30428.2-2013",
    "",
    "GB/T 30428.2-2013 as used in one city's table (GitHub zhcg2026/smart_cityguard)",
    ("GB/T 30428.2-2013 管理部件和事件", "GB/T 30428.2-2013, components and events"),
    "yes",
    {
        "C01": "Public utilities",
        "C02": "Roads and traffic facilities",
        "C03": "City-appearance facilities",
        "C04": "Parks and greenery facilities",
        "C05": "Other components",
        "E01": "City appearance",
        "E02": "Advertising and posters",
        "E03": "Construction management",
        "E04": "Street order",
        "E05": "Sudden events",
        "E06": "Other events",
    },
)
OF_2007 = Edition(
    "2007",
    "CJ/T 214-2007",
    ".2007",
    "CJ/T 214-2007 as used in software that implements it (dictionaries on GitHub)",
    (
        "CJ/T 214-2007 部件与事件（旧版，只供对照）",
        "CJ/T 214-2007, components and events (old, for reference)",
    ),
    "no",
    {
        "C01": "Public utilities",
        "C02": "Roads and traffic",
        "C03": "City appearance",
        "C04": "Parks and greenery",
        "C05": "Housing and land",
        "C06": "Other facilities",
        "E01": "City appearance",
        "E02": "Advertising and posters",
        "E03": "Construction management",
        "E04": "Sudden events",
        "E05": "Street order",
    },
)
OF_YUNCHENG = Edition(
    "yuncheng",
    "local-extension (Yuncheng)",
    ".yuncheng",
    "运城市自设类别 · Yuncheng's own classes (GitHub zhcg2026/smart_cityguard)",
    (
        "运城市自设类别（示例，小类自 99 向下）",
        "Yuncheng's own classes (an example; minors counted down from 99)",
    ),
    "no",
    OF_2013.majors,
)
EDITIONS = (OF_2013, OF_2007, OF_YUNCHENG)
#: people are the subject of these two of 2007 (begging; gatherings): no class of this product is about residents
LEFT_OUT = ("E0409.2007", "E0502.2007")
BY_NAME = "same name in both editions"


def read(path: Path) -> list[Row]:
    """Rows of a UTF-8 CSV with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def modules() -> list[Row]:
    source = "业务模块之一 · one of the modules that districts name"
    return [{"code": MODULE, "name_zh": "城市管理", "name_en": "City management", "source": source}]


def generations() -> list[Row]:
    return [
        {"code": e.code, "name_zh": e.names[0], "name_en": e.names[1], "filing": e.filing, "source": e.source}
        for e in sorted(EDITIONS)
    ]


def classes(standards: Path, edition: Edition) -> list[Row]:
    """Majors and minors of `edition` whose code is known, by code."""
    found: dict[str, Row] = {}
    for kind, name in LISTS:
        for row in read(standards / name):
            if row["standard"] == edition.listed and row["code"]:
                number = PREFIX[kind] + row["major_code"]
                top = number + edition.ending, "", row["major_name_zh"], edition.majors[number]
                code = PREFIX[kind] + row["code"] + edition.ending
                name_en = row["name_en"][0].upper() + row["name_en"][1:]
                found[top[0]] = _class(edition, kind, *top, row["confidence"])
                found[code] = _class(edition, kind, code, top[0], row["name_zh"], name_en, row["confidence"])
    return [found[code] for code in sorted(found.keys() - set(LEFT_OUT))]


def _class(
    edition: Edition, kind: str, code: str, parent: str, name_zh: str, name_en: str, confidence: str
) -> Row:
    return {
        "code": code,
        "parent": parent,
        "level": "minor" if parent else "major",
        "kind": KIND[kind],
        "module": MODULE,
        "generation": edition.code,
        "name_zh": name_zh,
        "name_en": name_en,
        "source": edition.source,
        "confidence": confidence.split(" ")[0],
    }


def mappings(old: list[Row], new: list[Row]) -> list[Row]:
    """Which minors of `new` stand for those of `old`: by an equal name, else by renamed.csv (kept by hand)."""
    named = {(row["kind"], row["name_zh"]): row["code"] for row in new if row["parent"]}
    rows = [
        {"class": row["code"], "other": named[key], "relation": "same", "source": BY_NAME}
        for row in old
        if row["parent"] and (key := (row["kind"], row["name_zh"])) in named
    ]
    for row in read(HERE / "renamed.csv"):
        source = f"kept by hand, from the two names: {row['why']}"
        rows.append({name: row[name] for name in ("class", "other", "relation")} | {"source": source})
    return sorted(rows, key=lambda row: (row["class"], row["other"]))


def uncoded(standards: Path) -> int:
    """How many names of 2013 are left out because their code is not known."""
    return sum(
        row["standard"] == OF_2013.listed and not row["code"]
        for _, name in LISTS
        for row in read(standards / name)
    )
