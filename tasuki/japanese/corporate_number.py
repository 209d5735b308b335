"""Corporate numbers (法人番号): 13 digits of which the first checks the others."""

import re

from tasuki.japanese.cell import bare
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str) -> Normalised:
    """13 digits. A registry number (会社法人等番号, 12 digits) gets its check digit, with a note."""
    if not trim(text):
        return BLANK
    line = bare(plain(text))
    if SCIENTIFIC.fullmatch(line):
        return refuse("TSK-2003")
    number = bare(_LABEL.sub("", line))
    if _INVOICE.fullmatch(number):
        return refuse("TSK-2063")
    if not (_GROUPED.fullmatch(number) or _THOUSANDS.fullmatch(number)):
        return refuse("TSK-2061")
    digits = re.sub("[-, ]", "", number)
    if len(digits) == 12 and (_REGISTRY.fullmatch(digits) or "等番号" in line):
        return Normalised(check_digit(digits) + digits, notes=(Note("TSK-2561"),))
    if len(digits) != 13:
        return refuse("TSK-2061")
    return Normalised(digits) if is_valid(digits) else refuse("TSK-2062")


def check_digit(base: str) -> str:
    """Of the twelve digits behind it (法人番号の指定等に関する省令 第2条)."""
    total = sum(int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(base)))
    return str(9 - total % 9)


def is_valid(digits: str) -> bool:
    return digits[0] == check_digit(digits[1:])


SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
"""What a spreadsheet shows for a long number: the digits behind are lost."""
_LABEL = re.compile(
    r"^[(\[【]?(?:(?:国税庁)?(?:法人番号|会社法人等番号|法人No\.?)|No\.)[)\]】]?[:. ]*|\.0+$", re.IGNORECASE
)
_INVOICE = re.compile("T[-: ]?[0-9- ]{13,}", re.IGNORECASE)
_THOUSANDS = re.compile("[0-9]{1,3}(?:,[0-9]{3})+")
_GROUPED = re.compile("[0-9]+(?:[- ][0-9]+)*")
# Registry office (0100-5999) and kind of company (01-05); state bodies are 000012, local ones 000020. A
# 13-digit number that lost its last digit doesn't look so: there the kind would begin with an office's digit.
_REGISTRY = re.compile("(?:[0-5][0-9]{3}0[1-5]|0000(?:12|20))[0-9]{6}")
