"""What the model decided of two rows, to the last bit: it can be computed again from what is kept."""

from typing import Any

import numpy as np

from tasuki.identity.compare import UNKNOWN, Levels
from tasuki.identity.explain import explain
from tasuki.identity.letters import Ints
from tasuki.identity.model import Model
from tasuki.identity.table import Column, Table, of_rows

Evidence = dict[str, Any]
"""The waterfall as Reasons.as_json gives it, and `values`: per field of the model the hash of the first row's
value, 0 where it has none, since what is rare tells more. Plain JSON, floats to the last bit."""


def decide(model: Model, table: Table, one: Ints, other: Ints, seen: Levels | None = None) -> list[Evidence]:
    """Of each pair of rows; `seen`, their levels, spares comparing again."""
    values = np.array([of_rows(column, column.keys[0])[one] for column in table.columns]).T.tolist()
    told = explain(model, table, one, other, seen)
    return [{**reasons.as_json(), "values": mine} for reasons, mine in zip(told, values, strict=True)]


def recompute(model: Model, kept: Evidence) -> Evidence:
    """The same decision from levels, hashes and model alone; equal, or somebody changed what was kept."""
    level = {bar["field"]: bar["level"] for bar in kept["bars"]}
    nothing = np.zeros((1, 1), np.uint64)
    columns = tuple(
        Column(learned.field, np.zeros(1, np.int64), nothing, {}, {}, np.array([[value]], np.uint64))
        for learned, value in zip(model.fields, kept["values"], strict=True)
    )
    seen = np.array([[_level(model, index, level)] for index in range(len(columns))], np.int8)
    pair = np.zeros(1, np.int64)
    (reasons,) = explain(model, Table(columns, 1), pair, pair, seen)
    return {**kept, **reasons.as_json()}


def _level(model: Model, index: int, told: dict[str, str]) -> int:
    field = model.fields[index].field
    if field.name not in told:
        return UNKNOWN
    return [level.label for level in field.rules.levels].index(told[field.name])
