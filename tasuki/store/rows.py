"""Links and quarantine: what every system's rows showed when last read."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from tasuki.connector import Cell, Description
from tasuki.definition import Sync
from tasuki.guards import Before
from tasuki.intake import Arrival, Held, Intake, Known
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record
from tasuki.side import shared_columns, unsettled, view
from tasuki.store import index
from tasuki.store.certain import is_keyed_anew, rekey
from tasuki.store.quarantine import hold_in
from tasuki.store.statements import chunks, insert_new, put
from tasuki.store.systems import State, kept, state
from tasuki.store.tables import entity, link, match_key, quarantine, replaced, system_state

PAGE = 500
"""Rows fetched at once where a row is a key and a digest; fewer than make Python look for garbage (700)."""


def known(connection: Connection, mapping: SystemMapping, digests: Callable[[], dict[str, bytes]]) -> Known:
    """For the next read. `digests` gives those of the rows below, when they are wanted."""
    before = state(connection, mapping.system)
    same = _same_mapping(before, mapping)
    held = connection.execute(
        select(quarantine.c.key, quarantine.c.digest).where(
            quarantine.c.system == mapping.system, quarantine.c.way == "in", quarantine.c.state == "open"
        )
    ).all()
    return Known(
        before.cursor if before and same else "",
        _count(connection, mapping.system),
        digests,
        {row.key: row.digest if same else b"" for row in held if row.key},
        before is not None and before.written,
        len(held) - len({row.key for row in held if row.key}),
    )


def digests(connection: Connection, mapping: SystemMapping) -> dict[str, bytes]:
    """Key → digest of every row. Under another mapping nothing is known to be unchanged (S22)."""
    same = _same_mapping(state(connection, mapping.system), mapping)
    rows = connection.execute(
        select(link.c.key, link.c.digest).where(link.c.system == mapping.system, link.c.state.in_(_SHOWN))
    )
    return {key: digest if same else b"" for page in rows.partitions(PAGE) for key, digest in page}


_SHOWN = ("here", "leaving")


def _same_mapping(before: State | None, mapping: SystemMapping) -> bool:
    return before is not None and before.mapping == mapping.digest


def _count(connection: Connection, system: str) -> int:
    shown = (link.c.system == system, link.c.state.in_(_SHOWN))
    return int(connection.execute(select(func.count()).where(*shown)).scalar_one())


def keys_of_links(connection: Connection, system: str) -> set[str]:
    """Every key of a system that belongs to a customer, gone ones too."""
    rows = connection.execute(select(link.c.key).where(link.c.system == system, link.c.entity.is_not(None)))
    return {row.key for row in rows}


def compare(connection: Connection, mapping: SystemMapping, intake: Intake) -> Before:
    """What the guards want to know: how the arrivals differ from what stood there."""
    before = state(connection, mapping.system)
    moved: dict[int, set[bytes]] = {}
    for old, arrival in _with_old(connection, mapping.system, intake.arrivals):
        cells = orjson.loads(old.observed)
        moved[old.id] = {
            cell_hash(column, value)
            for column, value in arrival.cells.items()
            if column in cells and cells[column] != value
        }
    return Before(
        # Counted now: those that we created since the last read are missed as well.
        rows=_count(connection, mapping.system),
        source=before.source if before else None,
        same_mapping=_same_mapping(before, mapping),
        changed_cells=sum(map(len, moved.values())),
        returned_cells=_returned(connection, moved),
        rekeyed=_rekeyed(connection, mapping, intake),
    )


def _returned(connection: Connection, moved: Mapping[int, set[bytes]]) -> int:
    """How many of these cells their row has shown before."""
    return sum(
        row.cell in moved[row.link]
        for page in chunks(list(moved))
        for row in connection.execute(select(replaced).where(replaced.c.link.in_(page)))
    )


def _rekeyed(connection: Connection, mapping: SystemMapping, intake: Intake) -> int:
    new = [arrival for arrival in intake.arrivals if arrival.new]
    if not new or not intake.missing:
        return 0
    fresh = {_without_key(arrival.cells, mapping.key) for arrival in new}
    count = 0
    for keys in chunks(intake.missing):
        rows = connection.execute(
            select(link.c.observed).where(link.c.system == mapping.system, link.c.key.in_(keys))
        )
        count += sum(_without_key(orjson.loads(row.observed), mapping.key) in fresh for row in rows)
    return count


def _without_key(cells: Mapping[str, Cell], key: str) -> bytes:
    rest = {column: value for column, value in cells.items() if column != key}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).digest()


def _with_old(
    connection: Connection, system: str, arrivals: Iterable[Arrival]
) -> Iterator[tuple[Any, Arrival]]:
    old = {arrival.key: arrival for arrival in arrivals if not arrival.new}
    for keys in chunks(list(old)):
        mine = select(link).where(link.c.system == system, link.c.key.in_(keys))
        yield from ((row, old[row.key]) for row in connection.execute(mine).all())


def cell_hash(column: str, value: Cell) -> bytes:
    return hashlib.sha256(orjson.dumps([column, value])).digest()[:16]


def commit_intake(
    connection: Connection,
    sync: Sync,
    mapping: SystemMapping,
    description: Description,
    intake: Intake,
    run: str,
    at: float,
) -> None:
    """What was observed and the cursor, in one transaction (S4): agreed values don't move here."""
    before = state(connection, mapping.system)
    since = before.read_at if before else 0.0
    same = _same_mapping(before, mapping)
    _take_arrivals(connection, sync, mapping, description, intake.arrivals, since, at, same)
    _bury(connection, mapping.system, intake.missing, at)
    if not intake.end.unchanged:
        released, new = hold_in(connection, sync, mapping, intake, run)
        _forget_held(connection, mapping.system, released)
        _keep_held_links(connection, sync, mapping, [held for held in new if held.key and held.cells])
    read = _Read({one.key: one for one in intake.arrivals})
    moved = [*read, *(one.key for one in intake.held), *intake.missing]
    index.refresh(connection, mapping, moved, read)
    values = {
        "sync": sync.name,
        "cursor": intake.end.cursor,
        "mapping": mapping.digest,
        "rows": _count(connection, mapping.system),
        "read_at": at,
        "source": kept(intake.end, description),
        "loaded": before.loaded if before else False,
    }
    connection.execute(delete(system_state).where(system_state.c.system == mapping.system))
    connection.execute(insert(system_state).values(system=mapping.system, **values))


