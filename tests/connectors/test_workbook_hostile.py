"""Workbooks that are broken, or made to hurt: each is refused with a code, soon, and the reader survives."""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from tasuki.connector import BadRow, End, Row
from tasuki.errors import Retry, UserError
from tests.connectors.test_workbook import HEAD, MAIN, TWO, Ledger, related, text

pytestmark = pytest.mark.integration


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path).build(TWO)


def refused(ledger: Ledger) -> str:
    """The code that a read ends with, in a message that names the file."""
    with pytest.raises((UserError, Retry)) as error:
        list(ledger.connector().read(["会社名"]))
    assert "台帳.xlsx" in error.value.place
    for language in ("ja", "en"):
        message = error.value.message(language)
        assert message.text
        assert message.hint
        assert "{" not in message.text + message.hint
    return error.value.code


def read(ledger: Ledger, *columns: str) -> list[Row | BadRow]:
    *pages, end = ledger.connector().read(columns or ("会社名", "金額"))
    assert isinstance(end, End)
    return [row for page in pages if isinstance(page, list) for row in page]


def repacked(ledger: Ledger, **new: bytes) -> None:
    """The workbook with some parts, named by their last word, holding something else."""
    with zipfile.ZipFile(ledger.path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    for word, content in new.items():
        name = next(name for name in parts if name.endswith((f"{word}.xml", f"{word}.rels")))
        parts[name] = content
    with zipfile.ZipFile(ledger.path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_missing_file(ledger: Ledger) -> None:
    ledger.path.unlink()
    with pytest.raises(UserError, match="TSK-1006"):
        list(ledger.connector().read(["会社名"]))


def test_an_empty_file(ledger: Ledger) -> None:
    ledger.path.write_bytes(b"")
    assert refused(ledger) == "TSK-1007"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_a_half_saved_file_is_tried_again_later(ledger: Ledger, part: float) -> None:
    ledger.path.write_bytes(ledger.original[: int(len(ledger.original) * part)])
    assert refused(ledger) == "TSK-1008"


def test_another_format(ledger: Ledger) -> None:
    ledger.path.write_text("顧客コード,会社名\n")
    assert refused(ledger) == "TSK-1024"


def test_the_old_excel_format(ledger: Ledger) -> None:
    ledger.path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    assert refused(ledger) == "TSK-1024"


def test_a_password(ledger: Ledger) -> None:
    stream = "EncryptedPackage".encode("utf-16-le")
    ledger.path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + stream)
    assert refused(ledger) == "TSK-1010"


def test_a_zip_bomb(ledger: Ledger) -> None:
    repacked(ledger, sheet1=b"<worksheet>" + b" " * (64 << 20))
    assert ledger.path.stat().st_size < 100_000
    assert refused(ledger) == "TSK-1012"


def test_a_part_larger_than_it_says(ledger: Ledger) -> None:
    """Its directory claims 100 bytes; unpacking stops there."""
    data = bytearray(ledger.original)
    name = b"xl/worksheets/sheet1.xml"
    record = data.rindex(name) - 46
    struct.pack_into("<L", data, record + 24, 100)
    ledger.path.write_bytes(data)
    assert refused(ledger) == "TSK-1008"


def test_a_wrong_checksum(ledger: Ledger) -> None:
    data = bytearray(ledger.original)
    record = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<L", data, record + 16, zlib.crc32(b"other"))
    ledger.path.write_bytes(data)
    assert refused(ledger) == "TSK-1008"


def test_two_parts_of_one_name(ledger: Ledger) -> None:
    with zipfile.ZipFile(ledger.path, "a") as archive:
        archive.writestr("XL/worksheets/SHEET1.xml", "<worksheet/>")
    assert refused(ledger) == "TSK-1008"


def test_too_many_parts(ledger: Ledger) -> None:
    with zipfile.ZipFile(ledger.path, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"x{number}", b"")
    assert refused(ledger) == "TSK-1012"


def test_a_sheet_whose_part_is_missing(ledger: Ledger) -> None:
    links = related(("worksheet", "gone.xml"), ("styles", "/xl/styles.xml"))
    repacked(ledger, **{"workbook.xml": links.encode()})
    assert refused(ledger) == "TSK-1008"


BILLION = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
)


@pytest.mark.parametrize("part", ["workbook", "styles", "sheet1"])
def test_entities_that_explode(ledger: Ledger, part: str) -> None:
    repacked(ledger, **{part: f"{BILLION}]><x>&j;</x>".encode()})
    assert refused(ledger) == "TSK-1008"


@pytest.mark.parametrize("part", ["workbook", "styles", "sheet1"])
def test_a_document_type_even_a_harmless_one(ledger: Ledger, part: str) -> None:
    with zipfile.ZipFile(ledger.path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(f"{part}.xml"))
        content = archive.read(name)
    repacked(ledger, **{part: b"<!DOCTYPE x>" + content})
    assert refused(ledger) == "TSK-1008"


def test_a_cell_at_the_far_end_of_the_sheet(ledger: Ledger) -> None:
    """Readers that keep the whole rectangle would need 500 GB."""
    ledger.build(TWO + '<row r="1048576">' + text("XFD1048576", "x") + "</row>")
    assert refused(ledger) in ("TSK-1020", "TSK-1008")


