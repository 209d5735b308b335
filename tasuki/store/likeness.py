"""Asks the matching model about rows that belong to nobody yet; the only part of a sync that needs numpy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from tasuki.definition import Sync
from tasuki.identity import Likely
from tasuki.identity.likeness import FIELDS, learn, likely
from tasuki.identity.model import Model
from tasuki.identity.modelfile import dump, parse
from tasuki.record import Record
from tasuki.side import view
from tasuki.store.models import frozen
from tasuki.store.tables import link

GROWN = 4
"""A model is learned anew when there are so many times the rows that it was learned from."""


class Word(NamedTuple):
    """What the model says."""

    likely: tuple[Likely, ...]
    learned: bytes
    """A new model, to be frozen with the plan that was made by it; b"" when there was one."""


def ask(
    connection: Connection,
    sync: Sync,
    rows: Sequence[Any],
    same: Iterable[tuple[int, int]],
    different: Iterable[tuple[int, int]],
) -> Word:
    """`rows` are links with those that may be the same; whatever two that belong to somebody are to each
    other is left out."""
    known = frozen(connection, sync.model.name)
    model = parse(orjson.loads(known.body)) if known else None
    learned = b""
    if model is None or _rows(connection, sync) >= GROWN * model.rows:
        model = _learn(connection, sync)
        learned = dump(model)
    here = [row for row in rows if row.state == "here" and row.system in sync.systems]
    home = {row.id: row.entity for row in here if row.entity}
    told = likely(model, _records(sync, here), [*same, *_together(home)], different)
    return Word(tuple(one for one in told if not (one.one in home and one.other in home)), learned)


def _rows(connection: Connection, sync: Sync) -> int:
    mine = select(func.count()).where(link.c.system.in_(list(sync.systems)), link.c.state == "here")
    return connection.execute(mine).scalar_one()


def _learn(connection: Connection, sync: Sync) -> Model:
    mine = select(link.c.system, link.c.observed).where(
        link.c.system.in_(list(sync.systems)), link.c.state == "here"
    )
    records = (_record(sync, row) for row in connection.execute(mine))
    return learn(FIELDS[sync.model.name], records)


def _records(sync: Sync, rows: Iterable[Any]) -> dict[int, Record]:
    return {row.id: _record(sync, row) for row in rows}


def _record(sync: Sync, row: Any) -> Record:
    return view(sync.systems[row.system].mapping, orjson.loads(row.observed))


def _together(home: Mapping[int, str]) -> list[tuple[int, int]]:
    """A chain through the rows of each customer."""
    by_entity = sorted(home, key=lambda one: (home[one], one))
    return [(a, b) for a, b in pairwise(by_entity) if home[a] == home[b]]
