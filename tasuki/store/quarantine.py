"""Quarantine: rows that can't be read (way in), and changes that a system can't take (way out)."""

from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from tasuki.definition import Sync
from tasuki.intake import Held, Intake
from tasuki.mapping import Mapping as SystemMapping
from tasuki.store.tables import quarantine


def hold_in(
    connection: Connection, sync: Sync, mapping: SystemMapping, intake: Intake, run: str
) -> tuple[list[str], list[Held]]:
    """Opens quarantine for what is bad now, releases what is not: the keys released, the rows new in it."""
    open_rows = connection.execute(
        select(quarantine).where(
            quarantine.c.system == mapping.system, quarantine.c.way == "in", quarantine.c.state == "open"
        )
    ).all()
    again = {(held.key, held.place if not held.key else "", held.code, held.digest) for held in intake.held}
    staying = {
        row.id
        for row in open_rows
        if row.key in intake.still_held
        or (row.key, row.place if not row.key else "", row.code, row.digest) in again
    }
    released = [row.id for row in open_rows if row.id not in staying]
    connection.execute(update(quarantine).where(quarantine.c.id.in_(released)).values(state="released"))
    connection.execute(update(quarantine).where(quarantine.c.id.in_(staying)).values(seen=run))
    kept = {(r.key, r.place if not r.key else "", r.code, r.digest) for r in open_rows if r.id in staying}
    new = [
        held
        for held in intake.held
        if (held.key, held.place if not held.key else "", held.code, held.digest) not in kept
    ]
    if new:
        connection.execute(insert(quarantine), [_quarantined(sync, mapping, held, run) for held in new])
    return [row.key for row in open_rows if row.id in released and row.key], new


def hold_out(connection: Connection, sync: str, refusal: Any, run: str) -> None:
    connection.execute(
        insert(quarantine).values(
            sync=sync,
            system=refusal.system,
            key=refusal.entity,
            way="out",
            place="",
            code=refusal.code,
            column=refusal.column,
            details=orjson.dumps(dict(refusal.details)),
            cells=b"{}",
            digest=b"",
            opened=run,
            seen=run,
            state="open",
        )
    )


def _quarantined(sync: Sync, mapping: SystemMapping, held: Held, run: str) -> dict[str, object]:
    return {
        "sync": sync.name,
        "system": mapping.system,
        "key": held.key,
        "way": "in",
        "place": held.place,
        "code": held.code,
        "column": held.column,
        "details": orjson.dumps(dict(held.details)),
        "cells": orjson.dumps(held.cells),
        "digest": held.digest,
        "opened": run,
        "seen": run,
        "state": "open",
    }
