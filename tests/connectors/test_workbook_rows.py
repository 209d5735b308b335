"""New rows in a workbook: they look like the last one, and what belongs to them grows."""

from pathlib import Path

import pytest

from tasuki.connector import Refused, Written
from tests.connectors.test_workbook import HEAD, MAIN, TWO, Ledger, text

pytestmark = pytest.mark.integration


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_a_new_row_looks_like_the_last_one(ledger: Ledger) -> None:
    ledger.build(TWO, before='<dimension ref="A1:C3"/>')
    assert ledger.add("C3", 会社名="新規") == Written(
        "cC3", "C3", cells={"コード": "C3", "会社名": "新規", "金額": ""}
    )
    sheet = ledger.part()
    assert '<row r="4"><c r="A4"' in sheet, "neither hidden nor with the old spans"
    assert '<c r="B4" s="2" t="inlineStr">' in sheet
    assert '<dimension ref="A1:C4"/>' in sheet


def test_prepared_rows_are_filled_first(ledger: Ledger) -> None:
    prepared = '<row r="4" ht="33"><c r="A4" s="2"/><c r="B4" s="2"/></row><row r="9"><c r="B9" s="2"/></row>'
    ledger.build(TWO + prepared)
    ledger.add("C3", 会社名="新規")
    assert '<row r="4" ht="33"><c r="A4" s="2" t="inlineStr">' in ledger.part()
    assert ledger.part().endswith('<row r="9"><c r="B9" s="2"/></row></sheetData></worksheet>')


def test_the_first_row_of_an_empty_ledger_does_not_look_like_its_header(ledger: Ledger) -> None:
    ledger.build("", header=HEAD.replace('r="A1"', 'r="A1" s="2"'))
    ledger.add("C1", 会社名="最初")
    assert '<row r="2"><c r="A2" t="inlineStr">' in ledger.part()


def test_a_sheet_without_any_row_has_no_header(ledger: Ledger) -> None:
    ledger.build("", header="")
    with pytest.raises(Exception, match="TSK-1037"):
        ledger.add("C1", 会社名="x")


TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="A1:C3"{{more}}><autoFilter ref="A1:C3"/>'
    '<tableColumns count="3"><tableColumn id="1" name="コード"/><tableColumn id="2" name="会社名"/>'
    '<tableColumn id="3" name="金額"/></tableColumns></table>'
)


def with_table(ledger: Ledger, rows: str = TWO, more: str = "") -> Ledger:
    parts = {"xl/tables/table1.xml": TABLE.format(more=more)}
    return ledger.build(rows, parts=parts, relations=(("table", "../tables/table1.xml"),))


def test_a_table_grows_with_its_rows(ledger: Ledger) -> None:
    with_table(ledger)
    ledger.add("C3", 会社名="新規")
    assert ledger.changed() == {"xl/worksheets/sheet1.xml", "xl/tables/table1.xml"}
    assert ledger.part("xl/tables/table1.xml") == TABLE.format(more="").replace("A1:C3", "A1:C4")


def test_a_table_stays_when_its_cells_change(ledger: Ledger) -> None:
    with_table(ledger)
    ledger.update("C1", 会社名="山本")
    assert ledger.changed() == {"xl/worksheets/sheet1.xml"}


def test_no_row_is_added_below_a_table_with_totals(ledger: Ledger) -> None:
    with_table(ledger, more=' totalsRowCount="1"')
    result = ledger.add("C3", 会社名="新規")
    assert isinstance(result, Refused)
    assert result.code == "TSK-1029"


