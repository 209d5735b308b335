"""Folds many texts at once, to the same letters that tasuki.japanese.fold folds each to."""

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from tasuki.identity.letters import END, Bools, Codes, Letters, among, flags, of_codes
from tasuki.japanese.fold import fold
from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.width import plain, tidy

DROPPED = 0xFFFFFFFF
HARD = 0xFFFFFFFE
"""A letter that one letter can't stand for: its text is read by itself."""
_TOP = 0x32400
"""Letters above are hard."""


class Alphabet(NamedTuple):
    """What stands for each letter: another, DROPPED or HARD."""

    codes: Codes
    marked: Codes
    """[mark, letter]: what stands for a letter and the sound mark behind it; 0 when they don't join."""

    def of(self, given: Letters) -> Codes:
        """One for each letter of `given`; a sound mark is DROPPED when the letter before took it up."""
        found = self.codes[np.minimum(given.codes, _TOP)]
        for mark, written in enumerate(_MARKS):
            at = np.flatnonzero((given.codes == written[0]) | (given.codes == written[1]))
            whole = self.marked[mark][np.minimum(given.codes[at - 1], _TOP)]
            found[at] = np.where(whole == 0, HARD, DROPPED)
            found[at[whole != 0] - 1] = whole[whole != 0]
        return found


_MARKS = ((0xFF9E, 0x3099), (0xFF9F, 0x309A))


def fold_all(given: Letters) -> Letters:
    alphabet = folded()
    found = alphabet.of(given)
    hard = np.flatnonzero(found == HARD)
    if len(hard):
        rows = np.unique(given.text_of(hard))
        given = given.put(rows, [fold(text) for text in given.take(rows).texts()])
        found = alphabet.of(given)
        found = np.where(found == HARD, given.codes, found)
    codes = found[found != DROPPED]
    codes = _dashes(codes)
    _repeats(codes)
    kanji = is_kanji()
    for letters, instead in _SMALL_KE:
        at = np.flatnonzero(among(codes, letters))
        at = at[kanji[np.minimum(codes[at - 1], _TOP)] & kanji[np.minimum(codes[at + 1], _TOP)]]
        codes[at] = instead
    return of_codes(codes)


_SMALL_KE = ((flags("カガ"), ord("ケ")), (flags("之"), ord("ノ")))
"""Between kanji they are read as these."""


def _dashes(codes: Codes) -> Codes:
    """A run of dashes is ー behind kana, "-" between digits, else nothing."""
    dash = codes == 0x2D
    if not dash.any():
        return codes
    first = np.flatnonzero(dash & ~_before(dash))
    last = np.flatnonzero(dash & ~_behind(dash))
    before, behind = codes[first - 1], codes[last + 1]
    long = (before >= 0x30A1) & (before <= 0x30FA)
    between = _digit(before) & _digit(behind)
    codes = np.where(dash, np.uint32(DROPPED), codes)
    codes[first] = np.where(long, 0x30FC, np.where(between, 0x2D, DROPPED))
    return np.asarray(codes[codes != DROPPED])


def _repeats(codes: Codes) -> None:
    """佐々木 as 佐佐木."""
    at = np.flatnonzero(codes == 0x3005)
    while len(at):
        before = codes[at - 1]
        ready = is_kanji()[np.minimum(before, _TOP)] & (before != 0x3005)
        codes[at[ready]] = before[ready]
        if not ready.any():
            return
        at = at[~ready]


def _before(flags: Bools) -> Bools:
    return np.concatenate([[False], flags[:-1]])


def _behind(flags: Bools) -> Bools:
    return np.concatenate([flags[1:], [False]])


def _digit(codes: Codes) -> Bools:
    return np.asarray((codes >= 0x30) & (codes <= 0x39))


@cache
def folded() -> Alphabet:
    """For keys: tasuki.japanese.fold, but for what hangs on neighbours."""
    return _alphabet(_fold_one)


def _fold_one(text: str) -> str:
    # A dash alone is dropped; which it is only its neighbours tell.
    return "-" if fold(f"1{text}1") == "1-1" else fold(text)


@cache
def tidied() -> Alphabet:
    """For names: letters of one width, one kind of brackets, one blank; signs are hard."""
    brackets = dict.fromkeys("[〔【〈《<", "(") | dict.fromkeys("]〕】〉》>", ")")

    def read(letter: str) -> str:
        text = " " if letter.isspace() else tidy(letter)
        text = brackets.get(text, text)
        return text if text in ("(", ")", " ", "-", "&", "") or text.isalnum() or text == "ー" else "\ufffd?"

    return _alphabet(read)


@cache
def plained() -> Alphabet:
    """For addresses: tasuki.japanese.width.plain, letter by letter."""
    return _alphabet(lambda letter: " " if letter.isspace() else plain(letter))


def _alphabet(read: Callable[[str], str]) -> Alphabet:
    """Kanji are their own letter, or another form of it; the rest is asked of `read`, one by one."""
    codes = np.full(_TOP + 1, HARD, np.uint32)
    for first, last in _IDEOGRAPHS:
        codes[first:last] = np.arange(first, last)
    few = [*range(1, 0x250), *range(0x2010, 0x2070), *range(0x2500, 0x2504), *range(0x3000, 0x3100)]
    few += [*range(0xFE00, 0xFE10), *range(0xFF00, 0xFFEF), 0x2212, 0x223C, *COMMON_FORM]
    marks = {mark for pair in _MARKS for mark in pair}
    marked = np.zeros((2, _TOP + 1), np.uint32)
    for code in few:
        if code < _TOP and code not in marks:
            codes[code] = _one(read(chr(code)))
    for mark, (_, written) in enumerate(_MARKS):
        for code in (*range(0x3041, 0x3100), *range(0xFF66, 0xFF9E)):
            whole = unicodedata.normalize("NFKC", chr(code) + chr(written))
            marked[mark, code] = _one(read(whole)) if len(whole) == 1 else 0
    codes[END] = END
    return Alphabet(codes, marked)


def _one(text: str) -> int:
    return DROPPED if not text else ord(text) if len(text) == 1 else HARD


_IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))


@cache
def is_kanji() -> Bools:
    """By letter, as tasuki.japanese.width.KANJI says."""
    found = np.zeros(_TOP + 1, bool)
    for first, last in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0)):
        found[first:last] = True
    found[[0x3005, 0x3006, 0x3007]] = True
    return found
