"""A ledger in an Excel workbook: read by key, written cell by cell, never while somebody has it open."""

import datetime as dt
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest
from pydantic import ValidationError

from connectors._place import LocalPlace
from connectors._workbook.lock import parse
from connectors.excel import ExcelConnector, ExcelSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import Cell, End, Result, Stale, Write, Written
from tasuki.errors import Retry

pytestmark = pytest.mark.integration

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

    def test_only_one_of_the_cells_is_asked_for_and_the_rest_stays(self) -> None:
        [key] = self.put(self.sample(1) | {"備考": "手書き"})
        self.write(self.update(key, {"会社名": "改名"}))
        assert self.rows()[key]["備考"] == "手書き"

    def test_a_row_is_told_where_it_stands_in_the_sheet(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        rows = self.read().rows
        assert (rows[first].at, rows[second].at) == (3, 4)

    def test_the_source_is_named(self) -> None:
        source = self.read().end.source
        assert source is not None
        assert source.name == "台帳.xlsx"
        assert source.family.startswith("created 20")
        assert source.modified.endswith("Z")

    def test_a_copy_is_of_the_same_family_and_another_workbook_is_not(self) -> None:
        before = self.read().end.source
        self.write(self.create(1))
        after = self.read().end.source
        assert before is not None
        assert after is not None
        assert before.family == after.family
        assert before.digest != after.digest

    def test_an_unchanged_file_still_names_its_source(self) -> None:
        first = self.read()
        again = self.read(first.end.cursor)
        assert again.end.unchanged
        assert again.end.source == first.end.source


class Office:
    """A small ledger and somebody else who uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "台帳.xlsx"
        self.type("山田")

    def type(self, name: str) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "顧客"
        sheet.append(["コード", "会社名"])
        sheet.append(["C1", name])
        book.save(self.path)

    def write(self, file: LocalPlace | None = None) -> list[Result]:
        settings = ExcelSettings(path="台帳.xlsx", sheet="顧客")
        connector = ExcelConnector(settings, key="コード", home=self.folder, file=file)
        return connector.write(
            ["会社名"], [Write("update", "C1", {"会社名": "山本"}, {"会社名": "山田"}, "", "t")]
        )

    def note(self, text: str) -> None:
        """Something beside the columns that have a header."""
        book = openpyxl.load_workbook(self.path)
        book["顧客"]["C2"] = text
        book.save(self.path)

    def name(self) -> object:
        return openpyxl.load_workbook(self.path)["顧客"]["B2"].value


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def excel_lock(name: str) -> bytes:
    """As the sources of LibreOffice describe the one that Excel 2016 writes."""
    ansi, wide = name.encode("cp932"), name.encode("utf-16-le")
    data = bytes([len(ansi)]) + ansi.ljust(54, b" ")
    return (data + len(name).to_bytes(2, "little") + wide).ljust(165, b" ")


def test_nothing_is_written_while_excel_has_it_open(office: Office) -> None:
    (office.folder / "~$台帳.xlsx").write_bytes(excel_lock("佐藤 花子"))
    opened = dt.datetime(2026, 11, 22, 0, 26, tzinfo=dt.UTC).timestamp()
    os.utime(office.folder / "~$台帳.xlsx", (opened, opened))
    with pytest.raises(Retry) as error:
        office.write()
    assert error.value.code == "TSK-1011"
    assert error.value.message("ja").text == "佐藤 花子さんが開いています(2026-11-22 09:26から)"
    assert office.name() == "山田"


def test_nothing_is_written_while_libreoffice_has_it_open(office: Office) -> None:
    (office.folder / ".~lock.台帳.xlsx#").write_text("太郎\\, 山田,root,vm,22.11.2026 09:27,file:///x;")
    with pytest.raises(Retry) as error:
        office.write()
    assert error.value.details["holder"] == "太郎, 山田"


def test_an_open_workbook_is_still_read(office: Office) -> None:
    (office.folder / "~$台帳.xlsx").write_bytes(excel_lock("佐藤"))
    connector = ExcelConnector(
        ExcelSettings(path="台帳.xlsx", sheet="顧客"), key="コード", home=office.folder
    )
    assert connector.fetch(["会社名"], ["C1"])["C1"].cells == ("山田",)


@pytest.mark.parametrize("data", [b"", b"\x04abc", excel_lock("x")[:57], bytes(165), b"\xff" * 165])
def test_a_lock_that_says_nothing_still_holds(data: bytes) -> None:
    assert parse("~$台帳.xlsx", data, 0.0).holder == "?"


def test_the_lock_of_another_workbook_does_not_matter(office: Office) -> None:
    (office.folder / "~$台帳2.xlsx").write_bytes(excel_lock("佐藤"))
    assert isinstance(office.write()[0], Written)


def test_a_lock_is_known_by_its_name_in_any_spelling(tmp_path: Path) -> None:
    """macOS takes が apart; Windows doesn't care for case."""
    (tmp_path / "~$か\u3099くせい.XLSX").write_bytes(excel_lock("佐藤"))
    connector = ExcelConnector(ExcelSettings(path="がくせい.xlsx", sheet="顧客"), key="コード", home=tmp_path)
    with pytest.raises(Retry, match="TSK-1011"):
        connector.write([], [])


class Disturbed(LocalPlace):
    """A place where something happens while we write, just before the file is replaced."""

    def __init__(self, path: Path, happens: Callable[[], object], times: int) -> None:
        super().__init__(path, path.parent / "backup")
        self.happens, self.times = happens, times

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        if self.times:
            self.times -= 1
            self.happens()
        return super().replace(content, seen)


def test_a_save_in_between_is_noticed_and_the_row_compared_anew(office: Office) -> None:
    place = Disturbed(office.path, lambda: office.type("先に変更"), times=1)
    assert office.write(place) == [Stale("t")]
    assert office.name() == "先に変更"


def test_a_save_of_something_else_in_between_is_kept(office: Office) -> None:
    place = Disturbed(office.path, lambda: office.note("欄外"), times=1)
    assert isinstance(office.write(place)[0], Written)
    sheet = openpyxl.load_workbook(office.path)["顧客"]
    assert (sheet["B2"].value, sheet["C2"].value) == ("山本", "欄外")


def test_a_file_that_is_saved_all_the_time_is_left_alone(office: Office) -> None:
    notes = iter("一二三")
    assert office.write(Disturbed(office.path, lambda: office.note(next(notes)), times=9)) == [Stale("t")]
    assert office.name() == "山田"


def test_whoever_opens_it_while_we_write_keeps_it(office: Office) -> None:
    lock = office.folder / "~$台帳.xlsx"
    place = Disturbed(office.path, lambda: lock.write_bytes(excel_lock("佐藤")), times=1)
    with pytest.raises(Retry, match="TSK-1011"):
        office.write(place)
    assert office.name() == "山田"


def test_a_workbook_in_a_folder_reached_by_a_link_stays_there(office: Office, tmp_path: Path) -> None:
    link = tmp_path / "linked.xlsx"
    link.symlink_to(office.path)
    connector = ExcelConnector(ExcelSettings(path="linked.xlsx", sheet="顧客"), key="コード", home=tmp_path)
    connector.write(["会社名"], [Write("update", "C1", {"会社名": "山本"}, {}, "", "t")])
    assert link.is_symlink()
    assert office.name() == "山本"


def test_a_key_is_not_changed_by_a_write(office: Office) -> None:
    connector = ExcelConnector(
        ExcelSettings(path="台帳.xlsx", sheet="顧客"), key="コード", home=office.folder
    )
    [result] = connector.write(["会社名"], [Write("update", "C1", {"コード": "C9"}, {}, "", "t")])
    assert not isinstance(result, Written)
    assert connector.fetch([], ["C1"]).keys() == {"C1"}


def test_a_create_under_a_key_that_somebody_took_is_stale(office: Office) -> None:
    connector = ExcelConnector(
        ExcelSettings(path="台帳.xlsx", sheet="顧客"), key="コード", home=office.folder
    )
    assert connector.write(["会社名"], [Write("create", "C1", {"会社名": "別"}, {}, "", "t")]) == [Stale("t")]


@pytest.mark.parametrize("wrong", [{"header_row": 0}, {"sheets": "x"}, {"sheet": None}])
def test_settings_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExcelSettings.model_validate({"path": "台帳.xlsx", "sheet": "顧客"} | wrong)


def test_a_read_ends_once(office: Office) -> None:
    connector = ExcelConnector(
        ExcelSettings(path="台帳.xlsx", sheet="顧客"), key="コード", home=office.folder
    )
    *_, end = connector.read(["会社名"])
    assert isinstance(end, End)
    assert end.complete
