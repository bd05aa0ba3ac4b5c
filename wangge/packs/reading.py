# SPDX-License-Identifier: Apache-2.0
"""Reading a pack's files: the base pack first, the city pack over it. Every fault is collected, none stops it."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from wangge.packs import schema
from wangge.packs.contents import FLOW, LISTS, RULES, TABLES, Key, Pack, Place, Source, Table, TableFile
from wangge.packs.faults import Fault
from wangge.packs.lines import parse_yaml
from wangge.packs.remedies import explain

R = TypeVar("R", bound=schema.Row)
M = TypeVar("M", bound=BaseModel)
_CHECKOUT = Path(__file__).resolve().parents[2] / "packs"
_INSTALLED = Path(__file__).resolve().parents[1] / "shipped_packs"


def shipped_packs() -> Path:
    """The folder of the packs that come with the product."""
    return _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED


def find_pack(name: str) -> Path:
    """The folder `name`, or the shipped pack of that name; the folder may not exist."""
    folder = Path(name)
    return folder if folder.is_dir() or folder.name != name else shipped_packs() / name


def read_pack(folder: Path) -> tuple[Pack, list[Fault]]:
    """The pack in `folder` laid over its base, and every fault of its files."""
    top = _Folder(folder)
    if not (folder / "pack.yaml").is_file():
        top.fault(
            "pack.yaml", 0, "没有这个文件；请检查数据包的路径。", "No such file; check the path of the pack."
        )
        return Pack(folder.name), top.faults
    head, base = top.head(), top.base()
    layers = [top]
    if base != "none":
        below = _base(folder, base)
        if below is None:
            top.fault(
                "pack.yaml",
                1,
                f"找不到基础包“{base}”。",
                f"The base pack “{base}” is neither beside this one nor shipped.",
            )
        else:
            layers.insert(0, _Folder(below))
            if head and (lower := layers[0].head()):
                head = head.model_copy(update={"notice": [*lower.notice, *head.notice]})
    pack = Pack(folder.name, head)
    for layer in layers:
        _lay(layer, pack)
        pack.unread |= layer.unread
    return pack, [fault for layer in layers for fault in layer.faults]


def _base(folder: Path, name: str) -> Path | None:
    places = (folder.resolve().parent / name, shipped_packs() / name)
    return next((place for place in places if (place / "pack.yaml").is_file()), None)


def _lay(folder: "_Folder", pack: Pack) -> None:
    """Put what `folder` has over `pack`."""
    for file in (*TABLES, *LISTS):
        if pack.head and file.file in pack.head.replaces:
            setattr(pack, file.attribute, Table())
        if folder.has(file.file):
            rows = folder.listed(file, pack.sources) if file in LISTS else folder.table(file)
            getattr(pack, file.attribute).overlay(rows)
    if folder.has("levels.yaml"):
        levels = TableFile("levels", "levels.yaml", schema.LevelRow, ("code",))
        pack.levels = list(folder.listed(levels, pack.sources).rows.values())
    for path in sorted((folder.path / "grids").glob("*.geojsonl")):
        pack.grids.overlay(folder.grids(path))
    if folder.has("calendar.yaml") and (source := folder.document("calendar.yaml", pack.sources)):
        pack.calendar = folder.validate(schema.Calendar, source)
    if folder.has(FLOW) and (source := folder.document(FLOW, pack.sources)):
        pack.flow = source.document.value
    for path in sorted((folder.path / "flows").glob("*.yaml")):
        said = folder.mapping(f"flows/{path.name}", pack.sources)
        pack.flows |= {path.stem: said} if said is not None else {}
    for rules in RULES:
        if folder.has(rules.file) and (source := folder.document(rules.file, pack.sources)):
            document = folder.validate(rules.shape, source)
            pack.rules |= {rules.name: document} if document else {}
    if folder.has("outline.geojson"):
        pack.outline = folder.outline()
    if folder.has("pack.yaml"):
        folder.document("pack.yaml", pack.sources)


@dataclass
class _Folder:
    """One folder of files, and the faults found in it."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def has(self, file: str) -> bool:
        return (self.path / file).is_file()

    def name(self, file: str) -> str:
        return f"{self.path.name}/{file}"

    def fault(self, file: str, line: int, zh: str, en: str) -> None:
        """Note, once, what makes all of `file` unusable."""
        self.unread.add(file)
        fault = Fault(self.name(file), line, zh, en, unread=True)
        if fault not in self.faults:
            self.faults.append(fault)

    def text(self, file: str) -> str | None:
        """The text of `file`; None, with a fault, when it is not UTF-8."""
        try:
            return (self.path / file).read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1  # without the mark of UTF-8 in front
            zh, en = ("（像是 GBK）", " (it looks like GBK)") if _looks_like_gbk(error.object) else ("", "")
            self.fault(
                file, line, f"不是 UTF-8{zh}，请另存为 UTF-8。", f"Not UTF-8{en}; save the file as UTF-8."
            )
            return None

    def head(self) -> schema.Head | None:
        """pack.yaml."""
        source = self.document("pack.yaml", {})
        return self.validate(schema.Head, source) if source else None

    def base(self) -> str:
        """The base that pack.yaml names, read even where other lines of it are faulty; else "none"."""
        source = self.document("pack.yaml", {})
        value = (
            source.document.value.get("base") if source and isinstance(source.document.value, dict) else None
        )
        return value if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value) else "none"

    def document(self, file: str, sources: dict[str, Source]) -> Source | None:
        """A YAML mapping or list, noted in `sources`; faults of its form are recorded once."""
        text = self.text(file)
        if text is None:
            return None
        try:
            document = parse_yaml(text)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            self.fault(file, line, f"YAML 格式有误：{error.problem}。", f"Not valid YAML: {error.problem}.")
            return None
        for path in document.repeated:
            zh, en = f"“{path[-1]}”写了两次，请删去一处。", f"“{path[-1]}” is written twice; remove one."
            fault = Fault(self.name(file), document.line(path), zh, en)
            if fault not in self.faults:  # pack.yaml is read more than once
                self.faults.append(fault)
        if not isinstance(document.value, dict | list):
            self.fault(file, 1, "文件是空的或不是键值表。", "The file is empty or no mapping.")
            return None
        sources[file] = Source(self.name(file), document)
        return sources[file]

    def mapping(self, file: str, sources: dict[str, Source]) -> dict[str, Any] | None:
        """A YAML mapping that is kept as it is written."""
        source = self.document(file, sources)
        if source is None or isinstance(source.document.value, dict):
            return source.document.value if source else None
        self.fault(file, 1, "应为键值表。", "Must be a mapping.")
        return None

    def validate(self, model: type[M], source: Source) -> M | None:
        """The document as `model`; None, with faults, when it is not one."""
        try:
            return model.model_validate(source.document.value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.faults.append(source.fault(detail["loc"], *explain(detail)))
            return None

    def listed(self, file: TableFile, sources: dict[str, Source]) -> Table[Any]:
        """A YAML list of rows."""
        table: Table[Any] = Table()
        source = self.document(file.file, sources)
        if source is None:
            return Table(unread=True)
        for index, value in enumerate(source.document.value):
            place = Place(source.file, source.document.line((index,)))
            self._add(table, file.row, value, file.key, place)
        return table

    def table(self, file: TableFile) -> Table[Any]:
        """A CSV file. A row with too few or too many fields is a fault, and the others are read on."""
        table: Table[Any] = Table()
        text = self.text(file.file)
        if text is None:
            return Table(unread=True)
        rows, line = csv.reader(io.StringIO(text, newline=""), strict=True), 1
        try:
            header = next(rows, [])
            if not self._header(file, header):
                return Table(unread=True)
            line = rows.line_num + 1
            for values in rows:
                place, line = Place(self.name(file.file), line), rows.line_num + 1
                if len(values) == len(header):
                    self._add(table, file.row, dict(zip(header, values, strict=True)), file.key, place)
                elif values:
                    zh = f"这一行有 {len(values)} 项，表头有 {len(header)} 项；检查逗号和引号。"
                    en = f"{len(values)} fields, but the header has {len(header)}; look at commas and quotes."
                    self.faults.append(place.fault(zh, en))
        except csv.Error as error:
            self.fault(
                file.file, line, f"CSV 格式有误：{error}。", f"Not valid CSV: {error}; look at the quotes."
            )
            return Table(unread=True)
        return table

    def _header(self, file: TableFile, header: list[str]) -> bool:
        names, may_lack = schema.columns(file.row), schema.optional(file.row)
        missing = [name for name in names if name not in header and name not in may_lack]
        extra = [name for name in header if name not in names]
        twice = sorted({name for name in header if header.count(name) > 1})
        for name in missing:
            self.fault(file.file, 1, f"缺少列“{name}”，请补上。", f"Column “{name}” is missing; add it.")
        for name in extra:
            self.fault(
                file.file, 1, f"没有列“{name}”，请删除或改正。", f"There is no column “{name}”; remove or correct it."
            )  # fmt: skip
        for name in twice:
            self.fault(
                file.file, 1, f"列“{name}”有两个，请删去一个。", f"Column “{name}” stands twice; remove one."
            )
        return not (missing or extra or twice)

    def grids(self, path: Path) -> Table[schema.GridRow]:
        """A layer: one GeoJSON Feature a line."""
        table: Table[schema.GridRow] = Table()
        file = f"grids/{path.name}"
        for number, line in enumerate((self.text(file) or "").splitlines(), start=1):
            place = Place(self.name(file), number)
            try:
                feature = json.loads(line)
                properties, geometry = feature["properties"], feature["geometry"]
                value = {**properties, "layer": path.stem, "boundary": geometry}
            except (ValueError, KeyError, TypeError):
                zh, en = "这一行不是 GeoJSON Feature。", "This line is no GeoJSON Feature."
                self.faults.append(place.fault(zh, en))
                continue
            self._add(table, schema.GridRow, value, ("layer", "code"), place)
        return table

    def outline(self) -> dict[str, Any] | None:
        """The city's outline: one GeoJSON Feature."""
        text = self.text("outline.geojson")
        if text is None:
            return None
        try:
            value = json.loads(text)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            self.fault("outline.geojson", line, "不是有效的 JSON。", "Not valid JSON.")
            return None
        if (
            not isinstance(value, dict)
            or value.get("type") != "Feature"
            or not isinstance(value.get("properties"), dict)
        ):
            self.fault(
                "outline.geojson",
                1,
                "应为一个带属性的 GeoJSON Feature。",
                "Must be one GeoJSON Feature with properties.",
            )
            return None
        return value

    def _add(self, table: Table[R], model: type[R], value: Mapping[str, Any], key: Key, place: Place) -> None:
        identity = tuple(_keys(value, key))
        try:
            row = model.model_validate(value)
        except ValidationError as error:
            table.refused.add(identity)
            self.faults += [place.fault(*explain(detail)) for detail in error.errors(include_url=False)]
            return
        if identity in table.rows:
            first = table.places[identity].line
            shown = " ".join(identity)
            zh, en = (
                f"“{shown}”与第 {first} 行重复，请删去一行。",
                f"“{shown}” repeats line {first}; remove one.",
            )
            self.faults.append(place.fault(zh, en))
            return
        table.rows[identity], table.places[identity] = row, place


def _looks_like_gbk(content: bytes) -> bool:
    """Chinese as spreadsheets save it, rather than UTF-8 with a few broken characters."""
    as_utf8 = content.decode(errors="replace")
    broken = as_utf8.count("\ufffd")
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return broken > sum(not character.isascii() for character in as_utf8) - broken


def _keys(value: Any, key: Key) -> Iterator[str]:
    for column in key:
        yield str(value.get(column, "")) if isinstance(value, Mapping) else ""
