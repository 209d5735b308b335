"""What waits for a person: conflicts and quarantine; and what a run reports of them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, insert, select, update

from tasuki.definition import Sync
from tasuki.errors import UserError
from tasuki.ledger import Diff, Entry
from tasuki.plan import OpenConflict
from tasuki.store import journal
from tasuki.store.tables import conflict, entity, link, quarantine, review


class Open(NamedTuple):
    """How much waits, by kind."""

    conflicts: int
    reviews: int
    quarantined: int
    unconfirmed: int
    overdue: int
    """Of these, handed over more than IMPORT_DAYS ago (S20)."""


IMPORT_DAYS = 7
"""A person should have imported a file by then."""


def count_open(connection: Connection, sync: str, systems: Sequence[str], now: float) -> Open:
    def count(table: Any, *where: Any) -> int:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    # Asked by system, SQLite would walk all of a system's rows instead of the few that were sent.
    sent = connection.execute(select(link.c.system, link.c.sent).where(link.c.sent.is_not(None)))
    handed_over = [orjson.loads(row.sent)["at"] for row in sent if row.system in systems]
    return Open(
        count(conflict, conflict.c.sync == sync, conflict.c.state == "open"),
        count(review, review.c.sync == sync, review.c.state == "open"),
        count(quarantine, quarantine.c.sync == sync, quarantine.c.state == "open"),
        len(handed_over),
        sum(at < now - IMPORT_DAYS * 86400 for at in handed_over),
    )


def open_conflict(connection: Connection, sync: Sync, item: OpenConflict, run: str, actor: str) -> Entry:
    """Puts a conflict in the queue. Its entry for the ledger: the losing values stay there, whatever is
    decided later (I6)."""
    found = item.conflict
    connection.execute(
        insert(conflict).values(
            key=found.key,
            sync=sync.name,
            entity=item.entity,
            unit=found.unit,
            reason=found.reason,
            base=orjson.dumps(found.base),
            candidates=orjson.dumps([candidate._asdict() for candidate in found.candidates]),
            steward=sync.policy(found.unit).steward or sync.steward,
            opened=run,
            at=time.time(),
            state="open",
        )
    )
    diffs = tuple(
        Diff(field, found.base.get(field, ""), value, candidate.system or "base")
        for candidate in found.candidates
        for field, value in candidate.value.items()
    )
    told = {"unit": found.unit, "reason": found.reason, "conflict": found.key}
    return Entry(
        "conflict.open",
        journal.now(),
        actor,
        run,
        model=sync.model.name,
        entity=item.entity,
        diffs=diffs,
        decision=told,
    )


def conflicts(connection: Connection, state: str = "open") -> list[dict[str, Any]]:
    rows = connection.execute(
        select(conflict, entity.c.value)
        .join(entity, entity.c.id == conflict.c.entity)
        .where(conflict.c.state == state)
        .order_by(conflict.c.at, conflict.c.key)
    )
    return [
        {
            "conflict": row.key,
            "sync": row.sync,
            "entity": row.entity,
            "name": orjson.loads(row.value).get("name", ""),
            "field": row.unit,
            "reason": row.reason,
            "base": orjson.loads(row.base),
            "candidates": orjson.loads(row.candidates),
            "steward": row.steward,
            "at": row.at,
        }
        for row in rows
    ]


def decide(connection: Connection, key: str, chosen: str, actor: str) -> dict[str, Any]:
    """Settles a conflict for one of its candidates: a system's name, "base" to keep what was, or
    "merged" for what was typed while two customers were one (S17).

    The decision is carried out by the next plan, and is void when a value moves before it. Raises UserError
    TSK-5010 when there is no such open conflict, TSK-5011 when it has no such candidate.
    """
    row = connection.execute(
        select(conflict).where(conflict.c.key.startswith(key, autoescape=True), conflict.c.state == "open")
    ).all()
    if len(row) != 1:
        raise UserError("TSK-5010", conflict=key)
    found = row[0]
    values: dict[str, Mapping[str, str]] = {
        candidate["system"] or "base": candidate["value"] for candidate in orjson.loads(found.candidates)
    }
    values.setdefault("base", orjson.loads(found.base))
    if chosen not in values:
        raise UserError("TSK-5011", conflict=found.key, choices=", ".join(sorted(values)))
    connection.execute(
        update(conflict)
        .where(conflict.c.key == found.key)
        .values(state="decided", chosen=orjson.dumps(values[chosen]), actor=actor)
    )
    connection.execute(update(entity).where(entity.c.id == found.entity).values(pending=True))
    return {"conflict": found.key, "sync": found.sync, "entity": found.entity, "chosen": chosen}


def held(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(quarantine).where(quarantine.c.state == "open").order_by(quarantine.c.system, quarantine.c.id)
    )
    return [
        {
            "id": row.id,
            "sync": row.sync,
            "system": row.system,
            "key": row.key,
            "way": row.way,
            "place": row.place,
            "code": row.code,
            "column": row.column,
            "details": orjson.loads(row.details),
            "cells": orjson.loads(row.cells),
            "opened": row.opened,
        }
        for row in rows
    ]
