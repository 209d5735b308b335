"""Where a cell stands: A1, B2:C9, as a sheet writes it."""

import re
from typing import NamedTuple

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


class Area(NamedTuple):
    """A block of cells; all four counted from 1, both ends belong to it."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        first, last = f"{letters(self.left)}{self.top}", f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"


def area(text: str) -> Area | None:
    """None for what isn't a block of cells (whole columns, a name)."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    left, top, right, bottom = match.groups()
    return Area(number(left), int(top), number(right or left), int(bottom or top))


def number(column: str) -> int:
    """A is 1. Raises ValueError for what is no column."""
    if not re.fullmatch("[A-Z]{1,3}", column):
        raise ValueError(column)
    value = 0
    for letter in column:
        value = value * 26 + ord(letter) - 64
    return value


def letters(column: int) -> str:
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
