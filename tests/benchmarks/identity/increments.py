"""A hundred new rows against a store of a million, decided and committed; and look-ups among them: of
customers by telephone or name, and by the number of what they bought.

`python -m tests.benchmarks.identity.increments` builds the store in a folder of its own (some minutes), or
takes the one of --home again. Its file is read through once beforehand: where a hundred rows come in by the
minute, and in a call centre, it lies in memory. What the end of a run does for the catalogue, when nobody
waits for a decision any more, is told apart (file_away).
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, get_args

import numpy as np
import orjson
import yaml
from sqlalchemy import Connection, func, insert, select

from tasuki import mapping as mappings
from tasuki.identity.compare import levels
from tasuki.identity.decision import decide
from tasuki.identity.likeness import FIELDS, texts
from tasuki.identity.matching import match
from tasuki.identity.model import Model
from tasuki.identity.verdict import DOUBT, judge
from tasuki.lookup import lookup
from tasuki.mapping import Mapping
from tasuki.record import Record, cells_digest
from tasuki.side import view
from tasuki.store import Store, index, open_store, statements, tables
from tasuki.store.catalogue import file_away
from tasuki.store.decisions import Decision, write_decisions
from tasuki.store.driver import answers, marks
from tasuki.terms import Way
from tests.benchmarks.identity.masters import Row, draw

SEED = 21
"""Nothing was tuned on it."""
NEW = 100
ROUNDS = 60
LOOKS = 2_000
OWNERS = 5
"""One customer in so many has an installed item."""
COLUMNS = {
    "code": "コード",
    "name": "名称",
    "name_kana": "フリガナ",
    "postal_code": "郵便番号",
    "address": "住所",
    "phone": "電話",
}
SETTLED = {
    "system": "ledger",
    "model": "customer",
    "role": "primary",
    "state": "here",
    "dirty": False,
    "version": "",
    "place": "",
    "since": 0.0,
    "until": 0.0,
    "sent": None,
    "agreed": b"{}",
    "settled": b"{}",
}
UNTOUCHED = {"model": "customer", "version": 1, "pending": False, "redirect": None, "created": 0.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, help="keep the store there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tasuki-increments-") as folder:
        told = measure(given.home or Path(folder), given.rows)
    print(orjson.dumps(told).decode())
    slowest = max(told[f"{way}_p99_ms"] for way in get_args(Way))
    return int(told["new_p95_ms"] > 50 or slowest > 2)


def measure(home: Path, count: int) -> dict[str, float]:
    drawn = draw(SEED, count + NEW * ROUNDS)
    # Millions of made-up rows would be looked through again and again for garbage; a real run has none.
    gc.freeze()
    mapping = _mapping(home, "ledger", "customer", COLUMNS)
    items = _mapping(home, "installed", "item", {"serial": "コード"})
    store = open_store(home)
    told = _load(store, mapping, drawn[:count]) | _load_items(store, items, drawn[:count:OWNERS])
    sample = [view(mapping, _cells(row, 0)) for row in drawn[:20_000]]
    model = match(FIELDS["customer"], texts(FIELDS["customer"], sample)).model
    _warm(home / "tasuki.db")
    told |= _rounds(store, mapping, model, drawn[count:])
    told |= _look_ups(store, drawn[:count])
    store.close()
    return told


def _warm(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


class Spent(NamedTuple):
    """Of each time, in seconds."""

    clock: list[float]
    cpu: list[float]

    @contextmanager
    def timed(self) -> Iterator[None]:
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.clock.append(time.perf_counter() - clock)
        self.cpu.append(time.process_time() - cpu)

    def told(self, name: str, *percents: int) -> dict[str, float]:
        """The last of the percents also as CPU."""
        told = {f"{name}_p{percent}_ms": _ms(self.clock, percent) for percent in percents}
        return told | {f"{name}_cpu_p{percents[-1]}_ms": _ms(self.cpu, percents[-1])}


def _rounds(store: Store, mapping: Mapping, model: Model, later: Sequence[Row]) -> dict[str, float]:
    # As in a run (tasuki.sync).
    gc.set_threshold(100_000, 50, 100)
    number, pairs = _number(store), 0
    new, filing = Spent([], []), Spent([], [])
    for start in range(0, len(later), NEW):
        rows = [_cells(row, number + start + i) for i, row in enumerate(later[start : start + NEW])]
        with new.timed():
            pairs += _round(store, mapping, model, rows)
        with filing.timed():
            file_away(store)
    with filing.timed():
        file_away(store, 0)
    return new.told("new", 50, 95) | {
        "candidates_a_row": pairs / len(later),
        "file_away_longest_ms": max(filing.clock) * 1000,
        "file_away_ms_a_1000_rows": sum(filing.clock) * 1e6 / len(later),
    }


def _round(store: Store, mapping: Mapping, model: Model, rows: Sequence[dict[str, str]]) -> int:
    """From the rows as read to decisions on the disk; how many pairs were compared."""
    with store.write() as connection:
        statements.put(connection, insert(tables.link), [_link(row) | {"entity": None} for row in rows])
        records = {row["コード"]: view(mapping, row) for row in rows}
        keys = list(records)
        index.refresh(connection, mapping, keys, records)
        index.catch_up(connection)
        new = _ids(connection, keys)
        pairs = index.candidates_of(connection, new)
        links = sorted({link for pair in pairs for link in pair})
        place = {link: row for row, link in enumerate(links)}
        table = index.table_of(connection, "customer", links)
        one = np.array([place[a] for a, _ in pairs], np.int64)
        other = np.array([place[b] for _, b in pairs], np.int64)
        seen = levels(table, one, other)
        likely = judge(model, table, one, other, seen).same >= DOUBT
        found = list(zip(one[likely].tolist(), other[likely].tolist(), strict=True))
        told = decide(model, table, one[likely], other[likely], seen[:, likely])
        made = [
            Decision(links[a], links[b], evidence, "bench", "model", time.time())
            for (a, b), evidence in zip(found, told, strict=True)
        ]
        write_decisions(connection, made)
    return len(pairs)


def _look_ups(store: Store, drawn: Sequence[Row]) -> dict[str, float]:
    """By telephone as typed, by the first three letters of a name, by the number of an installed item."""
    some = Random(SEED).sample(drawn, LOOKS)
    asked: dict[Way, list[str]] = {
        "phone": [row.phone for row in some if row.phone],
        "name": [row.name[:3] for row in some],
        "product": [_serial(row) for row in drawn[: LOOKS * OWNERS : OWNERS]],
    }
    told: dict[str, float] = {}
    with index.current(store) as connection:
        for way, texts in asked.items():
            spent = Spent([], [])
            for text in texts:
                with spent.timed():
                    lookup(connection, way, text)
            told |= spent.told(way, 50, 99)
    return told


def _load(store: Store, mapping: Mapping, drawn: Sequence[Row]) -> dict[str, float]:
    """The store with these rows, indexed as a first read would; what that cost."""
    with store.read() as connection:
        if connection.execute(select(tables.link.c.id).limit(1)).first():
            return {}
    records: dict[str, Record] = {}
    with store.write() as connection:
        for start in range(0, len(drawn), 50_000):
            cells = [_cells(row, start + i) for i, row in enumerate(drawn[start : start + 50_000])]
            records |= {cell["コード"]: view(mapping, cell) for cell in cells}
            owners = [row.entity for row in drawn[start : start + 50_000]]
            _entities(connection, drawn[start : start + 50_000], cells)
            rows = [_link(row) | {"entity": f"cu_{owner}"} for row, owner in zip(cells, owners, strict=True)]
            connection.execute(insert(tables.link), rows)
    gc.freeze()
    before, size = time.process_time(), _size(store)
    with store.write() as connection:
        index.refresh(connection, mapping, [], records)
    spent = time.process_time() - before
    with store.read() as connection:
        blocks = connection.execute(select(func.count()).select_from(tables.block_key)).scalar_one()
    return {
        "rows": len(drawn),
        "index_us_a_row": spent / len(drawn) * 1e6,
        "index_bytes_a_row": (_size(store) - size) / len(drawn),
        "blocks_a_row": blocks / len(drawn),
    }


def _entities(connection: Connection, drawn: Sequence[Row], cells: Sequence[dict[str, str]]) -> None:
    rows = [
        {
            **UNTOUCHED,
            "id": f"cu_{row.entity}",
            "value": orjson.dumps({f: cell[c] for f, c in COLUMNS.items()}),
        }
        for row, cell in zip(drawn, cells, strict=True)
    ]
    connection.execute(statements.insert_new(connection, tables.entity), rows)


def _load_items(store: Store, mapping: Mapping, owners: Sequence[Row]) -> dict[str, float]:
    """An installed item for each of them."""
    told = select(tables.link.c.id).where(tables.link.c.system == mapping.system).limit(1)
    with store.write() as connection:
        if connection.execute(told).first():
            return {}
        for start in range(0, len(owners), 50_000):
            made = [_item(row) for row in owners[start : start + 50_000]]
            connection.execute(
                statements.insert_new(connection, tables.entity), [entity for entity, _ in made]
            )
            connection.execute(statements.insert_new(connection, tables.link), [link for _, link in made])
        index.refresh(connection, mapping, [])
    return {"items": len(owners)}


def _item(owner: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """The item and its row."""
    serial = _serial(owner)
    value = {"serial": serial, "customer": f"cu_{owner.entity}"}
    link = _link({"コード": serial}) | {"system": "installed", "model": "item", "entity": f"it_{serial}"}
    return {**UNTOUCHED, "id": f"it_{serial}", "model": "item", "value": orjson.dumps(value)}, link


def _serial(owner: Row) -> str:
    return f"AB{owner.entity % 97:02}-{owner.entity:08}"


def _cells(row: Row, number: int) -> dict[str, str]:
    address = f"{row.address} {row.building}".strip()
    told = (f"C{number:08}", row.name, row.kana, row.postal, address, row.phone)
    return dict(zip(COLUMNS.values(), told, strict=True))


def _link(cells: dict[str, str]) -> dict[str, Any]:
    digest = cells_digest(cells.values())
    return {**SETTLED, "key": cells["コード"], "observed": orjson.dumps(cells), "digest": digest}


def _ids(connection: Connection, keys: Sequence[str]) -> list[int]:
    mine = f"SELECT id FROM link WHERE system = ? AND key IN ({marks(keys)})"
    return [id for (id,) in answers(connection, mine, ("ledger", *keys))]


def _number(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.max(tables.link.c.id))).scalar_one())


def _size(store: Store) -> int:
    with store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _mapping(home: Path, system: str, model: str, fields: dict[str, str]) -> Mapping:
    path = home / "mappings" / f"{system}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"mapping": 1, "connector": "csv", "model": model, "key": "コード", "fields": fields}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    return mappings.load(path)


def _ms(seconds: Sequence[float], percent: int) -> float:
    return float(np.percentile(seconds, percent)) * 1000


if __name__ == "__main__":
    sys.exit(main())
