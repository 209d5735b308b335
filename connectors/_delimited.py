"""The lines of a delimited text file: what they say, and the very bytes that say it."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from tasuki.errors import UserError

BOM = b"\xef\xbb\xbf"
LINE_END = b"\r\n"
CHUNK = 1 << 20
BLOCK = 1 << 16
"""Bytes of lines decoded together: few enough that one bad byte sends little the slow way."""


class Record(NamedTuple):
    at: int
    """The line it starts at; 1 is the first line of the file."""
    raw: bytes
    cells: list[str]
    """Empty for a blank line and for one that can't be read."""
    fault: str
    """TSK-1009 undecodable, TSK-1015 quotes or width, TSK-1072 NUL; "" for a good line."""


class Table:
    """An open file, past its header. Its records are read once, in order.

    `names` come from the header unless they are given. Raises UserError TSK-1009, TSK-1015 or TSK-1072
    when the header can't be read, TSK-1005 when a name stands there twice.
    """

    def __init__(
        self, file: BinaryIO, encoding: str, delimiter: str, names: Sequence[str], place: str
    ) -> None:
        self.place = place
        self.delimiter = delimiter
        self.swallowed = False
        """A broken quote took more than one line with it: rows may be missing."""
        self.encoding, start = _codec(file, encoding, place)
        self.head = file.read(start)
        """The bytes before the first row: byte order mark and header."""
        self._lines = _Lines(file, self.encoding)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.names = tuple(names) or self._header()

    def records(self) -> Iterator[Record]:
        reader, lines, width = self._reader, self._lines, len(self.names)
        while True:
            at = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells, fault = [], "TSK-1015"
            else:
                fault = "TSK-1015" if len(cells) != width and cells else ""
            raw, unreadable = lines.taken()
            if fault or unreadable:
                self.swallowed |= raw.count(b"\n") > 1
                yield Record(at, raw, [], unreadable or fault)
            else:
                yield Record(at, raw, cells, "")

    def respelled(self, record: Record, cells: Sequence[str]) -> bytes:
        """The record's line with these cells; a cell that stays the same keeps its spelling."""
        spelled = self._spellings(record)
        fields = [
            old if new == cell else self._spell(new, quoted=old.startswith('"'))
            for old, cell, new in zip(spelled, record.cells, cells, strict=True)
        ]
        return self.delimiter.join(fields).encode(self.encoding) + _end(record.raw)

    def line(self, cells: Sequence[str], like: Record | None) -> bytes:
        """A new line, quoted as the record before it is."""
        quotes = [spelling.startswith('"') for spelling in self._spellings(like)] if like else []
        quotes = quotes or [False] * len(cells)
        fields = [self._spell(cell, quoted=quoted) for cell, quoted in zip(cells, quotes, strict=True)]
        return self.delimiter.join(fields).encode(self.encoding) + self.line_end

    @property
    def ended_head(self) -> bytes:
        """`head` as it must be for a line to follow."""
        ended = self.head in (b"", BOM) or self.head.endswith(b"\n")
        return self.head if ended else self.head + self.line_end

    @property
    def line_end(self) -> bytes:
        return self._lines.end or LINE_END

    def _header(self) -> tuple[str, ...]:
        """The first line that says something; () when there is none."""
        for cells in self._reader_of_header():
            raw, fault = self._lines.taken()
            self.head += raw
            if fault:
                raise UserError(fault, self.place, encoding=self.encoding)
            if cells:
                _once(cells, self.place)
                return tuple(cells)
        return ()

    def _reader_of_header(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error:
            _, fault = self._lines.taken()
            raise UserError(fault or "TSK-1015", self.place, encoding=self.encoding) from None

    def _spellings(self, record: Record) -> list[str]:
        """The cells as they stand in the line, quotes included."""
        text = record.raw.decode(self.encoding).rstrip("\r\n")
        found = re.findall(rf'("[^"]*(?:""[^"]*)*"|[^{self.delimiter}]*)(?:{self.delimiter}|\Z)', text)
        return found[: len(record.cells)]

    def _spell(self, cell: str, *, quoted: bool) -> str:
        if quoted or any(mark in cell for mark in (self.delimiter, '"', "\r", "\n")):
            return '"' + cell.replace('"', '""') + '"'
        return cell


class _Lines:
    """Decodes so that one bad byte spoils one line only; keeps the bytes until they are taken."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.raw: list[bytes] = []
        self.fault = ""
        self.end = b""

    def __iter__(self) -> Iterator[str]:
        while block := self.file.readlines(BLOCK):
            self.end = self.end or _end(block[0])
            for line, text in zip(block, self._texts(block), strict=True):
                self.raw.append(line)
                yield text

    def _texts(self, block: list[bytes]) -> Iterable[str]:
        """A block without faults is decoded in one go: a call for each line costs five times as much."""
        whole = b"".join(block)
        if b"\0" in whole:
            return map(self._text, block)
        try:
            texts = whole.decode(self.encoding).split("\n")
        except UnicodeDecodeError:
            return map(self._text, block)
        last = texts.pop()
        return [*(text + "\n" for text in texts), *([last] if last else ())]

    def _text(self, line: bytes) -> str:
        if b"\0" in line:
            self.fault = "TSK-1072"
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError:
            self.fault = "TSK-1009"
            # No newline or quote is ever part of a longer character in cp932 or UTF-8: the rest holds.
            return line.decode(self.encoding, "surrogateescape")

    def taken(self) -> tuple[bytes, str]:
        """The bytes since the last time, and what was wrong with them."""
        raw = self.raw[0] if len(self.raw) == 1 else b"".join(self.raw)
        fault, self.fault = self.fault, ""
        self.raw.clear()
        return raw, fault


def _codec(file: BinaryIO, wanted: str, place: str) -> tuple[str, int]:
    """The codec without byte order mark, and the mark's length; the file stands at its start.

    "auto" tries UTF-8, then cp932, over the whole file: guessing from a part mixes them up.
    """
    file.seek(0)
    mark = len(BOM) if file.read(len(BOM)) == BOM else 0
    codec: str | None = wanted.removesuffix("-sig")
    if wanted == "auto":
        codec = next((codec for codec in ("utf-8", "cp932") if _reads(file, codec)), None)
    if codec is None or (mark and codec != "utf-8"):
        raise UserError("TSK-1009", place, encoding="UTF-8 / cp932" if wanted == "auto" else wanted)
    file.seek(0)
    return codec, mark


def _reads(file: BinaryIO, codec: str) -> bool:
    file.seek(0)
    try:
        while chunk := file.read(CHUNK) + file.readline():
            chunk.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _once(names: Sequence[str], place: str) -> None:
    named = [name for name in names if name]
    for name in named:
        if named.count(name) > 1:
            raise UserError("TSK-1005", place, column=name)


def _end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
