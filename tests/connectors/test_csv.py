"""CSV files of accounting programs: every line comes, and only the lines we change change."""

import csv
import io
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from connectors._place import LocalPlace
from connectors._sftp import Unclear
from connectors._yayoi import CUSTOMERS
from connectors.csv import CsvConnector, CsvSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import BadRow, Cell, End, Refused, Result, Row, Stale, Unknown, Write, Written
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
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.settings.delimiter))
        return [dict(zip(self.header, line, strict=True)) for line in lines[self.headed() :]]

    def headed(self) -> bool:
        return not self.settings.layout().columns

    def save(self, rows: list[dict[str, Cell]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.settings.delimiter)
        if self.headed():
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
    settings = CsvSettings(path=Path("得意先台帳.txt"), profile="yayoi_customers")
    columns = ("得意先コード", "名称", "TEL")
    header = tuple(column.name for column in CUSTOMERS)


class TestTabsWithoutHeader(CsvTests):
    settings = CsvSettings(
        path=Path("得意先.tsv"),
        encoding="utf-8",
        delimiter="\t",
        header=False,
        columns=("顧客コード", "会社名", "TEL", "備考"),
    )
    encoding = "utf-8"


class TestPersonImports(CsvTests):
    settings = CsvSettings(path=Path("得意先.csv"), import_path=Path("取込.csv"), encoding="cp932")

    def import_(self) -> None:
        if (self.home / "取込.csv").exists():
            key = self.columns[0]
            imported = {row[key]: row for row in self.table(Path("取込.csv"))}
            self.save(list(({row[key]: row for row in self.table()} | imported).values()))


HEADLESS = {"header": False, "columns": ["コード", "名"]}


class Box(NamedTuple):
    """A folder with one file in it, spelled byte by byte."""

    home: Path

    def holds(self, content: str | bytes, encoding: str = "cp932") -> None:
        self.file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    @property
    def file(self) -> Path:
        return self.home / "a.csv"

    def open(self, key: str = "コード", file: LocalPlace | None = None, **settings: Any) -> CsvConnector:
        chosen = CsvSettings.model_validate({"path": "a.csv", **settings})
        return CsvConnector(chosen, key=key, home=self.home, file=file)

    def read(self, *columns: str, **settings: Any) -> tuple[list[Row | BadRow], End]:
        *pages, end = self.open(**settings).read(columns or ["名"])
        assert isinstance(end, End)
        return [row for page in pages if isinstance(page, list) for row in page], end

    def write(self, *writes: Write, **settings: Any) -> list[Result]:
        return self.open(**settings).write(["名"], writes)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def rename(key: str, name: str, base: str) -> Write:
    return Write("update", key, {"名": name}, {"名": base}, "", f"rename-{key}")


def create(key: str, name: str) -> Write:
    return Write("create", key, {"名": name}, {}, "", f"create-{key}")


def codes(rows: list[Row | BadRow]) -> list[str]:
    return [row.code if isinstance(row, BadRow) else row.key for row in rows]


@pytest.mark.peer("dlt naming")
def test_19_japanese_headers_stay_19_columns(box: Box) -> None:
    names = ["コード", "名", *(f"項目{mark}" for mark in "あいうえおかきくけこさしすせそたち")]
    box.holds(",".join(names) + "\r\n")
    assert [column.name for column in box.open().describe().columns] == names
    assert len(names) == 19


@pytest.mark.peer("n8n blank codes")
@pytest.mark.invariant("I10")
def test_ten_rows_without_a_key_do_not_stop_the_others(box: Box) -> None:
    box.holds("コード,名\n" + ",無名\n" * 10 + "C1,山田\n")
    rows, end = box.read()
    assert codes(rows) == ["TSK-1001"] * 10 + ["C1"]
    assert [row.at for row in rows] == list(range(2, 13))
    assert end.complete


@pytest.mark.peer("drt#1138")
def test_a_column_that_is_not_written_stays(box: Box) -> None:
    box.holds("コード,名,備考\nC1,山田,大事\n")
    box.write(rename("C1", "新山田", "山田"))
    assert box.file.read_text("cp932") == "コード,名,備考\nC1,新山田,大事\n"


def test_untouched_lines_and_cells_keep_every_byte(box: Box) -> None:
    odd = (
        '"コード",名,"備 考"\r\n\r\nC1,"山田",a"b \nC2,佐藤,"二""行\r\n目"\r\n,,\r\n,無名,\r\n"C3", 鈴木 ,""'
    )
    box.holds(odd)
    results = box.write(rename("C3", "鈴木,改", " 鈴木 "), rename("C1", "新山田", "山田"))
    assert [type(result) for result in results] == [Written, Written]
    changed = odd.replace('"山田"', '"新山田"').replace(" 鈴木 ", '"鈴木,改"')
    assert box.file.read_bytes() == changed.encode("cp932")


def test_a_new_row_is_quoted_and_ended_like_the_one_before_it(box: Box) -> None:
    box.holds('コード,名,備考\n"C1",山田,""', "utf-8-sig")
    box.write(create("C2", "佐藤"))
    assert box.file.read_bytes() == 'コード,名,備考\n"C1",山田,""\n"C2",佐藤,""\n'.encode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        ('"コード","名\n(略さず)"\r\nC1,山田\r\n', {}),
        ('C1,"山田\n商店"\r\nC3,鈴木\r\n', {"header": False, "columns": ["コード", "名\n(略さず)"]}),
    ],
)
def test_a_new_row_ends_as_rows_do_not_as_lines_within_quotes_do(
    box: Box, content: str, settings: dict[str, Any]
) -> None:
    box.holds(content)
    new = Write("create", "C2", {"名\n(略さず)": "佐藤"}, {}, "", "t")
    box.open(**settings).write(["名\n(略さず)"], [new])
    assert box.file.read_bytes() == f"{content}C2,佐藤\r\n".encode("cp932")


