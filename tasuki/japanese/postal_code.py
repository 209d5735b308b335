"""Postal codes: seven digits, kept as text."""

import re

from tasuki.japanese.cell import bare, with_digits
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str) -> Normalised:
    """Seven digits without a hyphen. Six, or 2-4, are a code whose leading zero a spreadsheet dropped."""
    if not trim(text):
        return BLANK
    line = with_digits(bare(plain(text)))
    if _SCIENTIFIC.fullmatch(line):
        return refuse("TSK-2003")
    code = bare(_LABEL.sub("", line))
    m = _CODE.fullmatch(code.replace(",", "") if _THOUSANDS.fullmatch(code) else code)
    if not m:
        return refuse("TSK-2032" if _CODE_FIRST.match(code) else "TSK-2031")
    digits = m["area"] + m["town"]
    if int(digits[: len(digits) - 4]) == 0:
        return refuse("TSK-2031")
    if len(digits) == 6:
        return Normalised("0" + digits, notes=(Note("TSK-2531"),))
    return Normalised(digits)


def display(value: str) -> str:
    """1000005 as 100-0005."""
    return f"{value[:3]}-{value[3:]}"


_LABEL = re.compile(
    r"^(?:[(\[【]?(?:[〒〶〠]|郵便番号|ZIP(?: ?CODE)?)[)\]】]?[:. ]*){1,2}|\.0*$", re.IGNORECASE
)
_CODE = re.compile(r"(?P<area>[0-9]{2,3}) ?[-~〜]? ?(?P<town>[0-9]{4})")
_THOUSANDS = re.compile("[0-9]{1,3}(?:,[0-9]{3})+")
_CODE_FIRST = re.compile(r"[0-9]{3} ?-? ?[0-9]{4}(?![0-9])")
_SCIENTIFIC = re.compile(r"[0-9.]+E\+?[0-9]+", re.IGNORECASE)
