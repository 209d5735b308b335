"""The rows and cells of a sheet as its XML holds them, so that some are rewritten and the rest is copied."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from connectors._workbook.refs import letters, number
from tasuki.errors import Skip

_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet[\s>]")
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})[0-9]{1,7}["']""")


class Cell(NamedTuple):
    column: int
    attributes: bytes
    """As written, with the blank before the first one."""
    inner: bytes
    """What stands between its tags; b"" for a closed one."""
    start: int
    end: int
    """Where it stands in its row's XML."""

    def attribute(self, name: bytes) -> bytes:
        match = re.search(rb"""\s%s\s*=\s*["']([^"']*)["']""" % name, self.attributes)
        return match[1] if match else b""


class RowXml(NamedTuple):
    number: int
    xml: bytes
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell | None:
        return next((cell for cell in self.cells if cell.column == column), None)


class Sheet:
    """Raises Skip TSK-1027 for XML that can't be rewritten surely: comments, other encodings, disorder."""

    def __init__(self, xml: bytes, place: str) -> None:
        self.xml = xml
        self.place = place
        encoding = _ENCODING.match(xml.lstrip(b"\xef\xbb\xbf")[:200])
        root = _ROOT.search(xml, 0, 4096)
        if (
            root is None
            or b"\0" in xml[:200]
            or (encoding and encoding[1].upper() not in (b"UTF-8", b"US-ASCII"))
        ):
            raise self.unsure()
        if xml.find(b"<!") >= 0 or xml.find(b"<?", 5) >= 0:
            raise self.unsure()
        self.prefix = root[1] + b":" if root[1] else b""
        self.head, self.start, self.end, self.tail = self._body()
        self.numbers, self.starts = self._index()
        self._cell = re.compile(
            rb"<%sc((?:\s[^>]*?)?)(?:/>|>(.*?)</%sc\s*>)" % (self.prefix, self.prefix), re.DOTALL
        )

    def unsure(self) -> Skip:
        return Skip("TSK-1027", self.place)

    def tag(self, name: bytes) -> bytes:
        return self.prefix + name

    def row(self, wanted: int) -> RowXml | None:
        at = bisect_left(self.numbers, wanted)
        if at == len(self.numbers) or self.numbers[at] != wanted:
            return None
        return self._row(at)

    def rows_upwards(self, start: int | None = None) -> Iterator[RowXml]:
        """From row `start`, or the last one."""
        last = len(self.numbers) if start is None else bisect_right(self.numbers, start)
        return (self._row(at) for at in range(last - 1, -1, -1))

    def rebuilt(self, rows: Mapping[int, bytes], only: bool = False) -> list[bytes | memoryview]:
        """The sheet with these rows in place of theirs, or put where they belong.

        With `only` there are no other rows: what was written can be read back by itself.
        """
        view, at = memoryview(self.xml), self.start
        out: list[bytes | memoryview] = [self.head]
        for wanted in sorted(rows):
            place = bisect_left(self.numbers, wanted)
            begin = self.starts[place] if place < len(self.starts) else self._after_last()
            there = place < len(self.numbers) and self.numbers[place] == wanted
            if not only:
                out.append(view[at:begin])
            out.append(rows[wanted])
            at = self._end(place) if there else begin
        if not only:
            out.append(view[at : self.end])
        out.append(self.tail)
        return out

    def _body(self) -> tuple[bytes, int, int, bytes]:
        """All up to the rows, where they begin and end, all after them."""
        begin, close = b"<" + self.tag(b"sheetData"), b"</" + self.tag(b"sheetData")
        at = self.xml.find(begin)
        start = self.xml.find(b">", at) + 1
        if at < 0 or start == 0:
            raise self.unsure()
        if self.xml[start - 2 : start - 1] == b"/":
            return self.xml[: start - 2] + b">", start, start, close + b">" + self.xml[start:]
        end = self.xml.rfind(close)
        if end < start:
            raise self.unsure()
        return self.xml[:start], start, end, self.xml[end:]

    def _index(self) -> tuple["array[int]", "array[int]"]:
        numbers, starts = array("L"), array("Q")
        needle, previous = b"<" + self.tag(b"row"), 0
        at = self.xml.find(needle, self.start, self.end)
        while at >= 0:
            if self.xml[at + len(needle)] in b" \t\r\n>/":
                said = _NUMBER.search(self.xml, at, self.xml.find(b">", at))
                here = int(said[1]) if said else previous + 1
                if here <= previous:
                    raise self.unsure()
                numbers.append(here)
                starts.append(at)
                previous = here
            at = self.xml.find(needle, at + len(needle), self.end)
        return numbers, starts

    def _row(self, at: int) -> RowXml:
        xml = self.xml[self.starts[at] : self._end(at)]
        if b"AlternateContent" in xml:
            raise self.unsure()
        cells, column = [], 0
        for match in self._cell.finditer(xml, xml.find(b">")):
            ref = _REF.search(match[1])
            here = number(ref[1].decode()) if ref else column + 1
            if here <= column:
                raise self.unsure()
            column = here
            cells.append(Cell(column, match[1].rstrip(), match[2] or b"", match.start(), match.end()))
        return RowXml(self.numbers[at], xml, tuple(cells))

    def _end(self, at: int) -> int:
        """Where the row's own XML ends; blanks between rows belong to neither."""
        start = self.starts[at]
        opened = self.xml.find(b">", start)
        if self.xml[opened - 1 : opened] == b"/":
            return opened + 1
        limit = self.starts[at + 1] if at + 1 < len(self.starts) else self.end
        close = b"</" + self.tag(b"row")
        return self.xml.index(b">", self.xml.rindex(close, start, limit)) + 1

    def _after_last(self) -> int:
        return self._end(len(self.starts) - 1) if self.starts else self.start


def with_cells(row: RowXml, new: Mapping[int, bytes], tag: bytes) -> bytes:
    """The row's XML with these cells in place of theirs, or put in order; `tag` is the row's own name.

    `spans`, a hint of which columns are used, goes when a cell is added.
    """
    xml, added = row.xml, set(new) - {cell.column for cell in row.cells}
    opened = xml.find(b">")
    closed = xml[opened - 1 : opened] == b"/"
    head = xml[: opened - 1] if closed else xml[:opened]
    out = [re.sub(rb"""\sspans\s*=\s*["'][^"']*["']""", b"", head) if added else head, b">"]
    at = opened + 1
    waiting = sorted(new)
    for cell in row.cells:
        while waiting and waiting[0] < cell.column:
            out += [xml[at : cell.start], new[waiting.pop(0)]]
            at = cell.start
        if waiting and waiting[0] == cell.column:
            out += [xml[at : cell.start], new[waiting.pop(0)]]
            at = cell.end
    last = row.cells[-1].end if row.cells else opened + 1
    out.append(xml[at:last])
    out += [new[column] for column in waiting]
    out.append(b"</" + tag + b">" if closed else xml[max(last, at) :])
    return b"".join(out)


def numbered(xml: bytes, number: int) -> bytes:
    """The row's XML, saying which row it is; alone among others it can't be counted."""
    opened = xml.find(b">")
    if _NUMBER.search(xml, 0, opened):
        return xml
    return re.sub(rb"^<[^\s/>]+", rb'\g<0> r="%d"' % number, xml)


def ref(row: int, column: int) -> bytes:
    return f"{letters(column)}{row}".encode()
