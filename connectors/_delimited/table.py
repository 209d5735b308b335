"""The rows of a delimited text file: what they say, and the very bytes that say it."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from io import BytesIO
from itertools import chain
from typing import BinaryIO, NamedTuple

from connectors._delimited.lines import BOM, LONGEST, Block, Lines, codec_of
from tasuki.errors import UserError

LINE_END = b"\r\n"


class Record(NamedTuple):
    at: int
    """The line it starts at; 1 is the first line of the file."""
    cells: list[str]
    """Empty for a blank line and for one that can't be read."""
    fault: str
    """TSK-1009 undecodable, TSK-1015 quotes or width, TSK-1072 NUL; "" for a good line."""


class Table:
    """An open file and the columns of its rows.

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
        self.encoding, start = codec_of(file, encoding, place)
        self._file = file
        self.head = file.read(start)
        """The bytes before the first row: byte order mark and header."""
        self.names: tuple[str, ...] = ()
        self.line_end = self._line_end()
        self.names = tuple(names) or self._header()

    def records(self) -> Iterator[Record]:
        """All of them, in order."""
        for part in self.parts():
            if isinstance(part, Block):
                yield from self._cut(part)
            else:
                yield part[0]

    def parts(self) -> Iterator[Block | tuple[Record, bytes]]:
        """The same with their bytes; plain lines are left as they are, for one who wants few of them."""
        lines = self._lines()
        while lines.more():
            yield lines.block() if lines.plain else self._next(lines)

    def record(self, at: int, raw: bytes) -> Record:
        """What these bytes say, which are one record."""
        return self._next(Lines.of(raw, self.encoding, at))[0]

    def places(self, names: Iterable[str]) -> list[int]:
        """Where these columns stand. Raises UserError TSK-1003."""
        found = []
        for name in names:
            if not name or name not in self.names:
                near = get_close_matches(name, self.names, n=1)
                hint = f" (→ {near[0]}?)" if near else ""
                raise UserError("TSK-1003", self.place, column=name, suggestion=hint)
            found.append(self.names.index(name))
        return found

    def respelled(self, raw: bytes, old: Sequence[str], new: Sequence[str]) -> bytes:
        """The line `raw` with new cells; a cell that stays the same keeps its bytes."""
        fields = [
            spelling if before == after else self._spell(after, quoted=spelling.startswith(b'"'))
            for spelling, before, after in zip(self._spellings(raw), old, new, strict=True)
        ]
        return self.delimiter.encode().join(fields) + _end(raw)

    def line(self, cells: Sequence[str], like: bytes) -> bytes:
        """A new line, quoted as the line `like` is; b"" when there is none."""
        quotes = [spelling.startswith(b'"') for spelling in self._spellings(like)] if like else []
        quotes = quotes or [False] * len(cells)
        fields = [self._spell(cell, quoted=quoted) for cell, quoted in zip(cells, quotes, strict=True)]
        return self.delimiter.encode().join(fields) + self.line_end

    @property
    def ended_head(self) -> bytes:
        """`head` as it must be for a line to follow."""
        ended = self.head in (b"", BOM) or self.head.endswith(b"\n")
        return self.head if ended else self.head + self.line_end

    def _lines(self) -> Lines:
        self._file.seek(len(self.head))
        return Lines(self._file, self.encoding, self.head.count(b"\n") + 1)

    def _line_end(self) -> bytes:
        """As the first record has it: within its quotes lines may end in another way."""
        lines = self._lines()
        return (_end(self._next(lines)[1]) if lines.more() else b"") or LINE_END

    def _header(self) -> tuple[str, ...]:
        """The first line that says something; () when there is none."""
        lines = self._lines()
        while lines.more():
            record, raw = self._next(lines)
            self.head += raw
            if record.fault:
                raise UserError(record.fault, self.place, encoding=self.encoding)
            if record.cells:
                _once(record.cells, self.place)
                return tuple(record.cells)
        return ()

    def _cut(self, block: Block) -> Iterator[Record]:
        width, mark, texts = len(self.names), self.delimiter, self._texts(block)
        if not texts:
            yield from (self.record(at, line) for at, line in enumerate(BytesIO(block.data), block.at))
        for at, text in enumerate(texts, block.at):
            cells = text.split(mark) if text else []
            if len(cells) == width or not cells:
                yield Record(at, cells, "")
            else:
                yield Record(at, [], "TSK-1015")

    def _texts(self, block: Block) -> list[str]:
        """The lines, [] when one of them needs a closer look."""
        if b"\0" in block.data or len(block.data) > LONGEST or not block.data.endswith(b"\n"):
            return []
        try:
            texts = block.data.decode(self.encoding).splitlines()
        except UnicodeDecodeError:
            return []
        # Another number: something besides LF and CR LF was taken for the end of a line.
        return texts if len(texts) == block.size else []

    def _next(self, lines: Lines) -> tuple[Record, bytes]:
        at, fault = lines.at, ""
        try:
            cells = self._cells(next(lines), lines)
        except csv.Error:
            cells, fault = [], "TSK-1015"
        if cells and self.names and len(cells) != len(self.names):
            fault = "TSK-1015"
        raw, unreadable = lines.taken()
        if fault or unreadable:
            self.swallowed |= raw.count(b"\n") > 1
            return Record(at, [], unreadable or fault), raw
        return Record(at, cells, ""), raw

    def _cells(self, text: str, more: Lines) -> list[str]:
        """What the csv reader makes of this line and, when a quote stays open, of more. Raises csv.Error.

        Most lines have no quotes at all, or a pair round every cell and none within: those need no reader.
        """
        line, mark = text.rstrip("\r\n"), self.delimiter
        if len(line) < LONGEST and "\r" not in line:
            if '"' not in line:
                return line.split(mark) if line else []
            if line[0] == line[-1] == '"':
                cells = line[1:-1].split(f'"{mark}"')
                if line.count('"') == 2 * len(cells):
                    return cells
        return next(csv.reader(chain((text,), more), delimiter=mark, strict=True))

    def _spellings(self, raw: bytes) -> list[bytes]:
        """The cells as they stand in the line, quotes included."""
        mark = self.delimiter.encode()
        spelling = rb'("[^"]*(?:""[^"]*)*"|[^%b]*)(?:%b|\Z)' % (mark, mark)
        return re.findall(spelling, raw.rstrip(b"\r\n"))[: len(self.names)]

    def _spell(self, cell: str, *, quoted: bool) -> bytes:
        if quoted or any(mark in cell for mark in (self.delimiter, '"', "\r", "\n")):
            cell = '"' + cell.replace('"', '""') + '"'
        return cell.encode(self.encoding)


def _once(names: Sequence[str], place: str) -> None:
    named = [name for name in names if name]
    for name in named:
        if named.count(name) > 1:
            raise UserError("TSK-1005", place, column=name)


def _end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
