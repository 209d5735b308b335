"""LibreOffice opens what we wrote, computes it anew, and its own files come back as they were."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from connectors._workbook.archive import Archive
from connectors.excel import ExcelConnector, ExcelSettings
from tasuki.connector import Cell, End, Write, Written
from tests.conftest import require

pytestmark = pytest.mark.integration

Convert = Callable[[Path], Path]

ALWAYS = (
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>'
)
"""Without it LibreOffice shows saved results of formulas, whatever the workbook asks for."""


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens a workbook in LibreOffice and saves it; returns the new file."""
    program = require("soffice")
    profile = tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)

    def run(path: Path) -> Path:
        out = path.parent / "saved"
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
        subprocess.run(
            [*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=120
        )
        return out / path.name

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with a table, a formula in each row, and totals on another sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "顧客"
    for row in (
        ["コード", "会社名", "金額", "税込"],
        ["C1", "山田", 100, "=C2*2"],
        ["C2", "鈴木", 200, "=C3*2"],
    ):
        sheet.append(row)
    sheet.add_table(Table(displayName="顧客表", ref="A1:D3"))
    book.create_sheet("集計")["A1"] = "=SUM(顧客!D2:D9)"
    book.save(tmp_path / "台帳.xlsx")
    return tmp_path / "台帳.xlsx"


def write(path: Path) -> None:
    connector = ExcelConnector(ExcelSettings(path=path.name, sheet="顧客"), key="コード", home=path.parent)
    results = connector.write(
        ["会社名", "金額"],
        [
            Write("update", "C1", {"金額": 1_000, "会社名": "㈱髙﨑&<山>"}, {}, "", "u"),
            Write("create", "C3", {"会社名": "新規", "金額": 5}, {}, "", "c"),
        ],
    )
    assert all(isinstance(result, Written) for result in results), results


def values(path: Path) -> dict[str, list[tuple[Cell, ...]]]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: list(sheet.values) for sheet in book.worksheets}


def test_it_opens_and_all_formulas_are_computed(path: Path, convert: Convert) -> None:
    write(path)
    saved = values(convert(path))
    assert saved["顧客"][1:] == [
        ("C1", "㈱髙﨑&<山>", 1_000, 2_000),
        ("C2", "鈴木", 200, 400),
        ("C3", "新規", 5, 10),
    ]
    assert saved["集計"] == [(2_410,)]


def test_the_table_that_grew_is_still_a_table(path: Path, convert: Convert) -> None:
    write(path)
    table = openpyxl.load_workbook(convert(path))["顧客"].tables["顧客表"]
    assert table.ref == "A1:D4"


def test_a_workbook_that_libreoffice_saved_is_written_in_place(path: Path, convert: Convert) -> None:
    saved = convert(path)
    before = Archive(saved.read_bytes(), "")
    write(saved)
    after = Archive(saved.read_bytes(), "")
    kept = set(before.parts) - {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/tables/table1.xml"}
    for name in kept:
        old, new = before.parts[name], after.parts[name]
        assert before.data[old.start : old.end] == after.data[new.start : new.end]
    again = values(convert(saved))
    assert again["顧客"][1][1] == "㈱髙﨑&<山>"
    assert again["集計"] == [(2_410,)]


def test_the_mark_of_a_workbook_outlives_libreoffice(path: Path, convert: Convert) -> None:
    assert family(path) == family(convert(path))


def family(path: Path) -> str:
    connector = ExcelConnector(ExcelSettings(path=path.name, sheet="顧客"), key="コード", home=path.parent)
    *_, end = connector.read(["会社名"])
    assert isinstance(end, End)
    assert end.source is not None
    return end.source.family
