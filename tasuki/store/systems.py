"""Systems: what was written down of each at its last read."""

from typing import NamedTuple

import orjson
from sqlalchemy import Connection, select, update

from tasuki.connector import Description, End, Source
from tasuki.packed import builder, pack
from tasuki.store.tables import system_state

_DESCRIPTION = builder(Description)
_SOURCE = builder(Source)


class State(NamedTuple):
    """What was written down of a system at its last read."""

    sync: str
    cursor: str
    mapping: str
    rows: int
    read_at: float
    source: Source | None
    description: Description
    complete: bool
    written: bool
    """Tasuki wrote there since."""
    loaded: bool


def state(connection: Connection, system: str) -> State | None:
    row = connection.execute(select(system_state).where(system_state.c.system == system)).one_or_none()
    if row is None:
        return None
    told = orjson.loads(row.source)
    return State(
        row.sync,
        row.cursor,
        row.mapping,
        row.rows,
        row.read_at,
        _SOURCE(told["source"]) if told["source"] else None,
        _DESCRIPTION(told["description"]),
        told["complete"],
        told.get("written", False),
        row.loaded,
    )


def mark_written(connection: Connection, system: str) -> None:
    """What the last read said of the whole stream holds no more."""
    mine = system_state.c.system == system
    told = orjson.loads(connection.execute(select(system_state.c.source).where(mine)).scalar_one())
    if not told.get("written"):
        marked = orjson.dumps(told | {"written": True})
        connection.execute(update(system_state).where(mine).values(source=marked))


def kept(end: End, description: Description) -> bytes:
    """What `state` reads back of a read."""
    parts = {
        "source": end.source,
        "complete": end.complete,
        "description": description,
    }
    return pack(parts)
