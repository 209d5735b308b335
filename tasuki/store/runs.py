"""Runs, the lease that lets only one of them work, and the blocks that a guard leaves behind."""

import os
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from tasuki.errors import Retry
from tasuki.guards import Guard
from tasuki.store.statements import insert_new
from tasuki.store.tables import block, lease, run

LEASE = 600.0
"""Seconds without a sign of life after which a run on another machine counts as dead."""

# Built once: these are said at every step of a run, and to build one costs as much as to say it.
_BY_ID = select(run).where(run.c.id == bindparam("of"))
_COUNTS = select(run.c.counts).where(run.c.id == bindparam("of")).with_for_update()
_COUNT = update(run).where(run.c.id == bindparam("of"))
_RENEW = update(lease).where(lease.c.sync == bindparam("of"), lease.c.run == bindparam("mine"))


class Open(NamedTuple):
    """A run as it stands."""

    id: str
    sync: str
    actor: str
    status: str
    counts: dict[str, Any]


def start(connection: Connection, id: str, sync: str, actor: str) -> None:
    known = connection.execute(select(run.c.id).where(run.c.id == id)).scalar()
    if known is None:
        values = {"id": id, "sync": sync, "actor": actor, "status": "running", "started": time.time()}
        connection.execute(insert(run).values(counts=b"{}", **values))


def get(connection: Connection, id: str) -> Open:
    row = connection.execute(_BY_ID, {"of": id}).one()
    return Open(row.id, row.sync, row.actor, row.status, orjson.loads(row.counts))


def count(connection: Connection, id: str, step: str, system: str, counts: Mapping[str, int]) -> None:
    """Adds a step's counts of one system; a step that runs again replaces its own."""
    row = connection.execute(_COUNTS, {"of": id}).one()
    all_counts = orjson.loads(row.counts)
    all_counts.setdefault(step, {})[system] = dict(counts)
    connection.execute(_COUNT, {"of": id, "counts": orjson.dumps(all_counts)})


def finish(connection: Connection, id: str, status: str, exit_code: int) -> None:
    connection.execute(
        update(run).where(run.c.id == id).values(status=status, exit_code=exit_code, ended=time.time())
    )


def latest(connection: Connection, limit: int, id: str = "") -> list[Any]:
    """The newest runs first; only those whose id begins with `id`."""
    found = select(run).where(run.c.id.startswith(id, autoescape=True))
    return list(connection.execute(found.order_by(run.c.started.desc()).limit(limit)))


def take_lease(connection: Connection, sync: str, id: str) -> str:
    """Makes this run the only one at work. Gives the run whose lease died, "" when none did.

    Raises Retry TSK-5310 while another run lives. A process that is gone on this machine, or silent for
    LEASE seconds elsewhere, is dead: its run is marked and this one takes over.
    """
    mine = {
        "run": id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "expires": time.time() + LEASE,
    }
    # Every step of a run renews its lease: nearly always that is all there is to do.
    if connection.execute(_RENEW, {"of": sync, "mine": id, **mine}).rowcount:
        return ""
    connection.execute(insert_new(connection, lease), {"sync": sync, **mine})
    row = connection.execute(select(lease).where(lease.c.sync == sync).with_for_update()).one()
    if row.run != id and _alive(row):
        raise Retry("TSK-5310", sync, run=row.run)
    connection.execute(update(lease).where(lease.c.sync == sync).values(**mine))
    if row.run == id:
        return ""
    connection.execute(
        update(run)
        .where(run.c.id == row.run, run.c.status == "running")
        .values(status="killed", exit_code=1, ended=time.time())
    )
    return str(row.run)


def rest_lease(connection: Connection, sync: str, id: str) -> None:
    """Between two steps the run keeps its turn, though no process is at work."""
    connection.execute(update(lease).where(lease.c.sync == sync, lease.c.run == id).values(pid=0))


def drop_lease(connection: Connection, sync: str, id: str) -> None:
    connection.execute(delete(lease).where(lease.c.sync == sync, lease.c.run == id))


def _alive(row: Any) -> bool:
    if row.expires < time.time():
        return False
    if row.pid == 0 or row.host != socket.gethostname():
        return True
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop(connection: Connection, sync: str, id: str, guards: Sequence[Guard]) -> None:
    """Writes down why the run stopped: the next one is blocked until somebody says why it may go on."""
    for guard in guards:
        connection.execute(
            insert(block).values(
                sync=sync,
                system=guard.system,
                code=guard.code,
                evidence=guard.evidence,
                details=orjson.dumps(dict(guard.details)),
                run=id,
                at=time.time(),
                state="open",
            )
        )


def blocks(connection: Connection, sync: str, states: Sequence[str] = ("open",)) -> list[Any]:
    where = (block.c.sync == sync, block.c.state.in_(list(states)))
    return list(connection.execute(select(block).where(*where).order_by(block.c.id)))


def acknowledge(connection: Connection, sync: str, actor: str, reason: str) -> int:
    done = connection.execute(
        update(block)
        .where(block.c.sync == sync, block.c.state == "open")
        .values(state="acknowledged", actor=actor, reason=reason)
    )
    return int(done.rowcount)


def accepted(connection: Connection, sync: str) -> frozenset[str]:
    """Evidence that somebody looked at: seen again it lets pass, once."""
    return frozenset(row.evidence for row in blocks(connection, sync, ("acknowledged",)))


def use_acknowledged(connection: Connection, sync: str) -> None:
    where = (block.c.sync == sync, block.c.state == "acknowledged")
    connection.execute(update(block).where(*where).values(state="used"))