class _Read(Mapping[str, Record]):
    """By key what the arrivals say, made when somebody asks."""

    def __init__(self, arrivals: Mapping[str, Arrival]) -> None:
        self._arrivals = arrivals

    def __getitem__(self, key: str) -> Record:
        return self._arrivals[key].record

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrivals)

    def __len__(self) -> int:
        return len(self._arrivals)

    def __contains__(self, key: object) -> bool:
        return key in self._arrivals


def _take_arrivals(
    connection: Connection,
    sync: Sync,
    mapping: SystemMapping,
    description: Description,
    arrivals: Sequence[Arrival],
    since: float,
    at: float,
    same: bool,
) -> None:
    touched: set[str] = set()
    shared = shared_columns(sync, mapping)
    for page in chunks(arrivals):
        mine = (link.c.system == mapping.system, link.c.key.in_([arrival.key for arrival in page]))
        olds = {row.key: row for row in connection.execute(select(link).where(*mine))}
        updates, inserts, past, keyed = [], [], [], {}
        for arrival in page:
            old = olds.get(arrival.key)
            values = _observed(arrival, description, since, at)
            if old is None:
                inserts.append(values | _fresh(mapping, arrival.key))
                keyed[arrival.key] = arrival.record
                continue
            before, now = orjson.loads(old.observed), arrival.cells
            updates.append(values | _seen_again(old, now, shared))
            past += replaced_cells(old.id, before, now)
            if not same or is_keyed_anew(mapping, before, now):
                keyed[arrival.key] = arrival.record
            if old.entity:
                touched.add(old.entity)
        put(connection, _UPDATE, updates)
        put(connection, insert(link), inserts)
        remember_replaced(connection, past)
        rekey(connection, sync, mapping, keyed)
    touch(connection, touched)


_UPDATE = (
    update(link)
    .where(link.c.id == bindparam("link"))
    .values({name: bindparam(name) for name in ("observed", "digest", "version", "place", "since", "until")})
    .values(dirty=bindparam("dirty"), state=bindparam("state"))
)


def _observed(arrival: Arrival, description: Description, since: float, at: float) -> dict[str, object]:
    precise = arrival.changed_at is not None and description.changed_within is not None
    return {
        "observed": orjson.dumps(arrival.cells),
        "digest": arrival.digest,
        "version": arrival.version,
        "place": arrival.place,
        "since": arrival.changed_at if precise else since,
        "until": (arrival.changed_at or 0) + (description.changed_within or 0) if precise else at,
    }


