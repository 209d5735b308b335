"""Learns a model from the rows themselves, without anybody telling which are the same."""

import numpy as np

from tasuki.identity.candidates import Pairs, theme_names, twins
from tasuki.identity.compare import UNKNOWN, Levels, levels
from tasuki.identity.kinds import Kind
from tasuki.identity.letters import distinct
from tasuki.identity.model import Evidence, Learned, Model, by_theme, evidence, gains, odds, probability
from tasuki.identity.table import MISSING, Column, Floats, Table

ROUNDS = 5
"""Another changes nothing more."""
LESSONS = 200_000
"""Pairs that a model is learned from; more change nothing but the time it takes."""
SAMPLE = 100_000
"""Random pairs that tell how often strangers agree."""
NEIGHBOURS = 0.05
"""Pairs of neighbours a row that any ledger is taken to hold: a small one shows too few to count."""
MISSED = 1.12
"""Pairs of one customer for each that is seen: some meet under no key, least where much is missing."""
BELIEF = 30.0
"""Pairs that the starting values of a kind are worth against what is seen."""


def train(table: Table, pairs: Pairs, seen: Levels) -> Model:
    """Each field's m is learned from pairs that all other themes hold for the same, found without its theme:
    a plain EM believes at last that everything is the same, and that phones often differ."""
    unlike = _without_copies(table)
    model = _start(unlike)
    share = max(1, len(pairs.one) // LESSONS)
    # Pairs stand in the order of their rows, which is that of their hashes: every n-th is a fair sample.
    pairs, seen = pairs.some(share), seen[:, ::share]
    counts = [_rows_of(column) for column in unlike.columns]
    for _ in range(ROUNDS):
        found = evidence(model, table, seen, pairs.one, gains(model, counts))
        model = _learn(model, table, pairs, seen, found, share)
    return model._replace(fields=tuple(_without_rare(learned, model.crowd) for learned in model.fields))


def _without_rare(learned: Learned, crowd: float) -> Learned:
    """What no more rows hold than one customer has is as rare as can be, whether it is kept or not."""
    common = {key: count for key, count in learned.common.items() if count > crowd}
    return learned._replace(common=common)


def _start(table: Table) -> Model:
    chance = _by_chance(table)
    fields = tuple(
        Learned(column.field, _m(column.field.rules), u, _r(column.field.rules, u), *_frequencies(column))
        for column, u in zip(table.columns, chance, strict=True)
    )
    base = float(np.log2(0.3 / max(table.rows - 1, 1)))
    return Model(fields, (base, base - 3, base - 3), table.rows, 1.3)


def _without_copies(table: Table) -> Table:
    """A row that was pasted a thousand times makes its name no common one."""
    keep = np.setdiff1d(np.arange(table.rows), twins(table), assume_unique=True)
    return table.of_rows(keep)


def _r(kind: Kind, u: tuple[float, ...]) -> tuple[float, ...]:
    told = sum(level.r for level in kind.levels)
    rest = sum(share for level, share in zip(kind.levels, u, strict=True) if not level.r)
    return tuple(level.r or share * (1 - told) / rest for level, share in zip(kind.levels, u, strict=True))


def _frequencies(column: Column) -> tuple[dict[int, int], int]:
    counts = _rows_of(column)
    often = np.flatnonzero(counts > 1)
    common = dict(zip(column.keys[0][often].tolist(), counts[often].astype(int).tolist(), strict=True))
    return common, int((column.codes != MISSING).sum())


def _rows_of(column: Column) -> Floats:
    """Rows that hold each value, or one that is the same by its key."""
    counts = np.bincount(column.codes[column.codes != MISSING], minlength=column.values)
    keys = distinct(column.keys[0])
    return np.maximum(np.bincount(keys.codes, counts)[keys.codes], 1.0)


def _m(kind: Kind) -> tuple[float, ...]:
    total = sum(level.m for level in kind.levels)
    return tuple(level.m / total for level in kind.levels)


def _by_chance(table: Table) -> list[tuple[float, ...]]:
    random = np.random.default_rng(0)
    size = SAMPLE if table.rows > 1 else 0
    one = random.integers(0, max(table.rows, 1), size)
    other = (one + random.integers(1, max(table.rows, 2), size)) % max(table.rows, 1)
    found = levels(table, one, other)
    return [_chance(column, level) for column, level in zip(table.columns, found, strict=True)]


def _chance(column: Column, level: Levels) -> tuple[float, ...]:
    """The share of each level; of equal values it is counted, since a sample hardly meets them."""
    kinds = column.field.rules.levels
    counts = np.bincount(level[level != UNKNOWN], minlength=len(kinds)) + 0.5
    share = counts / counts.sum()
    filled = np.bincount(column.codes[column.codes >= 0])
    total = max(int(filled.sum()), 2) + column.field.rules.unseen
    equal = (
        column.field.rules.chance
        or float((filled * (filled - 1.0)).sum() / (total * (total - 1.0)))
        or 1.0 / total
    )
    for index, rule in enumerate(kinds):
        if rule.label == "same":
            share[index] = equal
    return tuple(float(value) for value in share / share.sum())


def _learn(model: Model, table: Table, pairs: Pairs, seen: Levels, found: Evidence, weight: int) -> Model:
    themes = [by_theme(model, bits) for bits in found]
    names = theme_names([learned.field for learned in model.fields])
    total = odds(model, found)
    fields = []
    for index, learned in enumerate(model.fields):
        theme = names.index(learned.field.rules.theme)
        rest = total - np.array([bits[theme] for bits in themes])
        free = pairs.without >> theme & 1 == 1
        share = probability(rest)
        m = _shares(learned.field.rules, seen[index], np.where(free, share[0], 0.0), _m(learned.field.rules))
        r = _among_neighbours(learned, seen[index], np.where(free, share[1], 0.0))
        fields.append(learned._replace(m=_capped(learned.field.rules, m), r=r))
    share = weight * probability(total).sum(axis=1) * (MISSED, 1.0, 1.0, 1.0)
    every = max(table.rows * (table.rows - 1) / 2, 1.0)
    least = (1.0, NEIGHBOURS * table.rows, 1.0)
    prior = tuple(
        float(np.log2(max(count, 1.0, low) / every)) for count, low in zip(share, least, strict=False)
    )
    crowd = 1 + 2 * float(share[0]) / max(table.rows, 1)
    return model._replace(fields=tuple(fields), prior=(prior[0], prior[1], prior[2]), crowd=crowd)


def _among_neighbours(learned: Learned, level: Levels, weight: Floats) -> tuple[float, ...]:
    """Neighbours have names alike more often than strangers, but seldom the same one, and no number.

    Free to learn more, this class would become a second "same".
    """
    kind = learned.field.rules
    if kind.aspect != "name":
        return learned.u
    alike = np.array([rule.label not in kind.own for rule in kind.levels])
    share = np.where(alike, _shares(kind, level, weight, _r(kind, learned.u)), 0.0)
    u = np.array(learned.u)
    share *= (1 - u[~alike].sum()) / share.sum()
    return tuple(float(value) for value in np.where(alike, share, u))


def _shares(kind: Kind, level: Levels, weight: Floats, start: tuple[float, ...]) -> tuple[float, ...]:
    known = level != UNKNOWN
    counts = np.bincount(level[known], weights=weight[known], minlength=len(kind.levels))
    total = np.asarray(counts, float) + BELIEF * np.array(start)
    return tuple(float(value) for value in total / total.sum())


def _capped(kind: Kind, m: tuple[float, ...]) -> tuple[float, ...]:
    if not kind.held:
        return m
    start = _m(kind)
    own = np.array([rule.label in kind.own for rule in kind.levels])
    held = np.where(own, 0.0, np.minimum(m, start))
    free = np.where(own, m, 0.0)
    return tuple(float(value) for value in held + free * (1 - held.sum()) / free.sum())
