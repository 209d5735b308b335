"""How big a workbook may be when it is unpacked, and how much memory and time reading it may take."""

from typing import NamedTuple

from connectors._workbook.archive import Archive
from tasuki.errors import UserError

_MB = 1 << 20
_MOST = 2_048 * _MB
"""A million rows of twenty columns unpack to some 700 MB."""
_PACKED_TIGHT = 200
"""Honest sheets shrink to a twentieth, sheets of nothing but styled blanks to a hundredth."""
_SMALL = 16 * _MB


class Limits(NamedTuple):
    """For the process that reads: bytes of address space, seconds of CPU."""

    memory: int
    seconds: int


def limits(archive: Archive) -> Limits:
    """What this workbook deserves, by what its directory declares.

    Raises UserError TSK-1012 for one that unpacks to too much. Measured: 100,000 rows of 20 columns are
    84 MB unpacked, take 180 MB and 1.5 s.
    """
    total = sum(part.size for part in archive.parts.values())
    for part in archive.parts.values():
        if part.size > _SMALL and part.size > part.packed * _PACKED_TIGHT:
            raise UserError("TSK-1012", archive.place, size=_text(part.size))
    if total > _MOST:
        raise UserError("TSK-1012", archive.place, size=_text(total))
    return Limits(memory=192 * _MB + 6 * total, seconds=4 + total // (8 * _MB))


def _text(size: int) -> str:
    return f"{size // _MB:,} MB"
