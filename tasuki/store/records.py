"""Reads the ledger: for verification, and for people who ask what happened."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from tasuki import verify
from tasuki.ledger import Seal
from tasuki.store.statements import chunks
from tasuki.store.tables import checkpoint, entity, ledger, ledger_head, link, value

PAGE = 2_000


def check(connection: Connection, seal: Seal) -> verify.Report:
    """Verifies all that the store holds."""
    head = connection.execute(select(ledger_head)).one_or_none()
    roots = {row.size: row.root for row in connection.execute(select(checkpoint))}
    values = (
        (row.digest, row.bytes)
        for row in connection.execute(select(value.c.digest, value.c.bytes)).yield_per(PAGE)
    )
    return verify.verify(
        _stored(connection), (head.size, head.last) if head else None, roots, values, seal.hide
    )


def _stored(connection: Connection) -> Iterator[verify.Stored]:
    for row in connection.execute(select(ledger).order_by(ledger.c.seq)).yield_per(PAGE):
        columns = {
            "run": row.run,
            "action": row.action,
            "entity": row.entity,
            "system": row.system,
            "at": row.at,
        }
        yield verify.Stored(row.seq, row.body, row.hash, columns)


def log(connection: Connection, wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Entries that fit, oldest first, with the personal values that still exist in their places.

    `wanted`: customer (entity, code or name), system, field, run, start, end (UTC dates or times).
    """
    where = [ledger.c[name] == wanted[name] for name in ("system", "run") if wanted.get(name)]
    if start := wanted.get("start"):
        where.append(ledger.c.at >= start)
    if end := wanted.get("end"):
        # By length, not by a last character: each database sorts text in its own way.
        where.append(func.substr(ledger.c.at, 1, len(end)) <= end)
    if customer := wanted.get("customer"):
        where.append(ledger.c.entity.in_(entities(connection, customer)))
    field = wanted.get("field")
    page: list[Any] = []
    for row in connection.execute(select(ledger).where(*where).order_by(ledger.c.seq)).yield_per(PAGE):
        entry = orjson.loads(row.body)
        if field and not any(diff["field"] == field for diff in entry.get("diffs", ())):
            continue
        page.append((row.hash, entry))
        if len(page) == PAGE:
            yield from _clear(connection, page)
            page = []
    yield from _clear(connection, page)


def entities(connection: Connection, said: str) -> list[str]:
    """The customers that somebody means by an entity's id, a key in any system, or a name."""
    found = {row.entity for row in connection.execute(select(link.c.entity).where(link.c.key == said))}
    merged: dict[str, str] = {}
    for row in connection.execute(select(entity.c.id, entity.c.value, entity.c.redirect)):
        values = orjson.loads(row.value)
        if row.redirect:
            merged[row.id] = row.redirect
        if said == row.id or said in (values.get("name"), values.get("code")):
            found.add(row.id)
    # What was written of a customer before it was merged is the history of the one it is now.
    while more := {gone for gone, kept in merged.items() if kept in found} - found:
        found |= more
    return sorted(found - {None})


def _clear(connection: Connection, page: list[Any]) -> Iterator[dict[str, Any]]:
    texts: dict[tuple[str, str], str] = {}
    for subjects in chunks(sorted({entry["entity"] for _, entry in page if entry.get("diffs")})):
        rows = connection.execute(select(value).where(value.c.subject.in_(subjects)))
        texts |= {(row.subject, row.digest): row.bytes.decode() for row in rows}
    for hash_, entry in page:
        for diff in entry.get("diffs", ()):
            for side in ("before", "after"):
                if side in diff:
                    diff[side] = texts.get((entry["entity"], diff[side]), diff[side])
        yield {**entry, "hash": hash_.hex()}
