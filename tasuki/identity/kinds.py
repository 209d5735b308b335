"""What a column can say about somebody, how its texts are folded, and how alike two of them can be."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tasuki.identity import reading
from tasuki.identity.party import parties, readings
from tasuki.identity.place import addresses
from tasuki.identity.reading import Read, one_by_one

Aspect = Literal["name", "self", "place"]
"""What agreement tells: two may share a name, two may share a place; only one owns a number or a birthday."""


class Test(NamedTuple):
    """One condition on a part of two values. `least`: similarity 0-1, or the most edits."""

    part: int
    metric: Literal["equal", "alike", "jaro_winkler", "edits", "extends", "numbered", "differs"]
    least: float = 1.0


class Level(NamedTuple):
    """One degree of likeness; the first whose tests all hold is the level of a pair."""

    label: str
    tests: tuple[Test, ...]
    m: float
    """Where training starts: how often rows of one customer look like this."""
    r: float = 0.0
    """The same of neighbours; 0: as seldom as strangers."""


class Cut(NamedTuple):
    """A piece of a part: all of it, its first `head` letters, or its last `tail`."""

    part: int = 0
    head: int = 0
    tail: int = 0
    longer: bool = False
    """Only where the part is longer than that."""


Slot = tuple[Cut, ...]
"""Rows meet that have all these pieces alike."""


class Kind(NamedTuple):
    """How columns of one sort are read and compared."""

    aspect: Aspect
    theme: str
    """Kinds of one theme repeat each other (a name and its reading): together they count once."""
    read: Read
    levels: tuple[Level, ...]
    keys: tuple[Slot, ...]
    """The first is the value itself."""
    own: tuple[str, ...] = ("same", "same_core", "order", "typo", "script")
    """Levels at which a name is somebody's own; firms of a group and families share others."""
    chance: float = 0.0
    """How often strangers agree, where that is known beforehand; 0 where the rows must tell."""
    unseen: int = 500
    """Customers with other values that a ledger is taken to lack: a small one shows few of all names."""
    alone: bool = False
    """Rows may be one customer that share a value and nothing else: it is seldom another's."""
    held: bool = False
    """Training can't raise m of levels that are not `own`: only the name tells a neighbour from the same."""


def _part(part: int = 0) -> Slot:
    return (Cut(part),)


def _head(length: int) -> Slot:
    return (Cut(head=length),)


def _tail(length: int) -> Slot:
    return (Cut(tail=length, longer=True),)


def _same(part: int = 0) -> Test:
    return Test(part, "equal")


_WORD = (
    Level("same", (_same(),), 0.8),
    Level("typo", (Test(0, "edits", 1),), 0.06),
    Level("near", (Test(0, "jaro_winkler", 0.9),), 0.05),
    Level("similar", (Test(0, "jaro_winkler", 0.8),), 0.03),
    Level("else", (), 0.06),
)
_READING = (
    Level("same", (_same(),), 0.83),
    Level("typo", (Test(0, "edits", 1),), 0.06),
    Level("near", (Test(0, "jaro_winkler", 0.9),), 0.03, r=0.15),
    Level("similar", (Test(0, "jaro_winkler", 0.8),), 0.03, r=0.2),
    Level("else", (), 0.05),
)
_NUMBER = (
    Level("same", (_same(),), 0.85),
    Level("typo", (Test(0, "edits", 1),), 0.06),
    Level("else", (), 0.09),
)
_TEXT_KEYS = (_part(0), _head(3), _tail(3))

KINDS: Mapping[str, Kind] = {
    "name": Kind(
        "name",
        "name",
        parties,
        (
            Level("relative", (_same(3), Test(4, "differs")), 0.001, r=0.25),
            Level("same", (_same(0), Test(1, "alike")), 0.6),
            Level("same_core", (_same(0),), 0.2),
            Level("order", (_same(2),), 0.02),
            Level("numbered", (Test(0, "numbered"),), 0.001, r=0.15),
            Level("typo", (Test(0, "edits", 1),), 0.06),
            Level("extends", (Test(0, "extends"),), 0.003, r=0.12),
            Level("near", (Test(0, "jaro_winkler", 0.9),), 0.004, r=0.06),
            Level("similar", (Test(0, "jaro_winkler", 0.8),), 0.004, r=0.12),
            Level("script", (Test(5, "differs"),), 0.03),
            Level("else", (), 0.02),
        ),
        (_part(0), _head(2), _tail(2), _part(2)),
        alone=True,
        held=True,
    ),
    "kana": Kind("name", "name", readings, _READING, (_part(0), _head(3), _tail(4)), alone=True, held=True),
    "given_name": Kind("name", "given", reading.text, _WORD, _TEXT_KEYS),
    "family_name": Kind("name", "family", reading.text, _WORD, _TEXT_KEYS, own=()),
    "phone": Kind("place", "phone", reading.phones, _NUMBER, (_part(0), _head(7), _tail(6)), alone=True),
    "email": Kind(
        "place",
        "email",
        one_by_one(reading.emails, 3),
        (
            Level("same", (_same(),), 0.8),
            Level("typo", (Test(0, "edits", 1),), 0.04),
            Level("domain", (_same(2),), 0.06),
            Level("else", (), 0.1),
        ),
        (_part(0), _part(1)),
        alone=True,
    ),
    "address": Kind(
        "place",
        "address",
        addresses,
        (
            Level("same", (_same(0), _same(1)), 0.6),
            Level("same_block", (_same(1), Test(0, "extends")), 0.12),
            Level("near_block", (_same(1), Test(0, "jaro_winkler", 0.85)), 0.08),
            Level("same_town", (_same(0),), 0.08),
            Level("near_town", (Test(0, "jaro_winkler", 0.9),), 0.05),
            Level("else", (), 0.07),
        ),
        ((Cut(0), Cut(1)), (Cut(0, tail=3), Cut(1)), _part(0), _part(1)),
        alone=True,
    ),
    "postal_code": Kind("place", "address", reading.postal_codes, _NUMBER, (_part(0), _head(3))),
    "building": Kind("place", "building", reading.text, _WORD, _TEXT_KEYS),
    "town": Kind("place", "address", reading.text, _WORD, _TEXT_KEYS),
    "birth_date": Kind(
        "self",
        "birth_date",
        one_by_one(reading.dates, 3),
        (
            Level("same", (_same(),), 0.85),
            Level("typo", (Test(0, "edits", 1),), 0.06),
            Level("year", (_same(1),), 0.03),
            Level("day", (_same(2),), 0.02),
            Level("else", (), 0.04),
        ),
        (_part(0), _part(1), _part(2)),
    ),
    "number": Kind("self", "number", reading.text, _NUMBER, (_part(0), _head(4), _tail(4))),
    "corporate_number": Kind(
        "self",
        "corporate",
        one_by_one(reading.corporate_numbers, 1),
        _NUMBER,
        (_part(0),),
        chance=1e-6,
        alone=True,
    ),
    "category": Kind(
        "self",
        "category",
        reading.text,
        (Level("same", (_same(),), 0.9), Level("else", (), 0.1)),
        (_part(0),),
        unseen=0,
    ),
    "text": Kind("self", "text", reading.text, _WORD, _TEXT_KEYS),
}