def test_rows_without_a_key_are_never_written(box: Box) -> None:
    box.holds("コード,名\n,無名\n")
    [result] = box.write(rename("", "改名", "無名"))
    assert isinstance(result, Refused)
    assert box.file.read_text("cp932") == "コード,名\n,無名\n"


def test_a_key_that_stands_twice_is_refused(box: Box) -> None:
    box.holds("コード,名\nC1,山田\nC1,山田支店\nC2,佐藤\n")
    first, second = box.write(rename("C1", "改名", "山田"), rename("C2", "改名", "佐藤"))
    assert isinstance(first, Refused)
    assert (first.code, first.details["count"]) == ("TSK-1002", 2)
    assert isinstance(second, Written)
    assert box.file.read_text("cp932") == "コード,名\nC1,山田\nC1,山田支店\nC2,改名\n"


def test_the_answer_shows_what_cp932_made_of_a_wave_dash(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    [result] = box.write(rename("C1", "1\u301c3月", "山田"), encoding="cp932")
    assert isinstance(result, Written)
    assert result.cells == {"名": "1\uff5e3月"}


def test_refused_characters_are_listed_by_code_point(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    [result] = box.write(rename("C1", "𠮷田🍣", "山田"), encoding="cp932")
    assert isinstance(result, Refused)
    assert (result.code, result.details["characters"]) == ("TSK-1014", "U+1F363 U+20BB7")


def test_formulas_are_written_as_text_of_a_business_file(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    box.write(rename("C1", "=1+1", "山田"))
    assert box.file.read_text("cp932") == "コード,名\nC1,=1+1\n"


def test_an_undecodable_byte_spoils_its_own_line(box: Box) -> None:
    box.holds(
        "コード,名\nC1,山田\n".encode("cp932") + b"C2,\x81\nC3,\x81\x20\n" + "C4,佐藤\n".encode("cp932")
    )
    rows, end = box.read(encoding="cp932")
    assert codes(rows) == ["C1", "TSK-1009", "TSK-1009", "C4"]
    assert [row.at for row in rows] == [2, 3, 4, 5]
    assert end.complete


@pytest.mark.parametrize(
    ("content", "settings", "code"),
    [
        ("コード,名\nC1,山田\n".encode("cp932"), {"encoding": "utf-8"}, "TSK-1009"),
        (b"\xef\xbb\xbfcode,name\n", {"encoding": "cp932"}, "TSK-1009"),
        ("コード,名\nC1,山田\n".encode("utf-16"), {}, "TSK-1009"),
        ("C1,山田\nC2,佐藤\nC3,鈴木\n".encode("cp932"), {"encoding": "utf-8", **HEADLESS}, "TSK-1009"),
        ("C1,山田,1\nC2,佐藤,2\nC3,鈴木,3\n".encode(), HEADLESS, "TSK-1074"),
        ("コード,名,名\n".encode(), {}, "TSK-1005"),
        ("コード,氏名\n".encode(), {}, "TSK-1003"),
        ("記号,名\n".encode(), {}, "TSK-1003"),
        ('"コード,名\nC1,山田\n'.encode(), {}, "TSK-1015"),
    ],
)
def test_a_file_of_another_shape_is_an_error_of_the_configuration(
    box: Box, content: bytes, settings: dict[str, Any], code: str
) -> None:
    box.holds(content)
    with pytest.raises(UserError) as error:
        box.read(**settings)
    assert error.value.code == code
    assert error.value.place == "a.csv"


def test_a_missing_column_names_the_nearest(box: Box) -> None:
    box.holds("コード,会社名\n")
    with pytest.raises(UserError, match="会社名"):
        box.read("会社名称")


def test_a_missing_file_is_an_error_of_the_configuration(box: Box) -> None:
    with pytest.raises(UserError) as error:
        box.read()
    assert error.value.code == "TSK-1006"


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\xef\xbb\xbf"])
def test_an_emptied_file_is_read_complete_without_rows(box: Box, content: bytes) -> None:
    box.holds(content)
    rows, end = box.read()
    assert rows == []
    assert end.complete


def test_an_emptied_file_is_not_written(box: Box) -> None:
    box.holds(b"")
    with pytest.raises(UserError) as error:
        box.write(create("C1", "山田"))
    assert error.value.code == "TSK-1007"


def test_blank_lines_are_no_rows(box: Box) -> None:
    box.holds("\r\nコード,名\r\n\r\n,\r\nC1,山田\r\n\r\n")
    rows, _ = box.read()
    assert [(row.at, row.key) for row in rows] == [(5, "C1")]


def test_a_last_line_without_an_end_keeps_every_character(box: Box) -> None:
    box.holds("コード,名\nC1,山田\nC2,佐藤\x0c")
    rows, _ = box.read()
    assert [row.cells for row in rows if isinstance(row, Row)] == [("山田",), ("佐藤\x0c",)]


@pytest.mark.parametrize("end", ["\r\n", ""])
def test_rows_stay_before_the_mark_where_old_programs_end_a_file(box: Box, end: str) -> None:
    box.holds(f"コード,名\r\nC1,山田\r\nC2,佐藤{end}\x1a")
    rows, _ = box.read()
    assert [row.cells for row in rows if isinstance(row, Row)] == [("山田",), ("佐藤",)]
    assert len(rows) == 2
    box.write(rename("C2", "鈴木", "佐藤"), create("C3", "高橋"))
    expected = "コード,名\r\nC1,山田\r\nC2,鈴木\r\nC3,高橋\r\n\x1a"
    assert box.file.read_bytes() == expected.encode("cp932")


def test_a_row_of_another_width_is_named_by_its_line(box: Box) -> None:
    box.holds("コード,名\nC1,山田\nC2,佐藤,余り\nC3\nC4,鈴木\n")
    rows, end = box.read()
    assert codes(rows) == ["C1", "TSK-1015", "TSK-1015", "C4"]
    assert [row.at for row in rows] == [2, 3, 4, 5]
    assert end.complete


@pytest.mark.invariant("I5")
def test_a_broken_quote_that_swallows_rows_proves_nothing(box: Box) -> None:
    box.holds('コード,名\nC1,"山田\nC2,佐藤\nC3,"鈴木"\nC4,高橋\n')
    rows, end = box.read()
    assert codes(rows) == ["TSK-1015", "C4"]
    assert not end.complete
    assert end.cursor == ""


def test_control_bytes_and_endless_fields_are_bad_rows(box: Box) -> None:
    box.holds("コード,名\nC1,山\0田\nC2," + "あ" * 200_000 + "\nC3,佐藤\n")
    rows, _ = box.read()
    assert codes(rows) == ["TSK-1072", "TSK-1015", "C3"]


def test_cells_over_several_lines_stay_one_row(box: Box) -> None:
    box.holds('コード,名\r\nC1,"山田\r\n商店"\r\nC2,佐藤\r\n')
    rows, _ = box.read()
    assert rows == [Row("C1", ("山田\r\n商店",), 2), Row("C2", ("佐藤",), 4)]


def test_what_the_file_held_is_kept(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    box.write(rename("C1", "改名", "山田"))
    [kept] = (box.home / "var" / "backup" / "a.csv").iterdir()
    assert kept.read_text("cp932") == "コード,名\nC1,山田\n"


def test_nothing_to_change_leaves_the_file_alone(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    before = box.file.stat()
    box.write(rename("C1", "山田", "山田"))
    assert box.file.stat() == before


class Busy(LocalPlace):
    """A share where somebody saves the file while we write, so many times."""

    saves: list[str]

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        lines = list(content)
        if self.saves:
            self.path.write_bytes(self.saves.pop(0).encode("cp932"))
        return super().replace(lines, seen)


def busy(box: Box, *saves: str) -> LocalPlace:
    place = Busy(box.file, box.home / "backup")
    place.saves = list(saves)
    return place


def test_a_file_saved_meanwhile_is_begun_again(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    place = busy(box, "コード,名\nC1,山田\nC2,佐藤\n")
    [result] = box.write(rename("C1", "改名", "山田"), file=place)
    assert isinstance(result, Written)
    assert box.file.read_text("cp932") == "コード,名\nC1,改名\nC2,佐藤\n"


def test_a_file_saved_again_and_again_is_left_to_its_people(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    last = "コード,名\nC1,山田\nC3,鈴木\n"
    place = busy(box, "コード,名\nC1,山田\nC2,佐藤\n", last)
    assert box.write(rename("C1", "改名", "山田"), file=place) == [Stale("rename-C1")]
    assert box.file.read_text("cp932") == last
    assert [path.name for path in box.home.iterdir()] == ["a.csv"]


class CutLine(LocalPlace):
    """A server whose answer to the last step was lost, whether it had taken that step or not."""

    took: bool

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        if self.took:
            super().replace(content, seen)
        raise Unclear


@pytest.mark.invariant("I2")
@pytest.mark.parametrize("took", [True, False])
def test_when_the_line_broke_at_the_last_step_nobody_knows(box: Box, took: bool) -> None:
    box.holds("コード,名\nC1,山田\nC2,佐藤\n")
    place = CutLine(box.file, box.home / "backup")
    place.took = took
    results = box.write(rename("C1", "改名", "山田"), rename("C2", "佐藤", "佐藤"), file=place)
    assert results == [Unknown("rename-C1"), Written("rename-C2", "C2", cells={"名": "佐藤"})]
    shown = box.open(file=place).fetch(["名"], ["C1"])["C1"].cells
    assert shown == ("改名" if took else "山田",)


def test_a_file_saved_while_it_is_read_is_read_later(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    reading = box.open().read(["名"])
    next(reading)
    box.holds("コード,名\nC1,山田\nC2,佐藤\n")
    with pytest.raises(Retry) as error:
        next(reading)
    assert error.value.code == "TSK-1008"


@pytest.mark.invariant("I8")
@pytest.mark.integration
def test_a_process_killed_before_the_rename_leaves_the_old_file_whole(box: Box) -> None:
    old = "コード,名\nC1,山田\n".encode("cp932")
    box.holds(old)

    def killed_at_the_end() -> Iterator[bytes]:
        yield b"half a file"
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            LocalPlace(box.file, box.home / "backup").replace(killed_at_the_end(), "")
        finally:
            os._exit(1)  # a test run goes on in one process only
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert box.file.read_bytes() == old
    assert isinstance(*box.write(rename("C1", "改名", "山田")), Written)
    assert [path.name for path in box.home.glob("*a.csv*")] == ["a.csv"]


def test_a_folder_is_no_file(box: Box) -> None:
    (box.home / "a.csv").mkdir()
    with pytest.raises(UserError, match="TSK-1006"):
        box.open(key="コード", path="a.csv").describe()


def test_a_folder_that_cannot_be_written_means_later(box: Box) -> None:
    box.holds("コード,名\nC1,山田\n")
    (box.home / ".a.csv.tasuki").mkdir()
    with pytest.raises(Retry) as error:
        box.write(rename("C1", "改名", "山田"))
    assert error.value.code == "TSK-1073"


YAYOI = {"profile": "yayoi_customers", "path": "a.csv"}


def test_yayoi_widths_count_bytes_of_cp932(box: Box) -> None:
    box.holds("C1,山田" + "," * (len(CUSTOMERS) - 2) + "\r\n")
    connector = box.open(key="得意先コード", **YAYOI)
    base, limit = {"名称": "山田"}, next(c.max_bytes for c in CUSTOMERS if c.name == "名称")
    assert limit is not None
    for text, kind in (("あ" * (limit // 2) + "x", Refused), ("あ" * (limit // 2), Written)):
        [result] = connector.write(["名称"], [Write("update", "C1", {"名称": text}, base, "", text)])
        assert isinstance(result, kind)


def test_another_version_of_yayoi_is_noticed_by_its_width(box: Box) -> None:
    box.holds("C1,山田,ヤマダ\r\n" * 5)
    with pytest.raises(UserError) as error:
        list(box.open(key="得意先コード", **YAYOI).read(["名称"]))
    assert error.value.code == "TSK-1074"


def test_a_link_to_a_share_stays_a_link(box: Box) -> None:
    share = box.home / "share"
    share.mkdir()
    (share / "b.csv").write_text("コード,名\nC1,山田\n", "utf-8")
    box.file.symlink_to(share / "b.csv")
    box.write(rename("C1", "新山田", "山田"))
    assert box.file.is_symlink()
    assert (share / "b.csv").read_text("utf-8") == "コード,名\nC1,新山田\n"


@pytest.mark.parametrize(
    "settings",
    [
        {"profile": "yayoi_customers", "encoding": "utf-8"},
        {"header": False},
        {"columns": ["コード"]},
        {"sheet": "得意先"},
        {"encoding": "latin-1"},
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CsvSettings.model_validate({"path": "a.csv", **settings})
