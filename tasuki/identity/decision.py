"""What the model decided of two rows, to the last bit: it can be computed again from what is kept."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tasuki.identity.compare import UNKNOWN
from tasuki.identity.explain import Bar, Reasons, explain
from tasuki.identity.letters import Ints
from tasuki.identity.model import Model
from tasuki.identity.table import Column, Table, of_rows


class Decision(NamedTuple):
    """Of the rows of two links, the smaller first."""

    one: int
    other: int
    reasons: Reasons
    """Level and bits of each field, and the probability that they sum up to."""
    values: tuple[int, ...]
    """Per field of the model the hash of the value of `one`, 0 where it has none: what is rare tells more."""
    model: str
    """The model's id."""
    decided_by: str
    at: float


def decide(
    model: Model, id: str, table: Table, links: Sequence[int], one: Ints, other: Ints, by: str, at: float
) -> list[Decision]:
    """Of each pair of rows; `links` names the rows of the table, in ascending order."""
    values = np.array([of_rows(column, column.keys[0])[one] for column in table.columns]).T.tolist()
    return [
        Decision(links[a], links[b], reasons, tuple(mine), id, by, at)
        for a, b, reasons, mine in zip(
            one.tolist(), other.tolist(), explain(model, table, one, other), values, strict=True
        )
    ]


def recompute(model: Model, decision: Decision) -> Decision:
    """The same decision from levels, hashes and model alone; equal, or somebody changed what was kept."""
    level = {bar.field: bar.level for bar in decision.reasons.bars}
    nothing = np.zeros((1, 1), np.uint64)
    columns = tuple(
        Column(learned.field, np.zeros(1, np.int64), nothing, {}, {}, np.array([[value]], np.uint64))
        for learned, value in zip(model.fields, decision.values, strict=True)
    )
    seen = np.array([[_level(model, index, level)] for index in range(len(columns))], np.int8)
    pair = np.zeros(1, np.int64)
    (reasons,) = explain(model, Table(columns, 1), pair, pair, seen)
    return decision._replace(reasons=reasons)


def _level(model: Model, index: int, told: dict[str, str]) -> int:
    field = model.fields[index].field
    if field.name not in told:
        return UNKNOWN
    return [level.label for level in field.rules.levels].index(told[field.name])


def as_json(decision: Decision) -> dict[str, Any]:
    """Exactly; `from_json` gives the same decision back."""
    bars = [tuple(bar) for bar in decision.reasons.bars]
    return {**decision.reasons._asdict(), "bars": bars, "values": decision.values}


def from_json(one: int, other: int, told: dict[str, Any], model: str, by: str, at: float) -> Decision:
    values = tuple(told.pop("values"))
    bars = tuple(Bar(*bar) for bar in told.pop("bars"))
    return Decision(one, other, Reasons(**told, bars=bars), values, model, by, at)
