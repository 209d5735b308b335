"""Finds rows by their keys without reading the others: to change one in a hundred, few need to be parsed."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from connectors._delimited.lines import Block
from connectors._delimited.table import Record, Table


class Spot(NamedTuple):
    """Where a row stands."""

    start: int
    """Of its first byte."""
    raw: bytes
    record: Record


class Found(NamedTuple):
    spots: Mapping[str, Spot]
    """The first row of each key."""
    counts: Counter[str]
    """How often a key stands there."""
    last: bytes
    """The last row of the file as it is spelled, b"" when there is none."""


def search(table: Table, key_at: int, keys: Collection[str]) -> Found:
    """`key_at` is the place of the key's column. Rows without a key are never found."""
    wanted, last = frozenset(keys) - {""}, b""
    first: dict[str, Spot] = {}
    counts: Counter[str] = Counter()
    for spot in _likely(table, key_at, wanted):
        if spot.record.cells:
            last, key = spot.raw, spot.record.cells[key_at]
            if key in wanted:
                first.setdefault(key, spot)
                counts[key] += 1
    return Found(first, counts, last)


def _likely(table: Table, key_at: int, wanted: Collection[str]) -> Iterator[Spot]:
    """Among others every record with a wanted key and the last row, in order."""
    start = len(table.head)
    for part in table.parts():
        if isinstance(part, Block):
            for at, offset, raw in _picked(table, part, key_at, wanted):
                yield Spot(start + offset, raw, table.record(at, raw))
            start += len(part.data)
        else:
            record, raw = part
            yield Spot(start, raw, record)
            start += len(raw)


def _picked(
    table: Table, block: Block, key_at: int, wanted: Collection[str]
) -> Iterator[tuple[int, int, bytes]]:
    """(line number, offset, bytes) of the lines with a wanted key and of the block's last row."""
    lines = BytesIO(block.data).readlines()
    done = offset = 0
    for index in sorted({*_with_keys(table, lines, key_at, wanted), *_last(table, lines)}):
        offset += sum(map(len, lines[done:index]))
        yield block.at + index, offset, lines[index]
        done = index


def _with_keys(table: Table, lines: list[bytes], key_at: int, wanted: Collection[str]) -> Iterable[int]:
    """All keys are decoded in one go: what stands between delimiters holds none itself."""
    mark = table.delimiter.encode()
    try:
        cells = [line.split(mark, key_at + 1)[key_at] for line in lines]
    except IndexError:  # a line is too short to have a key
        cells = [b"".join(line.split(mark, key_at + 1)[key_at : key_at + 1]) for line in lines]
    joined = mark.join(cells).translate(None, b"\r\n")
    keys = joined.decode(table.encoding, "surrogateescape").split(table.delimiter)
    return [index for index, key in enumerate(keys) if key in wanted]


def _last(table: Table, lines: list[bytes]) -> Iterator[int]:
    for index in reversed(range(len(lines))):
        if table.record(0, lines[index]).cells:
            yield index
            return
