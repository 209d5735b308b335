"""How alike two rows are in each field: the level of every pair, from letters rapidfuzz counts."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from tasuki.identity.kinds import Test
from tasuki.identity.table import MISSING, Column, Ints, Table

Levels = npt.NDArray[np.int8]
Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
UNKNOWN = -1
"""The level where one of the two rows holds no value: it speaks neither for nor against."""


def levels(table: Table, one: Ints, other: Ints) -> Levels:
    """[field, pair] the index of each pair's level in its kind, or UNKNOWN."""
    return np.array([_column(column, one, other) for column in table.columns], np.int8).reshape(
        len(table.columns), len(one)
    )


def _column(column: Column, one: Ints, other: Ints) -> Levels:
    a, b = column.codes[one], column.codes[other]
    known = (a != MISSING) & (b != MISSING)
    found = np.full(len(one), UNKNOWN, np.int8)
    low, high = np.minimum(a, b)[known], np.maximum(a, b)[known]
    # Two values meet in many pairs: they are compared once.
    distinct, place = np.unique(low * (len(column.values) + 1) + high, return_inverse=True)
    low, high = distinct // (len(column.values) + 1), distinct % (len(column.values) + 1)
    found[known] = _distinct(column, low, high)[place]
    return found


def _distinct(column: Column, low: Ints, high: Ints) -> Levels:
    found = np.full(len(low), len(column.field.rules.levels) - 1, np.int8)
    open_ = np.arange(len(low))
    parts = {test.part: column.part(test.part) for level in column.field.rules.levels for test in level.tests}
    for index, level in enumerate(column.field.rules.levels):
        left = open_
        for test in level.tests:
            texts = parts[test.part]
            left = left[_holds(test, texts[low[left]], texts[high[left]])]
        if level.tests:
            found[left] = index
            open_ = np.setdiff1d(open_, left, assume_unique=True)
    return found


def _holds(test: Test, one: Texts, other: Texts) -> Bools:
    return _METRICS[test.metric](one, other, test.least)


def _equal(one: Texts, other: Texts, least: float) -> Bools:
    return np.asarray((one == other) & (one != ""), bool)


def _alike(one: Texts, other: Texts, least: float) -> Bools:
    """Equal, or both blank."""
    return np.asarray(one == other, bool)


def _differs(one: Texts, other: Texts, least: float) -> Bools:
    return np.asarray((one != other) & (one != "") & (other != ""), bool)


def _jaro_winkler(one: Texts, other: Texts, least: float) -> Bools:
    likeness = cpdist(one, other, scorer=JaroWinkler.normalized_similarity, score_cutoff=least)
    return np.asarray(likeness >= least, bool)


def _edits(one: Texts, other: Texts, least: float) -> Bools:
    """One letter changed, lost, added, or two swapped; of three letters that would be another word."""
    changed = cpdist(one, other, scorer=OSA.distance, dtype=np.int32, score_cutoff=int(least))
    found = np.asarray(changed <= least, bool)
    for at in np.flatnonzero(found):
        found[at] = min(len(one[at]), len(other[at])) > 3
    return found


def _extends(one: Texts, other: Texts, least: float) -> Bools:
    """One text is the other's beginning or end."""
    return np.fromiter(
        (
            bool(a and b) and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))
            for a, b in zip(one, other, strict=True)
        ),
        bool,
        len(one),
    )


_METRICS: Mapping[str, Callable[[Texts, Texts, float], Bools]] = {
    "equal": _equal,
    "alike": _alike,
    "differs": _differs,
    "jaro_winkler": _jaro_winkler,
    "edits": _edits,
    "extends": _extends,
}
