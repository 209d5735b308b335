"""顧客台帳.xlsx as a firm keeps it: a logo on top, headings in the third row, colours, a chart beside."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.chart import PieChart, Reference
from openpyxl.drawing.image import Image as Picture
from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageDraw

COLUMNS = (
    "顧客コード",
    "会社名",
    "フリガナ",
    "法人番号",
    "〒",
    "住所",
    "TEL",
    "メール",
    "担当者",
    "区分",
    "登録日",
    "年間売上",
    "備考",
)
HEADER = 3
SHEET = "顧客"


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    sheet["C1"] = "顧客台帳"
    sheet["C1"].font = Font(size=18, bold=True)
    sheet["C2"] = "社外秘 / 行を足すときは一番下に"
    for number, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(HEADER, number, column)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(horizontal="center")
    for row, cells in enumerate(rows, start=HEADER + 1):
        for number, column in enumerate(COLUMNS, start=1):
            _fill(sheet, row, number, column, cells.get(column, ""))
    _colours(sheet)
    _count(book)
    sheet.add_image(Picture(_logo()), "A1")
    _chart(book)
    book.save(path)


def read(path: Path) -> list[dict[str, str]]:
    """Every row below the headings that holds anything; dates as ISO."""
    sheet = load_workbook(path, data_only=True)[SHEET]
    found = ([_text(value) for value in row] for row in sheet.iter_rows(HEADER + 1, values_only=True))
    return [dict(zip(COLUMNS, texts, strict=False)) for texts in found if any(texts)]


def edit(path: Path, changes: Mapping[str, Mapping[str, str]]) -> None:
    """Somebody opens the ledger and types: name of the firm → column → text."""
    book = load_workbook(path)
    sheet = book[SHEET]
    places = {sheet.cell(row, 2).value: row for row in range(HEADER + 1, sheet.max_row + 1)}
    for name, cells in changes.items():
        for column, text in cells.items():
            _fill(sheet, places[name], COLUMNS.index(column) + 1, column, text)
    book.save(path)


def _fill(sheet: Worksheet, row: int, number: int, column: str, text: str) -> None:
    cell = sheet.cell(row, number)
    cell.value = text or None
    if column == "登録日" and len(text) == 10 and text[4] == "-":
        cell.value = date.fromisoformat(text)
        cell.number_format = "yyyy/mm/dd"
    elif column == "年間売上" and text:
        cell.value = int(text)
        cell.number_format = "#,##0"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _colours(sheet: Worksheet) -> None:
    end = sheet.max_row
    gold = PatternFill("solid", bgColor="FFE699")
    grey = PatternFill("solid", bgColor="D9D9D9")
    sheet.conditional_formatting.add(
        f"J4:J{end}", CellIsRule(operator="equal", formula=['"優良"'], fill=gold)
    )
    sheet.conditional_formatting.add(f"A4:M{end}", FormulaRule(formula=['$A4=""'], fill=grey))
    sheet.conditional_formatting.add(f"L4:L{end}", DataBarRule("min", 0, "max", 100, color="638EC6"))
    sheet.freeze_panes = "C4"
    for letter, width in zip("BCFHM", (28, 24, 40, 30, 20), strict=True):
        sheet.column_dimensions[letter].width = width


def _count(book: Workbook) -> None:
    """How many customers stand in each 区分, on a sheet of its own."""
    stages = Counter(str(cell.value or "未記入") for cell in book[SHEET]["J"][HEADER:])
    summary = book.create_sheet("集計")
    summary.append(["区分", "件数"])
    for stage, count in sorted(stages.items()):
        summary.append([stage, count])


def _chart(book: Workbook) -> None:
    summary = book["集計"]
    assert isinstance(summary, Worksheet)
    pie = PieChart()
    pie.title = "区分別の顧客数"
    pie.add_data(Reference(summary, min_col=2, min_row=1, max_row=summary.max_row), titles_from_data=True)
    pie.set_categories(Reference(summary, min_col=1, min_row=2, max_row=summary.max_row))
    summary.add_chart(pie, "D2")


def _logo() -> io.BytesIO:
    """A sash across a shield."""
    picture = Image.new("RGB", (96, 48), "white")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((2, 2, 93, 45), radius=10, outline="#1F4E79", width=3)
    draw.line((10, 40, 86, 8), fill="#C00000", width=9)
    out = io.BytesIO()
    picture.save(out, format="PNG")
    out.seek(0)
    return out
