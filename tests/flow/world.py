"""A small firm in memory: systems, mappings and a sync, to run the real engine on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tasuki import definition, sync as steps
from tasuki.connector import Column
from tasuki.definition import System
from tasuki.errors import Retry, Stop
from tasuki.memory import MemoryConnector, MemorySettings, MemorySystem
from tasuki.store import Store, open_store, plans

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


def system(**habits: Any) -> MemorySystem:
    columns = habits.pop("columns", tuple(Column(name) for name in COLUMNS))
    return MemorySystem(columns=columns, key=habits.pop("key", "コード"), **habits)


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
        (home / "mappings").mkdir(parents=True, exist_ok=True)
        (home / "dags").mkdir(exist_ok=True)
        for name, one in self.systems.items():
            self.map(name, {"key": one.key, **((mappings or {}).get(name) or {})})
        parts = {name: {"receives_new": "all", **(entries or {}).get(name, {})} for name in self.systems}
        self.rule({"sync": "customers", "model": "customer", "systems": parts, **rules})
        self.store: Store = open_store(home)
        self._number = 0

    def map(self, name: str, parts: Mapping[str, Any]) -> None:
        data = {
            "mapping": 1,
            "connector": "memory",
            "model": "customer",
            "issued_by": "tasuki",
            "fields": FIELDS,
            **parts,
        }
        (self.home / "mappings" / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")

    def rule(self, data: Mapping[str, Any]) -> None:
        (self.home / "dags" / "customers.yaml").write_text(
            yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False), "utf-8"
        )

    def open(self, chosen: System) -> MemoryConnector:
        settings = MemorySettings(system=self.systems[chosen.name])
        return MemoryConnector(settings, key=chosen.mapping.key, home=self.home)

    def begin(self) -> steps.Run:
        self._number += 1
        loaded = definition.load(self.home, "customers")
        return steps.Run(self.store, loaded, self.open, f"run{self._number:04d}", "tester")

    def run(self, approve: bool = True) -> dict[str, Any]:
        """One sync as the command line does it: a system that is down is left out, a guard stops all."""
        run = self.begin()
        failed = 0
        try:
            run.start()
            for name in self.systems:
                try:
                    run.read(name)
                except Retry:
                    failed = 1
            made, state = run.plan()
            if state == "waiting" and approve:
                self.approve(made.digest)
            for name in self.systems:
                try:
                    run.apply(name)
                except Retry:
                    failed = 1
        except Stop:
            failed = 7
        return run.close(failed)

    def approve(self, digest: str) -> None:
        with self.store.write() as connection:
            stored = plans.find(connection, digest, ("waiting",))
            plans.approve(connection, self.store.seal, stored, "boss", "確認しました")
