"""What was learned of a set of rows: how often rows of one customer agree, and rows of two by chance.

A pair of rows is one of four: the same customer; neighbours (one place, two customers: group firms,
families); namesakes (one name, two customers); strangers. All is measured against strangers, in bits.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tasuki.identity.compare import Levels
from tasuki.identity.kinds import Kind
from tasuki.identity.letters import Hashes, Ints
from tasuki.identity.table import Field, Floats, Table

CLASSES = ("same", "neighbour", "namesake", "stranger")


class Learned(NamedTuple):
    """Of one field; probabilities by level."""

    field: Field
    m: tuple[float, ...]
    """Among rows of one customer."""
    u: tuple[float, ...]
    """Among rows drawn at random."""
    r: tuple[float, ...]
    """Among neighbours, where this field doesn't speak of the place."""
    common: Mapping[int, int]
    """Hash of a value → rows that hold it, for values of more than one row."""
    filled: int
    """Rows that hold any value."""

    def bits(self, over: tuple[float, ...]) -> Floats:
        return np.asarray(np.log2(np.array(over) / np.array(self.u)), float)


class Model(NamedTuple):
    fields: tuple[Learned, ...]
    prior: tuple[float, float, float]
    """log2 odds of same, neighbour and namesake against stranger for two rows drawn at random."""
    rows: int
    """That the model was trained on."""
    crowd: float
    """Rows a customer has on average there; a value's frequency is counted in customers."""


class Evidence(NamedTuple):
    """In bits, [field, pair]."""

    same: Floats
    neighbour: Floats
    namesake: Floats


Gains = tuple[Floats, ...]
"""Of each field, by value: what agreeing on it is worth beyond the average, in bits."""


def evidence(model: Model, table: Table, levels: Levels, one: Ints, gained: Gains | None = None) -> Evidence:
    """`gained`, as `rarities` gives it, spares counting again."""
    gained = gained or rarities(model, table)
    m, r, k = [], [], []
    for learned, column, level, gain in zip(model.fields, table.columns, levels, gained, strict=True):
        place = learned.field.rules.aspect == "place"
        agree = _by_level(learned.bits(learned.m), level)
        equal = np.flatnonzero(level == _same(learned.field.rules))
        agree[equal] += gain[column.codes[one[equal]]]
        m.append(agree)
        r.append(agree if place else _by_level(learned.bits(learned.r), level))
        k.append(agree if learned.field.rules.aspect == "name" else np.zeros_like(agree))
    return Evidence(np.array(m), np.array(r), np.array(k))


def odds(model: Model, found: Evidence) -> Floats:
    """[class, pair] log2 odds against strangers, of same, neighbour and namesake."""
    return np.array(
        [prior + by_theme(model, bits).sum(axis=0) for prior, bits in zip(model.prior, found, strict=True)]
    )


def probability(odds: Floats) -> Floats:
    """[class, pair], strangers last."""
    power = np.exp2(np.clip(np.vstack([odds, np.zeros(odds.shape[1])]), -60, 60))
    return np.asarray(power / power.sum(axis=0))


def by_theme(model: Model, bits: Floats) -> Floats:
    """[theme, pair]: of fields that say the same thing only the strongest voice for and against counts."""
    return np.array([_loudest([bits[index] for index in mates]) for mates in _themes(model).values()])


def _loudest(voices: Sequence[Floats]) -> Floats:
    if len(voices) == 1:
        return voices[0]
    best = np.maximum(np.maximum.reduce(voices), 0)
    return np.asarray(best + np.minimum(np.minimum.reduce(voices), 0))


def _themes(model: Model) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, learned in enumerate(model.fields):
        found.setdefault(learned.field.rules.theme, []).append(index)
    return found


def _by_level(bits: Floats, level: Levels) -> Floats:
    """UNKNOWN is -1: it finds the 0 behind the others."""
    return np.asarray(np.append(bits, 0.0)[level])


def _same(kind: Kind) -> int:
    return next((index for index, level in enumerate(kind.levels) if level.label == "same"), len(kind.levels))


def rarities(model: Model, table: Table) -> Gains:
    counts = [
        _counts(learned.common, column.keys[0])
        for learned, column in zip(model.fields, table.columns, strict=True)
    ]
    return gains(model, counts)


def gains(model: Model, counts: Sequence[Floats]) -> Gains:
    """Agreeing on 山田 says less than on 小鳥遊; `counts` are the rows that hold each value."""
    return tuple(_rarity(model, *told) for told in zip(model.fields, counts, strict=True))


def _rarity(model: Model, learned: Learned, counts: Floats) -> Floats:
    same = _same(learned.field.rules)
    # Known beforehand; or never counted, in a model from elsewhere.
    if learned.field.rules.chance or not learned.filled or same == len(learned.u):
        return np.zeros(len(counts))
    share = np.maximum(counts / model.crowd, 1.0) / max(
        learned.filled / model.crowd + learned.field.rules.unseen, 1.0
    )
    return np.asarray(np.log2(learned.u[same] / share))


def _counts(common: Mapping[int, int], keys: Hashes) -> Floats:
    """Rows that hold each value, as far as they were counted: others are held once."""
    if len(keys) < len(common) or not common:
        return np.array([common.get(key, 1) for key in keys.tolist()], float)
    known = np.fromiter(common, np.uint64, len(common))
    order = np.argsort(known)
    at = order[np.minimum(np.searchsorted(known, keys, sorter=order), len(known) - 1)]
    found = np.fromiter(common.values(), float, len(common))
    return np.where(known[at] == keys, found[at], 1.0)
