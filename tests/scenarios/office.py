"""A firm whose systems may be files: the same hands type into memory, CSV files and workbooks."""

import csv
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from openpyxl import Workbook, load_workbook
from pydantic import SecretStr

from connectors.csv import CsvConnector, CsvSettings
from connectors.excel import ExcelConnector, ExcelSettings
from connectors.kintone import KintoneConnector, KintoneSettings
from tasuki.connector import Column, Connector, Result, Write
from tasuki.definition import System
from tasuki.memory import MemorySystem
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tasuki.settings import Connection
from tests.flow.world import COLUMNS, Fuse, World

Cells = dict[str, str]


class Table:
    """A file as people handle it: they open it, type, and save."""

    def __init__(self, path: Path, columns: Sequence[str], key: str) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.key = key
        if not path.exists():
            self._save([])

    def put(self, *rows: Mapping[str, str]) -> None:
        self._save([*self._load(), *({**dict.fromkeys(self.columns, ""), **row} for row in rows)])

    def edit(self, key: str, **cells: str) -> None:
        self._save([row | cells if row[self.key] == key else row for row in self._load()])

    def remove(self, key: str) -> None:
        self._save([row for row in self._load() if row[self.key] != key])

    def rows(self) -> dict[str, Cells]:
        return {row[self.key]: row for row in self._load()}

    def copy(self) -> bytes:
        return self.path.read_bytes()

    def restore(self, old: bytes) -> None:
        self.path.write_bytes(old)

    def connect(self, home: Path) -> Connector:
        raise NotImplementedError

    def _load(self) -> list[Cells]:
        raise NotImplementedError

    def _save(self, rows: Sequence[Cells]) -> None:
        raise NotImplementedError


class CsvTable(Table):
    def connect(self, home: Path) -> Connector:
        return CsvConnector(CsvSettings(path=self.path, encoding="cp932"), key=self.key, home=home)

    def _load(self) -> list[Cells]:
        with self.path.open(encoding="cp932", newline="") as file:
            return list(csv.DictReader(file))

    def _save(self, rows: Sequence[Cells]) -> None:
        with self.path.open("w", encoding="cp932", newline="") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(rows)


class ExcelTable(Table):
    def connect(self, home: Path) -> Connector:
        return ExcelConnector(ExcelSettings(path=str(self.path), sheet="顧客"), key=self.key, home=home)

    def _load(self) -> list[Cells]:
        lines = load_workbook(self.path)["顧客"].iter_rows(min_row=2, values_only=True)
        told = [
            dict(zip(self.columns, ("" if c is None else str(c) for c in line), strict=True))
            for line in lines
        ]
        return [row for row in told if any(row.values())]

    def _save(self, rows: Sequence[Cells]) -> None:
        book = load_workbook(self.path) if self.path.exists() else Workbook()
        sheet = book["顧客"] if "顧客" in book.sheetnames else book.active
        sheet.title = "顧客"
        sheet.delete_rows(1, sheet.max_row)
        for line in (self.columns, *([row[c] or None for c in self.columns] for row in rows)):
            sheet.append(line)
        book.save(self.path)


class KintoneTable:
    """An app of the stand-in for kintone."""

    FORM: ClassVar[dict[str, dict[str, Any]]] = {
        **{name: {"type": "SINGLE_LINE_TEXT"} for name in COLUMNS},
        "コード": {"type": "SINGLE_LINE_TEXT", "unique": True},
    }

    def __init__(self, kintone: KintoneSandbox, app: int, columns: Sequence[str] = COLUMNS) -> None:
        self.kintone = kintone
        self.app = app
        self.columns = tuple(columns)
        self.key = "コード"

    def put(self, *rows: Mapping[str, str]) -> None:
        self.kintone.put(self.app, *rows)

    def edit(self, key: str, **cells: str) -> None:
        self.kintone.edit(self.app, self._number(key), **cells)

    def remove(self, key: str) -> None:
        self.kintone.remove(self.app, self._number(key))

    def rows(self) -> dict[str, Cells]:
        held = self.kintone.rows(self.app).values()
        return {row["コード"]: {name: row[name] or "" for name in self.columns} for row in held}

    def connect(self, home: Path) -> Connector:
        reached = Connection("kintone", host=self.kintone.url, password=SecretStr("token"))
        return KintoneConnector(KintoneSettings(app=self.app), key=self.key, home=home, connection=reached)

    def _number(self, key: str) -> int:
        return next(number for number, row in self.kintone.rows(self.app).items() if row["コード"] == key)


class MemoryTable(MemorySystem):
    def copy(self) -> Any:
        return deepcopy(self.table)

    def restore(self, old: Any) -> None:
        self.table, self.clock, self.incremental = old, self.clock + 1, False


class Short(MemoryTable):
    """Cuts names after six characters and tells nobody beforehand."""

    def kept(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        return {name: cell[:6] if name == "会社名" else cell for name, cell in cells.items()}


class Place(NamedTuple):
    """Where a scenario is played."""

    home: Path
    kintone: KintoneSandbox


def _memory(place: Place, name: str, columns: Sequence[str], needs: Sequence[str]) -> MemorySystem:
    given = tuple(Column(column) for column in columns)
    if "assigns" in needs:
        given = (*given, Column("番号", assigned=True, writable=False))
    kind = Short if "cuts" in needs else MemoryTable
    return kind(
        columns=given,
        key="コード",
        confirms="next_read" if "imports" in needs else "at_once",
        versions="imports" not in needs,
    )


def _csv(place: Place, name: str, columns: Sequence[str], needs: Sequence[str]) -> Table:
    return CsvTable(place.home / f"{name}.csv", columns, "コード")


def _excel(place: Place, name: str, columns: Sequence[str], needs: Sequence[str]) -> Table:
    return ExcelTable(place.home / f"{name}.xlsx", columns, "コード")


def _kintone(place: Place, name: str, columns: Sequence[str], needs: Sequence[str]) -> KintoneTable:
    app = len(place.kintone.apps) + 1
    form = {column: {"type": "SINGLE_LINE_TEXT"} for column in columns} | KintoneTable.FORM
    place.kintone.apps[app] = App(app, form, token="token")
    return KintoneTable(place.kintone, app, columns)


BACKENDS: Mapping[str, Callable[..., Any]] = {
    "memory": _memory,
    "csv": _csv,
    "excel": _excel,
    "kintone": _kintone,
}

ABILITIES = {
    "memory": {"cuts", "assigns", "imports", "fails", "deletes", "copies"},
    "csv": {"copies"},
    "excel": {"copies"},
    "kintone": {"deletes"},
}
"""What a scenario may need of a system beyond rows that are read and written."""


def columns_of(told: Mapping[str, Any]) -> list[str]:
    return [*COLUMNS, *told.get("columns", [])]


class Office(World):
    def open(self, chosen: System) -> Any:
        one = self.systems[chosen.name]
        if isinstance(one, MemorySystem):
            return super().open(chosen)
        return Fragile(one.connect(self.home), self.fuse)


class Fragile:
    """Any connector; its writes burn the fuse."""

    def __init__(self, connector: Connector, fuse: Fuse) -> None:
        self._connector = connector
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        self._fuse.burn()
        results = self._connector.write(columns, writes)
        self._fuse.burn()
        return results
