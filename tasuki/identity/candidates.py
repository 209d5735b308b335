"""Which rows are worth comparing: those that meet under some key, the likeliest first."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from tasuki.identity.letters import Hashes, Ints, both
from tasuki.identity.table import Table, of_rows

CAP = 40
"""Rows under one key; a larger block says nothing (common surnames, a switchboard)."""


Places = tuple[int, ...]


class Key(NamedTuple):
    """One way to meet: a slot of one field, or of two at once."""

    fields: Places
    slots: Places
    """Of each field, which of its kind's keys."""
    hashes: Hashes
    """One a row, 0 where the row has none."""


class Pairs(NamedTuple):
    """Rows to compare, `one` before `other`, in this order; `without` tells what each was found without."""

    one: Ints
    other: Ints
    without: Ints
    """A bit for each field."""

    def some(self, share: int) -> "Pairs":
        """Every `share`-th pair."""
        return Pairs(self.one[::share], self.other[::share], self.without[::share])


class _Met(NamedTuple):
    """Pairs that met under one key, packed and rising: one row, the other, how crowded the key was."""

    packed: Hashes
    lacks: int
    """The fields without which they met, a bit for each."""


def candidates(table: Table, cap: int = CAP, least: float = 0.0) -> Pairs:
    """Every pair under a key of at most `cap` rows, each once, and neighbours that hold the same.

    The rows are sorted by what they hold. `least`: the worth of all keys that a pair shares, in bits.
    """
    if table.rows <= FEW and not least:
        return _of_few(table)
    bits = max(table.rows - 1, 1).bit_length()
    everything = (1 << len(table.columns)) - 1
    met = [_meetings(key.hashes, cap, bits, _lacks(key, everything)) for key in keys(table)]
    met.append(_Met(_packed(twins(table), twins(table) + 1, 1, bits), everything))
    pages = [_page(table.rows, bits, least, cap, some) for some in _by_first(met, table.rows, bits)]
    return Pairs(
        np.concatenate([page.one for page in pages]),
        np.concatenate([page.other for page in pages]),
        np.concatenate([page.without for page in pages]),
    )


FEW = 40
"""Rows, no more than a key may have: each is held against each."""


def _of_few(table: Table) -> Pairs:
    found = list(keys(table))
    hashes = np.array([key.hashes for key in found]).reshape(len(found), table.rows)
    one, other = corners(table.rows)
    met = (hashes[:, one] == hashes[:, other]) & (hashes[:, one] != 0)
    lacks = np.array([_lacks(key, (1 << len(table.columns)) - 1) for key in found], np.int64)
    without = np.bitwise_or.reduce(np.where(met, lacks[:, None], 0), axis=0)
    any_ = met.any(axis=0)
    return Pairs(one[any_], other[any_], without[any_])


@lru_cache(1 << 9)
def corners(size: int) -> tuple[Ints, Ints]:
    """All pairs of so many things."""
    one, other = np.triu_indices(size, 1)
    return one, other


def _lacks(key: Key, everything: int) -> int:
    return everything & ~sum(1 << index for index in set(key.fields))


PAGE = 1 << 15
"""Rows whose pairs are put together at once."""
_SIZE = 9
"""Bits for the rows under a key."""


def _by_first(met: Sequence[_Met], rows: int, bits: int) -> Iterator[list[_Met]]:
    """Pairs page by page of their first row."""
    for start in range(0, max(rows, 1), PAGE):
        first, last = (np.uint64(at << (bits + _SIZE)) for at in (start, start + PAGE))
        yield [
            _Met(
                some.packed[np.searchsorted(some.packed, first) : np.searchsorted(some.packed, last)],
                some.lacks,
            )
            for some in met
        ]


