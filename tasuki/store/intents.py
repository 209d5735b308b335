"""Intents before a write, outcomes after it: what was meant and what came of it (invariant I7)."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from tasuki.connector import Cell, Refused, Row, Written
from tasuki.definition import Sync, System
from tasuki.ledger import Diff, Entry, Seal
from tasuki.packed import pack, unpacker
from tasuki.plan import Change, Plan
from tasuki.record import Record, cells_digest, pick
from tasuki.side import shared_columns, unsettled, view
from tasuki.store import index, journal, statements, tables
from tasuki.store.certain import is_keyed_anew, rekey
from tasuki.store.counters import Counters
from tasuki.store.driver import answers, marks
from tasuki.store.journal import personal
from tasuki.store.quarantine import hold_out
from tasuki.store.rows import remember_replaced, replaced_cells
from tasuki.store.statements import chunks, paged
from tasuki.store.systems import mark_written

_change = unpacker(Change)


def open_intents(
    connection: Connection, seal: Seal, sync: Sync, changes: Sequence[Change], run: str, actor: str
) -> list[Change]:
    """Writes down what is about to happen, keys included, so that a retry uses the same ones (S6).

    What was done already under the same token is left out.
    """
    ready, entries, new, now = [], [], [], journal.now()
    before = _intents(connection, changes)
    keys = Counters(connection, sync)
    for change in changes:
        known = before.get(change.token)
        if known and known.state == "done":
            continue
        if known:
            change = _change(known.body)
        else:
            change = keys.issued(change)
            new.append(_values(sync, change, run))
        ready.append(change)
        entries.append(_entry(sync, change, run, actor, now, "sync.intent", (), ""))
    keys.write()
    _mark(connection, [change.token for change in ready if change.token in before], state="open", run=run)
    if new:
        statements.put(connection, insert(tables.intent), new)
    journal.append(connection, seal, entries, personal(sync.model))
    return ready


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
    entries, now = [], journal.now()
    links = _links(connection, outcomes)
    shared = shared_columns(sync, system.mapping)
    updates, inserts, joined, past = [], {}, [], []
    shown: dict[str, Any] = {}
    kept: set[str] = set()
    for change, written in outcomes:
        key = written.key or change.key
        diffs = tuple(Diff(*told[:4]) for told in change.told)
        entry = _entry(sync, change, run, actor, now, f"sync.{change.action}", diffs, "done")
        entries.append(entry._replace(external_id=key, outcome="sent" if confirms == "next_read" else "done"))
        row = links.get((change.link, key))
        if change.action == "delete":
            _gone(connection, change, confirms)
            continue
        values = (
            _sent(change, row) if confirms == "next_read" else _shown(shared, system, change, written, row)
        )
        shown |= {key: values["observed"]} if "observed" in values else {}
        if row is None:
            inserts[key] = _new_link(sync, change, written) | values
            continue
        updates.append({"one": row.id, **values})
        if row.entity != change.entity:
            joined.append({"one": row.id, "customer": change.entity})
        before, after = orjson.loads(row.observed), orjson.loads(values.get("observed", row.observed))
        past += replaced_cells(row.id, before, after)
        if not is_keyed_anew(system.mapping, before, after):
            kept.add(key)
    statements.put(connection, _HANDED_OVER if confirms == "next_read" else _TAKEN, updates)
    statements.put(connection, _JOINED, joined)
    statements.put(connection, insert(tables.link), list(inserts.values()))
    remember_replaced(connection, past)
    keys = [written.key or change.key for change, written in outcomes]
    records = {key: view(system.mapping, orjson.loads(cells)) for key, cells in shown.items()}
    rekey(connection, sync, system.mapping, {key: one for key, one in records.items() if key not in kept})
    index.refresh(connection, system.mapping, keys, records)
    if confirms == "at_once":
        mark_written(connection, system.name)
    _mark(connection, [change.token for change, _ in outcomes], state="done")
    journal.append(connection, seal, entries, personal(sync.model))


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
        _mark(connection, [change.token], state=state)
        if refused:
            hold_out(connection, sync.name, _Refusal(change, refused), run)
        entry = _entry(sync, change, run, actor, now, f"sync.{change.action}", (), state)
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


def pending_intents(connection: Connection, sync: str, system: str) -> list[Change]:
    """Intents without an outcome: nobody knows yet whether they were applied."""
    rows = connection.execute(
        select(tables.intent.c.body)
        .where(
            tables.intent.c.sync == sync, tables.intent.c.system == system, tables.intent.c.state == "open"
        )
        .order_by(tables.intent.c.at, tables.intent.c.token)
    )
    return [_change(row.body) for row in rows]


def settle_entities(connection: Connection, made: Plan) -> None:
    """Customers whose every change of this plan is done, and for whom nothing else is open, are pending no
    more (S5)."""
    unsettled_ = {item.entity for part in (made.conflicts, made.refusals, made.waiting) for item in part}
    states: dict[str, set[str]] = {entity: {"open"} for entity in unsettled_}
    for some in paged((change.token, change.entity) for change in made.changes):
        known = _states(connection, [token for token, _ in some])
        for token, entity in some:
            states.setdefault(entity, set()).add(known.get(token, "none"))
    done = [entity for entity, found in states.items() if found == {"done"}]
    for page in chunks(done):
        connection.execute(update(tables.entity).where(tables.entity.c.id.in_(page)).values(pending=False))


def _states(connection: Connection, tokens: Sequence[str]) -> dict[str, str]:
    asked = f"SELECT token, state FROM intent WHERE token IN ({marks(tokens)})"
    return dict(answers(connection, asked, tokens))


def _intents(connection: Connection, changes: Sequence[Change]) -> dict[str, Any]:
    """What is written down of these changes, by token."""
    columns = (tables.intent.c.token, tables.intent.c.state, tables.intent.c.body)
    return {
        row.token: row
        for page in chunks([change.token for change in changes])
        for row in connection.execute(select(*columns).where(tables.intent.c.token.in_(page)))
    }


def _values(sync: Sync, change: Change, run: str) -> dict[str, object]:
    return {
        "token": change.token,
        "sync": sync.name,
        "run": run,
        "system": change.system,
        "entity": change.entity,
        "link": change.link or None,
        "body": pack(change),
        "at": time.time(),
        "state": "open",
    }


def _mark(connection: Connection, tokens: Sequence[str], **values: str) -> None:
    for page in chunks(tokens):
        connection.execute(update(tables.intent).where(tables.intent.c.token.in_(page)).values(**values))


def _entry(
    sync: Sync,
    change: Change,
    run: str,
    actor: str,
    now: str,
    action: str,
    diffs: tuple[Diff, ...],
    outcome: str,
) -> Entry:
    return Entry(
        action,
        now,
        actor,
        run,
        model=sync.model.name,
        entity=change.entity,
        system=change.system,
        external_id=change.key,
        diffs=diffs,
        mapping=sync.systems[change.system].mapping.digest,
        outcome=outcome,
        token=change.token,
    )


def _gone(connection: Connection, change: Change, confirms: str) -> None:
    gone: dict[str, object] = {"state": "gone", "dirty": False, "agreed": b"{}", "settled": b"{}"}
    if confirms == "next_read":
        # The row is shown until a person has imported its deletion (S20).
        gone = {"state": "leaving", "dirty": False, "sent": orjson.dumps(_NOTHING | {"at": time.time()})}
    connection.execute(update(tables.link).where(tables.link.c.id == change.link).values(**gone))


_NOTHING: dict[str, Any] = {"cells": {}, "value": {}, "before": []}


def _sent(change: Change, row: Any) -> dict[str, Any]:
    """Handed over, not proven: agreed stays until a read shows it (S20)."""
    before = orjson.loads(row.sent) if row and row.sent else _NOTHING
    sent = orjson.dumps(
        {
            "cells": {**before["cells"], **change.cells},
            "value": {**before["value"], **change.value},
            "at": time.time(),
            "before": [*before["before"], before["value"]] if before["value"] else [],
        }
    )
    return {"sent": sent}


def _shown(
    shared: Sequence[str], system: System, change: Change, written: Written, row: Any
) -> dict[str, Any]:
    """Agreed is what the system shows, else what the mapping predicts (S3)."""
    mapping = system.mapping
    old: dict[str, Cell] = orjson.loads(row.observed) if row else {}
    if written.cells is not None:
        shown = {c: written.cells[c] for c in mapping.columns if c in written.cells}
    else:
        shown = {**old, **change.cells}
        shown.setdefault(mapping.key, written.key or change.key)
    agreed = orjson.loads(row.agreed) if row else {}
    settled: Record = orjson.loads(row.settled) if row else {}
    told = dict(change.value)
    if change.action == "create":
        # Fields that we left blank and that came back blank are agreed too; what the system filled itself
        # is news, and goes round once more (S7).
        told |= {name: "" for name in mapping.blanks(shown) if name not in told}
    columns = [c for name in told if name in mapping.fields for c in mapping.fields[name].columns]
    agreed |= {column: shown[column] for column in columns if column in shown}
    return {
        "state": "here",
        "observed": orjson.dumps(shown),
        "agreed": orjson.dumps(agreed),
        "settled": orjson.dumps(settled | told),
        "digest": cells_digest(shown.get(column) for column in mapping.columns),
        "version": written.version,
        "dirty": unsettled(shared, shown, agreed),
    }


def _links(connection: Connection, outcomes: Sequence[tuple[Change, Written]]) -> dict[tuple[int, str], Any]:
    """The rows that these outcomes speak of, by (the change's link, key): by link, or by key where a change
    knew of no row."""
    found: dict[tuple[int, str], Any] = {}
    link = tables.link
    for page in chunks(outcomes):
        keys = {change.link: written.key or change.key for change, written in page if change.link}
        known = select(link).where(link.c.id.in_(list(keys)))
        found |= {(row.id, keys[row.id]): row for row in connection.execute(known)}
        named = [written.key or change.key for change, written in page if not change.link]
        met = select(link).where(link.c.system == page[0][0].system, link.c.key.in_(named))
        found |= {(0, row.key): row for row in connection.execute(met)}
    return found


def _new_link(sync: Sync, change: Change, written: Written) -> dict[str, object]:
    now = time.time()
    return {
        "system": change.system,
        "key": written.key or change.key,
        "model": sync.model.name,
        "entity": change.entity,
        "role": "primary",
        "state": "sent",
        "dirty": False,
        "digest": b"",
        "version": written.version,
        "place": "",
        "observed": b"{}",
        "agreed": b"{}",
        "settled": b"{}",
        "since": now,
        "until": now,
        "sent": None,
    }


def as_written(change: Change, row: Row, columns: Sequence[str]) -> Written:
    """A row that turned out to show what was meant, as the answer that never came."""
    return Written(change.token, row.key, row.version, dict(zip(columns, row.cells, strict=True)))


def shows(system: System, change: Change, cells: Mapping[str, Cell]) -> bool:
    """Whether a row shows what a change wanted, as this mapping reads it."""
    mapping = system.mapping
    wanted, shown = view(mapping, change.cells), view(mapping, cells)
    return pick(shown, wanted) == wanted
