"""Writing into a workbook: the touched cells change, every other byte of it stays."""

import datetime as dt
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from connectors._workbook.archive import Archive
from connectors.excel import ExcelConnector, ExcelSettings
from tasuki.connector import Cell, Refused, Result, Row, Write, Written

pytestmark = pytest.mark.integration

SCHEMAS = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMAS}/spreadsheetml/2006/main"
LINKS = f"{SCHEMAS}/package/2006/relationships"
REL = f"{SCHEMAS}/officeDocument/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"

TYPES = (
    f'<Types xmlns="{SCHEMAS}/package/2006/content-types"><Default Extension="xml" ContentType="text/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{CONTENT}.styles+xml"/></Types>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="49"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
"""Cell styles: 0 General, 1 a date in Japanese, 2 text, 3 a date."""


def text(ref: str, value: str, attributes: str = "") -> str:
    return f'<c r="{ref}"{attributes} t="inlineStr"><is><t>{value}</t></is></c>'


HEAD = '<row r="1">' + text("A1", "コード") + text("B1", "会社名") + text("C1", "金額") + "</row>"
TWO = (
    '<row r="2" spans="1:3" ht="20">'
    + text("A2", "C1")
    + text("B2", "山田")
    + '<c r="C2"><v>100</v></c></row>'
    '<row r="3" spans="1:3" hidden="1">'
    + text("A3", "C2")
    + text("B3", "鈴木", ' s="2"')
    + '<c r="C3"><v>200</v></c></row>'
)


def related(*links: tuple[str, str]) -> str:
    """A part of relationships: kind and target of each, named r0, r1 …"""
    items = (
        f'<Relationship Id="r{at}" Type="{REL}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(links)
    )
    return f'<Relationships xmlns="{LINKS}">{"".join(items)}</Relationships>'


class Ledger:
    """A small workbook, its XML written by hand, and the connector that writes into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "台帳.xlsx"

    def build(
        self,
        rows: str,
        *,
        header: str = HEAD,
        before: str = "",
        after: str = "",
        workbook: str = "",
        properties: str = "",
        parts: Mapping[str, str] = {},
        relations: tuple[tuple[str, str], ...] = (),
        sheet: str = "",
    ) -> "Ledger":
        """`parts` are further parts, `relations` those of the sheet."""
        chain = [("calcChain", "calcChain.xml")] if "xl/calcChain.xml" in parts else []
        self.pack(
            {
                "[Content_Types].xml": TYPES,
                "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
                "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr{properties}/>'
                f'<sheets><sheet name="顧客" sheetId="7" r:id="r0"/></sheets>{workbook}</workbook>',
                "xl/_rels/workbook.xml.rels": related(
                    ("worksheet", "worksheets/sheet1.xml"), ("styles", "/xl/styles.xml"), *chain
                ),
                "xl/styles.xml": STYLES,
                "xl/worksheets/sheet1.xml": sheet
                or f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{before}'
                f"<sheetData>{header}{rows}</sheetData>{after}</worksheet>",
                "xl/worksheets/_rels/sheet1.xml.rels": related(*relations),
                "xl/media/logo.png": "絵" * 100,
                **parts,
            }
        )
        return self

    def pack(self, parts: Mapping[str, str]) -> None:
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        self.original = self.path.read_bytes()

    def connector(self) -> ExcelConnector:
        return ExcelConnector(
            ExcelSettings(path=self.path.name, sheet="顧客"), key="コード", home=self.folder
        )

    def update(self, key: str, **cells: Cell) -> Result:
        return self.write(Write("update", key, cells, {}, "", f"u{key}"))[0]

    def add(self, key: str, **cells: Cell) -> Result:
        return self.write(Write("create", key, cells, {}, "", f"c{key}"))[0]

    def write(self, *writes: Write) -> list[Result]:
        return self.connector().write(["コード", "会社名", "金額"], writes)

    def row(self, key: str, *columns: str) -> tuple[Cell, ...]:
        return self.connector().fetch(columns or ("会社名", "金額"), [key])[key].cells

    def part(self, name: str = "xl/worksheets/sheet1.xml") -> str:
        return zipfile.ZipFile(self.path).read(name).decode()

    def changed(self) -> set[str]:
        """Parts of which any byte is another, their headers in the zip included."""
        before, after = Archive(self.original, ""), Archive(self.path.read_bytes(), "")
        assert [*before.parts] == [*after.parts]
        raw = {name: before.data[part.start : part.end] for name, part in before.parts.items()}
        return {name for name, part in after.parts.items() if after.data[part.start : part.end] != raw[name]}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_only_the_sheet_changes(ledger: Ledger) -> None:
    ledger.build(TWO)
    assert isinstance(ledger.update("C1", 会社名="山本"), Written)
    assert ledger.changed() == {"xl/worksheets/sheet1.xml"}
    assert ledger.row("C1") == ("山本", 100)


def test_only_the_touched_cell_changes(ledger: Ledger) -> None:
    ledger.build(TWO)
    before = ledger.part()
    ledger.update("C2", 会社名="佐藤")
    new = '<c r="B3" s="2" t="inlineStr"><is><t xml:space="preserve">佐藤</t></is></c>'
    assert ledger.part() == before.replace(text("B3", "鈴木", ' s="2"'), new)


def test_a_cell_is_put_where_it_belongs(ledger: Ledger) -> None:
    ledger.build('<row r="2">' + text("A2", "C1") + '<c r="C2"><v>1</v></c></row>')
    ledger.update("C1", 会社名="間")
    assert ledger.row("C1") == ("間", 1)
    assert ledger.part().index('r="B2"') < ledger.part().index('r="C2"')


def test_nothing_is_written_when_all_is_shown_already(ledger: Ledger) -> None:
    ledger.build(TWO)
    assert isinstance(ledger.update("C1", 会社名="山田", 金額="100"), Written)
    assert ledger.path.read_bytes() == ledger.original


def test_the_old_file_is_kept(ledger: Ledger) -> None:
    ledger.build(TWO)
    ledger.update("C1", 会社名="山本")
    [kept] = (ledger.folder / "var" / "backup" / "台帳.xlsx").iterdir()
    assert kept.read_bytes() == ledger.original


@pytest.mark.parametrize(
    "value", ["_x0041_", "_x0041_x0042_", "改\r\n行", "\x07鐘", "<b>&amp;", " 前後 ", "𠮷", "=1+1"]
)
def test_text_reads_back_as_written(ledger: Ledger, value: str) -> None:
    ledger.build(TWO)
    ledger.update("C1", 会社名=value)
    assert ledger.row("C1", "会社名") == (value,)


def test_broken_characters_are_refused(ledger: Ledger) -> None:
    ledger.build(TWO)
    result = ledger.update("C1", 会社名="半\ud842")
    assert result == Refused("uC1", "TSK-1031", "会社名", {"column": "会社名"})


def test_a_column_of_numbers_gets_a_number_but_no_lost_zero(ledger: Ledger) -> None:
    ledger.build(TWO)
    ledger.update("C1", 金額="1500")
    assert '<c r="C2"><v>1500</v></c>' in ledger.part()
    ledger.update("C1", 金額="0070")
    assert ledger.row("C1", "金額") == ("0070",)
    ledger.update("C2", 金額="12345678901234567890")
    assert ledger.row("C2", "金額") == ("12345678901234567890",)


def test_codes_that_are_numbers_name_rows_as_text(ledger: Ledger) -> None:
    ledger.build('<row r="2"><c r="A2"><v>1234</v></c>' + text("B2", "山田") + "</row>")
    assert ledger.row("1234", "会社名") == ("山田",)
    ledger.add("1235", 会社名="次")
    assert '<c r="A3"><v>1235</v></c>' in ledger.part()


DATED = HEAD.replace("金額", "登録日")


def dated(style: int, serial: str = "46000") -> str:
    return (
        '<row r="2">'
        + text("A2", "C1")
        + text("B2", "山田")
        + f'<c r="C2" s="{style}"><v>{serial}</v></c></row>'
    )


def set_date(ledger: Ledger, value: Cell) -> Result:
    return ledger.connector().write(["登録日"], [Write("update", "C1", {"登録日": value}, {}, "", "d")])[0]


@pytest.mark.parametrize("style", [1, 3])
def test_a_date_goes_into_a_date_column_as_a_date(ledger: Ledger, style: int) -> None:
    ledger.build(dated(style), header=DATED)
    result = set_date(ledger, "2026-11-22")
    assert result == Written("d", "C1", cells={"登録日": "2026-11-22"})
    assert f'<c r="C2" s="{style}"><v>46348</v></c>' in ledger.part()


def test_a_workbook_of_1904_counts_its_days_from_there(ledger: Ledger) -> None:
    ledger.build(dated(1), header=DATED, properties=' date1904="1"')
    assert ledger.row("C1", "登録日") == ("2029-12-10",)
    set_date(ledger, "2026-11-22")
    assert "<v>44886</v>" in ledger.part()
    assert ledger.row("C1", "登録日") == ("2026-11-22",)


def test_a_time_with_a_zone_is_shown_in_tokyo(ledger: Ledger) -> None:
    ledger.build(dated(1), header=DATED)
    set_date(ledger, "2026-11-22T01:30:00+00:00")
    assert ledger.row("C1", "登録日") == ("2026-11-22T10:30:00",)


def test_what_would_read_back_otherwise_is_refused_and_the_others_go_on(ledger: Ledger) -> None:
    """A cell's clock has no microseconds."""
    ledger.build(dated(1), header=DATED)
    fine, plain = ledger.connector().write(
        ["登録日"],
        [
            Write("update", "C1", {"登録日": "2026-11-22T10:30:00.123456"}, {}, "", "fine"),
            Write("create", "C2", {"登録日": "2026-11-22"}, {}, "", "plain"),
        ],
    )
    assert fine == Refused("fine", "TSK-1035", "登録日", {"column": "登録日"})
    assert isinstance(plain, Written)
    assert ledger.row("C1", "登録日") == ("2025-12-09",)


@pytest.mark.parametrize("value", ["2026-02-30", "1899-12-31"])
def test_an_impossible_date_is_refused(ledger: Ledger, value: str) -> None:
    ledger.build(dated(1), header=DATED)
    assert set_date(ledger, value) == Refused("d", "TSK-1023", "登録日", {"column": "登録日"})
    assert ledger.path.read_bytes() == ledger.original


def test_a_number_does_not_become_a_date(ledger: Ledger) -> None:
    ledger.build(dated(1), header=DATED)
    assert set_date(ledger, 45000) == Refused("d", "TSK-1032", "登録日", {"column": "登録日"})


def test_a_date_in_a_column_of_text_stays_text(ledger: Ledger) -> None:
    ledger.build(TWO)
    ledger.update("C1", 会社名="2026-11-22")
    assert ledger.row("C1", "会社名") == ("2026-11-22",)
    assert ">2026-11-22</t>" in ledger.part()


def test_a_merged_cell_is_refused_and_the_others_go_on(ledger: Ledger) -> None:
    ledger.build(TWO, after='<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>')
    hidden, shown = ledger.write(
        Write("update", "C2", {"会社名": "x"}, {}, "", "hidden"),
        Write("update", "C1", {"会社名": "y"}, {}, "", "shown"),
    )
    assert hidden == Refused("hidden", "TSK-1025", "会社名", {"column": "会社名"})
    assert isinstance(shown, Written)


def test_a_cell_of_a_pivot_table_is_refused(ledger: Ledger) -> None:
    pivot = f'<pivotTableDefinition xmlns="{MAIN}"><location ref="B2:C9"/></pivotTableDefinition>'
    ledger.build(TWO, parts={"xl/pivot.xml": pivot}, relations=(("pivotTable", "../pivot.xml"),))
    assert ledger.update("C1", 会社名="x") == Refused("uC1", "TSK-1028", "会社名", {"column": "会社名"})


def test_a_cell_of_a_linked_data_type_is_refused(ledger: Ledger) -> None:
    ledger.build(TWO.replace('<c r="C2">', '<c r="C2" vm="1">'))
    assert ledger.update("C1", 金額=1) == Refused("uC1", "TSK-1034", "金額", {"column": "金額"})


def test_a_signed_workbook_is_not_changed(ledger: Ledger) -> None:
    ledger.build(TWO, parts={"_xmlsignatures/sig1.xml": "<s/>"})
    result = ledger.update("C1", 金額=1)
    assert isinstance(result, Refused)
    assert result.code == "TSK-1026"


@pytest.mark.parametrize("odd", ["<!-- note -->", "<![CDATA[x]]>", "<?mso x?>"])
def test_a_sheet_of_unusual_build_is_read_but_not_changed(ledger: Ledger, odd: str) -> None:
    ledger.build(TWO, after=odd if "CDATA" not in odd else f"<oddFooter>{odd}</oddFooter>")
    assert ledger.row("C1") == ("山田", 100)
    result = ledger.update("C1", 金額=1)
    assert isinstance(result, Refused)
    assert result.code == "TSK-1027"
    assert ledger.path.read_bytes() == ledger.original


@pytest.mark.parametrize(
    ("there", "instead"), [('<row r="3"', '<row r="2"'), ('r="B2"', 'r="A2"'), ('r="C2"', 'r="B2"')]
)
def test_rows_and_cells_out_of_order_are_not_changed(ledger: Ledger, there: str, instead: str) -> None:
    """Excel would want to repair such a sheet; we must not make it worse."""
    ledger.build(TWO.replace(there, instead, 1))
    rows = ledger.connector().fetch([], ["C1", "C2", "山田", "鈴木"])
    [spoilt] = [key for key, row in rows.items() if row.at == 2]
    assert not isinstance(ledger.update(spoilt, 会社名="x"), Written)
    assert ledger.path.read_bytes() == ledger.original


def test_a_cell_that_shows_what_is_asked_is_not_written_anew(ledger: Ledger) -> None:
    rich = "<is><r><rPr><b/></rPr><t>山</t></r><r><t>田</t></r></is>"
    ledger.build(TWO.replace("<is><t>山田</t></is>", rich))
    assert isinstance(ledger.update("C1", 会社名="山田", 金額=5), Written)
    assert rich in ledger.part()


def test_rows_and_cells_without_numbers_are_counted(ledger: Ledger) -> None:
    bare = TWO.replace(' r="2"', "").replace(' r="3"', "")
    for ref in ("A2", "B2", "C2", "A3", "B3", "C3"):
        bare = bare.replace(f' r="{ref}"', "")
    ledger.build(bare)
    assert isinstance(ledger.update("C2", 会社名="佐藤"), Written)
    assert ledger.row("C2") == ("佐藤", 200)
    assert ledger.row("C1") == ("山田", 100)


def test_a_sheet_with_a_prefix_keeps_it(ledger: Ledger) -> None:
    rows = (HEAD + TWO).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    ledger.build("", sheet=sheet)
    ledger.update("C2", 会社名="佐藤")
    ledger.add("C3", 金額=3)
    assert ledger.row("C2") == ("佐藤", 200)
    assert ledger.row("C3", "金額") == (3,)
    assert "<c " not in ledger.part()


def test_furigana_goes_with_the_old_text(ledger: Ledger) -> None:
    ledger.build(
        TWO.replace("<is><t>山田</t></is>", '<is><t>山田</t><rPh sb="0" eb="2"><t>ヤマダ</t></rPh></is>')
    )
    assert ledger.row("C1", "会社名") == ("山田",)
    ledger.update("C1", 会社名="山本")
    assert "ヤマダ" not in ledger.part()


def test_a_row_is_found_by_its_key_after_rows_moved(ledger: Ledger) -> None:
    ledger.build(TWO)
    planned = Write("update", "C2", {"会社名": "佐藤"}, {"会社名": "鈴木"}, "", "t")
    ledger.build(TWO.replace('r="2"', 'r="12"').replace('r="3"', 'r="13"'))
    swapped = TWO.replace("C1", "Cx").replace("C2<", "C1<").replace("Cx", "C2").replace("山田", "鈴木", 1)
    ledger.build(swapped.replace('鈴木</t></is></c><c r="C3"', '山田</t></is></c><c r="C3"'))
    assert isinstance(ledger.write(planned)[0], Written)
    assert ledger.row("C2", "会社名") == ("佐藤",)
    assert ledger.row("C1", "会社名") == ("山田",)


@pytest.mark.parametrize("name", ["sparklines", "rich"])
def test_what_openpyxl_would_lose_stays(ledger: Ledger, name: str) -> None:
    rich = "<is><r><rPr><b/></rPr><t>太</t></r><r><t>字</t></r></is>"
    spark = '<extLst><ext><x14:sparklineGroups xmlns:x14="u"/></ext></extLst>'
    ledger.build(TWO.replace("<is><t>鈴木</t></is>", rich), after=spark)
    ledger.update("C1", 会社名="山本")
    assert rich in ledger.part()
    assert spark in ledger.part()


def test_openpyxl_reads_what_was_written(tmp_path: Path) -> None:
    ledger, book = Ledger(tmp_path), openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "顧客"
    sheet.append(["コード", "会社名", "金額"])
    sheet.append(["C1", "山田", dt.date(2026, 1, 2)])
    book.save(ledger.path)
    ledger.update("C1", 金額="2026-03-04", 会社名="山本")
    ledger.add("C2", 金額="2026-05-06", 会社名="次")
    values = list(openpyxl.load_workbook(ledger.path)["顧客"].values)
    assert values[1:] == [
        ("C1", "山本", dt.datetime(2026, 3, 4)),
        ("C2", "次", dt.datetime(2026, 5, 6)),
    ]


def test_a_row_is_read_with_its_place(ledger: Ledger) -> None:
    ledger.build(TWO)
    assert ledger.connector().fetch(["金額"], ["C2"]) == {"C2": Row("C2", (200,), 3)}
