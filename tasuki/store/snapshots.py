"""Loads what a plan is made from, and only that: dirty rows, pending customers and what hangs on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, exists, or_, select

from tasuki.connector import Description
from tasuki.definition import Sync
from tasuki.identity import COMPARED, Key
from tasuki.identity.keys import CERTAIN
from tasuki.membership import ids_of
from tasuki.model import MODELS
from tasuki.record import Record
from tasuki.snapshot import EntityState, Kept, LinkState, Sent, Snapshot, SystemState
from tasuki.store import corrigible, index, merges, recall
from tasuki.store.driver import answers, marks
from tasuki.store.statements import chunks
from tasuki.store.systems import state
from tasuki.store.tables import conflict, entity, link, review
from tasuki.unit import MERGED

if TYPE_CHECKING:
    from tasuki.store.likeness import Answer


def load(connection: Connection, sync: Sync, read: Collection[str], whole: bool = False) -> Snapshot:
    """The snapshot of a sync; after a change of rules or mappings, of all its customers.

    `read` names the systems that this run could read; `whole` wants all customers, and no row that is none's.
    """
    moved = _linked(connection, sync) if whole else _moved(connection, sync)
    unlinked = [row.id for row in moved if row.entity is None]
    keys = _keys(connection, sync, unlinked)
    wanted = {one for one, _ in keys} | {row.id for row in moved}
    # A person may join rows that have no key in common.
    wanted |= {one for pair in _decided_pairs(connection, sync, unlinked)["same"] for one in pair}
    wanted |= _alike(connection, sync, unlinked)
    near = _links(connection, link.c.id, wanted)
    entities = {row.entity for row in near if row.entity} | _pending(connection, sync)
    belonging = _links(connection, link.c.entity, entities)
    links = {row.id: row for row in (*near, *belonging)}
    pairs = _decided_pairs(connection, sync, links)
    word = _asked(connection, sync, unlinked, links.values(), pairs)
    return Snapshot(
        entities={row.id: row for row in _entities(connection, entities)},
        links=tuple(row for _, row in sorted(links.items())),
        keys=tuple(keys),
        same=tuple(pairs["same"]),
        different=tuple(pairs["different"]),
        likely=word.likely if word else None,
        learned=word.learned if word else b"",
        decisions=_decisions(connection, sync, entities),
        open_conflicts=_open_conflicts(connection, sync, entities),
        systems={name: _system(connection, name, name in read) for name in sync.systems},
        parted=frozenset(merges.undone(connection)),
        merged=_merged(connection, sync, entities),
        pointed=_pointed(connection, sync, links.values()),
        referred=_referred(connection, sync) if moved or entities else {},
        redirects=_redirects(connection) if sync.model.references() else {},
        used=_used(connection, sync, links, pairs["different"]),
        whole=corrigible.load(connection, sync) if whole else None,
    )


def compares(connection: Connection, sync: Sync) -> bool:
    """Whether there are rows that a plan would compare with others."""
    return sync.model.name in COMPARED and any(row.entity is None for row in _moved(connection, sync))


def _linked(connection: Connection, sync: Sync) -> Sequence[Any]:
    mine = (link.c.system.in_(list(sync.systems)), link.c.entity.is_not(None))
    return connection.execute(select(link.c.id, link.c.entity).where(*mine)).all()


def _moved(connection: Connection, sync: Sync) -> Sequence[Any]:
    mine = list(sync.systems)
    asked = select(link.c.id, link.c.entity)
    if recall(connection, f"rules:{sync.name}") != sync.digest:
        return connection.execute(asked.where(link.c.system.in_(mine))).all()
    # Asked for a dirty row's system, or for the state of one that is nobody's, SQLite might go through all
    # rows of those.
    dirty = connection.execute(asked.add_columns(link.c.system).where(link.c.dirty)).all()
    alone = asked.where(link.c.system.in_(mine), link.c.entity.is_(None)).add_columns(
        link.c.state, link.c.dirty
    )
    return [
        *(row for row in dirty if row.system in mine),
        *(row for row in connection.execute(alone).all() if row.state == "here" and not row.dirty),
    ]


def _pending(connection: Connection, sync: Sync) -> set[str]:
    """Customers that some system still lacks (S5), among those this sync knows."""
    ours = exists().where(link.c.entity == entity.c.id, link.c.system.in_(list(sync.systems)))
    pending = select(entity.c.id).where(entity.c.model == sync.model.name, entity.c.pending, ours)
    return {row.id for row in connection.execute(pending)}


def _keys(connection: Connection, sync: Sync, unlinked: Sequence[int]) -> list[tuple[int, Key]]:
    """The keys that any of these rows shares with another, with every row that holds them; where the model
    has a say it speaks for those that aren't certain."""
    found: list[tuple[int, Key]] = []
    for kind in (kind for kind, certain in CERTAIN.items() if certain or sync.model.name not in COMPARED):
        told = (
            hash
            for page in chunks(unlinked)
            for (hash,) in answers(connection, _SHARED.format(marks(page)), (kind, *page))
        )
        for page in chunks(sorted(set(told))):
            holders = answers(connection, _HOLDERS.format(marks(page)), (kind, *page))
            found += [(one, Key(kind, hash)) for one, hash in holders]
    return sorted(found)


