"""What was learned of a set of rows: how often rows of one customer agree, and rows of two by chance.

A pair of rows is one of four: the same customer; neighbours (one place, two customers: group firms,
families); namesakes (one name, two customers); strangers. All is measured against strangers, in bits.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tasuki.identity.compare import UNKNOWN, Levels
from tasuki.identity.table import Column, Field, Floats, Ints, Table

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


def evidence(model: Model, table: Table, levels: Levels, one: Ints, other: Ints) -> Evidence:
    m, r, k = [], [], []
    for learned, column, level in zip(model.fields, table.columns, levels, strict=True):
        place = learned.field.rules.aspect == "place"
        agree = _by_level(learned.bits(learned.m), level)
        agree += _rarity(model, learned, column, level, one)
        near = agree if place else _by_level(learned.bits(learned.r), level)
        m.append(agree)
        r.append(near)
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
    themes = list(dict.fromkeys(learned.field.rules.theme for learned in model.fields))
    of = np.array([themes.index(learned.field.rules.theme) for learned in model.fields])
    return np.array(
        [
            np.maximum(bits[of == i].max(axis=0), 0) + np.minimum(bits[of == i].min(axis=0), 0)
            for i in range(len(themes))
        ]
    )


def _by_level(bits: Floats, level: Levels) -> Floats:
    return np.append(bits, 0.0)[np.where(level == UNKNOWN, len(bits), level)]


def _rarity(model: Model, learned: Learned, column: Column, level: Levels, one: Ints) -> Floats:
    """What an equal value is worth beyond the average: agreeing on 山田 says less than on 小鳥遊."""
    if learned.field.rules.chance or not learned.filled:  # known beforehand; never counted (from elsewhere)
        return np.zeros(len(one))
    equal = [i for i, rule in enumerate(learned.field.rules.levels) if rule.label == "same"]
    counts = np.array([learned.common.get(key, 1) for key in column.keys[0].tolist()], float)
    share = np.maximum(counts / model.crowd, 1.0) / max(
        learned.filled / model.crowd + learned.field.rules.unseen, 1.0
    )
    gain = np.log2(learned.u[equal[0]] / share) if equal and len(share) else np.zeros(1)
    return np.where(np.isin(level, equal), gain[np.maximum(column.codes[one], 0)], 0.0)
