"""What grows with the rows of a sheet: its size, its tables, its coloured and checked ranges."""

import re

from connectors._workbook.refs import Area, area

_DIMENSION = re.compile(rb"""(<(?:\w+:)?dimension\s+ref\s*=\s*["'])([A-Z0-9:]+)(["'])""")
_ATTRIBUTES = rb"""(?:[^>"']|"[^"]*"|'[^']*')*?"""
_RANGES = re.compile(
    rb"(<(?:\w+:)?(?:conditionalFormatting|dataValidation)\s" + _ATTRIBUTES + rb"""\bsqref=["'])([^"']*)"""
)
_NEWER = re.compile(
    rb"<(\w+:)(conditionalFormattings|dataValidations)\b.*?</\1\2\s*>",
    re.DOTALL,
)
"""The x14 blocks; sparklines write their cells in the same element and don't grow."""
_SQREF = re.compile(rb"(<(?:\w+:)?sqref>)([^<]*)")


def dimension(head: bytes, bottom: int, right: int) -> bytes:
    """The head of a sheet, its <dimension> widened to hold a cell there."""

    def widen(match: re.Match[bytes]) -> bytes:
        old = area(match[2].decode())
        if old is None:
            return match[0]
        wide = Area(old.left, old.top, max(old.right, right), max(old.bottom, bottom))
        return match[0] if wide == old else match[1] + str(wide).encode() + match[3]

    return _DIMENSION.sub(widen, head, count=1)


def ranges(tail: bytes, pattern: int, bottom: int) -> bytes:
    """The tail of a sheet; ranges of several rows that ended at row `pattern` end at `bottom` now."""

    def grow(match: re.Match[bytes]) -> bytes:
        refs = match[2].decode().split(" ")
        return match[1] + " ".join(_grown(ref, pattern, bottom) for ref in refs).encode()

    tail = _RANGES.sub(grow, tail)
    return _NEWER.sub(lambda block: _SQREF.sub(grow, block[0]), tail)


def table(xml: bytes, old: Area, bottom: int) -> bytes:
    """A table and its own filter, which carry the same reference."""
    was, now = str(old).encode(), str(old._replace(bottom=bottom)).encode()
    for quote in (b'"', b"'"):
        xml = xml.replace(b" ref=" + quote + was + quote, b" ref=" + quote + now + quote)
    return xml


def _grown(ref: str, pattern: int, bottom: int) -> str:
    found = area(ref)
    if found is None or found.bottom != pattern or found.top == found.bottom:
        return ref
    return str(found._replace(bottom=bottom))
