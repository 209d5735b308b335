"""The last filled row of a sheet, and the one that new rows are modelled on: its look and its formulas."""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import takewhile
from typing import NamedTuple

from connectors._workbook.refs import area, letters
from connectors._workbook.sheet import Cell, RowXml, Sheet
from tasuki.errors import Skip

_DROPPED = re.compile(rb"""\s(?:r|spans|hidden|collapsed|outlineLevel)\s*=\s*["'][^"']*["']""")
_TOTAL = re.compile(rb"(?:SUM|SUBTOTAL|AGGREGATE|AVERAGE|COUNTA?)\(([^()]*)\)", re.IGNORECASE)
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")


class Formula(NamedTuple):
    """As the sheet writes it, without "="; `cell` is where it stands as written, before it moves."""

    text: str
    cell: str


def last_filled(sheet: Sheet) -> RowXml | None:
    """The last row with a value that somebody typed; rows of styles and formulas alone are empty."""
    return next((row for row in sheet.rows_upwards() if any(_constants(sheet, row))), None)


def pattern_row(sheet: Sheet, last: RowXml | None, header_row: int, key: int) -> RowXml | None:
    """The last row of the list itself, `last` or above: it has a key and is no row of totals."""
    if last is None:
        return None
    rows = takewhile(lambda row: row.number > header_row, sheet.rows_upwards(last.number))
    return next((row for row in rows if _keyed(sheet, row, key) and not _totals(sheet, row)), None)


def has_formula(sheet: Sheet, cell: Cell) -> bool:
    return bool(re.search(rb"<%sf[\s/>]" % sheet.prefix, cell.inner))


def has_value(sheet: Sheet, cell: Cell) -> bool:
    """A typed value, be it number or text; <v/> and an empty <is> are none."""
    if has_formula(sheet, cell):
        return False
    return bool(re.search(rb"<%sv[^>]*>[^<]|<%sis[\s>]" % (sheet.prefix, sheet.prefix), cell.inner))


def row_tag(sheet: Sheet, pattern: RowXml | None, number: int) -> bytes:
    """The opening tag of a new row: the pattern's height and style, neither hidden nor folded away."""
    attributes = b""
    if pattern is not None:
        opened = pattern.xml[: pattern.xml.find(b">")].rstrip(b"/")
        attributes = _DROPPED.sub(b"", opened[len(b"<" + sheet.tag(b"row")) :]).rstrip()
    return b'<%s r="%d"%s>' % (sheet.tag(b"row"), number, attributes)


def formula(sheet: Sheet, row: int, cell: Cell) -> Formula:
    """Raises Skip TSK-1030 for array and data-table formulas, which stand for many cells at once."""
    found = re.search(rb"<%sf([^>]*?)(?:/>|>([^<]*)</)" % sheet.prefix, cell.inner)
    if found is None or re.search(rb"""\st\s*=\s*["'](array|dataTable)["']""", found[1]):
        raise Skip("TSK-1030", sheet.place)
    if found[2]:
        return Formula(unescape(found[2].decode()), f"{letters(cell.column)}{row}")
    shared = re.search(rb"""\ssi\s*=\s*["']([0-9]+)["']""", found[1])
    if shared is None:
        raise Skip("TSK-1030", sheet.place)
    return _master(sheet, shared[1])


def moved(found: Formula, row: int, column: int) -> bytes:
    """The formula as it stands in another cell, as XML."""
    # openpyxl takes half a second to import; only sheets with formulas that grow need its translator.
    from openpyxl.formula.translate import Translator

    text = Translator("=" + found.text, origin=found.cell).translate_formula(f"{letters(column)}{row}")
    return escape(str(text)[1:], quote=False).encode()


def _keyed(sheet: Sheet, row: RowXml, key: int) -> bool:
    cell = row.cell(key)
    return cell is not None and (has_value(sheet, cell) or has_formula(sheet, cell))


def _totals(sheet: Sheet, row: RowXml) -> bool:
    """One of its formulas sums several rows of its own column."""
    found = ((cell, _TOTAL.search(cell.inner)) for cell in row.cells if has_formula(sheet, cell))
    return any(match and _own_column(match[1].decode(), cell.column) for cell, match in found)


def _own_column(arguments: str, column: int) -> bool:
    areas = (area(argument.strip()) for argument in arguments.split(","))
    return any(
        found is not None and found.left <= column <= found.right and found.top < found.bottom
        for found in areas
    )


def _constants(sheet: Sheet, row: RowXml) -> Iterator[bool]:
    return (has_value(sheet, cell) for cell in row.cells)


def _master(sheet: Sheet, index: bytes) -> Formula:
    """Of a shared formula only the first cell has the text."""
    text = re.compile(rb"""<%sf\s[^>]*?si\s*=\s*["']%s["'][^>]*?(?<!/)>([^<]+)</""" % (sheet.prefix, index))
    found = text.search(sheet.xml)
    start = sheet.xml.rfind(b"<" + sheet.tag(b"c"), 0, found.start()) if found else -1
    ref = _REF.search(sheet.xml, start, sheet.xml.find(b">", start)) if start >= 0 else None
    if found is None or ref is None:
        raise Skip("TSK-1030", sheet.place)
    return Formula(unescape(found[1].decode()), ref[1].decode())
