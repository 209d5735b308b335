"""What becomes of each write: done already, stale, refused, or made in the rows it concerns."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectors._delimited.search import Found
from connectors._delimited.table import Table
from tasuki.connector import Cell, Column, Refused, Result, Stale, Write, Written

Rows = dict[str, list[str]]
"""Key → cells, in the order of the file's columns."""


class Sheet(NamedTuple):
    """What a batch of writes needs to know of a file."""

    table: Table
    key: str
    columns: Mapping[str, Column]
    places: Mapping[str, int]
    """Where the columns in question stand."""
    found: Found
    """The rows in question."""
    deletes: bool = True

    def rows(self) -> Rows:
        return {key: spot.record.cells for key, spot in self.found.spots.items()}


class Outcome(NamedTuple):
    results: list[Result]
    """One for each write; they hold once the rows are in their place."""
    made: frozenset[str]
    """Tokens of the writes that changed a row."""


def outcome(sheet: Sheet, writes: Sequence[Write], rows: Rows, shown: Mapping[str, list[str]]) -> Outcome:
    """Puts every row that changes into `rows`, as a new list; `shown` are the rows that the system shows."""
    results, made = [], set()
    for write in writes:
        before = rows.get(write.key)
        results.append(_decide(sheet, write, rows, shown))
        if rows.get(write.key) is not before:
            made.add(write.token)
    return Outcome(results, frozenset(made))


def _decide(sheet: Sheet, write: Write, rows: Rows, shown: Mapping[str, list[str]]) -> Result:
    refused = _refused(sheet, write)
    if refused:
        return refused
    row = rows.get(write.key, shown.get(write.key))
    wanted = {sheet.places[name]: kept(sheet.table, cell) for name, cell in write.cells.items()}
    if not _done(write, row, wanted):
        if _moved(sheet, write, shown.get(write.key)):
            return Stale(write.token)
        if write.action == "delete":
            del rows[write.key]
        else:
            new = dict(enumerate(row or [""] * len(sheet.table.names)))
            rows[write.key] = list((new | {sheet.places[sheet.key]: write.key} | wanted).values())
    return Written(write.token, write.key)


def _done(write: Write, row: Sequence[str] | None, wanted: Mapping[int, str]) -> bool:
    if write.action == "delete":
        return row is None
    return row is not None and all(row[place] == text for place, text in wanted.items())


def _moved(sheet: Sheet, write: Write, shown: Sequence[str] | None) -> bool:
    if shown is None or write.action == "create":
        return (shown is None) != (write.action == "create")
    return any(shown[sheet.places[name]] != _text(cell) for name, cell in write.base.items())


def _refused(sheet: Sheet, write: Write) -> Refused | None:
    count = sheet.found.counts[write.key]
    if count > 1:
        return Refused(write.token, "TSK-1002", sheet.key, {"column": sheet.key, "count": count})
    if write.action == "delete":
        return None if sheet.deletes else Refused(write.token, "TSK-1071")
    if not write.key.strip():
        return Refused(write.token, "TSK-1001", sheet.key, {"column": sheet.key})
    if write.cells.get(sheet.key, write.key) != write.key:
        return Refused(write.token, "TSK-1016", sheet.key, {"column": sheet.key})
    for name, cell in {sheet.key: write.key, **write.cells}.items():
        code, details = _unfit(sheet.columns[name], sheet.table.encoding, _text(cell))
        if code:
            return Refused(write.token, code, name, {"column": name, **details})
    return None


def _unfit(column: Column, encoding: str, text: str) -> tuple[str, dict[str, object]]:
    """Why the column can't hold the text, "" when it can."""
    size = _size(text, encoding)
    if size is None or "\0" in text:
        lacking = "".join(sorted({mark for mark in text if mark == "\0" or _size(mark, encoding) is None}))
        # Code points, not the characters: a rare kanji in a log can give a person away.
        told = " ".join(f"U+{ord(mark):04X}" for mark in lacking)
        return "TSK-1014", {"encoding": encoding, "characters": told}
    if column.max_bytes is not None and size > column.max_bytes:
        return "TSK-1013", {"limit": column.max_bytes, "size": size}
    return "", {}


def _size(text: str, encoding: str) -> int | None:
    """In bytes; None when the encoding lacks a character."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return None


def kept(table: Table, cell: Cell) -> str:
    """As a reader will see it: cp932 gives back ～ for 〜 and － for −."""
    return _text(cell).encode(table.encoding).decode(table.encoding)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
