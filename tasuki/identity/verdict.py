"""What is said of two rows (同一, 要確認, 別人), and what forbids that they are one however alike."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tasuki.identity.clusters import NEVER
from tasuki.identity.compare import Levels, levels
from tasuki.identity.letters import Bools, Ints
from tasuki.identity.model import Gains, Model, evidence, odds, probability, rarities
from tasuki.identity.table import Floats, Table

Zone = Literal["same", "review", "different"]

SURE = 0.8
"""From this probability on nobody is asked."""
DOUBT = 0.05
"""Below, nobody is bothered."""


class Veto(NamedTuple):
    """Rows at one of these levels are never one customer, unless a field of `unless` is at "same"."""

    kind: str
    levels: tuple[str, ...]
    unless: str = ""


VETOES = (
    Veto("corporate_number", ("typo", "else")),
    Veto("name", ("relative",), unless="kana"),
)
"""Another 法人番号 is another firm; another given name at one address is another person."""


class Judged(NamedTuple):
    """Of each pair."""

    same: Floats
    """The probability that two rows are one customer; 0 where a veto forbids it."""
    bits: Floats
    """log2 odds of same against everything else; NEVER where a veto forbids it."""
    relation: npt.NDArray[np.int8]
    """What two rows are to each other: the likeliest of CLASSES, by place."""
    vetoed: Bools


PAGE = 1 << 17
"""Pairs judged at once."""


def judge(
    model: Model,
    table: Table,
    one: Ints,
    other: Ints,
    seen: Levels | None = None,
    gained: Gains | None = None,
) -> Judged:
    """`seen`, the levels, and `gained`, the rarities, spare finding them again."""
    seen = levels(table, one, other) if seen is None else seen
    gained = gained or rarities(model, table)
    pages = [
        _judged(model, table, one[start : start + PAGE], seen[:, start : start + PAGE], gained)
        for start in range(0, max(len(one), 1), PAGE)
    ]
    return joined(pages)


def joined(pages: Sequence[Judged]) -> Judged:
    return Judged(
        np.concatenate([page.same for page in pages]),
        np.concatenate([page.bits for page in pages]),
        np.concatenate([page.relation for page in pages]),
        np.concatenate([page.vetoed for page in pages]),
    )


def _judged(model: Model, table: Table, one: Ints, seen: Levels, gained: Gains) -> Judged:
    return weighed(table, seen, probability(odds(model, evidence(model, table, seen, one, gained))))


def weighed(table: Table, seen: Levels, share: Floats) -> Judged:
    """`share`: [class, pair] the probabilities, whatever a veto says of them."""
    forbidden = vetoed(table, seen)
    bits = np.log2(share[0] + 1e-15) - np.log2(share[1:].sum(axis=0) + 1e-15)
    same = np.where(forbidden, 0.0, share[0])
    relation = np.vstack([same, share[1:]]).argmax(axis=0).astype(np.int8)
    return Judged(same, np.where(forbidden, NEVER, bits), relation, forbidden)


class Verdicts:
    """What was judged before, found again by rows; pairs that were not are judged when asked for."""

    def __init__(self, model: Model, table: Table, one: Ints, other: Ints, seen: Levels) -> None:
        """Pairs in the order of their rows, each once."""
        self.model, self.table = model, table
        self.gained = rarities(model, table)
        self.one, self.other = one, other
        self.judged = judge(model, table, one, other, seen, self.gained)
        self.packed = self._pack(one, other)

    def of(self, one: Ints, other: Ints) -> Judged:
        packed = self._pack(one, other)
        at = np.minimum(np.searchsorted(self.packed, packed), max(len(self.packed) - 1, 0))
        known = self.packed[at] == packed if len(self.packed) else np.zeros(len(one), bool)
        if known.all():
            return self._at(at)
        new = judge(self.model, self.table, one[~known], other[~known], gained=self.gained)
        if not known.any():
            return new
        found = self._at(at)
        found.same[~known], found.bits[~known] = new.same, new.bits
        found.relation[~known], found.vetoed[~known] = new.relation, new.vetoed
        return found

    def _at(self, at: Ints) -> Judged:
        told = self.judged
        return Judged(told.same[at], told.bits[at], told.relation[at], told.vetoed[at])

    def _pack(self, one: Ints, other: Ints) -> Ints:
        return np.asarray(np.minimum(one, other) * self.table.rows + np.maximum(one, other))


def vetoed(table: Table, seen: Levels) -> Bools:
    found = np.zeros(seen.shape[1], bool)
    for veto in VETOES:
        against = _at(table, seen, veto.kind, veto.levels)
        found |= against & ~_at(table, seen, veto.unless, ("same",))
    return found


def _at(table: Table, seen: Levels, kind: str, labels: tuple[str, ...]) -> Bools:
    found = np.zeros(seen.shape[1], bool)
    for column, level in zip(table.columns, seen, strict=True):
        if column.field.kind == kind:
            for index, rule in enumerate(column.field.rules.levels):
                if rule.label in labels:
                    found |= level == index
    return found
