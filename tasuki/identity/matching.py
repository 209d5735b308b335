"""Matches rows with one another, from cells to groups: the one way for a whole ledger and for a few new rows.

A pure function of rows, model and people's decisions; the order of the rows doesn't matter (invariant I12).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tasuki.identity.candidates import Pairs, candidates
from tasuki.identity.clusters import LARGEST, Decisions, Judge, clusters
from tasuki.identity.compare import levels
from tasuki.identity.letters import Ints
from tasuki.identity.model import Model
from tasuki.identity.table import Field, Floats, Table, lay_out
from tasuki.identity.training import train
from tasuki.identity.verdict import DOUBT, SURE, Zone, judge

WORTH = 1.55
"""How much rarer than one row in the ledger the keys must be, in logarithms, that a pair shares."""

CROWD = 4_000
"""Rows that tell by themselves which keys are rare; of fewer every pair under a key is judged."""

Told = Callable[[str, int], None]
"""Hears each step and how many rows or pairs it worked on."""


class Pair(NamedTuple):
    """Two rows that are the same, or that a person should look at."""

    one: int
    other: int
    probability: float
    zone: Zone
    relation: str
    """One of model.CLASSES."""


class Matching(NamedTuple):
    model: Model
    table: Table
    groups: Ints
    """Per row the first row of its group: the likeliest partition."""
    sure: Ints
    """The partition by sure pairs alone; what `groups` joins beyond it, a person should look at."""
    one: Ints
    other: Ints
    """Pairs of DOUBT and more, and all pairs within a group, by row."""
    probability: Floats
    relations: tuple[str, ...]

    def pairs(self) -> list[Pair]:
        found = zip(
            self.one.tolist(), self.other.tolist(), self.probability.tolist(), self.relations, strict=True
        )
        return [
            Pair(a, b, p, "same" if self.sure[a] == self.sure[b] else "review", r) for a, b, p, r in found
        ]


def match(
    fields: Sequence[Field],
    texts: Mapping[str, Sequence[str]],
    model: Model | None = None,
    people: Decisions = Decisions(),  # noqa: B008  a frozen value
    told: Told = lambda step, count: None,
) -> Matching:
    """`texts` holds a list of cells for each field. Without a model one is learned from these rows first."""
    given = lay_out(fields, texts)
    told("read", given.rows)
    # Rows in the order of what they hold, so that nothing depends on where they stood.
    order = np.argsort(given.hashes(), kind="stable")
    table = given.of_rows(order)
    pairs = _candidates(table, model)
    told("candidates", len(pairs.one))
    seen = levels(table, pairs.one, pairs.other)
    model = model or train(table, pairs, seen)
    judged = judge(model, table, pairs.one, pairs.other, seen)
    told("judge", len(pairs.one))
    place = np.argsort(order)
    said = Decisions(_moved(people.same, place), _moved(people.different, place))
    partitions = [
        clusters(table.rows, pairs.one, pairs.other, judged.bits - least, _judge(model, table, least), said)
        for least in (0.0, float(np.log2(SURE / (1 - SURE))))
    ]
    told("groups", table.rows)
    likely, sure = (_as_given(partition, order) for partition in partitions)
    one, other = _told_pairs(
        table.rows, pairs.one[judged.same >= DOUBT], pairs.other[judged.same >= DOUBT], partitions[0]
    )
    final = judge(model, table, one, other)
    relations = tuple(final.relation(index) for index in range(len(one)))
    a, b = order[one], order[other]
    by_row = np.lexsort((np.maximum(a, b), np.minimum(a, b)))
    return Matching(
        model,
        given,
        likely,
        sure,
        np.minimum(a, b)[by_row],
        np.maximum(a, b)[by_row],
        final.same[by_row],
        tuple(relations[index] for index in by_row),
    )


def _candidates(table: Table, model: Model | None) -> Pairs:
    """A model made before says what a pair is worth: whom else a few rows came with must not count."""
    if model and table.rows < CROWD:
        return candidates(table, LARGEST)
    return candidates(table, least=WORTH * float(np.log2(max(table.rows, 2))))


def _judge(model: Model, table: Table, least: float) -> Judge:
    return lambda one, other: judge(model, table, one, other).bits - least


def _moved(pairs: Sequence[tuple[int, int]], place: Ints) -> tuple[tuple[int, int], ...]:
    return tuple((int(place[a]), int(place[b])) for a, b in pairs)


def _as_given(partition: Ints, order: Ints) -> Ints:
    """Labels of the canonical order as labels of the given one: the first row of each group."""
    label = np.empty(len(order), np.int64)
    label[order] = partition
    _, first, of = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(first[of], np.int64)


def _told_pairs(rows: int, one: Ints, other: Ints, partition: Ints) -> tuple[Ints, Ints]:
    """The pairs given and all within a group, each once."""
    order = np.argsort(partition, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(partition[order]) != 0])[: len(order)]
    packed = [one * rows + other]
    for group in np.split(order, starts[1:]):
        if 1 < len(group) <= LARGEST:
            i, j = np.triu_indices(len(group), 1)
            packed.append(np.minimum(group[i], group[j]) * rows + np.maximum(group[i], group[j]))
    every = np.unique(np.concatenate(packed))
    return every // max(rows, 1), every % max(rows, 1)
