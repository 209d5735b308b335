"""What a column can say about somebody, how its texts are folded, and how alike two of them can be."""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from tasuki.identity.place import read_address
from tasuki.japanese import corporate_number, date, email, invoice_number, person, phone, postal_code
from tasuki.japanese.fold import fold
from tasuki.japanese.trade_name import read as trade_name
from tasuki.japanese.width import narrow

Parts = tuple[str, ...]
"""A folded value, taken apart; every kind has a fixed number of parts, "" where one is missing."""
Aspect = Literal["name", "self", "place"]
"""What agreement tells: two may share a name, two may share a place; only one owns a number or a birthday."""


class Test(NamedTuple):
    """One condition on a part of two values. `least`: similarity 0-1, or the most edits."""

    part: int
    metric: Literal["equal", "alike", "jaro_winkler", "edits", "extends", "differs"]
    least: float = 1.0


class Level(NamedTuple):
    """One degree of likeness; the first whose tests all hold is the level of a pair."""

    label: str
    tests: tuple[Test, ...]
    m: float
    """Where training starts: how often rows of one customer look like this."""
    r: float = 0.0
    """The same of neighbours; 0: as seldom as strangers."""


class Kind(NamedTuple):
    """How columns of one sort are read and compared."""

    aspect: Aspect
    theme: str
    """Kinds of one theme repeat each other (a name and its reading): together they count once."""
    read: Callable[[str], Parts | None]
    """None for a text that says nothing."""
    levels: tuple[Level, ...]
    keys: tuple[Callable[[Parts], str], ...]
    """Texts under which rows meet; the first is the value itself."""
    own: tuple[str, ...] = ("same", "same_core", "order", "typo", "script")
    """Levels at which a name is somebody's own; firms of a group and families share others."""
    chance: float = 0.0
    """How often strangers agree, where that is known beforehand; 0 where the rows must tell."""
    unseen: int = 500
    """Customers with other values that a ledger is taken to lack: a small one shows few of all names."""
    held: bool = False
    """Training can't raise m of levels that are not `own`: only the name tells a neighbour from the same."""


def _text(text: str) -> Parts | None:
    folded = fold(text)
    return (folded,) if folded else None


def _party(text: str) -> Parts | None:
    """Core, legal form, words in order of the alphabet, family and given name of a person, its script."""
    name = trade_name(text)
    core = fold(name.core)
    if not core:
        return _text(text) and (fold(text), "", fold(text), "", "", _script(fold(text)))
    words = "".join(sorted(filter(None, map(fold, re.split(r"[\s,・]+", name.core)))))
    if name.legal_form or name.branch or core.isascii():
        return core, name.legal_form, words, "", "", _script(core)
    found = person.normalise(name.core).value if len(core) <= 8 else None
    if not isinstance(found, Mapping) or "given" not in found:
        return core, "", words, "", "", _script(core)
    return core, "", words, fold(found["family"]), fold(found["given"]), _script(core)


def _script(core: str) -> str:
    """A name typed as it sounds can't be held against one in kanji."""
    return "kana" if _KANA.fullmatch(core) else "other"


def _kana(text: str) -> Parts | None:
    name = trade_name(text)
    folded = fold(name.core).replace("ー", "")
    return (folded,) if folded else None


def _phone(text: str) -> Parts | None:
    """Digits with the leading zero. Nobody asks whether such a number exists: a typo is worth comparing."""
    digits = _MARKS.sub("", narrow(text))
    digits = f"0{digits[3:]}" if digits.startswith("+81") else digits
    if _WHOLE.fullmatch(digits):
        return (digits,)
    found = phone.normalise(text).value
    if isinstance(found, str) and found:
        return (found.split(",")[0].partition(";")[0].replace("+81", "0"),)
    digits = re.sub(r"\D", "", fold(text))
    return (digits,) if len(digits) >= 6 else None


_MARKS = re.compile("[-() ‐−ー.]|^TEL:?", re.IGNORECASE)
_WHOLE = re.compile("0[1-9][0-9]{8,9}")


def _postal(text: str) -> Parts | None:
    found = postal_code.normalise(text)
    return (found.value,) if isinstance(found.value, str) and found.value else _text(text)


