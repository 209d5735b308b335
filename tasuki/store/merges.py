"""Joins two customers that are one, and parts them again: each an event that can be undone (S17)."""

import time
from itertools import product
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from tasuki.definition import Sync
from tasuki.errors import UserError
from tasuki.ledger import Diff, Entry, Seal
from tasuki.record import Record
from tasuki.store import journal
from tasuki.store.plans import personal, review_key
from tasuki.store.tables import entity, link, merge as event, review


class Before(NamedTuple):
    """Both customers as they were, and what the merged one was at first."""

    kept: Record
    gone: Record
    merged: Record
    links: dict[str, tuple[str, str]]
    """Link id → the entity and the role it had."""


def merge(
    connection: Connection, seal: Seal, sync: Sync, one: str, other: str, actor: str, reason: str
) -> int:
    """Makes one customer of two; the older stays, the other becomes a redirect. The event's number.

    The older one's values win, its blanks are filled. A second row in one system stays as a duplicate beside
    the primary one and is not written any more. Raises UserError TSK-5014 when either isn't a customer of
    its own now.
    """
    kept, gone = _pair(connection, one, other)
    links = connection.execute(select(link).where(link.c.entity.in_((kept.id, gone.id)))).all()
    values: tuple[Record, Record] = (orjson.loads(kept.value), orjson.loads(gone.value))
    merged = {**values[1], **{name: text for name, text in values[0].items() if text}}
    before = Before(*values, merged, {str(row.id): (row.entity, row.role) for row in links})
    taken = {row.system for row in links if row.entity == kept.id and row.state == "here"}
    for row in links:
        if row.entity == gone.id:
            role = "duplicate" if row.system in taken and row.state == "here" else row.role
            connection.execute(update(link).where(link.c.id == row.id).values(entity=kept.id, role=role))
    _set(connection, kept.id, merged, None)
    _set(connection, gone.id, values[1], kept.id)
    made = connection.execute(
        insert(event).values(
            kept=kept.id,
            gone=gone.id,
            before=orjson.dumps(before._asdict()),
            at=time.time(),
            actor=actor,
            state="merged",
        )
    )
    number = int((made.inserted_primary_key or (0,))[0])
    told = {"merge": number, "gone": gone.id, "reason": reason}
    _enter(connection, seal, sync, "merge.join", kept.id, values[0], merged, told, actor)
    return number


def unmerge(connection: Connection, seal: Seal, sync: Sync, number: int, actor: str, reason: str) -> None:
    """Parts what a merge joined. Both customers are what they were, their rows are never joined again by
    keys, and what the next plan writes back always needs approval.

    A field edited while they were one keeps the edit on both, for nobody can tell whose it was: it is listed
    in the ledger entry. Raises UserError TSK-5015 when there is no such merge to undo.
    """
    row = connection.execute(
        select(event).where(event.c.id == number, event.c.state == "merged")
    ).one_or_none()
    if row is None:
        raise UserError("TSK-5015", merge=number)
    before = Before(**orjson.loads(row.before))
    now = connection.execute(select(entity).where(entity.c.id == row.kept)).one()
    value: Record = orjson.loads(now.value)
    edited = {name: text for name, text in value.items() if text != before.merged.get(name, "")}
    for link_id, (owner, role) in before.links.items():
        connection.execute(
            update(link).where(link.c.id == int(link_id)).values(entity=owner, role=role, dirty=True)
        )
    # What one of them never had is blank again, not unknown: the merge may have written it everywhere.
    blanks = dict.fromkeys(before.merged, "")
    restored = {**blanks, **before.kept, **edited}
    _set(connection, row.kept, restored, None)
    _set(connection, row.gone, {**blanks, **before.gone, **edited}, None)
    connection.execute(update(event).where(event.c.id == number).values(state="undone"))
    _keep_apart(connection, sync, before, actor, reason)
    told = {"merge": number, "restored": row.gone, "reason": reason, "edited": sorted(edited)}
    _enter(connection, seal, sync, "merge.part", row.kept, value, restored, told, actor)


def undone(connection: Connection) -> set[str]:
    """Customers just parted, whose compensating writes a person must approve."""
    rows = connection.execute(select(event.c.kept, event.c.gone).where(event.c.state == "undone"))
    return {one for row in rows for one in (row.kept, row.gone)}


def _pair(connection: Connection, one: str, other: str) -> tuple[Any, Any]:
    rows = connection.execute(
        select(entity).where(entity.c.id.in_((one, other)), entity.c.redirect.is_(None))
    ).all()
    if len(rows) != 2 or rows[0].model != rows[1].model:
        raise UserError("TSK-5014", one=one, other=other)
    oldest, newest = sorted(rows, key=lambda row: (row.created, row.id))
    return oldest, newest


def _set(connection: Connection, id: str, value: Record, redirect: str | None) -> None:
    connection.execute(
        update(entity)
        .where(entity.c.id == id)
        .values(
            value=orjson.dumps(value),
            version=entity.c.version + 1,
            pending=redirect is None,
            redirect=redirect,
        )
    )


def _keep_apart(connection: Connection, sync: Sync, before: Before, actor: str, reason: str) -> None:
    owners: dict[str, list[int]] = {}
    for link_id, (owner, _) in before.links.items():
        owners.setdefault(owner, []).append(int(link_id))
    if len(owners) < 2:
        return
    for one, other in product(*owners.values()):
        key = review_key(one, other)
        known = connection.execute(select(review.c.key).where(review.c.key == key)).scalar()
        answer = {"state": "different", "actor": actor, "reason": reason, "at": time.time()}
        if known:
            connection.execute(update(review).where(review.c.key == key).values(**answer))
            continue
        pair = {"one": min(one, other), "other": max(one, other)}
        connection.execute(
            insert(review).values(
                key=key, sync=sync.name, reasons=b'["unmerge"]', opened="", **pair, **answer
            )
        )


def _enter(
    connection: Connection,
    seal: Seal,
    sync: Sync,
    action: str,
    id: str,
    before: Record,
    after: Record,
    told: dict[str, object],
    actor: str,
) -> None:
    diffs = tuple(
        Diff(name, before.get(name, ""), text) for name, text in after.items() if before.get(name, "") != text
    )
    entry = Entry(action, journal.now(), actor, model=sync.model.name, entity=id, diffs=diffs, decision=told)
    journal.append(connection, seal, [entry], personal(sync.model))
