"""What the matching model decided of two rows, kept so that anybody can compute it again."""

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from tasuki.identity.decision import Decision, as_json, from_json
from tasuki.store.tables import decision


def write_decisions(connection: Connection, made: Sequence[Decision]) -> None:
    """Each in the place of the one before on the same two rows."""
    if not made:
        return
    pairs = [{"first": one.one, "second": one.other} for one in made]
    same = (decision.c.one == bindparam("first"), decision.c.other == bindparam("second"))
    connection.execute(delete(decision).where(*same), pairs)
    connection.execute(insert(decision), [_values(one) for one in made])


def decisions_of(connection: Connection, link: int) -> list[Decision]:
    """In the order of the links."""
    mine = or_(decision.c.one == link, decision.c.other == link)
    rows = connection.execute(select(decision).where(mine).order_by(decision.c.one, decision.c.other))
    return [
        from_json(row.one, row.other, orjson.loads(row.evidence), row.model, row.decided_by, row.at)
        for row in rows
    ]


def _values(made: Decision) -> dict[str, object]:
    told = {"one": made.one, "other": made.other, "evidence": orjson.dumps(as_json(made))}
    return told | {"model": made.model, "decided_by": made.decided_by, "at": made.at}
