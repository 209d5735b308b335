"""Reads the texts of a column, all at once, into the parts that are compared.

Whatever is plainly written is read by numpy; the rest one by one, each distinct text once.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

from tasuki.identity.folding import DROPPED, HARD, fold_all
from tasuki.identity.letters import Codes, Ints, Letters, among, flags, of_codes, of_texts
from tasuki.japanese import corporate_number, date, email, invoice_number, phone, postal_code
from tasuki.japanese.fold import fold
from tasuki.japanese.width import narrow

Parts = tuple[str, ...]
"""A folded value, taken apart; every kind has a fixed number of parts, "" where one is missing."""
Read = Callable[[Sequence[str]], tuple[Letters, ...]]
"""Each part of all texts; a text that says nothing has only empty parts."""


def one_by_one(read: Callable[[str], Parts | None], parts: int) -> Read:
    def column(texts: Sequence[str]) -> tuple[Letters, ...]:
        found = {text: read(text) or ("",) * parts for text in set(texts) if text} | {"": ("",) * parts}
        return tuple(of_texts([found[text][part] for text in texts]) for part in range(parts))

    return column


def text(texts: Sequence[str]) -> tuple[Letters, ...]:
    return (fold_all(of_texts(texts)),)


def patched(
    parts: Sequence[Letters], hard: Ints, texts: Sequence[str], read: Callable[[str], Parts | None]
) -> tuple[Letters, ...]:
    """`parts` with what `read` makes of the texts that are too `hard` to be read all at once."""
    told = [texts[at] for at in hard.tolist()]
    blank = ("",) * len(parts)
    found = {text: (read(text) or blank) if text else blank for text in set(told)}
    return put(parts, hard, [found[text] for text in told])


def put(
    parts: Sequence[Letters], places: Ints, others: Sequence[Parts], which: Ints | None = None
) -> tuple[Letters, ...]:
    return tuple(part.put(places, [other[n] for other in others], which) for n, part in enumerate(parts))


# --- numbers ----------------------------------------------------------------------------------------------


def phones(texts: Sequence[str]) -> tuple[Letters, ...]:
    """Digits with the leading zero. Nobody asks whether such a number exists: a typo is worth comparing."""
    given = of_texts(texts)
    codes = _translated(_PHONE, given)
    _without_tel(codes, given)
    digits = of_codes(codes[codes != DROPPED])
    start = digits.starts[digits.lengths >= 3]
    abroad = start[(digits.codes[start[:, None] + np.arange(3)] == _JAPAN).all(axis=1)]
    digits.codes[abroad[:, None] + np.arange(3)] = (DROPPED, DROPPED, 0x30)
    digits = of_codes(digits.codes[digits.codes != DROPPED])
    starts, lengths = digits.starts, digits.lengths
    second = digits.codes[np.minimum(starts + 1, len(digits.codes) - 1)]
    whole = (lengths >= 10) & (lengths <= 11) & (digits.codes[starts] == 0x30) & (second != 0x30)
    whole[digits.text_of(np.flatnonzero((digits.codes == HARD) | (digits.codes == 0x2B)))] = False
    hard = np.flatnonzero(~whole & (given.lengths > 0))
    return patched((digits,), hard, texts, phone_by_itself)


def _without_tel(codes: Codes, given: Letters) -> None:
    start = given.starts[given.lengths >= 4]
    labelled = start[(codes[start[:, None] + np.arange(3)] == _TEL).all(axis=1)]
    codes[labelled[:, None] + np.arange(3)] = DROPPED
    colon = labelled[codes[labelled + 3] == ord(":")] + 3
    codes[colon] = DROPPED
    codes[among(codes, _LETTERS_OF_TEL)] = HARD


def phone_by_itself(text: str) -> Parts | None:
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
_JAPAN = np.array([ord(letter) for letter in "+81"], np.uint32)
_TEL = np.array([ord(letter) for letter in "TEL"], np.uint32)
_LETTERS_OF_TEL = flags("TEL:")


def postal_codes(texts: Sequence[str]) -> tuple[Letters, ...]:
    given = of_texts(texts)
    codes = _translated(_POSTAL, given)
    digits = of_codes(codes[codes != DROPPED])
    whole = digits.lengths == 7
    start = digits.starts[whole]
    whole[whole] = (digits.codes[start[:, None] + np.arange(3)] != 0x30).any(axis=1)
    whole[digits.text_of(np.flatnonzero(digits.codes == HARD))] = False
    hard = np.flatnonzero(~whole & (given.lengths > 0))
    return patched((digits,), hard, texts, postal_code_by_itself)


def postal_code_by_itself(text: str) -> Parts | None:
    found = postal_code.normalise(text)
    if isinstance(found.value, str) and found.value:
        return (found.value,)
    return (fold(text),) if fold(text) else None


def _translated(table: dict[int, int], given: Letters) -> Codes:
    """Letters by a small table; whatever isn't in it is HARD."""
    found = np.full(0x10000, HARD, np.uint32)
    found[list(table)] = list(table.values())
    found[0] = 0
    return np.asarray(found[np.minimum(given.codes, 0xFFFF)])


def _wide(text: str) -> list[int]:
    """Letters and their full-width forms."""
    return [code for letter in text for code in (ord(letter), ord(letter) + 0xFEE0)]


_DIGITS = {code: 0x30 + code % 0x10 for code in _wide("0123456789")}
_POSTAL = _DIGITS | dict.fromkeys([*_wide("-"), *map(ord, "〒 \u3000‐−ー")], DROPPED)
_PHONE = (
    _DIGITS
    | dict.fromkeys([*_wide("-()."), *map(ord, " \u3000‐−ー")], DROPPED)
    | {code: code if code < 0x80 else code - 0xFEE0 for code in _wide("+TEL:")}
    | {code: ord("TEL"["tel".index(chr(code))]) for code in map(ord, "tel")}
)


def dates(text: str) -> Parts | None:
    """Digits of the day, year, month and day; 1 January is what forms hold when nobody knows the day."""
    digits = re.sub(r"\D", "", text)
    if not re.fullmatch(r"(1[5-9]|20)\d{6}", digits):
        found = date.normalise(text).value
        digits = found.replace("-", "") if isinstance(found, str) and found else digits
    if len(digits) != 8:
        return (digits, digits[:4], "") if len(digits) >= 4 else None
    return digits, digits[:4], digits[4:]


def emails(text: str) -> Parts | None:
    found = email.normalise(text).value
    address = (found.split(",")[0] if isinstance(found, str) else fold(text)).casefold()
    local, _, domain = address.partition("@")
    return (address, local, domain) if address else None


def corporate_numbers(text: str) -> Parts | None:
    found = corporate_number.normalise(text).value or invoice_number.normalise(text).value
    return (str(found).removeprefix("T"),) if found else None
