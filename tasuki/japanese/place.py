"""How names of places are compared: one key for 霞が関 and 霞ヶ関, for 北24条 and 北二十四条."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.numerals import number

NUMERALS = "〇零一二三四五六七八九十百千壱弐参拾廿"
"""Kanji in which towns and blocks are numbered; for use inside a regular expression's brackets."""


class Folded(NamedTuple):
    """`key[i]` was read at `at[i]` of the text; `at` has one more entry, the text's end."""

    key: str
    at: range | list[int]


def fold_place(text: str) -> Folded:
    """The key of a `width.tidy` text. Blanks count for nothing, kanji numerals are digits."""
    letters = text.translate(_LETTERS)
    if "々" in letters:
        letters = _REPEATED.sub(r"\1\1", letters)
    if not _RUN.search(letters):
        return Folded(letters, range(len(letters) + 1))
    key, at, start = "", [], 0
    for run in _RUN.finditer(letters):
        digits = arabic(run[0])
        key += letters[start : run.start()] + digits
        at += [*range(start, run.start()), *[run.start()] * len(digits)]
        start = run.end()
    return Folded(key + letters[start:], [*at, *range(start, len(letters) + 1)])


def kanji(number: int) -> str:
    """Below 1000, as the official names of towns are written: 二十四."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    return _unit(hundreds, "百") + _unit(tens, "十") + _unit(ones, "")


@lru_cache(maxsize=4096)
def arabic(numeral: str) -> str:
    """Digits for a kanji numeral below 10,000, nothing for blanks, anything else as it is."""
    if numeral.isspace():
        return ""
    value = number(numeral) if len(numeral) < 8 else None
    return numeral if value is None else str(value)


def _unit(digit: int, unit: str) -> str:
    if digit == 0 or (digit == 1 and unit):
        return unit * digit
    return "一二三四五六七八九"[digit - 1] + unit


_COMPATIBLE = {
    code: COMMON_FORM.get(ord(form), form)
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
    if len(form := unicodedata.normalize("NFKC", chr(code))) == 1 and form != chr(code)
}
_KATAKANA = {code: chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_GROUPS = """
ケヶヵがガ ノの之乃 ツっつッ アあぁァ イいぃィゐヰ ウうぅゥ エえぇェゑヱ オおぉォをヲ カか ヤやゃャ
ユゆゅュ ヨよょョ ワわゎヮ 菟莵 蕊蘂蕋 祇祗 弥彌
"""
_ONE = {ord(letter): group[0] for group in _GROUPS.split() for letter in group}
_LETTERS = _COMPATIBLE | COMMON_FORM | _KATAKANA | _ONE
_REPEATED = re.compile("(.)々")
_RUN = re.compile(f"[{NUMERALS.replace('千', '')}]+|\\s+")
"""千葉 and 千代田 count nothing, and no town is numbered that high."""
