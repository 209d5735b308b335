"""How alike two rows are in each field: the level of every pair, from letters rapidfuzz counts."""

import re
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from tasuki.identity.kinds import Test
from tasuki.identity.letters import Bools, Hashes, Ints, Letters, Outline, distinct
from tasuki.identity.table import MISSING, Column, Table

Levels = npt.NDArray[np.int8]
UNKNOWN = -1
"""The level where one of the two rows holds no value: it speaks neither for nor against."""
PAGE = 1 << 18
"""Pairs compared at once."""


def levels(table: Table, one: Ints, other: Ints) -> Levels:
    """[field, pair] the index of each pair's level in its kind, or UNKNOWN."""
    found = np.full((len(table.columns), len(one)), UNKNOWN, np.int8)
    for index, column in enumerate(table.columns):
        for start in range(0, len(one), PAGE):
            page = slice(start, start + PAGE)
            a, b = (column.codes[rows[page]].astype(np.int64) for rows in (one, other))
            found[index, page] = _column(column, a, b)
    return found


def _column(column: Column, a: Ints, b: Ints) -> Levels:
    found = np.full(len(a), UNKNOWN, np.int8)
    known = np.flatnonzero((a != MISSING) & (b != MISSING))
    if not len(known):
        return found
    rules = column.field.rules.levels
    open_ = known
    for index, level in enumerate(rules):
        left = open_
        for test in level.tests:
            left = left[_holds(column, test, a[left], b[left])]
        if level.tests:
            found[left] = index
            open_ = open_[found[open_] == UNKNOWN]
    found[open_] = len(rules) - 1
    return found


def _holds(column: Column, test: Test, a: Ints, b: Ints) -> Bools:
    if test.metric in _PLAIN:
        return _PLAIN[test.metric](column.parts[test.part, a], column.parts[test.part, b])
    may = np.flatnonzero(_MAY[test.metric](column.outlines[test.part], a, b, test.least))
    found = np.zeros(len(a), bool)
    found[may] = _counted(column.letters[test.part], test, a[may], b[may])
    return found


def _counted(letters: Letters, test: Test, a: Ints, b: Ints) -> Bools:
    """Two values meet in many pairs: they are compared once."""
    low, high = np.minimum(a, b).astype(np.uint64), np.maximum(a, b).astype(np.uint64)
    every = distinct(low << np.uint64(32) | high)
    one = letters.take((every.hashes >> np.uint64(32)).astype(np.int64)).texts()
    other = letters.take((every.hashes & np.uint64(0xFFFFFFFF)).astype(np.int64)).texts()
    return _LETTERED[test.metric](one, other, test.least)[every.codes]


# --- tests on whole texts ----------------------------------------------------------------------------------


def _equal(one: Hashes, other: Hashes) -> Bools:
    return np.asarray((one == other) & (one != 0), bool)


def _alike(one: Hashes, other: Hashes) -> Bools:
    """Equal, or both blank."""
    return np.asarray(one == other, bool)


def _differs(one: Hashes, other: Hashes) -> Bools:
    return np.asarray((one != other) & (one != 0) & (other != 0), bool)


_PLAIN: Mapping[str, Callable[[Hashes, Hashes], Bools]] = {
    "equal": _equal,
    "alike": _alike,
    "differs": _differs,
}

# --- tests on letters: what can't hold is seen from outlines ------------------------------------------------


def _alone(outline: Outline, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """At least so many letters of one text are not in the other."""
    x, y = outline.letters[a], outline.letters[b]
    return np.bitwise_count(x & ~y).astype(np.int64), np.bitwise_count(y & ~x).astype(np.int64)


def _may_be_near(outline: Outline, a: Ints, b: Ints, least: float) -> Bools:
    """The likeness that Jaro and Winkler would find if all letters that may match did, in order."""
    x, y = outline.lengths[a], outline.lengths[b]
    only_a, only_b = _alone(outline, a, b)
    matches = np.minimum(x - only_a, y - only_b)
    jaro = (matches / np.maximum(x, 1) + matches / np.maximum(y, 1) + 1) / 3
    best = jaro + 0.4 * (1 - jaro)
    return np.asarray((best >= least - 1e-9) & (matches > 0) | ((x == 0) & (y == 0)), bool)


def _may_be_typo(outline: Outline, a: Ints, b: Ints, least: float) -> Bools:
    """One letter changed, lost, added, or two swapped; of three letters that would be another word."""
    x, y = outline.lengths[a], outline.lengths[b]
    only_a, only_b = _alone(outline, a, b)
    near = (np.abs(x - y) <= least) & (only_a <= least) & (only_b <= least)
    return np.asarray(near & (np.minimum(x, y) > 3), bool)


def _may_extend(outline: Outline, a: Ints, b: Ints, least: float) -> Bools:
    only_a, only_b = _alone(outline, a, b)
    longer = np.minimum(outline.lengths[a], outline.lengths[b]) > 0
    return np.asarray(longer & ((only_a == 0) | (only_b == 0)), bool)


def _may_be_numbered(outline: Outline, a: Ints, b: Ints, least: float) -> Bools:
    only_a, only_b = _alone(outline, a, b)
    return np.asarray((only_a <= NUMERALS) & (only_b <= NUMERALS), bool)


NUMERALS = 3
"""Digits, or signs for one to ten, that a name's number has at most."""


_MAY: Mapping[str, Callable[[Outline, Ints, Ints, float], Bools]] = {
    "jaro_winkler": _may_be_near,
    "edits": _may_be_typo,
    "extends": _may_extend,
    "numbered": _may_be_numbered,
}


def _jaro_winkler(one: list[str], other: list[str], least: float) -> Bools:
    likeness = cpdist(one, other, scorer=JaroWinkler.normalized_similarity, score_cutoff=least)
    return np.asarray(likeness >= least, bool)


def _edits(one: list[str], other: list[str], least: float) -> Bools:
    changed = cpdist(one, other, scorer=OSA.distance, dtype=np.int32, score_cutoff=int(least))
    return np.asarray(changed <= least, bool)


def _extends(one: list[str], other: list[str], least: float) -> Bools:
    """One text is the other's beginning or end."""
    return np.fromiter(
        (
            a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a)
            for a, b in zip(one, other, strict=True)
        ),
        bool,
        len(one),
    )


def _numbered(one: list[str], other: list[str], least: float) -> Bools:
    """The same but for a number: 第1工場 and 第2工場 are two, and no slip of the pen."""
    return np.fromiter(
        (
            _NUMBER.sub("#", a) == _NUMBER.sub("#", b) and _NUMBER.search(a) is not None
            for a, b in zip(one, other, strict=True)
        ),
        bool,
        len(one),
    )


_NUMBER = re.compile("[0-9一二三四五六七八九十]+")


_LETTERED: Mapping[str, Callable[[list[str], list[str], float], Bools]] = {
    "jaro_winkler": _jaro_winkler,
    "edits": _edits,
    "extends": _extends,
    "numbered": _numbered,
}
