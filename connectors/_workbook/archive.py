"""The zip that a workbook is: what lies in it, and a copy with a few new parts and the rest as it was.

Read by hand and not by `zipfile`, which rewrites headers, flags and times: an untouched part keeps its bytes
from its local header to the next part's, descriptors and gaps included.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from tasuki.errors import Retry, Skip, UserError

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF
_CHUNK = 1 << 20
_BITE = 1 << 16
_LEVEL = 4
"""A third of level 6's time for a tenth more bytes."""
MOST_PARTS = 10_000


class Part(NamedTuple):
    """One member of the zip; its bytes lie from `start` to `end`, header included."""

    name: str
    record: bytes
    """Its record in the central directory, as it stands there."""
    start: int
    end: int
    packed: int
    size: int


class Archive:
    """Raises Retry TSK-1008 when the file is damaged, UserError TSK-1012 when it has too many parts.

    Part names are found without regard to case, as the format asks.
    """

    def __init__(self, data: bytes, place: str) -> None:
        self.data = data
        self.place = place
        try:
            self._end, self._directory, records = _directory(data)
            parts = _parts(data, self._directory, records)
        except (struct.error, UnicodeDecodeError, IndexError):
            raise Retry("TSK-1008", place) from None
        except _TooMany:
            raise UserError("TSK-1012", place, size=f"> {MOST_PARTS} parts") from None
        self._in_order = parts
        self.parts = {part.name.lower(): part for part in parts}
        if len(self.parts) != len(parts):
            raise Retry("TSK-1008", place)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.parts

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part, unpacked piece by piece; more than it declared, or a wrong checksum, is damage."""
        part = self.parts.get(name.lower())
        if part is None:
            raise Retry("TSK-1008", self.place)
        crc, size = 0, 0
        try:
            for chunk in self._unpacked(part):
                crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                if size > part.size:
                    break
                yield chunk
        except (zlib.error, struct.error):
            raise Retry("TSK-1008", self.place) from None
        if (crc, size) != (_CENTRAL.unpack_from(part.record)[7], part.size):
            raise Retry("TSK-1008", self.place)

    def replaced(self, new: Mapping[str, Iterable[bytes | memoryview]]) -> bytes:
        """The whole file again; the parts named in `new` hold these pieces instead.

        Raises Skip TSK-1027 for a zip of unusual build, of which it isn't sure that all of it is kept.
        """
        if not self._patchable():
            raise Skip("TSK-1027", self.place)
        wanted = {name.lower(): pieces for name, pieces in new.items()}
        out, moved = bytearray(), {}
        for part in sorted(self._in_order, key=lambda part: part.start):
            pieces = wanted.get(part.name.lower())
            start = len(out)
            if pieces is None:
                out += memoryview(self.data)[part.start : part.end]
                moved[part.name] = _relocated(part.record, start)
            else:
                moved[part.name] = _pack(out, self.data, part, pieces)
        directory = len(out)
        for part in self._in_order:
            out += moved[part.name]
        self._finish(out, directory)
        return bytes(out)

    def kept(self, new: bytes, changed: Iterable[str]) -> bool:
        """In the file `new` the changed parts unpack whole, and each other part has the bytes it has here."""
        other, touched = Archive(new, self.place), {name.lower() for name in changed}
        if [*other.parts] != [*self.parts]:
            return False
        for name, part in self.parts.items():
            there = other.parts[name]
            if name in touched:
                for _ in other.chunks(name):
                    pass
            elif self.data[part.start : part.end] != new[there.start : there.end]:
                return False
        return True

    def _unpacked(self, part: Part) -> Iterator[bytes]:
        header = _LOCAL.unpack_from(self.data, part.start)
        begin = part.start + _LOCAL.size + header[9] + header[10]
        packed = memoryview(self.data)[begin : begin + part.packed]
        if _CENTRAL.unpack_from(part.record)[4] == 0:
            yield bytes(packed)
            return
        unpack = zlib.decompressobj(-15)
        for at in range(0, len(packed), _BITE):
            # The bound keeps a part that lies about its size from filling the memory.
            chunk = unpack.decompress(packed[at : at + _BITE], _CHUNK)
            while chunk:
                yield chunk
                chunk = unpack.decompress(unpack.unconsumed_tail, _CHUNK)
        yield unpack.flush()

    def _patchable(self) -> bool:
        starts = sorted(part.start for part in self._in_order)
        last = self._directory + sum(len(part.record) for part in self._in_order)
        apart = len(set(starts)) == len(starts)
        return apart and starts[:1] == [0] and last == self._end

    def _finish(self, out: bytearray, directory: int) -> None:
        """The end records, with the directory's new place and length."""
        length, tail = len(out) - directory, bytearray(self.data[self._end :])
        if tail[:4] == b"PK\6\6":
            at = tail.index(b"PK\6\7")
            struct.pack_into("<2Q", tail, 40, length, directory)
            struct.pack_into("<Q", tail, at + 8, len(out))
        at = tail.rindex(b"PK\5\6", 0, len(tail) - _END.size + 4)
        if _END.unpack_from(tail, at)[6] != _FULL:
            struct.pack_into("<2L", tail, at + 12, length, directory)
        out += tail


