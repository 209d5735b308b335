"""The index: where rows meet that matching should compare, and the terms that people look them up by.

A few rows that moved wait until somebody asks: to fold them costs a run that compares nothing a fifth of its
time.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from tasuki.identity.keys import COMPARED
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record, pick
from tasuki.side import view
from tasuki.store import Store, catalogue, recall, remember
from tasuki.store.catalogue import Card
from tasuki.store.driver import delete, insert, marks, pages, tuples
from tasuki.store.tables import unindexed
from tasuki.terms import LOOKED, Fold, Term, terms_of

if TYPE_CHECKING:
    from tasuki.identity.table import Table

LAYOUT = "2"
"""Counts up when folding, terms or blocks change: then all rows are indexed anew."""
MOST = 50_000
"""Rows kept before they are written: sorted by hash they land beside each other."""
PATIENCE = 5_000
"""Rows that may wait: folding them takes half a second."""


@contextmanager
def current(
    store: Store, needed: Callable[[Connection], bool] = lambda connection: True
) -> Iterator[Connection]:
    """One moment of the store where no row waits to be indexed, if that is `needed`."""
    with store.read() as connection:
        if not (_is_behind(connection) and needed(connection)):
            yield connection
            return
    with store.write() as connection:
        catch_up(connection)
        yield connection


def refresh(
    connection: Connection,
    mapping: SystemMapping,
    keys: Collection[str],
    records: Mapping[str, Record] = MappingProxyType({}),
) -> None:
    """These rows of a system say what they say in the store now; the index follows, at once or in a while.

    `records`, by key, of those that somebody has mapped already.
    """
    of = mapping.model.name
    if of not in LOOKED:
        return
    known = _is_current(connection, mapping)
    rows = _of_keys(connection, mapping.system, keys) if known else _all(connection, mapping.system)
    for batch in pages(rows, MOST):
        told = _records(connection, mapping, batch, records)
        _forget_waiting(connection, list(told))
        moved = _moved(connection, told) if known else told
        if known and len(moved) <= PATIENCE:
            _wait(connection, of, moved)
        else:
            _index(connection, of, moved)
    if not known:
        remember(connection, f"index:{mapping.system}", LAYOUT)
    ((waiting,),) = tuples(connection, "SELECT count(*) FROM unindexed")
    if waiting > PATIENCE:
        catch_up(connection)


def catch_up(connection: Connection) -> None:
    """Indexes the rows that wait."""
    # Locked: on PostgreSQL another run may be about to say something new of them.
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    waiting = tuples(connection, f"SELECT link, model, record FROM unindexed ORDER BY model, link{lock}")
    for of, rows in groupby(waiting, itemgetter(1)):
        _index(connection, of, {one: record and orjson.loads(record) for one, _, record in rows})
    _forget_waiting(connection, [one for one, _, _ in waiting])


def forget(connection: Connection, links: Sequence[int]) -> None:
    """Takes rows out; for those whose link is about to vanish."""
    _forget_waiting(connection, links)
    catalogue.put(connection, dict.fromkeys(links))


def candidates_of(connection: Connection, links: Sequence[int]) -> list[tuple[int, int]]:
    """Every pair of one of these rows and another that meet in a block worth something, the smaller first.

    Where none waits it follows from the rows alone that are stored now, whatever order they came in
    (invariant I12).
    """
    from tasuki.identity.blocks import LARGEST  # numpy, as in _rows

    blocks = sorted(set().union(*catalogue.blocks_of(connection, links)))
    there: dict[int, list[int]] = defaultdict(list)
    for block, one in catalogue.meeting(connection, blocks, LARGEST):
        there[block].append(one)
    mine = set(links)
    return sorted(
        {
            (one, other) if one < other else (other, one)
            for rows in there.values()
            for one in rows
            if one in mine
            for other in rows
            if other != one
        }
    )


def table_of(connection: Connection, of: str, links: Sequence[int]) -> "Table":
    """The rows as they were folded when they were taken in, ready to be judged; in the order of `links`,
    each of them indexed."""
    from tasuki.identity.blocks import table_of as laid_out  # numpy, as in _rows
    from tasuki.identity.likeness import FIELDS

    known = dict(catalogue.kept(connection, '"values"', links))
    return laid_out(FIELDS[of], [orjson.loads(known[one]) for one in links])


# What a row is kept as


def _rows(of: str, records: Mapping[int, Record]) -> dict[int, Card]:
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
        one: Card(
            row.blocks if row else frozenset(), told, orjson.dumps(row.values if row else ()), _said(record)
        )
        for (one, record), told, row in zip(records.items(), terms, kept, strict=True)
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
    from tasuki.identity.kinds import KINDS  # numpy, as in _rows

    return KINDS[kind].read(texts)[0].texts() if texts else ()


def _used(of: str) -> frozenset[str]:
    looked = {looked.field for looked in LOOKED.get(of, ())}
    return frozenset({*looked, *COMPARED.get(of, ()), "invoice_number"})


# Keeping up


def _is_behind(connection: Connection) -> bool:
    return bool(tuples(connection, "SELECT link FROM unindexed LIMIT 1"))


def _moved(connection: Connection, told: Mapping[int, Record | None]) -> dict[int, Record | None]:
    """Those that don't say what they said when they were folded: somebody's note is no news."""
    said = dict(catalogue.kept(connection, "said", list(told)))
    return {
        one: record
        for one, record in told.items()
        if said.get(one) != (None if record is None else _said(record))
    }


def _said(record: Record) -> bytes:
    told = {field: text for field, text in record.items() if text}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).digest()[:16]


def _wait(connection: Connection, of: str, told: Mapping[int, Record | None]) -> None:
    kept = [(one, of, None if record is None else orjson.dumps(record)) for one, record in told.items()]
    insert(connection, unindexed, kept)


def _forget_waiting(connection: Connection, links: Sequence[int]) -> None:
    delete(connection, unindexed, [(one,) for one in links])


def _index(connection: Connection, of: str, told: Mapping[int, Record | None]) -> None:
    here = {one: record for one, record in told.items() if record is not None}
    catalogue.put(connection, {**dict.fromkeys(told), **_rows(of, here)})


def _is_current(connection: Connection, mapping: SystemMapping) -> bool:
    """Not so for a system whose rows were never indexed, or in another way."""
    return recall(connection, f"index:{mapping.system}") == LAYOUT


def _all(connection: Connection, system: str) -> Sequence[tuple[Any, ...]]:
    return tuples(connection, _STANDING, (system,))


def _of_keys(connection: Connection, system: str, keys: Collection[str]) -> Sequence[tuple[Any, ...]]:
    return [
        row
        for page in pages(sorted(set(keys)))
        for row in tuples(connection, f"{_STANDING} AND key IN ({marks(page)})", (system, *page))
    ]


# Of the version nobody asks. But without it the index link_known holds all that is asked, and SQLite would
# go through every row of the system in it rather than look the keys up.
_STANDING = "SELECT id, key, state, version FROM link WHERE system = ?"


def _records(
    connection: Connection,
    mapping: SystemMapping,
    rows: Sequence[tuple[Any, ...]],
    records: Mapping[str, Record],
) -> dict[int, Record | None]:
    """By link, what matters of them; None for rows that are gone."""
    used = _used(mapping.model.name)
    found: dict[int, Record | None] = {one: None for one, _, _, _ in rows}
    here = {one: key for one, key, state, _ in rows if state in ("here", "held")}
    found |= {one: pick(records[key], used) for one, key in here.items() if key in records}
    for page in pages([one for one, key in here.items() if key not in records]):
        for one, observed in tuples(connection, _OBSERVED.format(marks(page)), page):
            found[one] = pick(view(mapping, orjson.loads(observed)), used)
    return found


_OBSERVED = "SELECT id, observed FROM link WHERE id IN ({})"
