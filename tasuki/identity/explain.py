"""Why two rows are held for one customer: a sentence, and what every field added to the scales."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tasuki.identity.compare import UNKNOWN, Levels, levels
from tasuki.identity.letters import Ints
from tasuki.identity.model import CLASSES, Evidence, Model, evidence, odds, probability
from tasuki.identity.table import Floats, Table
from tasuki.identity.verdict import weighed
from tasuki.messages.matching import FIELDS, LEVELS, RELATIONS


class Bar(NamedTuple):
    """One step of the waterfall, in bits; above zero it speaks for one customer."""

    field: str
    level: str
    bits: float


class Reasons(NamedTuple):
    """The waterfall of one pair: start, bars and `rivals` add up to the log2 odds of the decision."""

    start: float
    """Bits against, before anything is compared: two rows drawn at random."""
    bars: tuple[Bar, ...]
    rivals: float
    """What neighbours and namesakes, who would look alike too, take away."""
    probability: float
    relation: str
    vetoed: bool

    def sentence(self, lang: str = "ja") -> str:
        """The fields that speak for it, then those that speak against."""
        at = 1 if lang == "en" else 0
        told = [bar for bar in self.bars if bar.bits]
        words = [_words(bar, lang) for bar in sorted(told, key=lambda bar: -bar.bits)]
        doubt = RELATIONS[self.relation][at]
        return ("; " if at else "、").join(words) + (
            f"{'; ' if at and words else '。' if words else ''}{doubt}" if doubt else ""
        )

    def as_json(self) -> dict[str, object]:
        """Floats to the last bit."""
        bars = [{"field": field, "level": level, "bits": bits} for field, level, bits in self.bars]
        return {**self._asdict(), "bars": bars}


def explain(model: Model, table: Table, one: Ints, other: Ints, seen: Levels | None = None) -> list[Reasons]:
    """Computed again from the rows and the model: the same bits as when it was decided.

    `seen` spares comparing again.
    """
    seen = levels(table, one, other) if seen is None else seen
    found = evidence(model, table, seen, one)
    shares = _shares(model, found)
    share = probability(odds(model, found))
    judged = weighed(table, seen, share)
    total = model.prior[0] + shares.sum(axis=0)
    rivals = np.log2(share[0] + 1e-15) - np.log2(share[1:].sum(axis=0) + 1e-15) - total
    fields = [(one.field.name, [level.label for level in one.field.rules.levels]) for one in model.fields]
    told = (seen.T, shares.T, rivals, judged.same, judged.relation, judged.vetoed)
    return [
        Reasons(model.prior[0], _bars(fields, level, bits), rival, same, CLASSES[relation], vetoed)
        for level, bits, rival, same, relation, vetoed in zip(*(some.tolist() for some in told), strict=True)
    ]


def _bars(
    fields: Sequence[tuple[str, Sequence[str]]], level: Sequence[int], bits: Sequence[float]
) -> tuple[Bar, ...]:
    """`fields`: of each its name and what its levels are called."""
    return tuple(
        Bar(name, labels[at], share)
        for (name, labels), at, share in zip(fields, level, bits, strict=True)
        if at != UNKNOWN
    )


def _shares(model: Model, found: Evidence) -> Floats:
    """[field, pair] the bits that counted: of one theme the strongest voice for and against, others 0."""
    shares = np.zeros_like(found.same)
    for theme in dict.fromkeys(learned.field.rules.theme for learned in model.fields):
        rows = np.array([i for i, learned in enumerate(model.fields) if learned.field.rules.theme == theme])
        bits, pairs = found.same[rows], np.arange(found.same.shape[1])
        best, worst = rows[bits.argmax(axis=0)], rows[bits.argmin(axis=0)]
        shares[best, pairs] += np.maximum(found.same[best, pairs], 0)
        shares[worst, pairs] += np.minimum(found.same[worst, pairs], 0)
    return shares


def _words(bar: Bar, lang: str) -> str:
    names: Mapping[str, tuple[str, str]] = FIELDS
    ja, en = names.get(bar.field, (bar.field, bar.field))
    return f"{en} {LEVELS[bar.level][1]}" if lang == "en" else f"{ja}{LEVELS[bar.level][0]}"
