"""Reads an untrusted file in a process of its own, with limits, so that it can hurt nothing else."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from tasuki.errors import Retry, UserError

_ROOT = Path(__file__).parents[1]
_START = "import sys; sys.path[:] = sys.argv[2:]; __import__(sys.argv[1], None, None, ['main']).main()"
"""Python without `site`: the path is ours, and nothing of the environment counts. importlib would be slow."""
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


def limits(sizes: Iterable[tuple[int, int]], place: str) -> Limits:
    """What a workbook deserves, by the packed and unpacked sizes that its directory declares.

    Raises UserError TSK-1012 for one that unpacks to too much. Measured: 100,000 rows of 20 columns are
    84 MB unpacked, take 180 MB and 1.5 s.
    """
    total = 0
    for packed, size in sizes:
        total += size
        if size > _SMALL and size > packed * _PACKED_TIGHT:
            raise UserError("TSK-1012", place, size=_text(size))
    if total > _MOST:
        raise UserError("TSK-1012", place, size=_text(total))
    return Limits(memory=192 * _MB + 6 * total, seconds=4 + total // (8 * _MB))


def too_much(allowed: Limits, place: str) -> UserError:
    return UserError("TSK-1020", place, memory=f"{allowed.memory >> 20:,} MB", seconds=allowed.seconds)


def _text(size: int) -> str:
    return f"{size // _MB:,} MB"


def ask(module: str, request: Mapping[str, Any], folder: Path, allowed: Limits, place: str) -> Any:
    """What `module.main` answers, as JSON both ways; it confines itself to the limits that it is told.

    Raises UserError TSK-1020 for a file that takes more, Retry TSK-1008 where the process failed.
    The child gets no environment: ours holds secrets. The wall clock is for a machine that is busy.
    """
    path = [str(_ROOT), *(entry for entry in sys.path if entry)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _START, module, *path],
            input=orjson.dumps({**request, "memory": allowed.memory, "seconds": allowed.seconds}),
            capture_output=True,
            env={},
            cwd=folder,
            timeout=20 + 3 * allowed.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise too_much(allowed, place) from None
    if done.returncode < 0:
        raise too_much(allowed, place)
    if done.returncode:
        raise Retry("TSK-1008", place)
    return orjson.loads(done.stdout)
