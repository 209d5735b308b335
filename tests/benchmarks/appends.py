"""How fast the ledger takes entries in batches, and what an entry and its personal values weigh on disk."""

import sys
import time
from pathlib import Path

import orjson

from tasuki.ledger import Diff, Entry
from tasuki.store import Store, journal, open_store

BATCH, BATCHES = 1_000, 20
PERSONAL = {"name", "phone"}


def main(home: Path) -> None:
    home.mkdir()
    store = open_store(home)
    began = time.process_time()
    for batch in range(BATCHES):
        with store.write() as connection:
            entries = [_entry(batch * BATCH + number) for number in range(BATCH)]
            journal.append(connection, store.seal, entries, PERSONAL.__contains__)
    count = BATCH * BATCHES
    told = {"per_cpu_second": count / (time.process_time() - began)}
    for table in ("ledger", "value"):
        told[f"{table}_bytes"] = _size(store, table) / count
    print(orjson.dumps(told).decode())


def _entry(number: int) -> Entry:
    """A change of two personal fields and a plain one, as a sync writes most."""
    return Entry(
        "sync.update",
        journal.now(),
        "os:bench",
        run="20260401T000000-00000000",
        model="customer",
        entity=f"cu_{number:020}",
        system="target",
        external_id=f"C{number:07}",
        diffs=(
            Diff("name", f"山田商店{number}", f"株式会社山田商店{number}", "edit"),
            Diff("phone", f"+8131000{number:06}", f"+8132000{number:06}", "edit"),
            Diff("stage", "prospect", "buyer", "edit"),
        ),
        mapping="0123456789abcdef",
        outcome="done",
        token=f"{number:040}",
    )


def _size(store: Store, table: str) -> int:
    """Bytes of the pages of a table and of its indexes."""
    pages = "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = ?)"
    with store.read() as connection:
        return int(connection.exec_driver_sql(pages, (table,)).scalar_one())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
