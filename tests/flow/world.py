"""A small firm in memory: systems, mappings and a sync, to run the real engine on."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import yaml
from sqlalchemy import Connection, select, update

from tasuki import definition, sync as steps
from tasuki.connector import Column, Result, Write
from tasuki.definition import Sync, System
from tasuki.errors import Retry, Stop
from tasuki.memory import MemoryConnector, MemorySettings, MemorySystem
from tasuki.plan import Plan
from tasuki.store import Store, merges, open_store, plans, queues, records, reviews, runs, tables
from tasuki.verify import Problem

COLUMNS = ("コード", "会社名", "住所", "電話", "メール", "区分", "法人番号")
FIELDS = {
    "code": "コード",
    "name": "会社名",
    "address": "住所",
    "phone": {"column": "電話", "clean": []},
    "email": {"column": "メール", "clean": []},
    "stage": {"column": "区分", "values": {"見込": "prospect", "新規": "buyer", "優良": "loyal"}},
    "corporate_number": "法人番号",
}
NOBODY = 2**22 + 7
"""A process id beyond Linux's highest: nobody's."""


def columns(*more: Column | str) -> tuple[Column, ...]:
    """The usual columns; one of `more` takes the place of its namesake or comes last."""
    named = {name: Column(name) for name in COLUMNS}
    named |= {one.name: one for one in (Column(m) if isinstance(m, str) else m for m in more)}
    return tuple(named.values())


def system(**habits: Any) -> MemorySystem:
    kind = habits.pop("kind", MemorySystem)
    made: MemorySystem = kind(
        columns=habits.pop("columns", columns()), key=habits.pop("key", "コード"), **habits
    )
    return made


class World:
    """`systems` live here; `run` is one whole sync, `approve` lets a waiting plan go on."""

    def __init__(
        self,
        home: Path,
        systems: Mapping[str, MemorySystem],
        entries: Mapping[str, Mapping[str, Any]] | None = None,
        mappings: Mapping[str, Mapping[str, Any]] | None = None,
        **rules: Any,
    ) -> None:
        self.home = home
        self.systems = dict(systems)
        self.model = rules.get("model", "customer")
        self.name = rules.get("sync", "customers")
        self._loaded: Sync | None = None
        self._number = 0
        (home / "mappings").mkdir(parents=True, exist_ok=True)
        (home / "dags").mkdir(exist_ok=True)
        for name, one in self.systems.items():
            self.map(name, {"key": one.key, **((mappings or {}).get(name) or {})})
        parts = {name: {"receives_new": "all", **(entries or {}).get(name, {})} for name in self.systems}
        self.rule({"sync": self.name, "model": self.model, "systems": parts, **rules})
        self.fuse = Fuse()
        self.store = new_store(home, self.fuse)

    def __getitem__(self, name: str) -> MemorySystem:
        return self.systems[name]

    # What a firm writes.

    def map(self, name: str, parts: Mapping[str, Any]) -> None:
        data = {
            "mapping": 1,
            "connector": "memory",
            "model": self.model,
            "issued_by": "tasuki",
            "fields": FIELDS,
            **parts,
        }
        self._write(self.home / "mappings" / f"{name}.yaml", data)

    def rule(self, data: Mapping[str, Any]) -> None:
        self.rules = dict(data)
        self._write(self.home / "dags" / f"{self.name}.yaml", self.rules)

    def _write(self, path: Path, data: Mapping[str, Any]) -> None:
        path.write_text(
            yaml.dump(dict(data), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False), "utf-8"
        )
        self._loaded = None

    @property
    def sync(self) -> Sync:
        if self._loaded is None:
            self._loaded = definition.load(self.home, self.name)
        return self._loaded

    # Runs.

    def open(self, chosen: System) -> MemoryConnector:
        settings = MemorySettings(system=self.systems[chosen.name])
        connector = FragileConnector(settings, key=chosen.mapping.key, home=self.home)
        connector.fuse = self.fuse
        return connector

    def begin(self) -> steps.Run:
        self._number += 1
        self.last = f"{self.name}-{self._number:04d}"
        return steps.Run(self.store, self.sync, self.open, self.last, "tester")

    def run(self, approve: bool = True, between: Any = None) -> dict[str, Any]:
        """One sync as the command line does it: a system that is down is left out, a guard stops all.

        `between` happens after the plan was made and before it is applied.
        """
        first = self._number == 0 and between is None and self.fuse.left < 0
        # Only a store in a file can be put back as it was.
        elsewhere = bool(os.environ.get("TASUKI_DATABASE_URL"))
        if not first or elsewhere or not all(isinstance(s, MemorySystem) for s in self.systems.values()):
            return self._run(approve, between)
        firm = self._firm(approve)
        if firm not in _LOADED:
            outcome = self._run(approve, None)
            self.store.close()
            database = (self.home / "tasuki.db").read_bytes()
            _LOADED[firm] = Loaded(outcome, database, deepcopy(self._states()))
        return self._resume(deepcopy(_LOADED[firm]))

    def _firm(self, approve: bool) -> str:
        """All that a first run depends on: the same firm need not be loaded twice."""
        told = sorted((str(p.relative_to(self.home)), p.read_text()) for p in self.home.glob("*/*.yaml"))
        return repr((told, type(self), [type(one) for one in self.systems.values()], self._states(), approve))

    def _states(self) -> dict[str, dict[str, Any]]:
        return {name: vars(one) for name, one in self.systems.items()}

    def _resume(self, loaded: "Loaded") -> dict[str, Any]:
        self.store.close()
        (self.home / "tasuki.db").write_bytes(loaded.database)
        for name, state in loaded.states.items():
            vars(self.systems[name]).update(state)
        self._number = 1
        self.last = str(loaded.outcome["run_id"])
        return loaded.outcome

    def _run(self, approve: bool, between: Any) -> dict[str, Any]:
        run = self.begin()
        try:
            run.start()
            failed, made, state = self.look(run)
            if between:
                between()
            if state == "waiting" and approve:
                self.approve(made.digest)
            failed = max(failed, self.apply(run))
        except Stop:
            failed = 7
        return run.close(failed)

    def look(self, run: steps.Run) -> tuple[int, Plan, str]:
        failed = 0
        for name in self.systems:
            try:
                run.read(name)
            except Retry:
                failed = 1
        return (failed, *run.plan())

    def apply(self, run: steps.Run) -> int:
        failed = 0
        for name in self.systems:
            try:
                run.apply(name)
            except Retry:
                failed = 1
        return failed

    def settle(self, runs_: int = 6) -> int:
        """Runs until one writes nothing; the number of runs that wrote."""
        for number in range(runs_):
            if not writes(self.run()):
                return number
        raise AssertionError("it does not come to rest")

    def crash(self) -> None:
        """The process at work died: what it held in memory is gone, its lease points at nobody."""
        self.store.close()
        self.store = new_store(self.home, self.fuse)
        with self.store.write() as connection:
            connection.execute(update(tables.lease).values(pid=NOBODY))

    # A person's words.

    def approve(self, digest: str) -> None:
        with self.store.write() as connection:
            stored = plans.find(connection, digest, ("waiting",))
            plans.approve(connection, self.store.seal, stored, "boss", "確認しました")

    def acknowledge(self) -> int:
        with self.store.write() as connection:
            return runs.acknowledge(connection, self.name, "boss", "確かめた")

    def choose(self, unit: str, system: str) -> None:
        """Settles the open conflict of `unit` for one system, or for "base"."""
        (found,) = (one for one in self.conflicts() if one["field"] == unit)
        self.decide(found["conflict"], system)

    def decide(self, conflict: str, system: str) -> None:
        with self.store.write() as connection:
            queues.decide(connection, conflict, system, "boss")

    def answer(self, same: bool) -> None:
        with self.store.write() as connection:
            for found in reviews.questions(connection):
                reviews.answer(connection, found.one, found.other, same, "boss", "電話で確認")

    def say(self, one: str, other: str, same: bool) -> None:
        """A person's word on two rows that nobody asked about."""
        with self.store.write() as connection:
            pair = (reviews.named(connection, one), reviews.named(connection, other))
            reviews.answer(connection, *pair, same, "boss", "電話で確認")

    def merge(self, one: str, other: str) -> int:
        """Two customers, each by the key of one of its rows."""
        return self.join(self.customer(one), self.customer(other))

    def join(self, one: str, other: str) -> int:
        with self.store.write() as connection:
            return merges.merge(connection, self.store.seal, self.sync, one, other, "boss", "電話で確認")

    def unmerge(self, number: int) -> None:
        with self.store.write() as connection:
            merges.unmerge(connection, self.store.seal, self.sync, number, "boss", "別の会社")

    # What there is to see.

    def customer(self, key: str) -> str:
        """Whose row it is, "" while it is nobody's."""
        return next((row.entity or "" for row in self.table("link") if row.key == key), "")

    def rows(self, name: str) -> dict[str, dict[str, Any]]:
        """The system's rows, blank cells left out."""
        return {
            key: {column: cell for column, cell in row.items() if cell and column != self[name].key}
            for key, row in self[name].rows().items()
        }

    def cell(self, name: str, column: str, key: str = "C001") -> Any:
        return self[name].rows()[key][column]

    def conflicts(self, state: str = "open") -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return queues.conflicts(connection, state)

    def held(self) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return queues.held(connection)

    def reviews(self) -> list[reviews.Question]:
        with self.store.read() as connection:
            return reviews.questions(connection)

    def problems(self) -> tuple[Problem, ...]:
        """What verification finds wrong with the ledger."""
        with self.store.read() as connection:
            return records.check(connection, self.store.seal).problems

    def plan(self) -> Plan:
        """The plan of the last run that made one."""
        with self.store.read() as connection:
            made = plans.of_run(connection, self.last)
        assert made
        return made.plan

    def table(self, name: str) -> list[Any]:
        """Every row of one of the store's tables."""
        with self.store.read() as connection:
            return list(connection.execute(select(tables.metadata.tables[name])))

    def values(self) -> list[dict[str, str]]:
        """The customers as the engine knows them."""
        with self.store.read() as connection:
            return [
                {field: text for field, text in orjson.loads(row.value).items() if text}
                for row in connection.execute(select(tables.entity).order_by(tables.entity.c.created))
            ]


