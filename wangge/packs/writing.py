# SPDX-License-Identifier: Apache-2.0
"""A pack as files in the one normal form: sorted by key, so that two packs can be compared line by line."""

import csv
import json
from pathlib import Path
from typing import Any

import yaml

from wangge.packs import schema
from wangge.packs.contents import FLOW, LISTS, RULES, TABLES, Pack, flow_file


def write_pack(pack: Pack, folder: Path) -> None:
    """Write `pack` (whole: base and city together) into the empty or new `folder`, as a pack without base."""
    assert pack.head is not None and pack.calendar is not None  # a sound pack
    (folder / "grids").mkdir(parents=True, exist_ok=True)
    head = pack.head.model_copy(update={"base": "none", "replaces": []})
    _yaml(folder / "pack.yaml", head.model_dump(mode="json"))
    _yaml(folder / "levels.yaml", [level.model_dump(mode="json") for level in pack.levels])
    for listed in LISTS:
        rows = getattr(pack, listed.attribute).in_order()
        _yaml(folder / listed.file, [row.model_dump(mode="json", by_alias=True) for row in rows])
    calendars = sorted(pack.calendar.calendars, key=lambda row: (row.code != "standard", row.code))
    calendar = pack.calendar.model_copy(update={"calendars": calendars})
    _yaml(folder / "calendar.yaml", calendar.model_dump(mode="json"))
    _yaml(folder / FLOW, pack.flow)
    for area, said in sorted(pack.flows.items()):
        (folder / "flows").mkdir(exist_ok=True)
        _yaml(folder / flow_file(area), said)
    for rules in RULES:
        if document := pack.rules.get(rules.name):
            _yaml(folder / rules.file, document.model_dump(mode="json"))
    assert pack.outline is not None
    _text(
        folder / "outline.geojson", _feature(pack.outline["properties"], pack.outline["geometry"], sort=True)
    )
    for file in TABLES:
        rows = [
            row.model_dump(mode="json", by_alias=True) for row in getattr(pack, file.attribute).in_order()
        ]
        _csv(folder / file.file, schema.columns(file.row), rows)
    for layer in sorted({row.layer for row in pack.grids.rows.values()}):
        _text(folder / "grids" / f"{layer}.geojsonl", "".join(map(_grid, _of_layer(pack, layer))))


def _of_layer(pack: Pack, layer: str) -> list[schema.GridRow]:
    return [row for row in pack.grids.in_order() if row.layer == layer]


def _grid(row: schema.GridRow) -> str:
    properties = row.model_dump(mode="json", exclude={"layer", "boundary"})
    return _feature(properties, row.boundary, sort=False)


def _feature(properties: dict[str, Any], geometry: dict[str, Any], *, sort: bool) -> str:
    """One line of GeoJSON, coordinates to 6 decimals (0.1 m), keys in a fixed order."""
    if sort:
        properties = dict(sorted(properties.items()))
    shape = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rounded(value: Any) -> Any:
    return [_rounded(part) for part in value] if isinstance(value, list) else round(float(value), 6)


def _csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class _Dumper(yaml.SafeDumper):
    """No anchors: a reader should not have to look a value up elsewhere."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(path: Path, value: Any) -> None:
    _text(path, yaml_text(value))


def yaml_text(value: Any) -> str:
    """A document in the normal form."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text


def _text(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
