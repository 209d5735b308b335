"""normalize: values from standard input, cleaned, a JSON object a line."""

import sys
from collections.abc import Iterator

from tasuki.cli.screen import Screen
from tasuki.errors import UserError
from tasuki.japanese import encoding
from tasuki.japanese.kinds import KINDS
from tasuki.yamlfile import suggestion


def normalize(screen: Screen, kind: str) -> int:
    """`value` is null exactly when `refused` holds a code."""
    if kind not in KINDS:
        raise UserError("TSK-4040", kind=kind, suggestion=suggestion(kind, KINDS))
    for line in _lines():
        result = KINDS[kind](line)
        notes = [{"code": note.code, "detail": note.detail} for note in result.notes]
        screen.emit({"input": line, "value": result.value, "refused": result.refused, "notes": notes})
    return 0


def _lines() -> Iterator[str]:
    """Only a line feed ends a value: other separators of Unicode may be part of one."""
    for raw in sys.stdin.buffer:
        yield encoding.decode(raw.rstrip(b"\r\n")).text
