"""normalize and compare: single values, cleaned or set against each other."""

import sys
from collections.abc import Iterator

from tasuki.cli.screen import Screen
from tasuki.errors import UserError
from tasuki.japanese import comparison, encoding
from tasuki.japanese.kinds import KINDS
from tasuki.yamlfile import suggestion


def normalize(screen: Screen, kind: str) -> int:
    """`value` is null exactly when `refused` holds a code."""
    clean = KINDS[_known(kind)]
    for line in _lines():
        result = clean(line)
        notes = [{"code": note.code, "detail": note.detail} for note in result.notes]
        screen.emit({"input": line, "value": result.value, "refused": result.refused, "notes": notes})
    return 0


def compare(screen: Screen, kind: str, one: str, other: str) -> int:
    """SAME, REVIEW (a person must look) or DIFFERENT; a value that can't be read is never called the same."""
    found = comparison.compare(_known(kind), one, other)
    if screen.as_json:
        screen.emit({"kind": kind, "verdict": found.verdict, "reasons": list(found.reasons)})
    screen.say(f"{found.verdict}  {' '.join(found.reasons)}".rstrip())
    return 0


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise UserError("TSK-4040", kind=kind, suggestion=suggestion(kind, KINDS))
    return kind


def _lines() -> Iterator[str]:
    """Only a line feed ends a value: other separators of Unicode may be part of one."""
    for raw in sys.stdin.buffer:
        yield encoding.decode(raw.rstrip(b"\r\n")).text