def test_rules_and_colours_grow_with_the_rows(ledger: Ledger) -> None:
    rules = (
        '<conditionalFormatting sqref="B2:B3 C9 D2:D9"><cfRule type="x"/></conditionalFormatting>'
        '<dataValidations count="2"><dataValidation prompt="a>b" sqref="C2:C3"/>'
        '<dataValidation sqref="A3"/></dataValidations><extLst>'
        "<x14:conditionalFormattings><x14:conditionalFormatting><xm:sqref>A2:A3</xm:sqref>"
        "</x14:conditionalFormatting></x14:conditionalFormattings>"
        "<x14:sparklineGroups><x14:sparkline><xm:sqref>D2:D3</xm:sqref></x14:sparkline></x14:sparklineGroups>"
        "</extLst>"
    )
    grown = rules.replace("B2:B3", "B2:B4").replace("C2:C3", "C2:C4").replace("A2:A3", "A2:A4")
    ledger.build(TWO, after=rules)
    ledger.update("C1", 会社名="山本")
    assert ledger.part().endswith(rules + "</worksheet>")
    ledger.add("C3", 会社名="新規")
    assert ledger.part().endswith(grown + "</worksheet>")


FORMULA = HEAD.replace("</row>", text("D1", "税込") + "</row>")
WITH_FORMULA = (
    f'<row r="2">{text("A2", "C1")}{text("B2", "山田")}<c r="C2"><v>100</v></c>'
    '<c r="D2"><f>C2*1.1</f><v>110</v></c></row>'
    f'<row r="3">{text("A3", "C2")}{text("B3", "鈴木")}<c r="C3"><v>200</v></c>'
    '<c r="D3"><f>C3*1.1</f><v>220</v></c></row>'
)


def test_a_formula_is_never_overwritten(ledger: Ledger) -> None:
    ledger.build(WITH_FORMULA, header=FORMULA)
    result = ledger.update("C1", 税込=1)
    assert result == Refused("uC1", "TSK-1016", "税込", {"column": "税込"})
    assert not next(c for c in ledger.connector().describe().columns if c.name == "税込").writable


def test_a_formula_of_a_changed_row_is_computed_anew(ledger: Ledger) -> None:
    ledger.build(WITH_FORMULA, header=FORMULA, workbook='<calcPr calcId="191029"/>')
    ledger.update("C1", 金額=300)
    assert '<c r="D2"><f>C2*1.1</f></c>' in ledger.part()
    assert '<c r="D3"><f>C3*1.1</f><v>220</v></c>' in ledger.part()
    assert '<calcPr calcId="191029" fullCalcOnLoad="1"/>' in ledger.part("xl/workbook.xml")
    assert ledger.changed() == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}


def test_a_formula_that_waits_for_excel_is_not_read_as_blank(ledger: Ledger) -> None:
    ledger.build(WITH_FORMULA, header=FORMULA)
    ledger.update("C1", 金額=300)
    [page, _] = ledger.connector().read(["税込"])
    assert isinstance(page, list)
    assert [(row.at, row.key, getattr(row, "code", "")) for row in page] == [
        (2, "C1", "TSK-1022"),
        (3, "C2", ""),
    ]
    assert ledger.row("C1", "金額") == (300,), "without the formula the row is read"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="D2"><f>C2</f></c>', "TSK-1022"),
        ('<c r="D2"><f>C2</f><v/></c>', "TSK-1022"),
        ('<c r="D2"><f>C2</f><v></v></c>', "TSK-1022"),
        ('<c r="D2" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "TSK-1021"),
        ('<c r="D2"><f>C2</f><v>0</v></c>', ""),
    ],
)
def test_a_formula_without_a_result_is_told_from_a_blank_result(ledger: Ledger, cell: str, code: str) -> None:
    first = f'<row r="2">{text("A2", "C1")}{cell}</row>'
    ledger.build(first, header=FORMULA)
    [page, _] = ledger.connector().read(["税込"])
    assert isinstance(page, list)
    assert [getattr(row, "code", "") for row in page] == [code]


def test_calculation_is_asked_for_where_nothing_said_so(ledger: Ledger) -> None:
    ledger.build(WITH_FORMULA, header=FORMULA, workbook="<definedNames></definedNames><extLst/>")
    ledger.update("C1", 金額=300)
    assert '</definedNames><calcPr fullCalcOnLoad="1"/><extLst/>' in ledger.part("xl/workbook.xml")


