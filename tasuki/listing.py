"""Reads a list from a CSV, Excel or Parquet file, and writes one for people or programs to go on with."""

import csv
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson
import pyarrow.parquet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from tasuki import confined
from tasuki.connector import Cell
from tasuki.errors import Retry, UserError
from tasuki.japanese import encoding

Grid = list[list[Cell]]
"""All rows of a sheet, its title and header among them."""


class Sheet(NamedTuple):
    """A page to be written."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def read(path: Path) -> list[Grid]:
    """Every sheet of a workbook; one grid of any other file.

    Raises UserError: TSK-4043 no such file, TSK-6004 another kind of file, TSK-6008 an open quote,
    TSK-1008 broken, TSK-1010 locked.
    """
    if not path.is_file():
        raise UserError("TSK-4043", path.name, source=path.name)
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"):
        return _workbook(path)
    if kind == ".parquet":
        return [_parquet(path)]
    if kind in (".csv", ".tsv", ".txt", ""):
        return [_text(path)]
    raise UserError("TSK-6004", path.name)


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """A workbook with all sheets, or the first as CSV in UTF-8. Raises UserError TSK-1073."""
    try:
        # Opened first: openpyxl, once begun, can't be stopped without a noise.
        with path.open("wb") as file:
            if path.suffix.lower() == ".xlsx":
                _write_workbook(file, sheets)
            else:
                _write_text(file, sheets[0])
    except OSError as error:
        raise UserError("TSK-1073", path.name, reason=error.strerror or "") from None


def _workbook(path: Path) -> list[Grid]:
    """A process of its own reads it: nobody knows where a ledger comes from."""
    try:
        allowed = confined.limits(_sizes(path), path.name)
        with tempfile.TemporaryDirectory(prefix="tasuki-") as folder:
            copy, out = Path(folder, f"book{path.suffix.lower()}"), Path(folder, "rows")
            shutil.copyfile(path, copy)
            request = {"workbook": str(copy), "out": str(out)}
            code = confined.ask("tasuki.grids", request, Path(folder), allowed, path.name)
            if not code:
                return _grids(out)
    except (OSError, zipfile.BadZipFile, Retry):
        code = "TSK-1008"
    raise confined.too_much(allowed, path.name) if code == "TSK-1020" else UserError(code, path.name)


def _sizes(path: Path) -> list[tuple[int, int]]:
    """Packed and unpacked; a workbook of before 2007, or with a password, is not packed."""
    if not zipfile.is_zipfile(path):
        return [(path.stat().st_size, path.stat().st_size)]
    with zipfile.ZipFile(path) as parts:
        return [(part.compress_size, part.file_size) for part in parts.infolist()]


def _grids(lines: Path) -> list[Grid]:
    found: list[Grid] = []
    with lines.open("rb") as file:
        for number, rows in map(orjson.loads, file):
            found += [[] for _ in range(number + 1 - len(found))]
            found[number] += rows
    return found


def _parquet(path: Path) -> Grid:
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError):
        raise UserError("TSK-1008", path.name) from None
    columns = [column.to_pylist() for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))]


def _text(path: Path) -> Grid:
    text = encoding.decode(path.read_bytes()).text
    first = text[: text.find("\n") + 1] or text
    delimiter = max(",\t;|", key=first.count)
    # A cell of a whole letter or contract is still a cell.
    csv.field_size_limit(1 << 24)
    try:
        return _lines(text, delimiter, path.name)
    except csv.Error:
        raise UserError("TSK-1008", path.name) from None


def _lines(text: str, delimiter: str, place: str) -> Grid:
    """A quote amid a cell is only a letter; one that nothing closes would take all rows below it for a cell.
    Raises UserError TSK-6008 with its line."""
    found: Grid = []
    start, lines = 1, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in lines:
            found.append(list(row))
            start = lines.line_num + 1
    except csv.Error as error:
        if str(error) == "unexpected end of data" and lines.line_num > start:
            raise UserError("TSK-6008", f"{place}:{start}") from None
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return found


def _write_text(file: BinaryIO, sheet: Sheet) -> None:
    with io.TextIOWrapper(file, "utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(sheet.header)
        writer.writerows(sheet.rows)


def _write_workbook(file: BinaryIO, sheets: Sequence[Sheet]) -> None:
    book = Workbook(write_only=True)
    for told in sheets:
        page = book.create_sheet(told.title)
        page.freeze_panes = "A2"
        for index, head in enumerate(told.header):
            page.column_dimensions[_letter(index)].width = max(10, min(40, 2 * len(head) + 4))
        page.append([_cell(page, head, bold=True) for head in told.header])
        count = 1
        for row in told.rows:
            page.append([_cell(page, value) for value in row])
            count += 1
        page.auto_filter.ref = f"A1:{_letter(len(told.header) - 1)}{count}"
    book.save(file)


def _cell(page: WriteOnlyWorksheet, value: Cell, bold: bool = False) -> Cell:
    """Text stays text: a name that begins with "=" is no formula."""
    text = isinstance(value, str)
    cell = WriteOnlyCell(page, value=_FORBIDDEN.sub("", value) if text else value)
    if text:
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top")
    return cell


def _letter(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML can't hold."""
