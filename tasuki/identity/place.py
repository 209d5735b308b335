"""Folds an address for comparing: its town, its block number, and what is left of it."""

import re

from tasuki.japanese.fold import fold
from tasuki.japanese.numerals import number
from tasuki.japanese.width import plain


def read_address(text: str) -> tuple[str, str, str] | None:
    """Town without prefecture, block ("1-2-3"), and both; None for a text without letters or digits."""
    line = plain(text)
    if line.isascii():
        block = "-".join(re.findall("[0-9]+", line))
        town = fold(re.sub("[0-9]+[a-z]?", "", line))
        return (town, block, f"{town} {block}") if town or block else None
    line = _POST.sub("", line)
    line = _COUNTED.sub(_digits, line).replace(" ", "\u3000")
    line = _UNITS.sub("-", line)
    found = _BLOCK.search(line)
    town, block = (line[: found.start()], found[0]) if found else (line, "")
    town = _SMALL.sub("", fold(_PREFECTURE.sub("", town)))
    block = re.sub("-+", "-", block).strip("-")
    return (town, block, f"{town} {block}") if town or block else None


def _digits(match: re.Match[str]) -> str:
    value = number(match[1])
    return f"{value}{match[2]}" if value is not None else match[0]


_POST = re.compile(r"^〒? ?[0-9]{3}-?[0-9]{4} ?")
_COUNTED = re.compile("([〇一二三四五六七八九十百]+)(丁目|番地|番|号|丁)")
_UNITS = re.compile("(?<=[0-9])(?:丁目|番地の|番地|番|号|丁|の(?=[0-9]))")
_BLOCK = re.compile("[0-9]+(?:-+[0-9]+)*")
_PREFECTURE = re.compile("^(?:北海道|東京都|(?:京都|大阪)府|[^\\s0-9]{2,3}県)")
_SMALL = re.compile("大字|字")