class _TooMany(Exception):
    pass


def _directory(data: bytes) -> tuple[int, int, int]:
    """Where the end records begin, where the central directory begins, how many records it has."""
    at = data.rfind(b"PK\5\6", max(0, len(data) - 65_557))
    if at < 0:
        raise struct.error
    count, start = _END.unpack_from(data, at)[4], _END.unpack_from(data, at)[6]
    if (count == 0xFFFF or start == _FULL) and data[at - 20 : at - 16] == b"PK\6\7":
        at = _LOCATOR64.unpack_from(data, at - 20)[2]
        end = _END64.unpack_from(data, at)
        if end[0] != b"PK\6\6":
            raise struct.error
        count, start = end[7], end[9]
    if count > MOST_PARTS:
        raise _TooMany
    return at, start, count


def _parts(data: bytes, start: int, count: int) -> list[Part]:
    """In the order of the central directory."""
    records, at = [], start
    for _ in range(count):
        field = _CENTRAL.unpack_from(data, at)
        if field[0] != b"PK\1\2" or field[3] & 1 or field[4] not in (0, 8):
            raise struct.error
        end = at + _CENTRAL.size + field[10] + field[11] + field[12]
        records.append(data[at:end])
        at = end
    places = sorted({_sizes(record)[2] for record in records} | {start})
    after = dict(pairwise(places))
    return [_part(data, record, after) for record in records]


def _part(data: bytes, record: bytes, after: Mapping[int, int]) -> Part:
    field = _CENTRAL.unpack_from(record)
    raw = record[_CENTRAL.size : _CENTRAL.size + field[10]]
    name = raw.decode("utf-8" if field[3] & 0x800 else "cp437")
    size, packed, start = _sizes(record)
    end = after.get(start, 0)
    if data[start : start + 4] != b"PK\3\4" or start + packed > end:
        raise struct.error
    return Part(name, record, start, end, packed, size)


def _sizes(record: bytes) -> tuple[int, int, int]:
    """Size, packed size and place, from the zip64 extra field where 32 bits are too few."""
    field = _CENTRAL.unpack_from(record)
    values = [field[9], field[8], field[16]]
    at = _extra64(record)
    for index, value in enumerate(values):
        if value == _FULL and at:
            (values[index],) = struct.unpack_from("<Q", record, at)
            at += 8
    return values[0], values[1], values[2]


def _extra64(record: bytes) -> int:
    """Where the values of the record's zip64 extra field begin; 0 when it has none."""
    field = _CENTRAL.unpack_from(record)
    at: int = _CENTRAL.size + field[10]
    end = at + field[11]
    while at + 4 <= end:
        kind, length = struct.unpack_from("<2H", record, at)
        if kind == 1:
            return at + 4
        at += 4 + length
    return 0


def _relocated(record: bytes, start: int) -> bytes:
    """The central record of an untouched part; only its place may change."""
    out, field = bytearray(record), _CENTRAL.unpack_from(record)
    if field[16] == _FULL:
        wide = _extra64(record) + 8 * ((field[8] == _FULL) + (field[9] == _FULL))
        struct.pack_into("<Q", out, wide, start)
    else:
        struct.pack_into("<L", out, 42, start)
    return bytes(out)


def _pack(out: bytearray, data: bytes, part: Part, pieces: Iterable[bytes | memoryview]) -> bytes:
    """Writes the part anew, with the name, time and version it had; returns its central record."""
    field, start = _LOCAL.unpack_from(data, part.start), len(out)
    name = data[part.start + _LOCAL.size : part.start + _LOCAL.size + field[9]]
    out += bytes(_LOCAL.size) + name
    begin, crc, size, pack = len(out), 0, 0, zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        out += pack.compress(piece)
    out += pack.flush()
    packed, flags = len(out) - begin, field[2] & ~8
    _LOCAL.pack_into(out, start, field[0], field[1], flags, 8, *field[4:6], crc, packed, size, len(name), 0)
    old, extra = _CENTRAL.unpack_from(part.record), _without64(part.record)
    head = (*old[:3], old[3] & ~8, 8, *old[5:7], crc, packed, size, old[10], len(extra), *old[12:16], start)
    names = part.record[_CENTRAL.size : _CENTRAL.size + old[10]]
    comment = part.record[_CENTRAL.size + old[10] + old[11] :]
    return _CENTRAL.pack(*head) + names + extra + comment


def _without64(record: bytes) -> bytes:
    field = _CENTRAL.unpack_from(record)
    begin = _CENTRAL.size + field[10]
    extra, at = record[begin : begin + field[11]], _extra64(record)
    if not at:
        return extra
    length: int = struct.unpack_from("<H", record, at - 2)[0]
    return extra[: at - 4 - begin] + extra[at - begin + length :]
