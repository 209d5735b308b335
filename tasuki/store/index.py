"""The index: where rows meet that matching should compare, and the terms that people look them up by."""

import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import orjson
from sqlalchemy import Connection, Table as SqlTable

from tasuki.identity.keys import COMPARED
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record, pick
from tasuki.side import view
from tasuki.store import recall, remember
from tasuki.store.driver import answers, carry_out, marks
from tasuki.store.tables import block_key, indexed, term
from tasuki.terms import LOOKED, Fold, Term, terms_of

if TYPE_CHECKING:
    from tasuki.identity.table import Table

T = TypeVar("T")

LAYOUT = "1"
"""Counts up when folding, terms or blocks change: then all rows are indexed anew."""
MOST = 50_000
"""Rows kept before they are written: sorted by hash they land beside each other."""
PAGE = 5_000


class _Row(NamedTuple):
    """What the index holds of one link."""

    blocks: frozenset[int]
    terms: frozenset[Term]
    values: bytes


def refresh(
    connection: Connection,
    mapping: SystemMapping,
    keys: Collection[str],
    records: Mapping[str, Record] = MappingProxyType({}),
) -> None:
    """Brings the index up to date with these rows of a system, as they stand in the store now.

    `records`, by key, of those that somebody has mapped already.
    """
    of = mapping.model.name
    if of not in LOOKED:
        return
    rows = _of_keys(connection, mapping.system, keys) if _is_current(connection, mapping) else None
    for batch in _pages(_all(connection, mapping.system) if rows is None else rows, MOST):
        told = _records(connection, mapping, batch, records)
        here = {one: record for one, record in told.items() if record is not None}
        _replace(connection, {**dict.fromkeys(told), **_rows(of, here)})
    if rows is None:
        remember(connection, f"index:{mapping.system}", LAYOUT)


def forget(connection: Connection, links: Sequence[int]) -> None:
    """Takes rows out; for those whose link is about to vanish."""
    _replace(connection, dict.fromkeys(links))


def candidates_of(connection: Connection, links: Sequence[int]) -> list[tuple[int, int]]:
    """Every pair of one of these rows and another that meet in a block worth something, the smaller first.

    It follows from the rows alone that are stored now, whatever order they came in (invariant I12).
    """
    from tasuki.identity.blocks import LARGEST

    mine = {one: _unpacked(blocks) for one, blocks in _known(connection, "blocks", links)}
    hashes = sorted({block for blocks in mine.values() for block in blocks})
    there: dict[int, list[int]] = defaultdict(list)
    for page in _pages(hashes):
        for block, one in answers(connection, _MET.format(marks(page)), (*page, LARGEST)):
            there[block].append(one)
    return sorted(
        {
            (min(one, other), max(one, other))
            for one, blocks in mine.items()
            for block in blocks
            for other in there.get(block, ())
            if other != one
        }
    )


_MET = """
SELECT block_key.hash, block_key.link
FROM block_key JOIN (
    SELECT hash FROM block_key WHERE hash IN ({}) GROUP BY hash HAVING count(*) BETWEEN 2 AND ?
) AS met ON met.hash = block_key.hash
"""


def table_of(connection: Connection, of: str, links: Sequence[int]) -> "Table":
    """The rows as they were folded when they were taken in, ready to be judged; in the order of `links`,
    each of them indexed."""
    from tasuki.identity.blocks import table_of as laid_out
    from tasuki.identity.likeness import FIELDS

    known = dict(_known(connection, '"values"', links))
    return laid_out(FIELDS[of], [orjson.loads(known[one]) for one in links])


# What a row is kept as


def _rows(of: str, records: Mapping[int, Record]) -> dict[int, _Row]:
    # numpy costs .15 s: a run that takes in nothing goes without.
    from tasuki.identity.blocks import keep
    from tasuki.identity.likeness import FIELDS, texts

    fields = FIELDS.get(of, ())
    columns = texts(fields, records.values())
    parts = {field.name: field.rules.read(columns[field.name]) for field in fields}
    kept = keep(of, fields, parts) if fields else [None] * len(records)
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for field in fields:
        known[field.kind].update(zip(columns[field.name], parts[field.name][0].texts(), strict=True))
    terms = _terms_of(of, list(records.values()), partial(_fold, known))
    return {
        one: _Row(row.blocks if row else frozenset(), told, orjson.dumps(row.values if row else ()))
        for one, told, row in zip(records, terms, kept, strict=True)
    }


def _terms_of(of: str, records: Sequence[Record], fold: Fold) -> list[frozenset[Term]]:
    found: list[set[Term]] = [set() for _ in records]
    for looked in LOOKED[of]:
        at = [number for number, record in enumerate(records) if record.get(looked.field)]
        told = terms_of(looked, [records[number][looked.field] for number in at], fold)
        for number, terms in zip(at, told, strict=True):
            found[number].update(terms)
    return [frozenset(terms) for terms in found]