def test_xml_that_breaks_off(ledger: Ledger) -> None:
    repacked(ledger, sheet1=f"<worksheet xmlns='{MAIN}'><sheetData>{HEAD}{TWO}<row".encode())
    assert refused(ledger) == "TSK-1008"


def test_a_hundred_thousand_nested_tags(ledger: Ledger) -> None:
    repacked(ledger, sheet1=b"<a>" * 100_000)
    assert refused(ledger) in ("TSK-1008", "TSK-1037")


def test_a_word_number_out_of_the_list(ledger: Ledger) -> None:
    ledger.build('<row r="2"><c r="A2" t="s"><v>99999</v></c></row>')
    assert refused(ledger) == "TSK-1008"


@pytest.mark.parametrize("ref", ["あ1", "a1", "AAAA1", "-1", "1"])
def test_a_cell_that_stands_nowhere(ledger: Ledger, ref: str) -> None:
    """Found by changing bytes at random: turning such a column into letters never ended."""
    ledger.build(TWO, header=HEAD.replace('"B1"', f'"{ref}"'))
    with pytest.raises((UserError, Retry)):
        list(ledger.connector().read(["会社名"]))


@pytest.mark.parametrize("cell", ['<c r="B1"><v>会社名</v></c>', '<c r="B1" t="s"><v>x</v></c>'])
def test_a_header_that_is_no_value(ledger: Ledger, cell: str) -> None:
    ledger.build(TWO, header=HEAD.replace(text("B1", "会社名"), cell))
    assert refused(ledger) == "TSK-1008"


def test_a_missing_sheet_and_one_like_it(ledger: Ledger) -> None:
    repacked(
        ledger,
        workbook=zipfile.ZipFile(ledger.path)
        .read("xl/workbook.xml")
        .replace("顧客".encode(), "顧客2".encode()),
    )
    with pytest.raises(UserError, match=r"TSK-1004.*→ 顧客2"):
        list(ledger.connector().read(["会社名"]))


def test_a_missing_column_and_one_like_it(ledger: Ledger) -> None:
    ledger.build(TWO, header=HEAD.replace("会社名", "御社名"))
    with pytest.raises(UserError, match=r"TSK-1003.*→ 御社名"):
        list(ledger.connector().read(["会社名"]))


def test_a_header_that_stands_twice(ledger: Ledger) -> None:
    ledger.build(TWO, header=HEAD.replace("金額", "会社名"))
    assert refused(ledger) == "TSK-1005"
    assert [column.name for column in ledger.connector().describe().columns] == ["コード", "会社名"]


def test_a_header_row_that_is_blank(ledger: Ledger) -> None:
    ledger.build(TWO, header='<row r="1"><c r="A1"/></row>')
    assert refused(ledger) == "TSK-1037"


@pytest.mark.invariant("I10")
def test_all_rows_of_a_key_that_stands_twice(ledger: Ledger) -> None:
    ledger.build(TWO.replace("C2</t>", "C1</t>"))
    assert [(row.at, getattr(row, "code", "")) for row in read(ledger)] == [(2, "TSK-1002"), (3, "TSK-1002")]
    assert ledger.connector().fetch(["会社名"], ["C1"]) == {}


def test_a_row_without_a_key(ledger: Ledger) -> None:
    ledger.build(
        TWO + '<row r="4">' + text("A4", "　") + text("B4", "無番") + '</row><row r="7"><c r="B7"/></row>'
    )
    assert read(ledger)[2:] == [BadRow(4, "TSK-1001", "コード", details={"column": "コード"})]


@pytest.mark.peer("dimastbk/python-calamine#105")
def test_a_cell_that_shows_an_error(ledger: Ledger) -> None:
    ledger.build(TWO.replace('<c r="C2"><v>100</v>', '<c r="C2" t="e"><v>#N/A</v>'))
    bad, good = read(ledger)
    assert bad == BadRow(2, "TSK-1021", "金額", "C1", {"column": "金額"})
    assert isinstance(good, Row)
    assert len(read(ledger, "会社名")) == 2, "columns that nobody asked for don't matter"


@pytest.mark.parametrize("serial", ["0", "-5", "0.5", "2958466"])
def test_a_date_that_is_none(ledger: Ledger, serial: str) -> None:
    ledger.build(
        TWO.replace('<c r="C2"><v>100', f'<c r="C2" s="1"><v>{serial}').replace(
            '<c r="C3">', '<c r="C3" s="1">'
        )
    )
    rows = read(ledger)
    assert rows[1] == Row("C2", ("鈴木", "1900-07-18"), 3)
    assert rows[0] == BadRow(2, "TSK-1023", "金額", "C1", {"column": "金額"})


def test_blank_headers_are_no_columns(ledger: Ledger) -> None:
    ledger.build(TWO, header=HEAD.replace(text("B1", "会社名"), text("B1", "")))
    assert [column.name for column in ledger.connector().describe().columns] == ["コード", "金額"]


@pytest.mark.invariant("I11")
def test_secrets_do_not_reach_the_reading_process(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """With this setting the child would die, if it saw our environment."""
    monkeypatch.setenv("PYTHONMALLOC", "none such")
    assert len(read(ledger)) == 2
