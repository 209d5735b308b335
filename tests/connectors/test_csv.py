"""CSV files of accounting programs: every line comes, and only the lines we change change."""

import csv
import io
import os
import signal
from pathlib import Path

import pytest

from connectors._place import LocalPlace, digest
from connectors._yayoi import CUSTOMERS
from connectors.csv import CsvConnector, CsvSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import BadRow, Cell, End, Refused, Row, Stale, Write, Written
from tasuki.errors import Retry, UserError


class CsvTests(ConnectorTests):
    """A firm's file, edited by hand as a program would edit it."""

    settings: CsvSettings
    encoding = "cp932"
    header: tuple[str, ...] = ("顧客コード", "会社名", "TEL", "備考")

    @pytest.fixture(autouse=True)
    def start(self, tmp_path: Path) -> None:
        self.home = tmp_path
        self.save([])

    def open(self) -> CsvConnector:
        return CsvConnector(self.settings, key=self.columns[0], home=self.home)

    def put(self, *rows: Cells) -> list[str]:
        self.save([*self.table(), *({name: row.get(name, "") for name in self.header} for row in rows)])
        return [str(row[self.columns[0]]) for row in rows]

    def edit(self, key: str, **cells: Cell) -> None:
        self.save([row | cells if row[self.columns[0]] == key else row for row in self.table()])

    def remove(self, key: str) -> None:
        self.save([row for row in self.table() if row[self.columns[0]] != key])

    def rows(self) -> dict[str, Cells]:
        return {row[self.columns[0]]: row for row in self.table()}

    def table(self, path: Path | None = None) -> list[dict[str, Cell]]:
        text = (self.home / (path or self.settings.path)).read_bytes().decode(self.encoding)
        lines = list(csv.reader(io.StringIO(text, newline="")))
        return [dict(zip(self.header, line, strict=True)) for line in lines[self.settings.header :]]

    def save(self, rows: list[dict[str, Cell]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if self.settings.header:
            writer.writerow(self.header)
        writer.writerows(row.values() for row in rows)
        (self.home / self.settings.path).write_bytes(text.getvalue().encode(self.encoding))


class TestCp932(CsvTests):
    settings = CsvSettings(path=Path("得意先.csv"), encoding="cp932")


class TestUtf8(CsvTests):
    settings = CsvSettings(path=Path("得意先.csv"), encoding="utf-8")
    encoding = "utf-8"


class TestUtf8WithMarkIsFound(CsvTests):
    settings = CsvSettings(path=Path("得意先.csv"))
    encoding = "utf-8-sig"


class TestYayoi(CsvTests):
    settings = CsvSettings.model_validate(
        {"path": "得意先台帳.txt", "profile": "yayoi_customers"},
    ).model_copy(update={"header": False})
    columns = ("得意先コード", "名称", "TEL")
    header = tuple(column.name for column in CUSTOMERS)


class TestPersonImports(CsvTests):
    settings = CsvSettings(path=Path("得意先.csv"), import_path=Path("取込.csv"), encoding="cp932")

    def import_(self) -> None:
        if (self.home / "取込.csv").exists():
            key = self.columns[0]
            imported = {row[key]: row for row in self.table(Path("取込.csv"))}
            self.save(list(({row[key]: row for row in self.table()} | imported).values()))
