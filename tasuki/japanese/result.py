"""What a cleaned value is: its one proper form with what was changed, or the reason it is refused."""

from collections.abc import Mapping
from typing import NamedTuple


class Note(NamedTuple):
    """One thing that was changed or should be looked at; `code` is TSK-25xx of `messages/values.py`."""

    code: str
    detail: str = ""
    """As written, where that is no personal value: a legal form, a title, an era."""


class Normalised(NamedTuple):
    """`value` is None exactly when `refused` names why (TSK-20xx); a blank cell is "" and not refused."""

    value: str | Mapping[str, str] | None
    refused: str | None = None
    notes: tuple[Note, ...] = ()


BLANK = Normalised("")
LONGEST = 1000
"""Letters; no name or number of trade comes near it, and readers that look back get slow beyond."""

LOST = "\ufffd"
"""What a decoder leaves in the place of letters that it could not read."""


def refuse(code: str, *notes: Note) -> Normalised:
    return Normalised(None, code, notes)
