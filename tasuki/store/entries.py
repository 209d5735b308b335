"""What the store holds under a term that somebody asks for: rows, their records, where they stand."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from tasuki.record import Record
from tasuki.store.catalogue import TABLES
from tasuki.store.driver import marks, tuples
from tasuki.terms import Way


class Standing(NamedTuple):
    """A row in a system."""

    system: str
    key: str
    place: str
    state: str


class Hit(NamedTuple):
    """A row that holds the term; `entity` "" while it is nobody's."""

    model: str
    entity: str
    row: Standing


class Held(NamedTuple):
    """A record as the store holds it."""

    model: str
    entity: str
    value: Record


def under(connection: Connection, way: Way, texts: Sequence[str], prefix: bool, most: int) -> list[int]:
    """The links of the first `most` rows, in the order of the texts they hold."""
    # No text in UTF-8 holds the byte 0xff; and nothing stands between a text and the same with a zero behind.
    end = b"\xff" if prefix else b"\0"
    # A limit for each text and table: of several ranges at once SQLite would sort all that lies in them.
    parts = [(table.name, text) for table in TABLES["terms"] for text in map(str.encode, texts)]
    if not parts:
        return []
    question = " UNION ALL ".join(_UNDER_A_TERM.format(table) for table, _ in parts)
    found = tuples(connection, question, [v for _, text in parts for v in (way, text, text + end, most)])
    return list(dict.fromkeys(one for _, one in sorted(found)))[:most]


_UNDER_A_TERM = """
SELECT text, link FROM (
    SELECT text, link FROM {} WHERE way = ? AND text >= ? AND text < ? ORDER BY text, link LIMIT ?
) AS under
"""


def hits(connection: Connection, links: Sequence[int]) -> list[Hit]:
    rows = tuples(connection, _HIT.format(marks(links)), links) if links else ()
    found = {one: Hit(model, owner, Standing(*row)) for one, model, owner, *row in rows}
    return [found[one] for one in links]


_HIT = """
SELECT id, model, coalesce(entity, ''), system, key, place, state FROM link WHERE id IN ({})
"""


def held(connection: Connection, ids: Iterable[str]) -> dict[str, Held]:
    """By the id asked for; of a customer that was merged, the one that it belongs to now."""
    asked = sorted(set(ids))
    if not asked:
        return {}
    rows = tuples(connection, _HELD.format(marks(asked)), asked)
    found = {id: Held(model, id, orjson.loads(value)) for id, model, value, redirect in rows if not redirect}
    moved = {id: redirect for id, _, _, redirect in rows if redirect}
    kept = held(connection, moved.values())
    return found | {id: kept[to] for id, to in moved.items() if to in kept}


_HELD = "SELECT id, model, value, redirect FROM entity WHERE id IN ({})"


def standing(connection: Connection, ids: Sequence[str]) -> dict[str, list[Standing]]:
    """Where these records stand, by id; rows that are gone are left out."""
    found: dict[str, list[Standing]] = {}
    for id, system, _, *row in sorted(tuples(connection, _STANDING.format(marks(ids)), ids)) if ids else ():
        found.setdefault(id, []).append(Standing(system, *row))
    return found


_STANDING = """
SELECT entity, system, id, key, place, state FROM link
WHERE entity IN ({}) AND state <> 'gone'
"""