_SHARED = """
SELECT hash FROM match_key AS mine WHERE kind = ? AND link IN ({}) AND EXISTS (
    SELECT 1 FROM match_key AS other
    WHERE other.kind = mine.kind AND other.hash = mine.hash AND other.link <> mine.link
)
"""
_HOLDERS = "SELECT link, hash FROM match_key WHERE kind = ? AND hash IN ({})"


FEW = 2_000
"""Rows whose like are looked up one by one; for more it is less work to look at all."""


def _alike(connection: Connection, sync: Sync, unlinked: Sequence[int]) -> set[int]:
    """Rows worth comparing with these."""
    if not unlinked or sync.model.name not in COMPARED:
        return set()
    if len(unlinked) <= FEW:
        return {one for pair in index.candidates_of(connection, unlinked) for one in pair}
    mine = select(link.c.id).where(link.c.system.in_(list(sync.systems)), link.c.state == "here")
    return set(connection.execute(mine).scalars())


def _links(connection: Connection, column: Any, values: Iterable[Any]) -> list[LinkState]:
    return [
        _link(row)
        for page in chunks(sorted(values))
        for row in connection.execute(select(link).where(column.in_(page))).all()
    ]


def _link(row: Any) -> LinkState:
    return LinkState(
        id=row.id,
        system=row.system,
        key=row.key,
        entity=row.entity or "",
        role=row.role,
        state=row.state,
        dirty=row.dirty,
        version=row.version,
        place=row.place,
        kept=Kept(row.observed, row.agreed, row.settled),
        since=row.since,
        until=row.until,
        sent=Sent(**orjson.loads(row.sent)) if row.sent else None,
    )


def _entities(connection: Connection, ids: Iterable[str]) -> list[EntityState]:
    return [
        EntityState(row.id, orjson.loads(row.value), row.version, row.pending)
        for page in chunks(sorted(ids))
        for row in connection.execute(select(entity).where(entity.c.id.in_(page))).all()
    ]


def _decided_pairs(
    connection: Connection, sync: Sync, links: Iterable[int]
) -> dict[str, list[tuple[int, int]]]:
    pairs: dict[str, list[tuple[int, int]]] = {"same": [], "different": []}
    for page in chunks(sorted(links)):
        rows = connection.execute(
            select(review.c.one, review.c.other, review.c.state).where(
                review.c.sync == sync.name,
                review.c.state.in_(("same", "different")),
                or_(review.c.one.in_(page), review.c.other.in_(page)),
            )
        )
        for row in rows:
            pairs[row.state].append((row.one, row.other))
    return {kind: sorted(set(found)) for kind, found in pairs.items()}


def _asked(
    connection: Connection,
    sync: Sync,
    unlinked: Sequence[int],
    rows: Iterable[LinkState],
    pairs: Mapping[str, Sequence[tuple[int, int]]],
) -> "Answer | None":
    if not unlinked or sync.model.name not in COMPARED:
        return None
    # numpy costs .15 s: a run without new rows goes without.
    from tasuki.store.likeness import ask

    return ask(connection, sync, list(rows), pairs["same"], pairs["different"])


