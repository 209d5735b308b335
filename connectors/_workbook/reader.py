"""Reads a sheet's rows in a process of its own, so that a hostile workbook can hurt nothing else.

A request comes on standard input, a summary goes to standard output, and the rows, as lines of JSON, to
the file that the request names. It imports as little as it can: its memory is the workbook's, and of a
small workbook the start is most of what reading costs.
"""

import datetime as dt
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from connectors._workbook.archive import Archive
from connectors._workbook.marks import Marks, marks

_PAGE = 1_000
_CODES = {"error": "TSK-1021", "uncounted": "TSK-1022"}
_LAST_DAY = 2_958_465
"""9999-12-31 as a serial number."""


class Request(NamedTuple):
    """`columns`, `key` and `named` are columns of the sheet, 1 is A."""

    workbook: str
    sheet: str
    part: str
    out: str
    first_row: int
    key: int
    columns: list[int]
    dates: list[int]
    """Which of `columns`, from 0, hold dates: a time of day without its day is none."""
    named: list[int]
    """All columns with a header: a row without any of them is blank."""
    keys: list[str] | None
    """Only the rows of these keys; None for all."""
    memory: int
    seconds: int


class Line(NamedTuple):
    """A row on its way: `code` is "" for a good one, else why it is bad and which column (1 is A)."""

    at: int
    key: str
    cells: list[Any]
    code: str = ""
    column: int = 0


def main() -> None:
    request = Request(**json.load(sys.stdin.buffer))
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, request.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        summary: dict[str, Any] = {"duplicates": copy_rows(request)}
    except PasswordError:
        summary = {"error": "TSK-1010"}
    except CalamineError:
        summary = {"error": "TSK-1008"}
    except MemoryError:
        summary = {"error": "TSK-1020"}
    sys.stdout.buffer.write(json.dumps(summary).encode())


def copy_rows(request: Request) -> dict[str, int]:
    """Writes the rows to `out`; returns the keys that stand in more than one, and in how many."""
    with open(request.workbook, "rb") as workbook:  # noqa: PTH123  (pathlib costs a quarter of the start)
        found = marks(Archive(workbook.read(), "").read(request.part))
    keys: Counter[str] = Counter()
    wanted = None if request.keys is None else set(request.keys)
    chosen = (line for line in lines(request, found) if wanted is None or line.key in wanted)
    with open(request.out, "wb") as out:  # noqa: PTH123
        first = True
        while page := list(islice(chosen, _PAGE)):
            keys.update(line.key for line in page if line.key)
            out.write(_text(page, first) + b"\n")
            first = False
    return {key: count for key, count in keys.items() if count > 1}


def _text(page: list[Line], first: bool) -> bytes:
    if first:
        return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
    # To import it costs more than it saves on a page.
    import orjson

    return orjson.dumps(page, default=tuple)


def lines(request: Request, found: Marks) -> Iterator[Line]:
    with CalamineWorkbook.from_path(request.workbook) as book:
        sheet = book.get_sheet_by_name(request.sheet)
        left = sheet.start[1] if sheet.start else 0
        pick = _picker([request.key, *request.columns, request.key], left, sheet.width)
        named = _picker([*request.named, request.key], left, sheet.width)
        for at, row in enumerate(sheet.iter_rows(), start=1):
            if at < request.first_row:
                continue
            row.append("")
            first, *cells, _ = pick(row)
            key = first if type(first) is str else key_text(first)
            marked = found.get(at)
            if key.strip() and marked is None:
                values = [cell if type(cell) is str else plain(cell) for cell in cells]
                yield _dated(Line(at, key, values), cells, request)
            elif key.strip() or not _blank(named(row), request, marked or {}):
                yield _careful(Line(at, key.strip() and key, cells), request, marked or {})


def plain(cell: Any) -> Any:
    """As JSON can carry it: a whole number as int, a date as ISO text, an elapsed time as h:mm:ss."""
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 2**53:
            return int(cell)
        return cell if isfinite(cell) else ""
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return cell


def key_text(cell: Any) -> str:
    value = plain(cell)
    return str(value).upper() if isinstance(value, bool) else str(value)


def _picker(columns: list[int], left: int, width: int) -> Any:
    """From a row whose first cell is column `left` (0 is A) and whose last was added to stand for blank."""
    places = [column - 1 - left for column in columns]
    return itemgetter(*(place if 0 <= place < width else -1 for place in places))


def _careful(line: Line, request: Request, marked: Mapping[int, str]) -> Line:
    """A row without a key, or with formulas or errors."""
    for column in (request.key, *request.columns):
        if marked.get(column) in _CODES:
            return Line(line.at, line.key, [], _CODES[marked[column]], column)
    if not line.key:
        return Line(line.at, "", [], "TSK-1001", request.key)
    return _dated(line._replace(cells=[plain(cell) for cell in line.cells]), line.cells, request)


def _blank(named: tuple[Any, ...], request: Request, marked: Mapping[int, str]) -> bool:
    columns = (*request.named, request.key)
    return all(
        column in marked or (type(cell) is str and not cell.strip())
        for column, cell in zip(columns, named, strict=True)
    )


def _dated(line: Line, cells: list[Any], request: Request) -> Line:
    """Excel shows day 0 of 1900 and days beyond 9999 in date cells; they are no dates."""
    for place in request.dates:
        cell = cells[place]
        if isinstance(cell, dt.time) or (isinstance(cell, float) and cell > _LAST_DAY):
            column = request.columns[place]
            return Line(line.at, line.key, [], "TSK-1023", column)
    return line
