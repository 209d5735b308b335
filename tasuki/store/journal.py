"""Appends to the ledger, inside the transaction whose effect the entries tell."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from tasuki import ledger
from tasuki.ledger import Diff, Entry, Seal
from tasuki.model import Model
from tasuki.store import statements, tables
from tasuki.store.statements import paged

PAGE = 2_000
"""Entries written at once: those of a first load, all together, would fill the memory."""


def now() -> str:
    """UTC to the millisecond, as entries hold it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def personal(model: Model) -> Callable[[str], bool]:
    """Whether a field's values must not stand in the ledger; an unknown field's must not."""
    open_fields = {name for name, field in model.fields.items() if field.sensitivity == "plain"}
    return lambda name: name not in open_fields


def append(
    connection: Connection, seal: Seal, entries: Iterable[Entry], personal: Callable[[str], bool]
) -> None:
    """The last thing a transaction does: on PostgreSQL the head stays locked from here to the commit.

    `personal` tells which fields' values must be hidden; they go to the value table, the entry keeps HMACs.
    """
    pages = paged(entries, PAGE)
    first = next(pages, None)
    if first is None:
        return
    head = _locked_head(connection)
    size, last, frontier = head.size, head.last, _unpack(head.frontier)
    for page in chain((first,), pages):
        rows = []
        values: dict[tuple[str, str], bytes] = {}
        for entry in page:
            size += 1
            body = ledger.encode(_hidden(entry, seal, personal, values), size, last)
            last = ledger.leaf_hash(body)
            frontier = ledger.grow(frontier, last)
            rows.append(_row(entry, size, body, last))
        statements.put(connection, insert(tables.ledger), rows)
        _keep(connection, values)
    new = {"size": size, "last": last, "frontier": _pack(frontier)}
    connection.execute(update(tables.ledger_head).values(**new))


def checkpoint(connection: Connection) -> None:
    """Writes down the tree's root at its present size, once for a size."""
    head = connection.execute(select(tables.ledger_head)).one_or_none()
    if head is None:
        return
    known = connection.execute(select(tables.checkpoint.c.size).where(tables.checkpoint.c.size == head.size))
    if known.scalar() is None:
        at = datetime.now(UTC).timestamp()
        root = ledger.root(_unpack(head.frontier))
        connection.execute(insert(tables.checkpoint).values(size=head.size, root=root, at=at))


def _locked_head(connection: Connection) -> Any:
    """Ours until the commit. The first append of all makes it, whoever else may be making it now."""
    locked = select(tables.ledger_head).with_for_update()
    head = connection.execute(locked).one_or_none()
    if head is None:
        empty = {"id": 1, "size": 0, "last": ledger.FIRST, "frontier": _pack([])}
        connection.execute(statements.insert_new(connection, tables.ledger_head), empty)
        head = connection.execute(locked).one()
    return head


def _hidden(
    entry: Entry, seal: Seal, personal: Callable[[str], bool], values: dict[tuple[str, str], bytes]
) -> Entry:
    if not entry.diffs:
        return entry
    entity = entry.entity

    def hide(text: str) -> str:
        if not text:
            return ""
        hidden = seal.hide(text)
        values[entity, hidden] = text.encode()
        return hidden

    diffs = tuple(
        Diff(field, hide(before), hide(after), rule) if personal(field) else Diff(field, before, after, rule)
        for field, before, after, rule in entry.diffs
    )
    return entry._replace(diffs=diffs)


def _row(entry: Entry, seq: int, body: bytes, leaf: bytes) -> dict[str, object]:
    return {
        "seq": seq,
        "body": body,
        "hash": leaf,
        "run": entry.run,
        "action": entry.action,
        "entity": entry.entity,
        "system": entry.system,
        "at": entry.at,
    }


def _keep(connection: Connection, values: dict[tuple[str, str], bytes]) -> None:
    # In the order of the key: the table is kept in it, and neighbours share its pages.
    rows = [
        {"subject": subject, "digest": digest, "purpose": "sync", "bytes": data}
        for (subject, digest), data in sorted(values.items())
    ]
    statements.put(connection, statements.insert_new(connection, tables.value), rows)


def _pack(frontier: Sequence[bytes | None]) -> bytes:
    return orjson.dumps([full.hex() if full else None for full in frontier])


def _unpack(data: bytes) -> list[bytes | None]:
    return [bytes.fromhex(full) if full else None for full in orjson.loads(data)]
