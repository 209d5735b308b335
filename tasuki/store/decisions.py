"""What the matching model decided of two rows, kept so that anybody can compute it again."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from tasuki.store.driver import carry_out
from tasuki.store.tables import decision


class Decision(NamedTuple):
    """Of the rows of two links, the smaller first."""

    one: int
    other: int
    evidence: dict[str, Any]
    """As tasuki.identity.decision makes it, and computes it again."""
    model: str
    """The model's id."""
    decided_by: str
    at: float


def write_decisions(connection: Connection, made: Sequence[Decision]) -> None:
    """Each in the place of the one before on the same two rows."""
    carry_out(connection, _WRITE, [_row(one) for one in made])


def _row(made: Decision) -> tuple[Any, ...]:
    one, other, evidence, *rest = made
    return one, other, orjson.dumps(evidence), *rest


_WRITE = """
INSERT INTO decision (one, other, evidence, model, decided_by, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (one, other) DO UPDATE SET
    evidence = excluded.evidence, model = excluded.model, decided_by = excluded.decided_by, at = excluded.at
"""


def decision_of(connection: Connection, one: int, other: int) -> Decision | None:
    """The last on these two rows."""
    row = connection.execute(
        select(decision).where(decision.c.one == one, decision.c.other == other)
    ).one_or_none()
    if row is None:
        return None
    return Decision(row.one, row.other, orjson.loads(row.evidence), row.model, row.decided_by, row.at)
