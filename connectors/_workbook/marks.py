"""Cells that the reader of values can't tell from blanks: errors, and formulas without a saved result."""

import re
from typing import Literal

from connectors._workbook.refs import number

Mark = Literal["formula", "uncounted", "error"]
Marks = dict[int, dict[int, Mark]]
"""By row, by column, both from 1."""

_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet\b")
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_ROW = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")


def marks(xml: bytes) -> Marks:
    """Formulas with a result too: a row of nothing but formulas counts as blank.

    calamine reads all three as "" or as plain values (dimastbk/python-calamine#105).
    """
    root = _ROOT.search(xml, 0, 4096)
    prefix = root[1] + b":" if root and root[1] else b""
    found: Marks = {}
    for needle in (b"<" + prefix + b"f", b't="e"', b"t='e'"):
        at = xml.find(needle)
        while at >= 0:
            _mark(xml, at, needle, prefix, found)
            at = xml.find(needle, at + len(needle))
    return found


def _mark(xml: bytes, at: int, needle: bytes, prefix: bytes, found: Marks) -> None:
    formula = needle[:1] == b"<"
    if formula and xml[at + len(needle) : at + len(needle) + 1] not in (
        b">",
        b" ",
        b"/",
        b"\n",
        b"\r",
        b"\t",
    ):
        return
    start = xml.rfind(b"<" + prefix + b"c", 0, at)
    tag = xml[start : xml.find(b">", start) + 1]
    if not formula and start + len(tag) < at:
        return  # the text t="e" inside some cell
    row, column = _position(xml, start, tag, prefix)
    if row == 0:
        return
    if _ERROR.search(tag):
        found.setdefault(row, {})[column] = "error"
    elif formula:
        found.setdefault(row, {})[column] = "formula" if _counted(xml, at, tag, prefix) else "uncounted"


def _counted(xml: bytes, at: int, tag: bytes, prefix: bytes) -> bool:
    """A result stands between the formula and its cell's end; only a text result may be empty."""
    end = xml.find(b"</" + prefix + b"c>", at)
    value = xml.find(b"<" + prefix + b"v", at, end)
    if value < 0:
        return False
    begin = xml.find(b">", value, end)
    empty = xml[begin - 1 : begin] == b"/" or xml[begin + 1 : begin + 2] == b"<"
    return not empty or _TEXT.search(tag) is not None


def _position(xml: bytes, start: int, tag: bytes, prefix: bytes) -> tuple[int, int]:
    match = _REF.search(tag)
    if match:
        return int(match[2]), number(match[1].decode())
    return _counted_position(xml, start, prefix)


def _counted_position(xml: bytes, start: int, prefix: bytes) -> tuple[int, int]:
    """For cells that don't say where they stand: rows and cells are counted (some 2 % of real files)."""
    row_tag, cell_tag = re.compile(rb"<%srow[\s>/]" % prefix), re.compile(rb"<%sc[\s>/][^>]*" % prefix)
    rows = [match.start() for match in row_tag.finditer(xml, 0, start)]
    if not rows:
        return 0, 0
    row = 0
    for begin in rows:
        said = _ROW.search(xml[begin : xml.find(b">", begin)])
        row = int(said[1]) if said else row + 1
    column = 0
    for match in cell_tag.finditer(xml, rows[-1], start + 3):
        ref = _REF.search(match[0])
        column = number(ref[1].decode()) if ref else column + 1
    return row, column
