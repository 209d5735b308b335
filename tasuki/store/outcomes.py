"""Outcomes: what came of each write, told after it (invariant I7)."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from tasuki.connector import Cell, Refused, Written
from tasuki.definition import Sync, System
from tasuki.ledger import Diff, Entry, Seal
from tasuki.mapping import Mapping as SystemMapping
from tasuki.plan import Change
from tasuki.record import Record, cells_digest
from tasuki.side import shared_columns, unsettled, view
from tasuki.store import index, journal, statements, tables
from tasuki.store.certain import is_keyed_anew, rekey
from tasuki.store.intents import entry_of, mark
from tasuki.store.journal import personal
from tasuki.store.quarantine import hold_out
from tasuki.store.rows import remember_replaced, replaced_cells
from tasuki.store.statements import chunks
from tasuki.store.systems import mark_written


class _Link(NamedTuple):
    """The link of a row that was written, and what it says from now on."""

    change: Change
    written: Written
    old: Any
    """As its table has it; None where it has none."""
    values: dict[str, Any]

    @property
    def key(self) -> str:
        return _key(self.change, self.written)


def record(
    connection: Connection,
    seal: Seal,
    sync: Sync,
    system: System,
    outcomes: Sequence[tuple[Change, Written]],
    run: str,
    actor: str,
    confirms: str,
) -> None:
    """What the system took: the link shows it, agreed moves, the ledger tells it; one transaction."""
    at_once, now = confirms == "at_once", journal.now()
    for change, _ in outcomes:
        if change.action == "delete":
            _gone(connection, change, at_once)
    links = list(_written(connection, sync, system, outcomes, at_once))
    _put(connection, sync, links, at_once)
    _follow(connection, sync, system.mapping, links, [_key(*outcome) for outcome in outcomes])
    if at_once:
        mark_written(connection, system.name)
    mark(connection, [change.token for change, _ in outcomes], state="done")
    entries = [
        _told(sync, change, run, actor, now, "done" if at_once else "sent")._replace(
            external_id=_key(change, written)
        )
        for change, written in outcomes
    ]
    journal.append(connection, seal, entries, personal(sync.model))


def fail(
    connection: Connection,
    seal: Seal,
    sync: Sync,
    failed: Sequence[tuple[Change, str, Refused | None]],
    run: str,
    actor: str,
) -> None:
    """What the system did not take: `state` refused, stale or void; the customer stays pending."""
    entries, now = [], journal.now()
    for change, state, refused in failed:
        mark(connection, [change.token], state=state)
        if refused:
            hold_out(connection, sync.name, _Refusal(change, refused), run)
        entry = entry_of(sync, change, run, actor, now, f"sync.{change.action}", outcome=state)
        entries.append(entry._replace(error=refused.code if refused else ""))
    journal.append(connection, seal, entries, personal(sync.model))


class _Refusal:
    """A refusal from the system itself, in the shape of one that the plan foresaw."""

    def __init__(self, change: Change, refused: Refused) -> None:
        self.system = change.system
        self.entity = change.entity
        self.code = refused.code
        self.column = refused.column
        self.details = refused.details


def _key(change: Change, written: Written) -> str:
    return written.key or change.key


def _told(sync: Sync, change: Change, run: str, actor: str, now: str, outcome: str) -> Entry:
    diffs = tuple(Diff(*told[:4]) for told in change.told)
    return entry_of(sync, change, run, actor, now, f"sync.{change.action}", diffs, outcome)


# What the links say


def _gone(connection: Connection, change: Change, at_once: bool) -> None:
    gone: dict[str, object] = {"state": "gone", "dirty": False, "agreed": b"{}", "settled": b"{}"}
    if not at_once:
        # The row is shown until a person has imported its deletion (S20).
        gone = {"state": "leaving", "dirty": False, "sent": orjson.dumps(_NOTHING | {"at": time.time()})}
    connection.execute(update(tables.link).where(tables.link.c.id == change.link).values(**gone))


def _written(
    connection: Connection,
    sync: Sync,
    system: System,
    outcomes: Sequence[tuple[Change, Written]],
    at_once: bool,
) -> Iterator[_Link]:
    known = _known(connection, outcomes)
    shared = shared_columns(sync, system.mapping)
    for change, written in outcomes:
        if change.action != "delete":
            old = known.get((change.link, _key(change, written)))
            values = _shown(shared, system.mapping, change, written, old) if at_once else _sent(change, old)
            yield _Link(change, written, old, values)


def _known(connection: Connection, outcomes: Sequence[tuple[Change, Written]]) -> dict[tuple[int, str], Any]:
    """The rows that these outcomes speak of, by (the change's link, key): by link, or by key where a change
    knew of no row."""
    found: dict[tuple[int, str], Any] = {}
    link = tables.link
    for page in chunks(outcomes):
        keys = {change.link: _key(change, written) for change, written in page if change.link}
        known = select(link).where(link.c.id.in_(list(keys)))
        found |= {(row.id, keys[row.id]): row for row in connection.execute(known)}
        named = [_key(change, written) for change, written in page if not change.link]
        met = select(link).where(link.c.system == page[0][0].system, link.c.key.in_(named))
        found |= {(0, row.key): row for row in connection.execute(met)}
    return found


def _sent(change: Change, old: Any) -> dict[str, Any]:
    """Handed over, not proven: agreed stays until a read shows it (S20)."""
    before = orjson.loads(old.sent) if old and old.sent else _NOTHING
    sent = orjson.dumps(
        {
            "cells": {**before["cells"], **change.cells},
            "value": {**before["value"], **change.value},
            "at": time.time(),
            "before": [*before["before"], before["value"]] if before["value"] else [],
        }
    )
    return {"sent": sent}


_NOTHING: dict[str, Any] = {"cells": {}, "value": {}, "before": []}


def _shown(
    shared: Sequence[str], mapping: SystemMapping, change: Change, written: Written, old: Any
) -> dict[str, Any]:
    """Agreed is what the system shows, else what the mapping predicts (S3)."""
    if written.cells is not None:
        shown = {c: written.cells[c] for c in mapping.columns if c in written.cells}
    else:
        before: dict[str, Cell] = orjson.loads(old.observed) if old else {}
        shown = {**before, **change.cells}
        shown.setdefault(mapping.key, _key(change, written))
    agreed = orjson.loads(old.agreed) if old else {}
    settled: Record = orjson.loads(old.settled) if old else {}
    told = dict(change.value)
    if change.action == "create":
        # Fields that we left blank and that came back blank are agreed too; what the system filled itself
        # is news, and goes round once more (S7).
        told |= {name: "" for name in mapping.blanks(shown) if name not in told}
    agreed |= mapping.cells_of(told, shown)
    return {
        "state": "here",
        "observed": orjson.dumps(shown),
        "agreed": orjson.dumps(agreed),
        "settled": orjson.dumps(settled | told),
        "digest": cells_digest(shown.get(column) for column in mapping.columns),
        "version": written.version,
        "dirty": unsettled(shared, shown, agreed),
    }


# Into their table, and what follows from them


def _put(connection: Connection, sync: Sync, links: Sequence[_Link], at_once: bool) -> None:
    known = [link for link in links if link.old]
    anew = {link.key: _new(sync, link) | link.values for link in links if not link.old}
    updates = [{"one": link.old.id, **link.values} for link in known]
    statements.put(connection, _TAKEN if at_once else _HANDED_OVER, updates)
    joined = [link for link in known if link.old.entity != link.change.entity]
    statements.put(
        connection, _JOINED, [{"one": link.old.id, "customer": link.change.entity} for link in joined]
    )
    statements.put(connection, insert(tables.link), list(anew.values()))


_LINK = update(tables.link).where(tables.link.c.id == bindparam("one"))
_HANDED_OVER = _LINK.values(sent=bindparam("sent"))
_TAKEN = _LINK.values(
    {
        name: bindparam(name)
        for name in ("state", "observed", "agreed", "settled", "digest", "version", "dirty")
    }
)
# Apart: an update that names a column rewrites its indexes, even where it stays as it was.
_JOINED = _LINK.values(entity=bindparam("customer"))


def _new(sync: Sync, link: _Link) -> dict[str, object]:
    now = time.time()
    return {
        "system": link.change.system,
        "key": link.key,
        "model": sync.model.name,
        "entity": link.change.entity,
        "role": "primary",
        "state": "sent",
        "dirty": False,
        "digest": b"",
        "version": link.written.version,
        "place": "",
        "observed": b"{}",
        "agreed": b"{}",
        "settled": b"{}",
        "since": now,
        "until": now,
        "sent": None,
    }


def _follow(
    connection: Connection,
    sync: Sync,
    mapping: SystemMapping,
    links: Sequence[_Link],
    keys: Sequence[str],
) -> None:
    """What rows are known by and found by, and what they show no more. `keys` are those of all outcomes."""
    records, anew, past = {}, {}, []
    for link in links:
        if "observed" not in link.values:
            continue
        after = orjson.loads(link.values["observed"])
        records[link.key] = view(mapping, after)
        before = orjson.loads(link.old.observed) if link.old else {}
        if link.old:
            past += replaced_cells(link.old.id, before, after)
        if is_keyed_anew(mapping, before, after):
            anew[link.key] = records[link.key]
    remember_replaced(connection, past)
    rekey(connection, sync, mapping, anew)
    index.refresh(connection, mapping, keys, records)
