"""Which rows are worth comparing: those that meet under some key, the likeliest first."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasuki.identity.table import MISSING, Column, Floats, Ints, Table

Hashes = npt.NDArray[np.uint64]

CAP = 40
"""Rows under one key; a larger block says nothing (common surnames, a switchboard)."""


class Key(NamedTuple):
    """One way to meet: a slot of one field, or of two at once."""

    fields: tuple[int, ...]
    slots: tuple[int, ...]
    """Of each field, which of its kind's keys."""
    hashes: Hashes
    """One a row, 0 where the row has none."""


class Pairs(NamedTuple):
    """Rows to compare, `one` before `other`; `without` tells for which fields it was found without."""

    one: Ints
    other: Ints
    without: "npt.NDArray[np.bool_]"
    """[field, pair]"""
    worth: Floats

    def some(self, share: int) -> "Pairs":
        """Every `share`-th pair."""
        return Pairs(self.one[::share], self.other[::share], self.without[:, ::share], self.worth[::share])


def candidates(table: Table, cap: int = CAP, least: float = 0.0) -> Pairs:
    """Every pair under a key of at most `cap` rows, each once, and neighbours that hold the same.

    The rows are sorted by what they hold. `least`: the worth of all keys that a pair shares, in bits.
    """
    n = table.rows
    packed, worths, masks = [], [], []
    everything = (1 << len(table.columns)) - 1
    copies = twins(table)
    packed.append(copies * n + copies + 1)
    worths.append(np.full(len(copies), 2 * np.log2(n + 1)))
    masks.append(np.full(len(copies), everything, np.int64))
    for key in keys(table):
        one, other, size = _meetings(key.hashes, cap)
        packed.append(one * n + other)
        worths.append(np.log2(n / size))
        lacks = everything & ~sum(1 << index for index in key.fields)
        masks.append(np.full(len(one), lacks, np.int64))
    every = np.concatenate(packed)
    order = np.argsort(every, kind="stable")
    every = every[order]
    starts = np.flatnonzero(np.r_[True, every[1:] != every[:-1]])[: len(every)]
    worth = np.add.reduceat(np.concatenate(worths)[order], starts) if len(every) else np.empty(0)
    mask = (
        np.bitwise_or.reduceat(np.concatenate(masks)[order], starts) if len(every) else np.empty(0, np.int64)
    )
    pair = every[starts]
    keep = worth >= least
    pair, worth, mask = pair[keep], worth[keep], mask[keep]
    without = np.array([(mask >> index) & 1 == 1 for index in range(len(table.columns))])
    return Pairs(pair // n, pair % n, without, worth)


def twins(table: Table) -> Ints:
    """Rows whose next holds exactly the same: more than `cap` of them would never meet under any key."""
    codes = np.array([column.codes for column in table.columns])
    if codes.shape[-1] < 2:
        return np.empty(0, np.int64)
    same = (codes[:, 1:] == codes[:, :-1]).all(axis=0) & (codes[:, 1:] != MISSING).any(axis=0)
    return np.flatnonzero(same)


def keys(table: Table) -> Iterator[Key]:
    """Each slot of each field alone, and the same slots of two fields at once.

    A row's hashes depend on its own texts alone, so that they may be kept; which key is which follows from
    the fields.
    """
    rows = [[_of_rows(column, slot) for slot in range(len(column.keys))] for column in table.columns]
    for index, slots in enumerate(rows):
        for slot, hashes in enumerate(slots):
            yield Key((index,), (slot,), hashes)
    for a, b in combinations(range(len(rows)), 2):
        themes = {table.columns[a].field.rules.theme, table.columns[b].field.rules.theme}
        if len(themes) == 1:
            continue
        for i, j in _PAIRED:
            if i < len(rows[a]) and j < len(rows[b]):
                yield Key((a, b), (i, j), _both(rows[a][i], rows[b][j]))


_PAIRED = ((0, 0), (1, 1), (2, 2), (1, 2), (2, 1))


def _of_rows(column: Column, slot: int) -> Hashes:
    found = np.append(column.keys[slot], np.uint64(0))
    return found[np.where(column.codes == MISSING, len(column.values), column.codes)]


def _both(one: Hashes, other: Hashes) -> Hashes:
    mixed = (one * np.uint64(0x9E3779B97F4A7C15)) ^ (other * np.uint64(0xC2B2AE3D27D4EB4F))
    return np.where((one == 0) | (other == 0), np.uint64(0), mixed)


def _meetings(hashes: Hashes, cap: int) -> tuple[Ints, Ints, Ints]:
    """All pairs of rows with equal hashes, and how many rows shared each."""
    rows = np.flatnonzero(hashes)
    order = rows[np.argsort(hashes[rows], kind="stable")]
    sorted_ = hashes[order]
    starts = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])[: len(order)]
    sizes = np.diff(np.r_[starts, len(order)])
    good = (sizes > 1) & (sizes <= cap)
    ones, others, size = [], [], []
    for length in np.unique(sizes[good]):
        block = order[starts[good & (sizes == length)][:, None] + np.arange(length)]
        i, j = np.triu_indices(int(length), 1)
        ones.append(block[:, i].ravel())
        others.append(block[:, j].ravel())
        size.append(np.full(len(ones[-1]), length))
    if not ones:
        empty = np.empty(0, np.int64)
        return empty, empty, empty
    one, other = np.concatenate(ones), np.concatenate(others)
    return np.minimum(one, other), np.maximum(one, other), np.concatenate(size)
