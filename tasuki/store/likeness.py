"""Asks the matching model about rows that belong to nobody yet; the only part of a sync that needs numpy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, func, select

from tasuki.definition import Sync
from tasuki.identity import COMPARED, Likely, likeness
from tasuki.identity.modelfile import dump, parse
from tasuki.record import Record
from tasuki.side import view
from tasuki.snapshot import LinkState
from tasuki.store.models import frozen, id_of
from tasuki.store.tables import link

PAGE = 500
GROWN = 4
"""A model is learned anew when there are so many times the rows that it was learned from."""


class Answer(NamedTuple):
    """What the model says."""

    likely: tuple[Likely, ...]
    learned: bytes
    """A new model, to be frozen with the plan that was made by it; b"" when there was one."""


def ask(
    connection: Connection,
    sync: Sync,
    rows: Sequence[LinkState],
    same: Iterable[tuple[int, int]],
    different: Iterable[tuple[int, int]],
) -> Answer:
    """`rows` are links with those that may be the same; what two that belong to somebody are to each other is
    left out."""
    known = frozen(connection, sync.model.name)
    model = parse(orjson.loads(known.body)) if known else None
    if model and _rows(connection, sync) >= GROWN * model.rows:
        model = None
    asked = {row.id for row in rows}
    here = [row for row in rows if row.state == "here" and row.system in sync.systems]
    home = {row.id: row.entity for row in here if row.entity}
    records = {row.id: _record(sync, row.system, row.kept.observed) for row in here}
    if model is None:
        # It is learned from all rows.
        for row in connection.execute(_here(sync, link).execution_options(yield_per=PAGE)):
            if row.id not in records:
                home |= {row.id: row.entity} if row.entity else {}
                records[row.id] = _record(sync, row.system, row.observed)
    word = likeness.ask(
        model, likeness.FIELDS[sync.model.name], records, [*same, *_together(home)], different
    )
    learned = b"" if model else dump(word.model)
    id = known.id if model and known else id_of(learned)
    told = (
        one._replace(evidence={"model": id, **one.evidence})
        for one in word.likely
        if {one.one, one.other} <= asked and not {one.one, one.other} <= home.keys()
    )
    return Answer(tuple(told), learned)


def _rows(connection: Connection, sync: Sync) -> int:
    return int(connection.execute(_here(sync, func.count())).scalar_one())


def _here(sync: Sync, what: Any) -> Select[Any]:
    return select(what).where(link.c.system.in_(list(sync.systems)), link.c.state == "here")


def _record(sync: Sync, system: str, observed: bytes) -> Record:
    """What is compared, and not blank; the row's other cells are not even read."""
    names = (*COMPARED[sync.model.name], "invoice_number")
    mapping = sync.systems[system].mapping
    told = view(mapping, mapping.cells_of(names, orjson.loads(observed)))
    return {name: text for name in names if (text := told.get(name))}


def _together(home: Mapping[int, str]) -> list[tuple[int, int]]:
    """A chain through the rows of each customer."""
    by_entity = sorted(home, key=lambda one: (home[one], one))
    return [(a, b) for a, b in pairwise(by_entity) if home[a] == home[b]]
