"""Intents: what is about to be written, told before it is (invariant I7)."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from tasuki.definition import Sync
from tasuki.ledger import Diff, Entry, Seal
from tasuki.packed import pack, unpacker
from tasuki.plan import Change, Plan
from tasuki.store import journal, statements, tables
from tasuki.store.counters import Counters
from tasuki.store.driver import answers, marks
from tasuki.store.journal import personal
from tasuki.store.rows import lay_to_rest
from tasuki.store.statements import chunks, paged

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
        entries.append(entry_of(sync, change, run, actor, now, "sync.intent"))
    keys.write()
    mark(connection, [change.token for change in ready if change.token in before], state="open", run=run)
    if new:
        statements.put(connection, insert(tables.intent), new)
    journal.append(connection, seal, entries, personal(sync.model))
    return ready


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
    more (S5); and their tombstones ask for nothing more (S16)."""
    unsettled_ = {item.entity for part in (made.conflicts, made.refusals, made.waiting) for item in part}
    states: dict[str, set[str]] = {entity: {"open"} for entity in unsettled_}
    for some in paged((change.token, change.entity) for change in made.changes):
        known = _states(connection, [token for token, _ in some])
        for token, entity in some:
            states.setdefault(entity, set()).add(known.get(token, "none"))
    done = [entity for entity, found in states.items() if found == {"done"}]
    for page in chunks(done):
        connection.execute(update(tables.entity).where(tables.entity.c.id.in_(page)).values(pending=False))
    deleted = {change.entity for change in made.changes if change.action == "delete"}
    for page in chunks(sorted(deleted.intersection(done))):
        lay_to_rest(connection, tables.link.c.entity.in_(page), ~_still_sent())


def _still_sent() -> ColumnElement[bool]:
    """A row of theirs isn't imported yet: what becomes of it must be asked for then (S20)."""
    other = tables.link.alias()
    return exists().where(other.c.entity == tables.link.c.entity, other.c.state == "sent")


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


def mark(connection: Connection, tokens: Sequence[str], **values: str) -> None:
    """Sets these columns of the intents."""
    for page in chunks(tokens):
        connection.execute(update(tables.intent).where(tables.intent.c.token.in_(page)).values(**values))


def entry_of(
    sync: Sync,
    change: Change,
    run: str,
    actor: str,
    now: str,
    action: str,
    diffs: tuple[Diff, ...] = (),
    outcome: str = "",
) -> Entry:
    """What the ledger is told of a change."""
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
