# SPDX-License-Identifier: Apache-2.0
"""Tables as people fill them in: CSV and Excel, read into rows of text, every fault with its cell. Pure."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from wangge.common.errors import BadInput

MOST_BYTES = 5 << 20
MOST_CELLS = 200_000
#: bytes of a workbook unpacked
MOST_UNZIPPED = 60 << 20
#: a spreadsheet program takes text beginning so for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SheetTooLarge(BadInput):
    code = "sheet_too_large"
    zh = "表格太大：最多 5 MB、{cells} 个单元格。请分成几份导入。"
    en = "The sheet is too large: at most 5 MB and {cells} cells. Split it."

    def __init__(self) -> None:
        super().__init__(cells=MOST_CELLS)


class NoSheet(BadInput):
    code = "no_sheet"
    zh = "这不是能读的表格。请另存为 .xlsx 或 CSV（UTF-8）再导入。"
    en = "This is no sheet that can be read. Save it as .xlsx or CSV (UTF-8) and import that."


class SeveralSheets(BadInput):
    code = "several_sheets"
    zh = "工作簿里有几张表（{names}），不知道要导入哪一张。请只留一张，其余删除或隐藏。"
    en = "The workbook has several sheets ({names}). Keep the one to import; remove or hide the others."


class CellFault(NamedTuple):
    """What is wrong in a cell: `row` from 1, `column` from 1 (0 = the whole row)."""

    row: int
    column: int
    zh: str
    en: str

    @property
    def cell(self) -> str:
        """As spreadsheet programs call it: E12; a row alone: 12."""
        return f"{get_column_letter(self.column) if self.column else ''}{self.row}"


class SheetRow(NamedTuple):
    """A row by column; `number` is its row in the sheet."""

    number: int
    values: dict[str, str]


@dataclass
class Sheet:
    """The rows of a sheet that could be read; `columns`: the column of the sheet (from 1) each stands in."""

    rows: list[SheetRow] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)


#: a cell: its text, and what is wrong with it in two languages
_Cell = tuple[str, tuple[str, str] | None]
_FINE = None
_IS_FORMULA = ("这是公式，请改成值（复制后选择性粘贴为值）。", "is a formula; paste its value instead.")


def read_sheet(content: bytes, names: Mapping[str, str], required: Iterable[str]) -> Sheet:
    """`names`: how the first row may call each column -> the column. Raises SheetTooLarge, NoSheet, SeveralSheets."""
    if len(content) > MOST_BYTES:
        raise SheetTooLarge
    sheet = Sheet()
    lines = _of_workbook(content, sheet.faults) if content[:2] == b"PK" else _of_csv(content)
    header: list[str] = []
    for number, cells in enumerate(_counted(lines), start=1):
        if not any(text or fault for text, fault in cells):
            continue
        if not header:
            header = _header(number, cells, names, frozenset(required), sheet)
            continue
        values = {}
        for place, (text, fault) in enumerate(cells, start=1):
            column = header[place - 1] if place <= len(header) else ""
            if fault:
                sheet.faults.append(CellFault(number, place, *fault))
            elif column:
                values[column] = text
            elif text:
                zh, en = (
                    "这一格在标题栏以外，请删除或补上标题。",
                    "stands under no heading; remove it or name its column.",
                )
                sheet.faults.append(CellFault(number, place, zh, en))
        sheet.rows.append(SheetRow(number, dict.fromkeys(filter(None, header), "") | values))
    if not header:
        raise NoSheet
    return sheet


def _counted(lines: Iterator[list[_Cell]]) -> Iterator[list[_Cell]]:
    cells = 0
    for line in lines:
        cells += max(1, len(line))
        if cells > MOST_CELLS:
            raise SheetTooLarge
        yield line


def _header(
    number: int, cells: Sequence[_Cell], names: Mapping[str, str], required: frozenset[str], sheet: Sheet
) -> list[str]:
    """The column of each cell of the first row, "" where it is none."""
    found = []
    for place, (text, _fault) in enumerate(cells, start=1):
        column = names.get(text.strip().lower(), "")
        if text and (not column or column in sheet.columns):
            zh = f"标题“{text[:40]}”{'重复' if column else '不认识'}，请删除这一列或改正标题。"
            en = f"The heading “{text[:40]}” {'stands twice' if column else 'is not known'}; remove or correct it."
            sheet.faults.append(CellFault(number, place, zh, en))
            column = ""
        if column:
            sheet.columns[column] = place
        found.append(column)
    for column in sorted(required - set(sheet.columns)):
        zh, en = f"缺少“{column}”这一列，请补上。", f"There is no column “{column}”; add it."
        sheet.faults.append(CellFault(number, 0, zh, en))
    return found


def _of_csv(content: bytes) -> Iterator[list[_Cell]]:
    if b"\0" in content:
        raise NoSheet
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what Excel in China writes as CSV
        except UnicodeDecodeError:
            raise NoSheet from None
    try:
        for line in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield [_plain(one.strip()) for one in line]
    except csv.Error:
        raise NoSheet from None


def _plain(text: str) -> _Cell:
    """A text of a CSV: `'` in front of what a spreadsheet would take for a formula goes again."""
    if text.startswith("="):
        return "", _IS_FORMULA
    return (text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text), _FINE


def _of_workbook(content: bytes, faults: list[CellFault]) -> Iterator[list[_Cell]]:
    try:
        _check_archive(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        filled = [sheet for sheet in seen if next(_filled(sheet), None)] if len(seen) > 1 else seen
        if len(filled) > 1:
            raise SeveralSheets(names=", ".join(sheet.title for sheet in filled))
        if not filled:
            raise NoSheet
        faults += _merged(content, filled[0])
        for row in filled[0].iter_rows():
            yield [_value(cell) for cell in row]
    except (
        InvalidFileException, zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, SyntaxError, OSError,
        # encrypted, packed in a way not known, cut off or broken inside
        RuntimeError, zlib.error, EOFError,
    ):  # fmt: skip
        raise NoSheet from None


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > 1000 or sum(member.file_size for member in members) > MOST_UNZIPPED:
            raise SheetTooLarge
        for member in members:
            with archive.open(member) as opened:
                if b"<!DOCTYPE" in opened.read(2000):  # a workbook has none; entities could grow without end
                    raise NoSheet


def _filled(sheet: Any) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows(max_row=1000) for cell in row if cell.value not in (None, ""))


def _merged(content: bytes, sheet: Any) -> Iterator[CellFault]:
    """Merged cells hold one value for several rows: which ones it is meant for cannot be known."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        source = archive.read(sheet._worksheet_path)
    for found in re.finditer(rb'<(?:\w+:)?mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', source):
        letters, row = found[1].decode(), int(found[2])
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        yield CellFault(
            row,
            column,
            "是合并的单元格，请取消合并，每格写一个值。",
            "is a merged cell; split it and fill every cell.",
        )


