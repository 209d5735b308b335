"""Groups rows into customers: one lookalike in a group is not enough, the group as a whole must agree."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tasuki.identity.candidates import corners
from tasuki.identity.letters import Bools, Ints
from tasuki.identity.table import Floats

BOUND = 12.0
"""Bits that one pair can weigh: a single very sure pair must not carry ten doubtful ones."""
NEVER = -1e9
LARGEST = 300
"""Rows compared each with each; a larger heap first falls apart at its weaker pairs."""

Judge = Callable[[Ints, Ints], Floats]
"""log2 odds that two rows are one customer; NEVER for those that can't be."""


class Decisions(NamedTuple):
    """What people said about two rows; it beats every model."""

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()


def clusters(
    rows: int,
    one: Ints,
    other: Ints,
    bits: Floats,
    judge: Judge,
    people: Decisions = Decisions(),  # noqa: B008  a frozen value
) -> Ints:
    """Per row the lowest row of its group. Within a heap of rows that hang together all pairs are judged."""
    label = np.arange(rows)
    whole, large = _heaps(rows, one, other, bits, people.same)
    said = _said(people)
    for heaps in of_one_size(whole):
        label[heaps] = np.take_along_axis(heaps, _grouped(heaps, _judged(heaps, judge), said), axis=1)
    for heap in large:
        for group in _pieced(heap, judge, said):
            label[group] = min(group)
    return label


def _said(people: Decisions) -> list[tuple[int, int, float]]:
    """What people said of two rows, as a weight; that they are the same counts most."""
    return [(a, b, NEVER) for a, b in people.different] + [(a, b, -NEVER) for a, b in people.same]


