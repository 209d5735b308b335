"""What is said of two rows (同一, 要確認, 別人), and what forbids that they are one however alike."""

from typing import Literal, NamedTuple

import numpy as np

from tasuki.identity.clusters import NEVER
from tasuki.identity.compare import Levels, levels
from tasuki.identity.letters import Bools, Ints
from tasuki.identity.model import CLASSES, Model, evidence, odds, probability
from tasuki.identity.table import Floats, Table

Zone = Literal["same", "review", "different"]

SURE = 0.9
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
    """[class, pair] probabilities, and which pairs a veto forbids."""

    probability: Floats
    vetoed: Bools

    @property
    def same(self) -> Floats:
        return np.where(self.vetoed, 0.0, self.probability[0])

    @property
    def bits(self) -> Floats:
        """log2 odds of same against everything else."""
        same, rest = self.probability[0], self.probability[1:].sum(axis=0)
        return np.where(self.vetoed, NEVER, np.log2(same + 1e-15) - np.log2(rest + 1e-15))

    def relation(self, pair: int) -> str:
        """What two rows are to each other, the likeliest of CLASSES."""
        share = self.probability[:, pair].copy()
        share[0] = 0.0 if self.vetoed[pair] else share[0]
        return CLASSES[int(np.argmax(share))]


def judge(model: Model, table: Table, one: Ints, other: Ints, seen: Levels | None = None) -> Judged:
    """`seen` spares comparing again."""
    seen = levels(table, one, other) if seen is None else seen
    found = evidence(model, table, seen, one)
    return Judged(probability(odds(model, found)), vetoed(table, seen))


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
