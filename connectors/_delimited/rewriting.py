"""A file with some of its rows changed: every other byte stays as it was."""

from collections.abc import Iterator
from os import SEEK_END
from typing import BinaryIO

from connectors._delimited.lines import CHUNK, END_MARK
from connectors._delimited.writing import Rows, Sheet


def rewritten(file: BinaryIO, sheet: Sheet, rows: Rows) -> Iterator[bytes]:
    """The new file, piece by piece. `rows` are those of the sheet as they should be."""
    end = _end(file)
    file.seek(0)
    raw = b""
    for spot in sorted(sheet.found.spots.values()):
        key = spot.record.cells[sheet.places[sheet.key]]
        new = rows.get(key)
        if new == spot.record.cells:
            continue
        for raw in _bytes(file, spot.start - file.tell()):
            yield raw
        if new is not None:
            raw = sheet.table.respelled(spot.raw, spot.record.cells, new)
            yield raw
        file.seek(spot.start + len(spot.raw))
    for raw in _bytes(file, end - file.tell()):
        yield raw
    created = [row for key, row in rows.items() if key not in sheet.found.spots]
    if created and raw and not raw.endswith(b"\n"):
        yield sheet.table.line_end
    for row in created:
        yield sheet.table.line(row, sheet.found.last)
    yield file.read()


def _end(file: BinaryIO) -> int:
    """Where rows end."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - len(END_MARK)))
    return size - len(END_MARK) * (file.read() == END_MARK)


def _bytes(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count and (piece := file.read(min(CHUNK, count))):
        yield piece
        count -= len(piece)
