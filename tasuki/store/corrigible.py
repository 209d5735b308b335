"""What a plan of corrections wants to know besides: open reviews, rows held back, what we last wrote."""

from collections import defaultdict

import orjson
from sqlalchemy import Connection, select

from tasuki.definition import Sync
from tasuki.packed import unpacker
from tasuki.plan import Change
from tasuki.snapshot import Cells, Whole
from tasuki.store.tables import intent, link, quarantine, review

PAGE = 500

_change = unpacker(Change)


def load(connection: Connection, sync: Sync) -> Whole:
    return Whole(_reviewed(connection, sync), _held(connection, sync), _written(connection, sync))


def _reviewed(connection: Connection, sync: Sync) -> frozenset[int]:
    asked = select(review.c.one, review.c.other).where(review.c.sync == sync.name, review.c.state == "open")
    return frozenset(one for row in connection.execute(asked) for one in row)


def _held(connection: Connection, sync: Sync) -> dict[int, Cells]:
    rows = connection.execute(
        select(link.c.id, quarantine.c.cells)
        .join(link, (link.c.system == quarantine.c.system) & (link.c.key == quarantine.c.key))
        .where(quarantine.c.sync == sync.name, quarantine.c.way == "in", quarantine.c.state == "open")
    )
    held: dict[int, list[Cells]] = defaultdict(list)
    for row in rows:
        held[row.id].append(orjson.loads(row.cells))
    # Of a key that stands twice nobody knows which row is meant.
    return {one: cells[0] if len(cells) == 1 else {} for one, cells in held.items()}


def _written(connection: Connection, sync: Sync) -> dict[tuple[str, str], Cells]:
    """The newest last, so that it counts."""
    done = select(intent.c.body).where(intent.c.sync == sync.name, intent.c.state == "done")
    written: dict[tuple[str, str], Cells] = defaultdict(dict)
    for page in connection.execute(done.order_by(intent.c.at, intent.c.token)).partitions(PAGE):
        for row in page:
            change = _change(row.body)
            written[change.entity, change.system] |= change.cells
    return dict(written)
