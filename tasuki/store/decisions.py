"""What the matching model decided of two rows, kept so that anybody can compute it again."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, or_, select

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
    if not made:
        return
    pairs = [{"first": one.one, "second": one.other} for one in made]
    same = (decision.c.one == bindparam("first"), decision.c.other == bindparam("second"))
    connection.execute(delete(decision).where(*same), pairs)
    rows = [{**one._asdict(), "evidence": orjson.dumps(one.evidence)} for one in made]
    connection.execute(insert(decision), rows)


def decisions_of(connection: Connection, link: int) -> list[Decision]:
    """In the order of the links."""
    mine = or_(decision.c.one == link, decision.c.other == link)
    rows = connection.execute(select(decision).where(mine).order_by(decision.c.one, decision.c.other))
    return [
        Decision(row.one, row.other, orjson.loads(row.evidence), row.model, row.decided_by, row.at)
        for row in rows
    ]
