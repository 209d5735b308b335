"""The certain keys of rows, by which others are the same customer (S15), in step with what the rows show."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from tasuki.connector import Cell
from tasuki.definition import Sync
from tasuki.identity import keys_of
from tasuki.identity.keys import KEYED
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record
from tasuki.store.statements import chunks, put
from tasuki.store.tables import link, match_key


def is_keyed_anew(mapping: SystemMapping, before: Mapping[str, Cell], after: Mapping[str, Cell]) -> bool:
    """Whether a cell moved that keys are made of, under one and the same mapping."""
    columns = (mapping.fields[name].columns for name in KEYED & mapping.fields.keys())
    return any(before.get(one, _NEVER) != after.get(one, _NEVER) for one in chain.from_iterable(columns))


_NEVER = object()


def rekey(connection: Connection, sync: Sync, mapping: SystemMapping, records: Mapping[str, Record]) -> None:
    """Of these rows of a system, by key, as they stand in the store now."""
    mine = select(link.c.id, link.c.key).where(link.c.system == mapping.system)
    ids = {
        row.key: row.id
        for page in chunks(list(records))
        for row in connection.execute(mine.where(link.c.key.in_(page)))
    }
    before = {
        tuple(row)
        for page in chunks(list(ids.values()))
        for row in connection.execute(select(match_key).where(match_key.c.link.in_(page)))
    }
    shared = mapping.system in sync.shared_code
    found = {
        (ids[key], one.kind, one.hash)
        for key, record in records.items()
        for one in keys_of(sync.model.name, record, shared)
    }
    # Keys are hashes, each on a page of its own: those that stay are not touched.
    put(connection, _GONE, _bound(before - found))
    put(connection, insert(match_key), _bound(found - before))


_GONE = delete(match_key).where(*(column == bindparam(column.name) for column in match_key.primary_key))


def _bound(keys: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [{"link": link, "kind": kind, "hash": hash} for link, kind, hash in sorted(keys)]
