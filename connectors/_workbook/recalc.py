"""Lets Excel compute a workbook anew when it is opened, and lists the formulas that were added."""

import re

from connectors._workbook.book import Book
from tasuki.errors import Skip

_CALC = re.compile(rb"<((?:\w+:)?)calcPr\b([^>]*?)(/?)>")
_FULL = re.compile(rb"""\sfullCalcOnLoad\s*=\s*["'][^"']*["']""")
_BEFORE = (b"definedNames", b"externalReferences", b"functionGroups", b"sheets")
"""calcPr stands right after the first of these that there is (ECMA-376 part 1, 18.2.27)."""


def has_formulas(book: Book) -> bool:
    """In any of its sheets."""
    if book.chain in book.archive:
        return True
    return any(_formula(book, sheet.part) for sheet in book.sheets if sheet.part in book.archive)


def recalculated(workbook: bytes, place: str) -> bytes:
    """workbook.xml with fullCalcOnLoad="1", and nothing else changed.

    Excel is expected to honour it; LibreOffice computes only formulas without a saved result.
    """
    found = _CALC.search(workbook)
    if found:
        attributes = _FULL.sub(b"", found[2]).rstrip()
        tag = b'<%scalcPr%s fullCalcOnLoad="1"%s>' % (found[1], attributes, found[3])
        same = re.search(rb"""fullCalcOnLoad\s*=\s*["'](1|true)["']""", found[2])
        return workbook if same else workbook[: found.start()] + tag + workbook[found.end() :]
    for name in _BEFORE:
        end = re.search(rb"</((?:\w+:)?)%s\s*>|<((?:\w+:)?)%s\s*/>" % (name, name), workbook)
        if end:
            prefix = end[1] or end[2] or b""
            at = end.end()
            return workbook[:at] + b'<%scalcPr fullCalcOnLoad="1"/>' % prefix + workbook[at:]
    raise Skip("TSK-1027", place)


def listed(chain: bytes, sheet: int, cells: list[bytes]) -> bytes:
    """calcChain.xml with these cells of the sheet numbered `sheet` (its sheetId) at the end."""
    end = chain.rfind(b"</")
    prefix = re.match(rb"</((?:\w+:)?)", chain[end:])
    name = prefix[1] if prefix else b""
    new = b"".join(b'<%sc r="%s" i="%d"/>' % (name, cell, sheet) for cell in cells)
    return chain[:end] + new + chain[end:]


def _formula(book: Book, part: str) -> bool:
    """Also in a sheet that shares its formulas at least one is written out, and ends so."""
    last = b""
    for chunk in book.archive.chunks(part):
        window = last + chunk
        if b"/f>" in window or b":f>" in window:
            return True
        last = chunk[-2:]
    return False
