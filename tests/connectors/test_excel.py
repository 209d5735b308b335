"""A ledger in an Excel workbook: read by key, written cell by cell, never while somebody has it open."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.excel import ExcelConnector, ExcelSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import BadRow, Cell, End, Refused, Result, Row, Stale, Write, Written
from tasuki.errors import Retry, UserError

HEADER = ("顧客コード", "会社名", "TEL", "備考")


class TestExcel(ConnectorTests):
    """Edited by hand as openpyxl edits it."""

    @pytest.fixture(autouse=True)
    def start(self, tmp_path: Path) -> None:
        self.home = tmp_path
        self.save([])

    def open(self) -> ExcelConnector:
        settings = ExcelSettings(path="台帳.xlsx", sheet="顧客", header_row=2)
        return ExcelConnector(settings, key=self.columns[0], home=self.home)

    def put(self, *rows: Cells) -> list[str]:
        self.save([*self.table(), *({name: row.get(name, "") for name in HEADER} for row in rows)])
        return [str(row[self.columns[0]]) for row in rows]

    def edit(self, key: str, **cells: Cell) -> None:
        self.save([row | cells if row[self.columns[0]] == key else row for row in self.table()])

    def remove(self, key: str) -> None:
        self.save([row for row in self.table() if row[self.columns[0]] != key])

    def rows(self) -> dict[str, Cells]:
        return {row[self.columns[0]]: row for row in self.table()}

    def table(self) -> list[dict[str, Cell]]:
        sheet = openpyxl.load_workbook(self.home / "台帳.xlsx")["顧客"]
        rows = sheet.iter_rows(min_row=3, max_col=len(HEADER), values_only=True)
        blank = ("",) * len(HEADER)
        found = [tuple("" if cell is None else cell for cell in row) for row in rows]
        return [dict(zip(HEADER, row, strict=True)) for row in found if row != blank]

    def save(self, rows: list[dict[str, Cell]]) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "顧客"
        sheet.append(["得意先台帳"])
        sheet.append(HEADER)
        for row in rows:
            sheet.append([row[name] or None for name in HEADER])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(self.home / "台帳.xlsx")