def _date(text: str) -> Parts | None:
    """Digits of the day, year, month and day; 1 January is what forms hold when nobody knows the day."""
    digits = re.sub(r"\D", "", text)
    if not re.fullmatch(r"(1[5-9]|20)\d{6}", digits):
        found = date.normalise(text).value
        digits = found.replace("-", "") if isinstance(found, str) and found else digits
    if len(digits) != 8:
        return (digits, digits[:4], "") if len(digits) >= 4 else None
    return digits, digits[:4], digits[4:]


def _email(text: str) -> Parts | None:
    found = email.normalise(text).value
    address = (found.split(",")[0] if isinstance(found, str) else fold(text)).casefold()
    local, _, domain = address.partition("@")
    return (address, local, domain) if address else None


def _corporate(text: str) -> Parts | None:
    found = corporate_number.normalise(text).value or invoice_number.normalise(text).value
    return (str(found).removeprefix("T"),) if found else None


def _head(length: int, part: int = 0) -> Callable[[Parts], str]:
    return lambda parts: parts[part][:length]


def _tail(length: int, part: int = 0) -> Callable[[Parts], str]:
    return lambda parts: parts[part][-length:] if len(parts[part]) > length else ""


_KANA = re.compile("[ァ-ヺー]+")


def _part(index: int) -> Callable[[Parts], str]:
    return lambda parts: parts[index]


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
        _party,
        (
            Level("relative", (_same(3), Test(4, "differs")), 0.001, r=0.25),
            Level("same", (_same(0), Test(1, "alike")), 0.6),
            Level("same_core", (_same(0),), 0.2),
            Level("order", (_same(2),), 0.02),
            Level("typo", (Test(0, "edits", 1),), 0.06),
            Level("extends", (Test(0, "extends"),), 0.006, r=0.12),
            Level("near", (Test(0, "jaro_winkler", 0.9),), 0.01, r=0.06),
            Level("similar", (Test(0, "jaro_winkler", 0.8),), 0.01, r=0.12),
            Level("script", (Test(5, "differs"),), 0.03),
            Level("else", (), 0.02),
        ),
        (_part(0), _head(2), _tail(2), _part(2)),
        held=True,
    ),
    "kana": Kind("name", "name", _kana, _READING, (_part(0), _head(3), _tail(4)), held=True),
    "given_name": Kind("name", "given", _text, _WORD, _TEXT_KEYS),
    "family_name": Kind("name", "family", _text, _WORD, _TEXT_KEYS, own=()),
    "phone": Kind("place", "phone", _phone, _NUMBER, (_part(0), _head(7), _tail(6))),
    "email": Kind(
        "place",
        "email",
        _email,
        (
            Level("same", (_same(),), 0.8),
            Level("typo", (Test(0, "edits", 1),), 0.04),
            Level("domain", (_same(2),), 0.06),
            Level("else", (), 0.1),
        ),
        (_part(0), _part(1)),
    ),
    "address": Kind(
        "place",
        "address",
        read_address,
        (
            Level("same", (_same(0), _same(1)), 0.6),
            Level("same_block", (_same(1), Test(0, "extends")), 0.12),
            Level("near_block", (_same(1), Test(0, "jaro_winkler", 0.85)), 0.08),
            Level("same_town", (_same(0),), 0.08),
            Level("near_town", (Test(0, "jaro_winkler", 0.9),), 0.05),
            Level("else", (), 0.07),
        ),
        (_part(2), lambda parts: parts[0][-3:] + parts[1], _part(0), _part(1)),
    ),
    "postal_code": Kind("place", "address", _postal, _NUMBER, (_part(0), _head(3))),
    "building": Kind("place", "building", _text, _WORD, _TEXT_KEYS),
    "town": Kind("place", "address", _text, _WORD, _TEXT_KEYS),
    "birth_date": Kind(
        "self",
        "birth_date",
        _date,
        (
            Level("same", (_same(),), 0.85),
            Level("typo", (Test(0, "edits", 1),), 0.06),
            Level("year", (_same(1),), 0.03),
            Level("day", (_same(2),), 0.02),
            Level("else", (), 0.04),
        ),
        (_part(0), _part(1), _part(2)),
    ),
    "number": Kind("self", "number", _text, _NUMBER, (_part(0), _head(4), _tail(4))),
    "corporate_number": Kind("self", "corporate", _corporate, _NUMBER, (_part(0),), chance=1e-6),
    "category": Kind(
        "self",
        "category",
        _text,
        (Level("same", (_same(),), 0.9), Level("else", (), 0.1)),
        (_part(0),),
        unseen=0,
    ),
    "text": Kind("self", "text", _text, _WORD, _TEXT_KEYS),
}
