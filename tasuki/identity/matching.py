"""Matches rows with one another, from cells to groups: the one way for a whole ledger and for a few new rows.

A pure function of rows, model and people's decisions; the order of the rows doesn't matter (invariant I12).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasuki.identity.candidates import Limits, Pairs, candidates, corners
from tasuki.identity.clusters import LARGEST, Decisions, clusters, of_one_size
from tasuki.identity.compare import levels
from tasuki.identity.letters import Ints
from tasuki.identity.model import CLASSES, Model
from tasuki.identity.table import Field, Floats, Table, lay_out
from tasuki.identity.training import train
from tasuki.identity.verdict import DOUBT, SURE, Verdicts, Zone

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
    relation: npt.NDArray[np.int8]
    """By place in model.CLASSES."""

    def pairs(self) -> list[Pair]:
        found = zip(
            self.one.tolist(),
            self.other.tolist(),
            self.probability.tolist(),
            self.relation.tolist(),
            strict=True,
        )
        return [
            Pair(a, b, p, "same" if self.sure[a] == self.sure[b] else "review", CLASSES[r])
            for a, b, p, r in found
        ]


def match(
    fields: Sequence[Field],
    texts: Mapping[str, Sequence[str]],
    model: Model | None = None,
    people: Decisions = Decisions(),  # noqa: B008  a frozen value
    told: Told = lambda step, count: None,
) -> Matching:
    """`texts` holds a list of cells for each field. Without a model one is learned from these rows first."""
    table = lay_out(fields, texts)
    told("read", table.rows)
    # Rows in the order of what they hold, so that nothing depends on where they stood.
    order = np.argsort(table.hashes(), kind="stable")
    table = table.of_rows(order)
    pairs = _candidates(table, model)
    told("candidates", len(pairs.one))
    seen = levels(table, pairs.one, pairs.other)
    model = model or train(table, pairs, seen)
    verdicts = Verdicts(model, table, pairs.one, pairs.other, seen)
    told("judge", len(pairs.one))
    place = np.argsort(order)
    said = Decisions(_moved(people.same, place), _moved(people.different, place))
    likely, sure = (_grouped(verdicts, least, said) for least in (0.0, float(np.log2(SURE / (1 - SURE)))))
    told("groups", table.rows)
    one, other = _told_pairs(verdicts, likely)
    judged = verdicts.of(one, other)
    a, b = order[one], order[other]
    low, high = np.minimum(a, b), np.maximum(a, b)
    by_row = np.argsort(low * len(order) + high)
    return Matching(
        model,
        table.of_rows(place),
        _as_given(likely, order),
        _as_given(sure, order),
        low[by_row],
        high[by_row],
        judged.same[by_row],
        judged.relation[by_row],
    )


def _grouped(verdicts: Verdicts, least: float, people: Decisions) -> Ints:
    return clusters(
        verdicts.table.rows,
        verdicts.one,
        verdicts.other,
        verdicts.judged.bits - least,
        lambda one, other: verdicts.of(one, other).bits - least,
        people,
    )


def _candidates(table: Table, model: Model | None) -> Pairs:
    """A model made before says what a pair is worth: whom else a few rows came with must not count."""
    if model and table.rows < CROWD:
        return candidates(table, Limits(LARGEST, LARGEST, LARGEST))
    return candidates(table)


def _moved(pairs: Sequence[tuple[int, int]], place: Ints) -> tuple[tuple[int, int], ...]:
    return tuple((int(place[a]), int(place[b])) for a, b in pairs)


def _as_given(partition: Ints, order: Ints) -> Ints:
    """Labels of the canonical order as labels of the given one: the first row of each group."""
    first = np.full(len(order), len(order), np.int64)
    np.minimum.at(first, partition, order)
    label = np.empty(len(order), np.int64)
    label[order] = first[partition]
    return label


def _told_pairs(verdicts: Verdicts, partition: Ints) -> tuple[Ints, Ints]:
    """The pairs of DOUBT and more, and all within a group, each once."""
    rows = max(verdicts.table.rows, 1)
    doubtful = verdicts.judged.same >= DOUBT
    packed = [verdicts.packed[doubtful]]
    for groups in of_one_size(partition):
        if groups.shape[1] <= LARGEST:
            i, j = corners(groups.shape[1])
            packed.append((groups[:, i] * rows + groups[:, j]).ravel())
    every = np.sort(np.concatenate(packed))
    every = every[np.concatenate([[True], every[1:] != every[:-1]])[: len(every)]]
    return every // rows, every % rows
