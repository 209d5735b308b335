"""A file with some of its rows changed: every other byte stays as it was."""

from collections.abc import Iterator
from typing import BinaryIO

from connectors._delimited.lines import CHUNK
from connectors._delimited.writing import Rows, Sheet


def rewritten(file: BinaryIO, sheet: Sheet, rows: Rows) -> Iterator[bytes]:
    """The new file, piece by piece. `rows` are those of the sheet as they should be."""
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
    for raw in _bytes(file):
        yield raw
    created = [row for key, row in rows.items() if key not in sheet.found.spots]
    if created and raw and not raw.endswith(b"\n"):
        yield sheet.table.line_end
    for row in created:
        yield sheet.table.line(row, sheet.found.last)


def _bytes(file: BinaryIO, count: int = -1) -> Iterator[bytes]:
    """The next `count` bytes, or all that are left."""
    while count and (piece := file.read(CHUNK if count < 0 else min(CHUNK, count))):
        yield piece
        count -= len(piece) if count > 0 else 0
