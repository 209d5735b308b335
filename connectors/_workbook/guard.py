"""Cells of a sheet that must not be written: merged away, a table's edge, a pivot's or an array formula's."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from connectors._workbook.book import Book
from connectors._workbook.refs import Area, area
from connectors._workbook.sheet import Sheet
from tasuki.errors import Skip

_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z0-9:]+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\s[^>]*>")
_MANY = re.compile(rb"""\st\s*=\s*["'](?:array|dataTable)["']""")
_OVER = re.compile(rb"""\sref\s*=\s*["']([A-Z0-9:]+)["']""")


class Table(NamedTuple):
    part: str
    area: Area
    header: bool
    totals: bool


class Guard:
    def __init__(self, book: Book, part: str, sheet: Sheet) -> None:
        relations = book.relations(part)
        self.tables = [_table(book, r.target) for r in relations if r.kind == "table"]
        pivots = [_pivot(book, r.target) for r in relations if r.kind == "pivotTable"]
        self._pivots = [found for found in pivots if found]
        merged = [area(match[1].decode()) for match in _MERGED.finditer(sheet.tail)]
        self._merged = [found for found in merged if found]
        self._arrays = list(_arrays(sheet.xml))

    def check(self, row: int, column: int, name: str) -> None:
        """Raises Skip: TSK-1016 an array formula's, TSK-1025 merged away, TSK-1028 of a pivot table,
        TSK-1029 a table's edge.
        """
        for merged in self._merged:
            if merged.holds(row, column) and (row, column) != (merged.top, merged.left):
                raise Skip("TSK-1025", column=name)
        if any(pivot.holds(row, column) for pivot in self._pivots):
            raise Skip("TSK-1028", column=name)
        if any(array.holds(row, column) for array in self._arrays):
            raise Skip("TSK-1016", column=name)
        for table in self.tables:
            edge = (table.header and row == table.area.top) or (table.totals and row == table.area.bottom)
            if edge and table.area.holds(row, column):
                raise Skip("TSK-1029", column=name)


def _arrays(xml: bytes) -> Iterator[Area]:
    """Only the first cell of an array formula has it; the others look like values that somebody typed."""
    if b"array" not in xml and b"dataTable" not in xml:
        return
    for formula in _FORMULA.finditer(xml):
        over = _OVER.search(formula[0]) if _MANY.search(formula[0]) else None
        found = area(over[1].decode()) if over else None
        if found:
            yield found


def _table(book: Book, part: str) -> Table:
    root = book.xml(part)
    found = area(root.get("ref", "")) or Area(0, 0, 0, 0)
    totals = root.get("totalsRowCount", "0") != "0"
    return Table(part, found, root.get("headerRowCount", "1") != "0", totals)


def _pivot(book: Book, part: str) -> Area | None:
    root = book.xml(part)
    places = (item.get("ref", "") for item in root if item.tag.rsplit("}", 1)[-1] == "location")
    return area(next(places, ""))