def _fold(known: dict[str, dict[str, str]], kind: str, texts: Sequence[str]) -> Sequence[str]:
    new = sorted(set(texts) - known[kind].keys())
    known[kind].update(zip(new, folded(kind, new), strict=True))
    return [known[kind][text] for text in texts]


def folded(kind: str, texts: Sequence[str]) -> Sequence[str]:
    """As the matching model folds texts of this kind."""
    from tasuki.identity.kinds import KINDS

    return KINDS[kind].read(texts)[0].texts() if texts else ()


def _used(of: str) -> frozenset[str]:
    looked = {looked.field for looked in LOOKED.get(of, ())}
    return frozenset({*looked, *COMPARED.get(of, ()), "invoice_number"})


# Keeping up


def _is_current(connection: Connection, mapping: SystemMapping) -> bool:
    """Not so for a system whose rows were never indexed, or in another way."""
    return recall(connection, f"index:{mapping.system}") == LAYOUT


def _all(connection: Connection, system: str) -> Sequence[Any]:
    return answers(connection, _STANDING, (system,))


def _of_keys(connection: Connection, system: str, keys: Collection[str]) -> Sequence[Any]:
    return [
        row
        for page in _pages(sorted(set(keys)))
        for row in answers(connection, f"{_STANDING} AND key IN ({marks(page)})", (system, *page))
    ]


# Of the version nobody asks. But without it the index link_known holds all that is asked, and SQLite would
# go through every row of the system in it rather than look the keys up.
_STANDING = "SELECT id, key, state, version FROM link WHERE system = ?"


def _records(
    connection: Connection, mapping: SystemMapping, rows: Sequence[Any], records: Mapping[str, Record]
) -> dict[int, Record | None]:
    """By link, what matters of them; None for rows that are gone."""
    used = _used(mapping.model.name)
    found: dict[int, Record | None] = {row.id: None for row in rows}
    here = [row for row in rows if row.state in ("here", "held")]
    found |= {row.id: pick(records[row.key], used) for row in here if row.key in records}
    for page in _pages([row.id for row in here if row.key not in records]):
        for one, observed in answers(connection, _OBSERVED.format(marks(page)), page):
            found[one] = pick(view(mapping, orjson.loads(observed)), used)
    return found


_OBSERVED = "SELECT id, observed FROM link WHERE id IN ({})"


def _replace(connection: Connection, rows: Mapping[int, _Row | None]) -> None:
    before = {
        one: _Row(frozenset(_unpacked(blocks)), _terms(terms), values)
        for one, blocks, terms, values in _known(connection, 'blocks, terms, "values"', list(rows))
    }
    now = {one: row for one, row in rows.items() if row}
    _delete(connection, block_key, _beyond(before, now, "blocks"))
    _delete(connection, term, _beyond(before, now, "terms"))
    _delete(connection, indexed, [(one,) for one in before])
    _insert(connection, block_key, _beyond(now, before, "blocks"))
    _insert(connection, term, _beyond(now, before, "terms"))
    kept = [
        (one, _packed(row.blocks), orjson.dumps(sorted(row.terms)), row.values) for one, row in now.items()
    ]
    _insert(connection, indexed, kept)


def _beyond(
    rows: Mapping[int, _Row], others: Mapping[int, _Row], part: Literal["blocks", "terms"]
) -> list[tuple[Any, ...]]:
    """What `rows` hold and `others` don't, as rows of the table for it, in the order of its key."""
    more = (
        (told, one)
        for one, row in rows.items()
        for told in getattr(row, part) - getattr(others.get(one, _BLANK), part)
    )
    if part == "blocks":
        return sorted(more)
    return sorted((way, text.encode(), one) for (way, text), one in more)


_BLANK = _Row(frozenset(), frozenset(), b"")


def _terms(kept: bytes) -> frozenset[Term]:
    return frozenset((way, text) for way, text in orjson.loads(kept))


def _delete(connection: Connection, table: SqlTable, rows: Sequence[tuple[Any, ...]]) -> None:
    key = " AND ".join(f'"{column.name}" = ?' for column in table.primary_key)
    _many(connection, f"DELETE FROM {table.name} WHERE {key}", rows)


def _insert(connection: Connection, table: SqlTable, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    _many(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


def _many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for page in _pages(rows):
        carry_out(connection, statement, page)


def _known(connection: Connection, columns: str, links: Sequence[int]) -> list[Any]:
    """The links and, of each, these columns; only of those that are indexed."""
    return [
        row
        for page in _pages(links)
        for row in answers(connection, _INDEXED.format(columns, marks(page)), page)
    ]


_INDEXED = "SELECT link, {} FROM indexed WHERE link IN ({})"


def _packed(blocks: Iterable[int]) -> bytes:
    told = sorted(blocks)
    return struct.pack(f"<{len(told)}q", *told)


def _unpacked(blocks: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(blocks) // 8}q", blocks)


def _pages(items: Sequence[T], size: int = PAGE) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
