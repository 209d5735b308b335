"""The lines of a delimited text file in blocks, decoded so that one bad byte spoils one line only."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

from tasuki.errors import UserError

BOM = b"\xef\xbb\xbf"
END_MARK = b"\x1a"
"""Old programs end a file with it, and read no further than there."""
CHUNK = 1 << 20
BLOCK = 1 << 16
"""Bytes of lines taken together: few enough that one bad byte or quote mark sends little the slow way."""
LONGEST = 1 << 17
"""Characters of a cell that the csv reader still takes."""


class Block(NamedTuple):
    """Lines without quote marks, each of which is a record."""

    at: int
    """The number of the first; 1 is the first line of the file."""
    data: bytes
    size: int
    """Lines."""


_NOTHING = BytesIO()


class Lines:
    """Text, line by line, from where the file stands; keeps the bytes until they are taken."""

    def __init__(self, file: BinaryIO, encoding: str, at: int) -> None:
        self.at = at
        """The number of the next line."""
        self.plain = False
        """What is left of this block may be had as a `Block`."""
        self._file = file
        self._encoding = encoding
        self._data = b""
        self._given = 0
        """Bytes of this block that were given as text."""
        self._texts: Iterator[tuple[bytes, str]] = iter(())
        self._raw: list[bytes] = []
        self._fault = ""

    @classmethod
    def of(cls, data: bytes, encoding: str, at: int) -> "Lines":
        """These and no more."""
        lines = cls(_NOTHING, encoding, at)
        lines._data, lines._texts = data, lines._decoded()
        return lines

    def more(self) -> bool:
        """Whether a line is left; opens the next block when this one is used up."""
        if self._given == len(self._data):
            data = self._file.read(BLOCK) + self._file.readline()
            self._data, self._given = data.removesuffix(END_MARK), 0
            self.plain = b'"' not in self._data
            self._texts = self._decoded()
        return bool(self._data)

    def block(self) -> Block:
        data = self._data[self._given :]
        block = Block(self.at, data, data.count(b"\n") + (not data.endswith(b"\n")))
        self.at += block.size
        self._given = len(self._data)
        return block

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.more():
            raise StopIteration
        line, text = next(self._texts)
        self._raw.append(line)
        self._given += len(line)
        self.at += 1
        return text

    def taken(self) -> tuple[bytes, str]:
        """The bytes since the last time, and what was wrong with them."""
        raw = self._raw[0] if len(self._raw) == 1 else b"".join(self._raw)
        fault, self._fault = self._fault, ""
        self._raw.clear()
        return raw, fault

    def _decoded(self) -> Iterator[tuple[bytes, str]]:
        """In one go where nothing is wrong: a call for each line costs five times as much."""
        lines = BytesIO(self._data).readlines()
        try:
            texts = self._data.decode(self._encoding).split("\n") if b"\0" not in self._data else []
        except UnicodeDecodeError:
            texts = []
        if not texts:
            yield from ((line, self._text(line)) for line in lines)
        yield from zip(lines, (text + "\n" for text in texts), strict=False)

    def _text(self, line: bytes) -> str:
        if b"\0" in line:
            self._fault = "TSK-1072"
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            self._fault = "TSK-1009"
            # No newline or quote is ever part of a longer character in cp932 or UTF-8: the rest holds.
            return line.decode(self._encoding, "surrogateescape")


def codec_of(file: BinaryIO, wanted: str, place: str) -> tuple[str, int]:
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
