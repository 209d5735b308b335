"""A store as the first load leaves it, written straight into its tables: minutes less to wait for."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
from sqlalchemy import Connection, insert, update

from tasuki import definition, finder
from tasuki.connector import End, Row
from tasuki.definition import Sync, System
from tasuki.intake import Intake
from tasuki.record import Record, cells_digest
from tasuki.store import index, open_store, remember, rows, tables


def load(home: Path, moved: int) -> None:
    """Both systems settled on what their files show now. Only every `moved`th row, which is to change
    later, gets its exact canonical values: cleaning all of them is the first load's cost, not the no-op's.
    With 0 none is to change, and the rows are left out of the index, which a no-op never asks.
    """
    sync = definition.load(home, "bench")
    store = open_store(home)
    with store.write() as connection:
        if not moved:
            for system in sync.systems:
                remember(connection, f"index:{system}", index.LAYOUT)
        for system in sync.systems.values():
            _take(connection, home, sync, system, moved)
        connection.execute(update(tables.system_state).values(loaded=True))
        remember(connection, f"rules:{sync.name}", sync.digest)
    store.close()


def _take(connection: Connection, home: Path, sync: Sync, system: System, moved: int) -> None:
    connector = finder.open_connector(home, system)
    mapping = system.mapping
    count = 0
    for page in connector.read(mapping.columns):
        if isinstance(page, End):
            intake = Intake(count, count, (), (), frozenset(), (), page)
            rows.commit_intake(connection, sync, mapping, connector.describe(), intake, "loaded", time.time())
            continue
        found = [row for row in page if isinstance(row, Row)]
        if not found:
            continue
        records = [
            _record(system, row, exact=bool(moved) and number % moved == 0)
            for number, row in enumerate(found, count)
        ]
        count += len(found)
        if system.entry.originates:
            connection.execute(insert(tables.entity), _entities(found, records))
        connection.execute(insert(tables.link), _links(system, found, records))
    connector.close()


def _record(system: System, row: Row, exact: bool) -> Record:
    cells = dict(zip(system.mapping.columns, row.cells, strict=True))
    if exact:
        return system.mapping.to_record(cells)
    return {name: cells[mapped.columns[0]] for name, mapped in system.mapping.fields.items()}


def _entities(found: Sequence[Row], records: Sequence[Record]) -> list[dict[str, object]]:
    settled = {"model": "customer", "version": 1, "pending": False, "redirect": None, "created": time.time()}
    return [
        {"id": f"cu_{row.key}", "value": orjson.dumps(_shared(record)), **settled}
        for row, record in zip(found, records, strict=True)
    ]


def _links(system: System, found: Sequence[Row], records: Sequence[Record]) -> list[dict[str, object]]:
    columns = system.mapping.columns
    settled = {"model": "customer", "role": "primary", "state": "here", "dirty": False, "sent": None}
    times = {"since": time.time(), "until": time.time()}
    return [
        {
            "system": system.name,
            "key": row.key,
            "entity": f"cu_{row.key}",
            "digest": cells_digest(row.cells),
            "version": row.version,
            "place": str(row.at),
            "observed": (cells := orjson.dumps(dict(zip(columns, row.cells, strict=True)))),
            "agreed": cells,
            "settled": orjson.dumps(_shared(record)),
            **settled,
            **times,
        }
        for row, record in zip(found, records, strict=True)
    ]


def _shared(record: Record) -> Record:
    """Without the code: it is each system's own."""
    return {name: value for name, value in record.items() if name != "code"}


if __name__ == "__main__":
    load(Path(sys.argv[1]), int(sys.argv[2]))