def test_a_new_row_gets_the_formulas_of_the_last(ledger: Ledger) -> None:
    chain = f'<calcChain xmlns="{MAIN}"><c r="D2" i="7"/><c r="D3"/></calcChain>'
    ledger.build(WITH_FORMULA, header=FORMULA, parts={"xl/calcChain.xml": chain})
    ledger.add("C3", 金額=300)
    assert '<c r="D4"><f>C4*1.1</f></c>' in ledger.part()
    assert '<c r="D3"/><c r="D4" i="7"/></calcChain>' in ledger.part("xl/calcChain.xml")


def test_a_shared_formula_is_written_out(ledger: Ledger) -> None:
    shared = WITH_FORMULA.replace("<f>C2*1.1</f>", '<f t="shared" ref="D2:D3" si="0">C2*$C$2&amp;"円"</f>')
    ledger.build(shared.replace("<f>C3*1.1</f>", '<f t="shared" si="0"/>'), header=FORMULA)
    ledger.add("C3", 金額=300)
    assert '<c r="D4"><f>C4*$C$2&amp;"円"</f></c>' in ledger.part()


def test_an_array_formula_in_the_last_row_refuses_new_rows(ledger: Ledger) -> None:
    ledger.build(WITH_FORMULA.replace("<f>C3*1.1</f>", '<f t="array" ref="D3">C3*1.1</f>'), header=FORMULA)
    result = ledger.add("C3", 金額=300)
    assert isinstance(result, Refused)
    assert result.code == "TSK-1030"
    assert isinstance(ledger.update("C1", 会社名="山本"), Written)


def test_rows_of_formulas_alone_are_empty(ledger: Ledger) -> None:
    prepared = '<row r="4"><c r="D4"><f>C4*1.1</f><v>0</v></c></row>'
    ledger.build(WITH_FORMULA + prepared, header=FORMULA)
    [page, _] = ledger.connector().read(["会社名", "税込"])
    assert isinstance(page, list)
    assert len(page) == 2
    ledger.add("C3", 金額=300)
    assert '<c r="C4"><v>300</v></c><c r="D4"><f>C4*1.1</f></c></row>' in ledger.part()


@pytest.mark.parametrize("key", ["", text("A4", "合計")], ids=["without a key", "with its word as key"])
@pytest.mark.parametrize("total", ["SUM(D2:D3)", "SUBTOTAL(9,D$2:D$3)"])
def test_a_new_row_is_not_modelled_on_the_totals(ledger: Ledger, key: str, total: str) -> None:
    totals = f'<row r="4" ht="40">{key}<c r="B4" s="3"/><c r="D4"><f>{total}</f><v>330</v></c></row>'
    note = '<row r="5">' + text("B5", "※税込") + "</row>"
    ledger.build(WITH_FORMULA + totals + note, header=FORMULA)
    ledger.add("C3", 金額=300)
    assert '<c r="D6"><f>C6*1.1</f></c>' in ledger.part()
    assert 'ht="40"' not in ledger.part().split('<row r="6"')[1]
    assert totals in ledger.part()


def test_a_formula_that_counts_the_rows_above_is_no_total(ledger: Ledger) -> None:
    rows = WITH_FORMULA.replace("<f>C3*1.1</f>", "<f>MAX(D$2:D2)+1</f>")
    ledger.build(rows, header=FORMULA)
    ledger.add("C3", 金額=300)
    assert '<c r="D4"><f>MAX(D$2:D3)+1</f></c>' in ledger.part()


@pytest.mark.parametrize("kind", ['t="array"', 't="dataTable" dt2D="0" dtr="0" r1="C2"'])
def test_a_result_of_an_array_formula_is_not_overwritten(ledger: Ledger, kind: str) -> None:
    over = TWO.replace('<c r="C2"><v>', f'<c r="C2"><f {kind} ref="C2:C3">ROW(A2:A3)</f><v>')
    ledger.build(over)
    result = ledger.update("C2", 金額=77)
    assert isinstance(result, Refused)
    assert (result.code, result.column) == ("TSK-1016", "金額")
    assert ledger.changed() == set()
    assert isinstance(ledger.update("C2", 会社名="山本"), Written)
