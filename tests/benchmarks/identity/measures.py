"""How good a 名寄せ is, against the truth: pairs, groups, rows, probabilities, and what blocking lost."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple


class Score(NamedTuple):
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def pair_score(said: Iterable[tuple[int, int]], truth: Sequence[Hashable]) -> Score:
    """Of pairs called the same."""
    pairs = list(said)
    right = sum(truth[one] == truth[other] for one, other in pairs)
    return Score(right / len(pairs) if pairs else 0.0, right / max(_within(truth), 1))


def cluster_score(groups: Sequence[Hashable], truth: Sequence[Hashable]) -> Score:
    """Of all pairs that stand in one group."""
    right = _within(list(zip(groups, truth, strict=True)))
    return Score(right / max(_within(groups), 1), right / max(_within(truth), 1))


def b_cubed(groups: Sequence[Hashable], truth: Sequence[Hashable]) -> Score:
    """Per row: how much of its group belongs to it, how much of its like is there (Bagga and Baldwin)."""
    both = Counter(zip(groups, truth, strict=True))
    of_group, of_truth = Counter(groups), Counter(truth)
    rows = len(truth)
    return Score(
        sum(count * count / of_group[group] for (group, _), count in both.items()) / rows,
        sum(count * count / of_truth[entity] for (_, entity), count in both.items()) / rows,
    )


def calibration_error(told: Iterable[tuple[float, bool]], bins: int = 10) -> float:
    """ECE: how far from its probability a pair is right, on average over all pairs."""
    shelves: dict[int, list[tuple[float, bool]]] = {}
    count = 0
    for probability, right in told:
        shelves.setdefault(min(int(probability * bins), bins - 1), []).append((probability, right))
        count += 1
    gaps = (abs(sum(p for p, _ in shelf) - sum(right for _, right in shelf)) for shelf in shelves.values())
    return sum(gaps) / max(count, 1)


def _within(labels: Sequence[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())