def _page(rows: int, bits: int, least: float, cap: int, met: Sequence[_Met]) -> Pairs:
    place = np.uint64(len(met).bit_length())
    number = (1 << int(place)) - 1
    every = np.concatenate([some.packed << place | np.uint64(at) for at, some in enumerate(met)])
    every.sort()
    pair = every >> (place + np.uint64(_SIZE))
    starts = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]])[: len(pair)])
    if not len(starts):
        none = np.empty(0, np.int64)
        return Pairs(none, none, none)
    by_size = np.log2(rows / np.maximum(np.arange(1 << _SIZE), 1))
    # A copy is worth twice as much as any key.
    by_size[1] = 2 * np.log2(rows + 1)
    worth = np.add.reduceat(by_size[(every >> place & np.uint64((1 << _SIZE) - 1)).astype(np.int64)], starts)
    lacks = np.array([some.lacks for some in met], np.int64)
    without = np.bitwise_or.reduceat(lacks[(every & np.uint64(number)).astype(np.int64)], starts)
    keep = worth >= least
    pair = pair[starts[keep]]
    other = (pair & np.uint64((1 << bits) - 1)).astype(np.int64)
    return Pairs((pair >> np.uint64(bits)).astype(np.int64), other, without[keep])


def twins(table: Table) -> Ints:
    """Rows whose next holds exactly the same: more than `cap` of them would never meet under any key."""
    hashes = table.hashes()
    return np.flatnonzero((hashes[1:] == hashes[:-1]) & (hashes[1:] != 0))


def keys(
    table: Table, wanted: Callable[[Places, Places], bool] = lambda fields, slots: True
) -> Iterator[Key]:
    """Each slot of each field alone, and the same slots of two fields at once; of those `wanted`.

    A row's hashes depend on its own texts alone, so that they may be kept; which key is which follows from
    the fields.
    """
    rows = [[of_rows(column, slot) for slot in column.keys] for column in table.columns]
    for index, slots in enumerate(rows):
        for slot, hashes in enumerate(slots):
            if wanted((index,), (slot,)):
                yield Key((index,), (slot,), hashes)
    for a, b in combinations(range(len(rows)), 2):
        themes = {table.columns[a].field.rules.theme, table.columns[b].field.rules.theme}
        if len(themes) == 1:
            continue
        places = [table.columns[at].field.rules.aspect == "place" for at in (a, b)]
        for i, j in _PAIRED if any(places) else (*_PAIRED, *_CROSSED):
            if i < len(rows[a]) and j < len(rows[b]) and wanted((a, b), (i, j)):
                yield Key((a, b), (i, j), _both(rows[a][i], rows[b][j]))


_PAIRED = ((0, 0), (1, 1), (2, 2))
_CROSSED = ((1, 2), (2, 1))
"""Where no place tells much, names and dates must meet in more ways."""


def _both(one: Hashes, other: Hashes) -> Hashes:
    return np.where((one == 0) | (other == 0), np.uint64(0), both(one, other) >> np.uint64(1))


def _meetings(hashes: Hashes, cap: int, bits: int, lacks: int) -> _Met:
    """All pairs of rows with equal hashes."""
    rows = np.flatnonzero(hashes)
    # The lower bits of a hash are enough: a clash costs one needless comparison.
    sorted_ = hashes[rows] << np.uint64(bits) | rows.astype(np.uint64)
    sorted_.sort()
    order = (sorted_ & np.uint64((1 << bits) - 1)).astype(np.int64)
    hashes = sorted_ >> np.uint64(bits)
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])[: len(order)])
    sizes = np.diff(np.append(starts, len(order)))
    good = (sizes > 1) & (sizes <= cap)
    found = [np.empty(0, np.uint64)]
    for length in np.unique(sizes[good]).tolist():
        block = order[starts[good & (sizes == length)][:, None] + np.arange(length)]
        i, j = corners(length)
        found.append(_packed(block[:, i].ravel(), block[:, j].ravel(), length, bits))
    packed = np.concatenate(found)
    packed.sort()
    return _Met(packed, lacks)


def _packed(one: Ints, other: Ints, size: int, bits: int) -> Hashes:
    pair = one.astype(np.uint64) << np.uint64(bits) | other.astype(np.uint64)
    return np.asarray(pair << np.uint64(_SIZE) | np.uint64(size))
