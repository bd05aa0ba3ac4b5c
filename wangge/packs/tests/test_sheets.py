# SPDX-License-Identifier: Apache-2.0
"""Sheets as people send them: what is read, and where each fault is said to be."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from wangge.packs.sheets import (
    NoSheet,
    SeveralSheets,
    Sheet,
    SheetTooLarge,
    read_sheet,
    write_csv,
    write_xlsx,
)

NAMES = {"code": "code", "limit": "limit", "时限": "limit", "day": "day"}
HEADER = ("code", "limit", "day")


def _read(content: bytes) -> Sheet:
    return read_sheet(content, NAMES, {"code", "limit"})


def _book(*rows: tuple[Any, ...], change: Any = None) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    if change:
        change(book)
    book.save(out)
    return out.getvalue()


def test_values_are_read_as_the_file_of_a_pack_says_them() -> None:
    found = _read(
        _book(
            ("Code", "时限", "day"),
            ("a", 7.0, date(2026, 1, 2)),
            (None, None, None),
            ("b", 2, datetime(2026, 1, 3)),
        )
    )
    assert not found.faults
    assert [(row.number, *row.values.values()) for row in found.rows] == [
        (2, "a", "7", "2026-01-02"),
        (4, "b", "2", "2026-01-03"),
    ]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ((HEADER, ("a", "=1+1", "")), ["B2"]),
        ((HEADER, ("a", 1, datetime(2026, 1, 2, 8))), ["C2"]),
        (((*HEADER, "colour"), ("a", 1, "")), ["D1"]),
        (((*HEADER, "limit"), ("a", 1, "")), ["D1"]),
        ((("code", "day"), ("a", "")), ["1"]),
        ((HEADER, ("a", 1, "", "stray")), ["D2"]),
    ],
)  # fmt: skip
def test_a_fault_has_its_cell(rows: tuple[tuple[Any, ...], ...], cells: list[str]) -> None:
    assert [fault.cell for fault in _read(_book(*rows)).faults] == cells


def test_merged_cells_and_formulas_of_a_csv_are_refused() -> None:
    merged = _book(
        HEADER, ("a", 1, ""), ("b", None, ""), change=lambda book: book.active.merge_cells("B2:B3")
    )
    assert "B2" in {fault.cell for fault in _read(merged).faults}
    assert [fault.cell for fault in _read(b"code,limit\na,=1+1\n").faults] == ["B2"]


def test_a_hidden_sheet_is_passed_over_and_of_two_none_is_guessed() -> None:
    def hide(book: Workbook) -> None:
        other = book.create_sheet("旧")
        other.append(("code", "limit"))
        other.append(("x", "9"))
        other.sheet_state = "hidden"

    assert [row.values["code"] for row in _read(_book(HEADER, ("a", 1, ""), change=hide)).rows] == ["a"]
    with pytest.raises(SeveralSheets):
        _read(_book(HEADER, change=lambda book: book.create_sheet("二").append(("code",))))


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(SheetTooLarge):
        _read(b"x" * (100 << 20))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    assert len(bomb.getvalue()) < 1 << 20
    with pytest.raises(SheetTooLarge):
        _read(bomb.getvalue())
    with pytest.raises(SheetTooLarge):
        _read(b"code,limit\n" + b"a,1\n" * 110_000)


def _spoilt(at: int, value: int, mark: bytes) -> bytes:
    """A workbook in which a byte after each `mark` is another."""
    content = bytearray(_book(HEADER, ("a", 1, "")))
    place = content.find(mark)
    while place >= 0:
        content[place + at] = value
        place = content.find(mark, place + 4)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        _spoilt(8, 1, b"PK\1\2"),  # encrypted
        _spoilt(10, 99, b"PK\1\2"),  # packed in an unknown way
        _spoilt(60, 0xFF, b"PK\3\4"),  # broken inside
    ],
)
def test_a_workbook_that_cannot_be_unpacked_is_told(content: bytes) -> None:
    with pytest.raises(NoSheet):
        _read(content)


@pytest.mark.parametrize("content", [b"", b"PK\3\4broken", b"\0\1\2", b'code,"limit', b"\xff\xfe\x81"])
def test_what_is_no_sheet_is_told(content: bytes) -> None:
    with pytest.raises(NoSheet):
        _read(content)


@pytest.mark.parametrize("write", [write_csv, lambda columns, rows: write_xlsx("t", columns, rows)])
def test_no_text_becomes_a_formula(write: Any) -> None:
    texts = ["=1+1", "+86", "-1", "@x", "'a", "plain"]
    content = write(["code", "limit"], [{"code": text, "limit": "1"} for text in texts])
    found = _read(content)
    assert not found.faults and [row.values["code"] for row in found.rows] == texts
