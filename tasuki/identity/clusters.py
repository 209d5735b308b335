"""Groups rows into customers: one lookalike in a group is not enough, the group as a whole must agree."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tasuki.identity.letters import Ints
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
    heaps = _heaps(one, other, bits, people.same)
    small = [heap for heap in heaps if len(heap) <= LARGEST]
    ends = np.cumsum([len(heap) * (len(heap) - 1) // 2 for heap in small])
    first, second = _within(small)
    judged = np.split(judge(first, second), ends[:-1]) if small else []
    for heap, found in zip(small, judged, strict=True):
        for group in _groups(heap, np.clip(found, NEVER, BOUND), people):
            label[group] = min(group)
    for heap in heaps:
        if len(heap) > LARGEST:
            for group in _pieced(heap, judge, people):
                label[group] = min(group)
    return label


def _pieced(heap: Sequence[int], judge: Judge, people: Decisions) -> list[list[int]]:
    """Groups of a heap too large to judge each with each: those of a piece join the first they agree with."""
    joined: list[list[int]] = []
    for start in range(0, len(heap), LARGEST):
        piece = heap[start : start + LARGEST]
        bits = np.clip(judge(*_within([piece])), NEVER, BOUND)
        for group in _groups(piece, bits, people):
            home = next((other for other in joined if _agree(group, other, judge)), None)
            home.extend(group) if home else joined.append(list(group))
    return joined


def _agree(one: Sequence[int], other: Sequence[int], judge: Judge) -> bool:
    first = judge(np.array(one[:1]), np.array(other[:1]))
    if not first[0] > 0:
        return False
    bits = judge(np.repeat(one, len(other)), np.tile(other, len(one)))
    return bool(np.clip(bits, NEVER, BOUND).mean() > 0)


def _heaps(one: Ints, other: Ints, bits: Floats, said: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Rows that hang together; a large heap loses its weaker pairs until it is small or all is sure."""
    found = []
    open_ = _components(one[bits > 0], other[bits > 0], said)
    for least in (BOUND / 4, BOUND / 2, BOUND):
        large = [heap for heap in open_ if len(heap) > LARGEST]
        found += [heap for heap in open_ if len(heap) <= LARGEST]
        if not large:
            return found
        inside = np.isin(one, np.concatenate(large)) & (bits > least)
        open_ = _components(one[inside], other[inside], ())
    return found + open_


def _components(one: Ints, other: Ints, said: Iterable[tuple[int, int]]) -> list[list[int]]:
    parent: dict[int, int] = {}

    def top(row: int) -> int:
        while parent.setdefault(row, row) != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in [*zip(one.tolist(), other.tolist(), strict=True), *said]:
        x, y = top(a), top(b)
        parent[max(x, y)] = min(x, y)
    found: dict[int, list[int]] = defaultdict(list)
    for row in sorted(parent):
        found[top(row)].append(row)
    return list(found.values())


def _within(heaps: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """All pairs inside each heap, heap by heap."""
    ones, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    corners = {size: np.triu_indices(size, 1) for size in {len(heap) for heap in heaps}}
    for heap in heaps:
        rows = np.array(heap)
        i, j = corners[len(heap)]
        ones.append(rows[i])
        others.append(rows[j])
    return np.concatenate(ones), np.concatenate(others)


def _groups(heap: Sequence[int], bits: Floats, people: Decisions) -> Iterator[list[int]]:
    """Joins the two groups that belong together most, on average over their rows, until none do."""
    size = len(heap)
    if not people.same and not people.different and bool((bits > 0).all()):
        yield list(heap)
        return
    sums = np.zeros((size, size))
    sums[np.triu_indices(size, 1)] = bits
    sums += sums.T
    place = {row: index for index, row in enumerate(heap)}
    for pairs, weight in ((people.different, NEVER), (people.same, -NEVER)):
        for a, b in pairs:
            if a in place and b in place:
                sums[place[a], place[b]] = sums[place[b], place[a]] = weight * size**3
    np.fill_diagonal(sums, -np.inf)
    counts = np.ones(size)
    groups = {index: [row] for index, row in enumerate(heap)}
    while len(groups) > 1:
        best = int(np.argmax(sums / np.outer(counts, counts)))
        a, b = min(divmod(best, size)), max(divmod(best, size))
        if not sums[a, b] > 0:
            break
        groups[a] += groups.pop(b)
        counts[a] += counts[b]
        sums[a] += sums[b]
        sums[:, a] += sums[:, b]
        sums[b] = sums[:, b] = sums[a, a] = -np.inf
    yield from groups.values()
