"""What the look of a cell says about its number: a date, a time of day, text, or just a number."""

import re
from typing import Literal

from connectors._workbook.book import Book

Look = Literal["number", "date", "time", "text"]

_DATES = {14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
"""Built-in formats that show a date (ECMA-376 part 1, 18.8.30, with those of Japan, 27-36 and 50-58)."""
_TIMES = {18, 19, 20, 21, 32, 33, 45, 46, 47}
_TEXT = 49
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a format code that stand for themselves: "年", \\-, padding, [Red], [$-411], [h] too."""


def looks(book: Book) -> list[Look]:
    """One for each cell style, in the order that a cell's `s` counts."""
    if book.styles not in book.archive:
        return []
    root = book.xml(book.styles)
    codes: dict[int, str] = {}
    formats: list[int] = []
    for item in root.iter():
        name = item.tag.rsplit("}", 1)[-1]
        if name == "numFmt" and item.get("numFmtId", "").isdigit():
            codes[int(item.get("numFmtId", "0"))] = item.get("formatCode", "")
        if name == "cellXfs":
            formats = [_number(style.get("numFmtId", "")) for style in item]
    return [look(number, codes.get(number, "")) for number in formats]


def look(number: int, code: str = "") -> Look:
    """Of a number format by its id, and by its code when the workbook defines it itself."""
    if code:
        return _by_code(code)
    if number in _DATES:
        return "date"
    if number in _TIMES:
        return "time"
    return "text" if number == _TEXT else "number"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _by_code(code: str) -> Look:
    positive = code.split(";", 1)[0]
    if positive.strip() == "@":
        return "text"
    elapsed = re.search(r"\[(h+|m+|s+)\]", positive, re.IGNORECASE)
    letters = _QUIET.sub("", positive).lower()
    # g and e are Japan's era and its year: ggge"年"m"月"d"日". "General" has both, and 0.00E+00 an e.
    plain = letters.replace("general", "").replace("e+", "").replace("e-", "")
    if elapsed:
        return "time"
    if re.search(r"[ydge]", plain) or ("m" in plain and not re.search(r"[hs]", plain)):
        return "date"
    return "time" if re.search(r"[hms]", plain) else "number"