def _seen_again(old: Any, cells: Mapping[str, Cell], shared: Sequence[str]) -> dict[str, object]:
    """A known row has news unless it shows what was agreed; while it is leaving it has none (S20)."""
    news = old.entity is None or old.sent is not None or unsettled(shared, cells, orjson.loads(old.agreed))
    leaving = old.state == "leaving"
    return {"link": old.id, "state": "leaving" if leaving else "here", "dirty": news and not leaving}


def _fresh(mapping: SystemMapping, key: str) -> dict[str, object]:
    return {
        "system": mapping.system,
        "key": key,
        "model": mapping.model.name,
        "entity": None,
        "role": "primary",
        "state": "here",
        "dirty": True,
        "agreed": b"{}",
        "settled": b"{}",
        "sent": None,
    }


def replaced_cells(
    link_id: int, before: Mapping[str, Cell], after: Mapping[str, Cell]
) -> list[dict[str, object]]:
    """Cells that another value stands in for now; an old copy would bring them back (S25)."""
    return [
        {"link": link_id, "cell": cell_hash(column, value)}
        for column, value in before.items()
        if column in after and after[column] != value
    ]


def remember_replaced(connection: Connection, past: Sequence[dict[str, object]]) -> None:
    put(connection, insert_new(connection, replaced), past)


def lay_to_rest(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Tombstones of which nothing follows any more."""
    rest = {"dirty": False, "agreed": b"{}", "settled": b"{}"}
    connection.execute(update(link).where(link.c.state == "gone", *which).values(rest))


def _bury(connection: Connection, system: str, missing: Sequence[str], at: float) -> None:
    """Rows that are gone leave a tombstone: nothing re-creates them unasked (S16)."""
    touched: set[str] = set()
    for keys in chunks(missing):
        mine = (link.c.system == system, link.c.key.in_(keys))
        # Our own deletion, seen to be done, is news for nobody (S20).
        done = update(link).where(*mine, link.c.state == "leaving")
        connection.execute(done.values(state="gone", dirty=False, sent=None, until=at))
        where = (*mine, link.c.state == "here")
        touched |= {
            row.entity for row in connection.execute(select(link.c.entity).where(*where)) if row.entity
        }
        connection.execute(update(link).where(*where).values(state="gone", dirty=True, until=at))
    touch(connection, touched)


def with_news(connection: Connection, entities: Iterable[str]) -> set[str]:
    """Those of these customers of whom some row shows what isn't agreed yet."""
    # They are few among all: the other way round every row of theirs would be read.
    return set(connection.execute(select(link.c.entity).where(link.c.dirty)).scalars()) & set(entities)


def touch(connection: Connection, entities: Iterable[str]) -> None:
    """Something under these entities moved: a plan made before is stale for them (I9)."""
    for page in chunks(sorted(entities)):
        connection.execute(update(entity).where(entity.c.id.in_(page)).values(version=entity.c.version + 1))


def _forget_held(connection: Connection, system: str, keys: Sequence[str]) -> None:
    """A row that was only ever held, and is neither held nor good now, has vanished."""
    for page in chunks(keys):
        mine = (link.c.system == system, link.c.key.in_(page), link.c.state == "held")
        gone = select(link.c.id).where(*mine, link.c.entity.is_(None))
        index.forget(connection, connection.execute(gone).scalars().all())
        connection.execute(delete(match_key).where(match_key.c.link.in_(gone)))
        connection.execute(delete(link).where(link.c.id.in_(gone)))


def _keep_held_links(
    connection: Connection, sync: Sync, mapping: SystemMapping, held: Sequence[Held]
) -> None:
    """A held row is known to exist: what it can say of itself keeps us from creating it twice (I2)."""
    keys = {one.key: one for one in held}
    for page in chunks(list(keys)):
        there = {
            row.key
            for row in connection.execute(
                select(link.c.key).where(link.c.system == mapping.system, link.c.key.in_(page))
            )
        }
        new = [keys[key] for key in page if key not in there]
        if not new:
            continue
        connection.execute(
            insert(link),
            [
                _fresh(mapping, one.key)
                | {"state": "held", "dirty": False, "observed": orjson.dumps(one.cells), "digest": one.digest}
                | {"version": "", "place": one.place, "since": 0.0, "until": 0.0}
                for one in new
            ],
        )
        rekey(connection, sync, mapping, {one.key: view(mapping, one.cells) for one in new})
