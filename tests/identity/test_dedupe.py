"""tasuki dedupe from end to end, on files as firms keep them."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from typer.testing import CliRunner, Result

from tasuki.cli import app
from tests.identity.office import ledger

pytestmark = pytest.mark.integration

HEADER = ["得意先名", "フリガナ", "TEL", "住所１", "住所２"]
SAMPLES = Path(__file__).parents[1] / "data" / "linkage"


def table() -> list[list[str]]:
    return [[line.name, line.kana, line.phone, *[*line.address.split(" "), ""][:2]] for line in ledger()[0]]


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["dedupe", *map(str, words)])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def groups(lines: list[dict[str, str]]) -> set[frozenset[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for line in lines:
        found.setdefault(line["cluster_id"], set()).add((line["file"], line["row"]))
    return {frozenset(rows) for rows in found.values()}


def expected(name: str) -> set[frozenset[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for row, firm in enumerate(ledger()[1], 1):
        found.setdefault(firm, set()).add((name, str(row)))
    return {frozenset(rows) for rows in found.values()}


def in_cp932(path: Path) -> None:
    with path.open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows([HEADER, *table()])


def as_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "使い方"
    sheet = book.create_sheet("一覧")
    for row in [["得意先一覧"], [], HEADER, *table()]:
        sheet.append(row)
    book.save(path)


def as_parquet(path: Path) -> None:
    columns = [list(column) for column in zip(*table(), strict=True)]
    pyarrow.parquet.write_table(pyarrow.table(dict(zip(HEADER, columns, strict=True))), path)


WRITERS = {"ledger.csv": in_cp932, "ledger.xlsx": as_workbook, "ledger.parquet": as_parquet}


@pytest.mark.parametrize("name", WRITERS)
def test_a_ledger_is_matched_as_it_lies_there(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    result = run(tmp_path / name, "--clusters", tmp_path / "clusters.csv")
    assert result.exit_code in (0, 3), result.output
    assert groups(read(tmp_path / "clusters.csv")) == expected(name)


def test_pairs_carry_a_verdict_and_its_reason_in_the_readers_language(tmp_path: Path) -> None:
    in_cp932(tmp_path / "a.csv")
    run(tmp_path / "a.csv", "--pairs", tmp_path / "ja.csv")
    run(tmp_path / "a.csv", "--pairs", tmp_path / "en.csv", "--lang", "en")
    ja, en = read(tmp_path / "ja.csv")[0], read(tmp_path / "en.csv")[0]
    assert (ja["left_file"], ja["left_row"], ja["right_file"], ja["right_row"]) == (
        "a.csv",
        "2",
        "a.csv",
        "3",
    )
    assert (ja["verdict"], en["verdict"]) == ("同一", "same")
    assert "一致" in ja["reasons"]
    assert "agrees" in en["reasons"]


def test_the_canonical_name_is_the_fullest_spelling(tmp_path: Path) -> None:
    in_cp932(tmp_path / "a.csv")
    run(tmp_path / "a.csv", "--clusters", tmp_path / "c.csv")
    names = {line["row"]: line["canonical_name"] for line in read(tmp_path / "c.csv")}
    assert names["3"] == names["2"] == "株式会社東洋商店"


def test_people_are_called_as_their_country_does(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("姓,名,TEL\n山田,太郎,0312345678\nYamada,Jiro,0398765432\n", "utf-8")
    run(tmp_path / "a.csv", "--clusters", tmp_path / "c.csv")
    assert [line["canonical_name"] for line in read(tmp_path / "c.csv")] == ["山田 太郎", "Jiro Yamada"]


def test_two_ledgers_are_matched_with_each_other(tmp_path: Path) -> None:
    in_cp932(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text(
        "取引先名,電話番号\n㈱山田商店,03-2034-0000\n襷サービス,0312345678\n", "utf-8"
    )
    run(tmp_path / "a.csv", tmp_path / "b.csv", "--clusters", tmp_path / "c.csv")
    found = groups(read(tmp_path / "c.csv"))
    assert frozenset({("a.csv", "1"), ("b.csv", "1")}) in found
    assert frozenset({("b.csv", "2")}) in found


def test_pairs_inside_each_of_two_ledgers_are_found_too(tmp_path: Path) -> None:
    in_cp932(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text(
        "取引先名,電話番号\n襷サービス㈱,03-9876-5432\n株式会社襷サービス,0398765432\n", "utf-8"
    )
    run(tmp_path / "a.csv", tmp_path / "b.csv", "--clusters", tmp_path / "c.csv")
    found = groups(read(tmp_path / "c.csv"))
    assert expected("a.csv") <= found
    assert frozenset({("b.csv", "1"), ("b.csv", "2")}) in found


def test_a_workbook_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", bytes(32 << 20))
    result = run(tmp_path / "a.xlsx", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "TSK-1012"


def test_a_workbook_takes_no_more_memory_than_its_size_deserves(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "会社名"
    # calamine keeps every cell of the rectangle between two.
    book.active["XFD1048576"] = "far away"
    book.save(tmp_path / "a.xlsx")
    result = run(tmp_path / "a.xlsx", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "TSK-1020"


def test_a_person_may_say_what_the_columns_hold(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "A,B,C\n㈱襷,03-1234-5678,x\n株式会社襷,0312345678,y\n別の店,0698765432,z\n", "utf-8"
    )
    (tmp_path / "f.yaml").write_text("A: company_name\nB: phone\n", "utf-8")
    result = run(tmp_path / "a.csv", "--fields", tmp_path / "f.yaml", "--json")
    told = json.loads(result.stdout)
    assert told["files"] == {"a.csv": {"A": "name", "B": "phone"}}
    assert (told["rows"], told["customers"]) == (3, 2)


REFUSED = [
    ("A: name\nD: phone\n", "TSK-6002"),
    ("A: shoe_size\n", "TSK-4040"),
    ("A: [name\n", "TSK-4002"),
]


@pytest.mark.parametrize(("fields", "code"), REFUSED)
def test_a_wrong_fields_file_is_refused(fields: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A,B\n㈱襷,1\n", "utf-8")
    (tmp_path / "f.yaml").write_text(fields, "utf-8")
    result = run(tmp_path / "a.csv", "--fields", tmp_path / "f.yaml", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (2, code)


FILES: list[tuple[str, Any, str]] = [
    ("none.csv", None, "TSK-4043"),
    ("photo.png", b"\x89PNG", "TSK-6004"),
    ("broken.xlsx", b"PK\x03\x04", "TSK-1008"),
    ("broken.parquet", b"PAR1", "TSK-1008"),
    ("empty.csv", b"", "TSK-6001"),
    ("numbers.csv", "数量,単価\n1,2\n".encode(), "TSK-6001"),
]


@pytest.mark.parametrize(("name", "content", "code"), FILES)
def test_a_file_that_can_not_be_matched_is_refused(
    name: str, content: bytes | None, code: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (2, code)


def test_the_workbook_has_a_sheet_to_decide_on_and_no_formulas(tmp_path: Path) -> None:
    rows = ["会社名,TEL", "=1+1,03-1234-5678", "=1+1,0312345678", "㈱襷,0698765432", "㈱襷,0687654321"]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    run(tmp_path / "a.csv", "--clusters", tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert [sheet.title for sheet in book] == ["名寄せID", "要確認", "代表名称"]
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert "回答(同一/別人)" in [cell.value for cell in book["要確認"][1]]


def test_people_of_other_countries_are_matched_by_the_same_defaults(tmp_path: Path) -> None:
    run(SAMPLES / "febrl3_sample.csv", "--clusters", tmp_path / "c.csv")
    with (SAMPLES / "febrl3_sample.csv").open(newline="") as file:
        truth = [row["rec_id"].split("-")[1] for row in csv.DictReader(file)]
    found = [line["cluster_id"] for line in read(tmp_path / "c.csv")]
    wrong = {(one, other) for one, other in zip(found, truth, strict=True)}
    # As many groups as people, give or take two of 160, and hardly anybody in two of them.
    assert abs(len(set(found)) - len(set(truth))) <= 2
    assert len(wrong) - len(set(truth)) <= 2