def _decisions(connection: Connection, sync: Sync, entities: Iterable[str]) -> dict[str, Record]:
    return {
        row.key: orjson.loads(row.chosen)
        for page in chunks(sorted(entities))
        for row in connection.execute(
            select(conflict.c.key, conflict.c.chosen).where(
                conflict.c.sync == sync.name, conflict.c.state == "decided", conflict.c.entity.in_(page)
            )
        )
    }


def _open_conflicts(connection: Connection, sync: Sync, entities: Iterable[str]) -> dict[str, str]:
    return {
        row.key: row.entity
        for page in chunks(sorted(entities))
        for row in connection.execute(
            select(conflict.c.key, conflict.c.entity).where(
                conflict.c.sync == sync.name,
                conflict.c.state.in_(("open", "decided")),
                conflict.c.entity.in_(page),
            )
        )
    }


def _merged(connection: Connection, sync: Sync, entities: Collection[str]) -> dict[str, dict[str, Record]]:
    """The questions that an unmerge left behind; they stand until somebody answers (S17)."""
    found: dict[str, dict[str, Record]] = {}
    asked = (conflict.c.sync == sync.name, conflict.c.reason == "unmerged")
    # They are few among few: asked by customer this would be a query for every 500 of a first load.
    rows = connection.execute(select(conflict).where(*asked, conflict.c.state.in_(("open", "decided"))))
    for row in rows:
        if row.entity in entities:
            edited = next(c["value"] for c in orjson.loads(row.candidates) if c["system"] == MERGED)
            found.setdefault(row.entity, {})[row.unit] = edited
    return found


def _redirects(connection: Connection) -> dict[str, str]:
    """Where a merged customer is found now, also when that one was merged again."""
    rows = connection.execute(select(entity.c.id, entity.c.redirect).where(entity.c.redirect.is_not(None)))
    next_ = {row.id: row.redirect for row in rows}
    found = dict(next_)
    for gone, kept in next_.items():
        while kept in next_:
            kept = next_[kept]
        found[gone] = kept
    return found


def _used(
    connection: Connection, sync: Sync, links: Mapping[int, Any], apart: Iterable[tuple[int, int]]
) -> frozenset[str]:
    """Only a row that was parted from others can have begun a customer and belong to nobody now."""
    parted = {one for pair in apart for one in pair if one in links and not links[one].entity}
    rows = [links[one] for one in sorted(parted)]
    ids = [id for row in rows for id in ids_of(sync.model.name, row.system, row.key, row.id)]
    return frozenset(
        row.id
        for page in chunks(ids)
        for row in connection.execute(select(entity.c.id).where(entity.c.id.in_(page)))
    )


def _system(connection: Connection, system: str, read: bool) -> SystemState:
    known = state(connection, system)
    if known is None:
        return SystemState(Description((), 1), 0, False, read=False)
    return SystemState(known.description, known.rows, known.loaded, read, known.complete)


def _pointed(connection: Connection, sync: Sync, links: Iterable[Any]) -> frozenset[str]:
    ways = {model.name: fields for model in MODELS.values() if (fields := model.pointing_at(sync.model.name))}
    going = {row.entity for row in links if row.entity and row.state == "gone" and row.dirty}
    if not going or not ways or all(s.entry.on_delete != "delete" for s in sync.systems.values()):
        return frozenset()
    alive = exists().where(link.c.entity == entity.c.id, link.c.state != "gone")
    rows = connection.execute(
        select(entity.c.model, entity.c.value).where(entity.c.model.in_(list(ways)), alive)
    )
    now = _redirects(connection)
    told = (orjson.loads(row.value).get(field, "") for row in rows for field in ways[row.model])
    return frozenset(going & {now.get(one, one) for one in told})


def _referred(connection: Connection, sync: Sync) -> dict[str, dict[str, Record]]:
    return {
        model: {
            row.id: orjson.loads(row.value)
            for row in connection.execute(select(entity.c.id, entity.c.value).where(entity.c.model == model))
        }
        for model in {field.refers_to for field in sync.model.references()}
    }
