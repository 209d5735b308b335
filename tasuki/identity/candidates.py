"""Which rows are worth comparing: those that meet under some key, the likeliest first."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import combinations, groupby
from typing import NamedTuple

import numpy as np

from tasuki.identity.letters import Hashes, Ints, both
from tasuki.identity.table import Field, Table, of_rows

Places = tuple[int, ...]


class Limits(NamedTuple):
    """Rows under one key, at most."""

    meet: int
    """A larger block says nothing (common surnames, a switchboard)."""
    value: int
    """That share a whole value, and are compared for that; more must also share a key of other themes."""
    piece: int
    """The same of those that share a piece."""


USUAL = Limits(40, 20, 4)
"""Higher ones cost more than they find: rows that share only a common name, or a piece, are seldom one."""


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
    """A bit for each theme, in the order of the columns."""

    def some(self, share: int) -> "Pairs":
        """Every `share`-th pair."""
        return Pairs(self.one[::share], self.other[::share], self.without[::share])


class _Met(NamedTuple):
    """Pairs that met in some way by the same themes."""

    packed: Hashes
    """Rising, each pair once: one row, the other, and 1 if that alone tells too little."""
    themes: int
    """A bit for each."""


def candidates(table: Table, limits: Limits = USUAL) -> Pairs:
    """Every pair that meets by keys rare enough or by keys of several themes, each once, and neighbours that
    hold the same. The rows are sorted by what they hold.
    """
    if table.rows <= min(FEW, limits.piece):
        return _of_few(table)
    bits = max(table.rows - 1, 1).bit_length()
    twice = twins(table)
    met = [_Met(_packed(twice, twice + 1, bits, more=False), 0), *_all_met(table, limits, bits)]
    every = _every(table)
    pages = [_page(some, bits, every) for some in _by_first(met, table.rows, bits)]
    return Pairs(*(np.concatenate(told) for told in zip(*pages, strict=True)))


FEW = 40
"""Rows that are held each against each."""


def _of_few(table: Table) -> Pairs:
    found = list(keys(table))
    hashes = np.array([key.hashes for key in found]).reshape(len(found), table.rows)
    one, other = corners(table.rows)
    met = (hashes[:, one] == hashes[:, other]) & (hashes[:, one] != 0)
    every = _every(table)
    lacks = np.array([every & ~way.themes for way in _ways(_fields(table))], np.int64)
    without = np.bitwise_or.reduce(np.where(met, lacks[:, None], 0), axis=0)
    any_ = met.any(axis=0)
    return Pairs(one[any_], other[any_], without[any_])


@lru_cache(1 << 9)
def corners(size: int) -> tuple[Ints, Ints]:
    """All pairs of so many things."""
    one, other = np.triu_indices(size, 1)
    return one, other


def theme_names(fields: Sequence[Field]) -> list[str]:
    return list(dict.fromkeys(field.rules.theme for field in fields))


def _every(table: Table) -> int:
    """A bit for each theme."""
    return (1 << len(theme_names(_fields(table)))) - 1


def _all_met(table: Table, limits: Limits, bits: int) -> Iterator[_Met]:
    by_slot = partial(_by_slot, table)
    for told, some in groupby(_ways(_fields(table)), lambda way: way.themes):
        found = [np.empty(0, np.uint64)]
        for way in some:
            enough = limits.value if way.value else limits.piece
            found += _meetings(_hashes(by_slot, way), limits.meet, enough, bits)
            if sum(map(len, found)) > 3 * len(found[0]) // 2 + LATER:
                found = [_each_once(found)]
        yield _Met(_each_once(found), told)


LATER = 1 << 20
"""Pairs that may be held more than once for a while."""


def _each_once(found: list[Hashes]) -> Hashes:
    """Rising; of one pair that which tells more. Empties the list: all pairs of a million rows are large."""
    packed = np.concatenate(found)
    found.clear()
    packed.sort()
    new = np.ones(len(packed), bool)
    new[1:] = packed[1:] ^ packed[:-1] > 1
    return packed[new]


PAGE = 1 << 15
"""Rows whose pairs are put together at once."""


def _by_first(met: Sequence[_Met], rows: int, bits: int) -> Iterator[list[_Met]]:
    """Pairs page by page of their first row."""
    for start in range(0, max(rows, 1), PAGE):
        first, last = (np.uint64(at << (bits + 1)) for at in (start, start + PAGE))
        yield [
            some._replace(
                packed=some.packed[np.searchsorted(some.packed, first) : np.searchsorted(some.packed, last)]
            )
            for some in met
        ]


def _page(met: Sequence[_Met], bits: int, every: int) -> Pairs:
    place = np.uint64(len(met).bit_length())
    number = np.uint64((1 << int(place)) - 1)
    packed = np.concatenate([some.packed << place | np.uint64(at) for at, some in enumerate(met)])
    packed.sort()
    pair = packed >> place + np.uint64(1)
    starts = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]])[: len(pair)])
    # Those that tell enough come first.
    enough = (packed[starts] >> place & np.uint64(1) == 0) | (np.diff(np.append(starts, len(pair))) > 1)
    lacks = np.array([every & ~some.themes for some in met], np.int64)[(packed & number).astype(np.int64)]
    without = np.bitwise_or.reduceat(lacks, starts) if len(starts) else starts
    pair = pair[starts[enough]]
    other = (pair & np.uint64((1 << bits) - 1)).astype(np.int64)
    return Pairs((pair >> np.uint64(bits)).astype(np.int64), other, without[enough])


def twins(table: Table) -> Ints:
    """Rows whose next holds exactly the same: too many of them would never meet under any key."""
    hashes = table.hashes()
    return np.flatnonzero((hashes[1:] == hashes[:-1]) & (hashes[1:] != 0))


def keys(
    table: Table, wanted: Callable[[Places, Places], bool] = lambda fields, slots: True
) -> Iterator[Key]:
    """Each slot of each field alone, and the same slots of two fields at once; of those `wanted`.

    A row's hashes depend on its own texts alone, so that they may be kept; which key is which follows from
    the fields.
    """
    by_slot = cache(partial(_by_slot, table))
    for way in _ways(_fields(table)):
        if wanted(way.fields, way.slots):
            yield Key(way.fields, way.slots, _hashes(by_slot, way))


class _Way(NamedTuple):
    fields: Places
    slots: Places
    themes: int
    """A bit for each theme of the fields."""
    value: bool
    """Who meets so shares a value that is seldom another's."""