class Loaded(NamedTuple):
    """A firm after its first run."""

    outcome: dict[str, Any]
    database: bytes
    states: dict[str, dict[str, Any]]


_LOADED: dict[str, Loaded] = {}


def writes(outcome: Mapping[str, Any]) -> int:
    done = outcome["totals"]["apply"]
    return sum(done.get(kind, 0) for kind in ("created", "updated", "deleted"))


class Crash(BaseException):
    """The process dies here."""


class Fuse:
    """Burns down by one before and after every commit and every write; at zero the process dies."""

    left = -1

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crash


class FragileStore(Store):
    fuse: Fuse

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.fuse.burn()
        with super().write() as connection:
            yield connection
        self.fuse.burn()


class FragileConnector(MemoryConnector):
    fuse: Fuse

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        self.fuse.burn()
        results = super().write(columns, writes)
        self.fuse.burn()
        return results


def new_store(home: Path, fuse: Fuse) -> FragileStore:
    """A fresh store; making its tables once is enough for all tests."""
    if not (home / "tasuki.db").exists() and not os.environ.get("TASUKI_DATABASE_URL"):
        shutil.copytree(_template(), home, dirs_exist_ok=True)
    opened = open_store(home)
    # Each store would compile its statements anew; a hundred tests share them by sharing the dialect.
    opened._engine.dialect = _DIALECTS.setdefault(opened._engine.dialect.name, opened._engine.dialect)
    engine = opened._engine.execution_options(compiled_cache=_COMPILED)
    store = FragileStore(engine, opened.seal)
    store.fuse = fuse
    return store


_COMPILED: dict[Any, Any] = {}
_DIALECTS: dict[str, Any] = {}


@functools.cache
def _template() -> Path:
    home = Path(tempfile.mkdtemp(prefix="tasuki-"))
    open_store(home).close()
    return home
