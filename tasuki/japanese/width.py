"""One width for every letter: half-width letters and digits, full-width kana, dashes by their neighbours."""

import re
import unicodedata

KANA = "ぁ-ゖゝゞァ-ヺーヽヾ"
KANJI = "㐀-䶿一-鿿豈-﫿𠀀-𲎯々〆〇"
"""Both for use inside a regular expression's brackets."""


def trim(text: str) -> str:
    """Without the blanks around it that only lay out a form."""
    return _EDGES.sub("", text)


def narrow(text: str) -> str:
    """Full-width ASCII and the ideographic space become ASCII; everything else stays."""
    return text.translate(_NARROW)


def katakana(text: str) -> str:
    """Half-width kana and hiragana become full-width katakana; everything else stays."""
    return full_kana(text).translate(_KATAKANA)


def full_kana(text: str) -> str:
    """Half-width kana become full-width; everything else stays."""
    return _compose(text.translate(_FULL_KANA))


def tidy(text: str) -> str:
    """The form in which a name is shown.

    Kanji, ①, Ⅱ and the like keep the form that the firm chose (NFKC would not). A dash is ー after kana that
    can be drawn out (not after ン: セブン-イレブン), "-" between letters and digits; the apostrophe of Y’s is
    the one on the keyboard.
    """
    text = _compose(text.translate(_TIDY))
    if "’" in text:
        text = _APOSTROPHE.sub("'", text)
    return _DASH.sub(_by_neighbours, _BLANKS.sub(" ", text).strip(" "))


def plain(text: str) -> str:
    """The form in which numbers, dates and amounts are read: NFKC, and one "-" for every dash, ー too."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return _BLANKS.sub(" ", text).strip(" ")


def _compose(text: str) -> str:
    """カ and a sound mark of its own become ガ; NFC would touch kanji too."""
    if "\u3099" not in text and "\u309a" not in text:
        return text
    text = _MARKED.sub(lambda m: unicodedata.normalize("NFC", m[0]), text)
    return text.replace("\u3099", "゛").replace("\u309a", "゜")


def _by_neighbours(dash: re.Match[str]) -> str:
    return "-" if dash[0] == "ー" else "ー" * len(dash[0])


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣─━⁃"), "-")
"""Everything that is typed for "-"; ー is not among them, it is a letter."""
_INVISIBLE = dict.fromkeys(
    [
        *range(9),
        *range(0x0E, 0x1C),
        0x7F,
        0xAD,
        0x180E,
        0xFEFF,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
    ]
)

_EDGES = re.compile("^[\\s\u200b\ufeff]+|[\\s\u200b\ufeff]+$")
_APOSTROPHE = re.compile("(?<=[A-Za-z])’(?=[A-Za-z])")
_BLANKS = re.compile(r"\s+")
_MARKED = re.compile("[ぁ-ヿ][\u3099\u309a]")
_DASH = re.compile(f"(?<=[{KANA}])(?<![んンっッ])-+(?![-0-9A-Za-z{KANJI}])|(?<=[0-9A-Za-z])ー(?=[0-9A-Za-z])")

_NARROW = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | {0x3000: " "}
_HALF_KANA = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    "\u3099\u309a"
)
_FULL_KANA = {0xFF61 + i: c for i, c in enumerate(_HALF_KANA)} | {0x309B: "\u3099", 0x309C: "\u309a"}
_KATAKANA = {c: chr(c + 0x60) for c in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_TIDY = _NARROW | _FULL_KANA | _DASHES | {0xFF5E: "〜"} | _INVISIBLE
_PLAIN = _DASHES | {ord("ー"): "-"} | _INVISIBLE
