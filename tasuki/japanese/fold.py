"""Match keys: what is left of a text when every way of writing it is folded into one."""

import re
import unicodedata

from tasuki.japanese import trade_name
from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.width import KANJI


def fold(text: str) -> str:
    """The same key for texts that differ by width, kana, case, old or variant kanji, spaces and marks alone.

    For comparing, never for showing. "&" and "+" stay (A&D is not AD), a dash stays between digits.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _NOISE.sub("", text.translate(_LETTERS))
    if "-" in text:
        text = _DASH.sub(_by_neighbours, text)
    text = _REPEATED.sub(lambda m: m[1] * len(m[0]), text)
    return _NO.sub("ノ", _KE.sub("ケ", text))


def fold_company(text: str) -> str:
    """The key of a firm's name proper, without legal form, branch and department; "" when there is none."""
    return fold(trade_name.read(text).core)


def bare(text: str) -> str:
    """Letters and digits alone: who reads a number from a label leaves its hyphens and blanks out."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _by_neighbours(dash: re.Match[str]) -> str:
    return "ー" if dash["long"] else "-" if dash["between"] else ""


_SMALL = dict(zip(map(ord, "ァィゥェォッャュョヮヵヶ"), "アイウエオツヤユヨワカケ", strict=True))
_OLD = {ord("ヰ"): "イ", ord("ヱ"): "エ", ord("ヲ"): "オ"}
_KATAKANA = {c - 0x60: _SMALL.get(c, _OLD.get(c, chr(c))) for c in range(0x30A1, 0x30F7)}
_SELECTORS = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""Variation selectors: they choose a glyph of the same kanji (IVS)."""
_DASHES = dict.fromkeys(map(ord, "ー‐‑‒–—―−─━⁃"), "-")
_LETTERS = COMMON_FORM | _SMALL | _OLD | _KATAKANA | _SELECTORS | _DASHES

_NOISE = re.compile(r"[^\w&+-]|_")
# ー is typed for a hyphen too.
_MARKS = re.compile(r"[\W_ー]+")
# ン can't be drawn out: セブン-イレブン is セブンイレブン.
_DASH = re.compile(r"(?P<long>(?<=[ァ-ヲヴ-ヺ])-+)|(?P<between>(?<=[0-9])-+(?=[0-9]))|-+")
_REPEATED = re.compile(f"([{KANJI.replace('々', '')}])々+")
# 霞ヶ関, 霞が関, 霞ケ関; 一ヵ月; 溝之口, 溝ノ口. Between kanji only: カ and ガ are letters elsewhere.
_KE = re.compile(f"(?<=[{KANJI}])[カガ](?=[{KANJI}])")
_NO = re.compile(f"(?<=[{KANJI}])之(?=[{KANJI}])")