def of_one_size(heap_of: Ints) -> Iterator[Ints]:
    """[heap, row] the rows of heaps of one size, rising; `heap_of` tells the lowest row of a row's heap.

    As many at a time as their pairs fit into memory.
    """
    order = np.argsort(heap_of, kind="stable")
    rising = heap_of[order]
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])[: len(rising)])
    sizes = np.diff(np.append(starts, len(rising)))
    for size in np.unique(sizes[sizes > 1]).tolist():
        of_size = starts[sizes == size]
        step = max(1, (1 << 21) // size**2)
        for first in range(0, len(of_size), step):
            yield order[of_size[first : first + step, None] + np.arange(size)]


def _judged(heaps: Ints, judge: Judge) -> Floats:
    """[heap, pair] bits of all pairs within each heap, in the order of triu_indices."""
    i, j = corners(heaps.shape[1])
    bits = judge(heaps[:, i].ravel(), heaps[:, j].ravel())
    return np.asarray(np.clip(bits, NEVER, BOUND).reshape(len(heaps), len(i)))


def _grouped(heaps: Ints, bits: Floats, said: Sequence[tuple[int, int, float]]) -> Ints:
    """[heap, row] the place of the first row of its group in the heap.

    Joins the two groups that belong together most, on average over their rows, until none do.
    """
    found = np.zeros(heaps.shape, np.int64)
    torn = np.flatnonzero(~(bits > 0).all(axis=1) | _spoken_of(heaps, said))
    size = heaps.shape[1]
    i, j = corners(size)
    sums = np.full((len(torn), size, size), -np.inf)
    sums[:, i, j] = sums[:, j, i] = bits[torn]
    _overruled(sums, heaps[torn], said)
    counts, group = np.ones((len(torn), size)), np.tile(np.arange(size), (len(torn), 1))
    open_ = np.arange(len(torn))
    while len(open_):
        average = sums[open_] / (counts[open_, :, None] * counts[open_, None, :])
        best = average.reshape(len(open_), -1).argmax(axis=1)
        a, b = np.minimum(*divmod(best, size)), np.maximum(*divmod(best, size))
        go = sums[open_, a, b] > 0
        open_, a, b = open_[go], a[go], b[go]
        _join(sums, counts, open_, a, b)
        group[open_] = np.where(group[open_] == b[:, None], a[:, None], group[open_])
    found[torn] = group
    return found


def _join(sums: Floats, counts: Floats, heap: Ints, a: Ints, b: Ints) -> None:
    counts[heap, a] += counts[heap, b]
    sums[heap, a] += sums[heap, b]
    sums[heap, :, a] += sums[heap, :, b]
    sums[heap, b] = sums[heap, :, b] = -np.inf
    sums[heap, a, a] = -np.inf


def _spoken_of(heaps: Ints, said: Sequence[tuple[int, int, float]]) -> Bools:
    """Heaps that hold both rows of a pair that people spoke of."""
    found = np.zeros(len(heaps), bool)
    for a, b, _ in said:
        found |= (heaps == a).any(axis=1) & (heaps == b).any(axis=1)
    return found


def _overruled(sums: Floats, heaps: Ints, said: Sequence[tuple[int, int, float]]) -> None:
    for a, b, weight in said:
        heap, i = np.nonzero(heaps == a)
        at, j = np.nonzero(heaps == b)
        if len(heap) and np.array_equal(heap, at):
            sums[heap, i, j] = sums[heap, j, i] = weight * heaps.shape[1] ** 3


def _pieced(heap: Ints, judge: Judge, said: Sequence[tuple[int, int, float]]) -> list[list[int]]:
    """Groups of a heap too large to judge each with each: those of a piece join the first they agree with."""
    joined: list[list[int]] = []
    for start in range(0, len(heap), LARGEST):
        piece = heap[None, start : start + LARGEST]
        place = _grouped(piece, _judged(piece, judge), said)[0]
        for first in np.unique(place):
            group = piece[0][place == first].tolist()
            home = next((other for other in joined if _agree(group, other, judge)), None)
            home.extend(group) if home else joined.append(group)
    return joined


def _agree(one: Sequence[int], other: Sequence[int], judge: Judge) -> bool:
    first = judge(np.array(one[:1]), np.array(other[:1]))
    if not first[0] > 0:
        return False
    bits = judge(np.repeat(one, len(other)), np.tile(other, len(one)))
    return bool(np.clip(bits, NEVER, BOUND).mean() > 0)


def _heaps(
    rows: int, one: Ints, other: Ints, bits: Floats, same: Sequence[tuple[int, int]]
) -> tuple[Ints, list[Ints]]:
    """Of each row the lowest that it hangs together with, and heaps too large, where it is itself.

    A large heap loses its weaker pairs until it is small or all is sure.
    """
    said = np.array(same, np.int64).reshape(-1, 2)
    good = bits > 0
    heap_of = _components(rows, np.append(one[good], said[:, 0]), np.append(other[good], said[:, 1]))
    for least in (BOUND / 4, BOUND / 2, BOUND):
        large = _in_large(heap_of)
        if not large.any():
            return heap_of, []
        inside = large[one] & (bits > least)
        heap_of = np.where(large, _components(rows, one[inside], other[inside]), heap_of)
    large = _in_large(heap_of)
    heaps = [np.flatnonzero(heap_of == first) for first in np.unique(heap_of[large])]
    return np.where(large, np.arange(rows), heap_of), heaps


def _in_large(heap_of: Ints) -> Bools:
    return np.asarray(np.bincount(heap_of, minlength=len(heap_of))[heap_of] > LARGEST)


def _components(rows: int, one: Ints, other: Ints) -> Ints:
    """Of each row the lowest that it hangs together with."""
    lowest = np.arange(rows)
    while len(one):
        a, b = lowest[one], lowest[other]
        np.minimum.at(lowest, np.maximum(a, b), np.minimum(a, b))
        while ((next_ := lowest[lowest]) != lowest).any():
            lowest = next_
        apart = lowest[one] != lowest[other]
        one, other = one[apart], other[apart]
    return lowest
