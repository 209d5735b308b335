"""Whether two texts are one value in other letters (表記揺れ), and whether one may take the other's place."""

import re

from tasuki.japanese import address, trade_name, width
from tasuki.japanese.fold import fold
from tasuki.model import Field
from tasuki.value import LENIENT, folded

SPELLED = ("company_name", "person_name", "katakana", "address", *LENIENT)
"""Types with an agreed spelling. A date has the form of its system, free text the letters of its writer."""


def same(field: Field, one: str, other: str) -> bool:
    return one == other or folded(field, one) == folded(field, other)


def respells(field: Field, now: str, after: str) -> bool:
    """For texts that are the same. Never by another kanji (髙, 高: people mind), never by saying less."""
    if field.type == "address":
        return _says_as_much(now, after)
    if field.type in ("company_name", "person_name"):
        return _kanji(field, now) == _kanji(field, after)
    return field.type in SPELLED


def _says_as_much(now: str, after: str) -> bool:
    found, text, other = address.parse(now), fold(now), fold(after)
    parts = (fold(part) for part in (found.postal, found.pref, found.street))
    return all(part not in text or part in other for part in parts)


def _kanji(field: Field, text: str) -> list[str]:
    return _KANJI.findall(trade_name.read(text).core if field.type == "company_name" else text)


_KANJI = re.compile(f"[{width.KANJI}]")