@cache
def _ways(fields: tuple[Field, ...]) -> tuple[_Way, ...]:
    """Those of the same themes together."""
    found = [_way(fields, (at,), (slot,)) for at, field in enumerate(fields) for slot in range(_slots(field))]
    for a, b in combinations(range(len(fields)), 2):
        if fields[a].rules.theme != fields[b].rules.theme:
            places = "place" in (fields[a].rules.aspect, fields[b].rules.aspect)
            found += [
                _way(fields, (a, b), (i, j))
                for i, j in (_PAIRED if places else (*_PAIRED, *_CROSSED))
                if i < _slots(fields[a]) and j < _slots(fields[b])
            ]
    return tuple(sorted(found, key=lambda way: way.themes))


def _way(every: tuple[Field, ...], fields: Places, slots: Places) -> _Way:
    told = theme_names(every)
    bits = {1 << told.index(every[at].rules.theme) for at in fields}
    whole = not any(slots) and (len(fields) > 1 or every[fields[0]].rules.alone)
    return _Way(fields, slots, sum(bits), whole)


def _slots(field: Field) -> int:
    return len(field.rules.keys)


def _fields(table: Table) -> tuple[Field, ...]:
    return tuple(column.field for column in table.columns)


_PAIRED = ((0, 0), (1, 1), (2, 2))
_CROSSED = ((1, 2), (2, 1))
"""Where no place tells much, names and dates must meet in more ways."""


def _by_slot(table: Table, field: int, slot: int) -> Hashes:
    column = table.columns[field]
    return of_rows(column, column.keys[slot])


def _hashes(by_slot: Callable[[int, int], Hashes], way: _Way) -> Hashes:
    """Of each row; 0 where it lacks one of them."""
    found = list(map(by_slot, way.fields, way.slots))
    if len(found) == 1:
        return found[0]
    one, other = found
    return np.where((one == 0) | (other == 0), np.uint64(0), both(one, other) >> np.uint64(1))


def _meetings(hashes: Hashes, most: int, enough: int, bits: int) -> Iterator[Hashes]:
    """All pairs of rows with equal hashes; those of more than `enough` rows tell too little by that."""
    rows = np.flatnonzero(hashes)
    # The lower bits of a hash are enough: a clash costs one needless comparison.
    sorted_ = hashes[rows] << np.uint64(bits) | rows.astype(np.uint64)
    sorted_.sort()
    order = (sorted_ & np.uint64((1 << bits) - 1)).astype(np.int64)
    hashes = sorted_ >> np.uint64(bits)
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])[: len(order)])
    sizes = np.diff(np.append(starts, len(order)))
    good = (sizes > 1) & (sizes <= most)
    for length in np.unique(sizes[good]).tolist():
        block = order[starts[sizes == length][:, None] + np.arange(length)]
        i, j = corners(length)
        yield _packed(block[:, i].ravel(), block[:, j].ravel(), bits, more=length > enough)


def _packed(one: Ints, other: Ints, bits: int, more: bool) -> Hashes:
    pair = one.astype(np.uint64) << np.uint64(bits) | other.astype(np.uint64)
    return np.asarray(pair << np.uint64(1) | np.uint64(more))