def _value(cell: Any) -> _Cell:
    value = cell.value
    if getattr(cell, "data_type", "n") == "f":
        return "", _IS_FORMULA
    if getattr(cell, "data_type", "n") == "e":
        return "", (f"是错误值 {value}，请改成值。", f"holds the error {value}; give a value.")
    match value:
        case None:
            return "", _FINE
        case bool():
            return "yes" if value else "no", _FINE
        case float() if value.is_integer():
            return str(int(value)), _FINE
        case datetime() if value.time() == time():
            return value.date().isoformat(), _FINE
        case datetime():
            return "", ("日期带有时间，请只写日期。", "has a time beside the date; give the date only.")
        case date():
            return value.isoformat(), _FINE
    return str(value).strip(), _FINE


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with the mark Excel needs; what a spreadsheet would take for a formula gets `'` in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        texts = [str(row[column]) for column in columns]
        writer.writerow([f"'{text}" if text.startswith(FORMULA) else text for text in texts])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook of one sheet in which every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def text_cell(value: Any) -> Any:
        cell = WriteOnlyCell(sheet, re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(value)))
        cell.data_type = "s"
        cell.number_format = "@"
        return cell

    sheet.append([text_cell(column) for column in columns])
    for row in rows:
        sheet.append([text_cell(row[column]) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
