"""Folds addresses for comparing: the town and the block number."""

import re
from collections.abc import Sequence

import numpy as np

from tasuki.identity.folding import DROPPED, HARD, fold_all, plained
from tasuki.identity.letters import Bools, Codes, Ints, Letters, among, flags, of_codes, of_texts
from tasuki.identity.reading import Parts, patched
from tasuki.japanese.fold import fold
from tasuki.japanese.numerals import number
from tasuki.japanese.width import plain


def address_by_itself(text: str) -> Parts | None:
    """Town without prefecture and block ("1-2-3"); None for a text without letters or digits."""
    line = plain(text)
    if line.isascii():
        block = "-".join(re.findall("[0-9]+", line))
        town = fold(re.sub("[0-9]+[a-z]?", "", line))
        return (town, block) if town or block else None
    line = _POST.sub("", line)
    line = _COUNTED.sub(_digits, line).replace(" ", "\u3000")
    line = _UNITS.sub("-", line)
    found = _BLOCK.search(line)
    town, block = (line[: found.start()], found[0]) if found else (line, "")
    town = _SMALL.sub("", fold(_PREFECTURE.sub("", town)))
    block = re.sub("-+", "-", block).strip("-")
    return (town, block) if town or block else None


def addresses(texts: Sequence[str]) -> tuple[Letters, ...]:
    """As address_by_itself, all at once."""
    given = of_texts(texts)
    codes = plained().of(given)
    hard = _not_plain(codes, given)
    codes[codes == HARD] = ord("?")
    line = of_codes(codes[codes != DROPPED])
    hard |= _counted(line)
    line = _with_dashes(line.codes)
    number, end = _numbers(line)
    end -= (end > number) & (line.codes[end - 1] == _DASH)
    town = fold_all(line.cut(_without_prefecture(line, number), number))
    return patched(
        (_without_small(town), line.cut(number, end)), np.flatnonzero(hard), texts, address_by_itself
    )


def _not_plain(codes: Codes, given: Letters) -> Bools:
    """Texts of ASCII alone, with a postal code in front, or with letters that one can't stand for."""
    first = codes[given.starts]
    found = _is_digit(first) | (first == ord("〒")) | (first == ord(" "))
    found[given.text_of(np.flatnonzero(codes == HARD))] = True
    japanese = np.zeros(given.size, bool)
    japanese[given.text_of(np.flatnonzero((codes >= 0x80) & (codes < HARD)))] = True
    return np.asarray((found | ~japanese) & (given.lengths > 0))


def _counted(line: Letters) -> Bools:
    """Texts with larger kanji numbers than one digit; those of one become digits: 三丁目 is 3丁目."""
    codes = line.codes
    at = np.flatnonzero(among(codes, _UNIT)) - 1
    at = at[among(codes[at], _NUMERALS)]
    large = (codes[at] == ord("〇")) | among(codes[at], _TENS) | among(codes[at - 1], _NUMERALS)
    codes[at[~large]] = _DIGIT[codes[at[~large]] - 0x4E00]
    found = np.zeros(line.size, bool)
    found[line.text_of(at[large])] = True
    return found


def _with_dashes(codes: Codes) -> Letters:
    """1丁目2番地の3号 as 1-2-3-."""
    at = np.flatnonzero(among(codes, _UNIT) | (codes == _NO))
    at = at[_is_digit(codes[at - 1])]
    at = at[(codes[at] != _NO) | _is_digit(codes[at + 1])]
    chome = at[(codes[at] == _CHO) & (codes[at + 1] == ord("目"))] + 1
    banchi = at[(codes[at] == _BAN) & (codes[at + 1] == ord("地"))] + 1
    no = banchi[codes[banchi + 1] == _NO] + 1
    codes[at] = _DASH
    codes[np.concatenate([chome, banchi, no])] = DROPPED
    codes = codes[codes != DROPPED]
    dash = codes == _DASH
    return of_codes(codes[~(dash & np.concatenate([[False], dash[:-1]]))])


def _numbers(line: Letters) -> tuple[Ints, Ints]:
    """Where the first number of each text begins and where what hangs on it ends; both its end for none."""
    ends = line.ends[1:]
    digits = np.append(np.flatnonzero(_is_digit(line.codes)), len(line.codes))
    others = np.flatnonzero(~_is_digit(line.codes) & (line.codes != _DASH))
    number = np.minimum(digits[np.searchsorted(digits, line.starts)], ends)
    return number, others[np.searchsorted(others, number)]


def _without_prefecture(line: Letters, ends: Ints) -> Ints:
    """Where the town begins."""
    starts, found = line.starts, np.zeros(line.size, np.int64)
    first = line.codes[np.minimum(starts[:, None] + np.arange(4), len(line.codes) - 1)]
    known = (first[:, None, :3] == _PREFECTURES[None]).all(axis=2).any(axis=1)
    word = (first != ord(" ")).cumprod(axis=1).astype(bool)
    found[known | word[:, 1] & (first[:, 2] == _KEN)] = 3
    found[~known & word[:, 2] & (first[:, 3] == _KEN)] = 4
    return np.where(starts + found <= ends, starts + found, starts)


def _without_small(town: Letters) -> Letters:
    """Without 大字 and 字."""
    small = town.codes == _AZA
    large = (town.codes == ord("大")) & np.concatenate([small[1:], [False]])
    return town.keep(~(small | large))


def _is_digit(codes: Codes) -> Bools:
    return np.asarray((codes >= 0x30) & (codes <= 0x39))


_DASH, _NO, _CHO, _BAN, _AZA, _KEN = map(ord, "-の丁番字県")
_UNIT = flags("丁番号")
_NUMERALS = flags("〇一二三四五六七八九十百")
_TENS = flags("十百")
_DIGIT = np.zeros(0x5200, np.uint32)
_DIGIT[[ord(letter) - 0x4E00 for letter in "一二三四五六七八九"]] = range(ord("1"), ord("9") + 1)
_PREFECTURES = np.array(
    [[ord(letter) for letter in name] for name in ["北海道", "東京都", "京都府", "大阪府"]]
)


def _digits(match: re.Match[str]) -> str:
    value = number(match[1])
    return f"{value}{match[2]}" if value is not None else match[0]


_POST = re.compile(r"^〒? ?[0-9]{3}-?[0-9]{4} ?")
_COUNTED = re.compile("([〇一二三四五六七八九十百]+)(丁目|番地|番|号|丁)")
_UNITS = re.compile("(?<=[0-9])(?:丁目|番地の|番地|番|号|丁|の(?=[0-9]))")
_BLOCK = re.compile("[0-9]+(?:-+[0-9]+)*")
_PREFECTURE = re.compile("^(?:北海道|東京都|(?:京都|大阪)府|[^\\s0-9]{2,3}県)")
_SMALL = re.compile("大字|字")
