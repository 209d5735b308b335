"""The catalogue: under which block and which term each row stands.

Blocks are hashes and terms are anybody's names: a hundred rows would touch a thousand places all over the
tables. They lie in two small tables first, until there are enough to be filed away in one go; whoever asks
looks in both.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import Connection, Table

from tasuki.store import Store
from tasuki.store.driver import delete, insert, marks, pages, tuples
from tasuki.store.tables import block_key, indexed, recent_block_key, recent_term, term
from tasuki.terms import Term

FEW = 5_000
"""Rows whose blocks and terms are not worth filing at once."""
MANY = 10_000
"""Blocks or terms that lie there at most, when a run ends."""


class Card(NamedTuple):
    """What the catalogue holds of one row."""

    blocks: frozenset[int]
    terms: frozenset[Term]
    values: bytes
    said: bytes


Part = Literal["blocks", "terms"]
TABLES: Mapping[Part, tuple[Table, Table]] = {
    "blocks": (recent_block_key, block_key),
    "terms": (recent_term, term),
}
"""First where the recent ones lie: who takes one out may have waited until it was filed."""


def put(connection: Connection, cards: Mapping[int, Card | None]) -> None:
    """By link, in the place of what was there; None for a row that is to be taken out."""
    before = {
        one: Card(frozenset(_unpacked(blocks)), _terms(terms), values, said)
        for one, blocks, terms, values, said in kept(connection, 'blocks, terms, "values", said', list(cards))
    }
    now = {one: card for one, card in cards.items() if card}
    for part, tables in TABLES.items():
        gone = _beyond(before, now, part)
        for table in tables:
            delete(connection, table, gone)
        insert(connection, tables[len(cards) > FEW], _beyond(now, before, part))
    delete(connection, indexed, [(one,) for one in before])
    cards_now = [
        (one, _packed(card.blocks), orjson.dumps(sorted(card.terms)), card.values, card.said)
        for one, card in now.items()
    ]
    insert(connection, indexed, cards_now)


def kept(connection: Connection, columns: str, links: Sequence[int]) -> list[tuple[Any, ...]]:
    """The links and, of each, these columns; only of those that stand there."""
    return [
        row
        for page in pages(links)
        for row in tuples(connection, _INDEXED.format(columns, marks(page)), page)
    ]


_INDEXED = "SELECT link, {} FROM indexed WHERE link IN ({})"


def blocks_of(connection: Connection, links: Sequence[int]) -> list[tuple[int, ...]]:
    """Of each row that stands there."""
    return [_unpacked(blocks) for _, blocks in kept(connection, "blocks", links)]


def meeting(connection: Connection, blocks: Sequence[int], most: int) -> list[tuple[Any, ...]]:
    """Each of these blocks with each row that stands in it, where two do or more and no more than `most`."""
    return [
        row
        for page in pages(blocks)
        for row in tuples(
            connection, _MET.format(", ".join(["(?)"] * len(page))), (*page, most + 1, most + 1, most)
        )
    ]


# Of a block that half of the rows stand in no more are counted than make it too large.
_MET = """
WITH asked (hash) AS (VALUES {}), met AS (
    SELECT hash FROM asked WHERE (
        SELECT count(*) FROM (SELECT 1 FROM block_key WHERE block_key.hash = asked.hash LIMIT ?) AS filed
    ) + (
        SELECT count(*) FROM (
            SELECT 1 FROM recent_block_key WHERE recent_block_key.hash = asked.hash LIMIT ?
        ) AS recent
    ) BETWEEN 2 AND ?
)
SELECT met.hash, link FROM met JOIN block_key ON block_key.hash = met.hash
UNION ALL
SELECT met.hash, link FROM met JOIN recent_block_key ON recent_block_key.hash = met.hash
"""


def file_away(store: Store, most: int = MANY) -> None:
    """The recent blocks and terms go where the others are, when there are more: for the end of a run, when
    nobody waits for what was found. To write to some eight thousand pages takes .4 s."""
    for recent, filed in TABLES.values():
        with store.read() as connection:
            ((there,),) = tuples(connection, f"SELECT count(*) FROM {recent.name}")
        if there > most:
            with store.write() as connection:
                _file_away(connection, recent, filed)


def _file_away(connection: Connection, recent: Table, filed: Table) -> None:
    # Locked: on PostgreSQL another run may be about to take one of them out.
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    order = ", ".join(column.name for column in recent.primary_key)
    rows = tuples(connection, f"SELECT {order} FROM {recent.name} ORDER BY {order}{lock}")
    insert(connection, filed, rows)
    delete(connection, recent, rows)


def _beyond(cards: Mapping[int, Card], others: Mapping[int, Card], part: Part) -> list[tuple[Any, ...]]:
    """What `cards` hold and `others` don't, as rows of the table for it, in the order of its key."""
    more = (
        (told, one)
        for one, card in cards.items()
        for told in getattr(card, part) - getattr(others.get(one, _BLANK), part)
    )
    if part == "blocks":
        return sorted(more)
    return sorted((way, text.encode(), one) for (way, text), one in more)


_BLANK = Card(frozenset(), frozenset(), b"", b"")


def _terms(kept: bytes) -> frozenset[Term]:
    return frozenset((way, text) for way, text in orjson.loads(kept))


def _packed(blocks: Iterable[int]) -> bytes:
    told = sorted(blocks)
    return struct.pack(f"<{len(told)}q", *told)


def _unpacked(blocks: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(blocks) // 8}q", blocks)
