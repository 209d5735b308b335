"""What a cell is asked to hold is what readers find in it: any text, any day, any number."""

import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given, strategies as st
from python_calamine import CalamineWorkbook

from connectors._workbook.book import Book
from connectors._workbook.heading import Heading, headings
from connectors._workbook.patch import Patch
from connectors._workbook.reader import plain
from connectors._workbook.styles import look
from connectors._workbook.values import same
from tests.connectors.test_workbook import HEAD, Ledger, text
from tests.letters import ANY, DIGITS

ROWS = (
    '<row r="2">'
    + text("A2", "C1")
    + text("B2", "山田")
    + '<c r="C2" s="1"><v>46000</v></c><c r="D2"><v>5</v></c></row>'
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """One row: a key, a text, a date and a number."""
    header = HEAD.replace("金額", "登録日").replace("</row>", text("D1", "件数") + "</row>")
    return Book(Ledger(tmp_path_factory.mktemp("values")).build(ROWS, header=header).original, "")


def written(book: Book, column: int, value: object) -> Any:
    """The value, put into the row and read back by another program's reader."""
    found: dict[int, Heading] = {heading.column: heading for heading in headings(book, "顧客", 1)}
    patch = Patch(book, "顧客", found, 1, 1)
    patch.update(2, {column: value})
    data = io.BytesIO(book.archive.replaced(patch.parts()))
    rows = CalamineWorkbook.from_filelike(data).get_sheet_by_name("顧客").to_python(skip_empty_area=False)
    return plain(rows[1][column - 1])


ESCAPED = st.from_regex(r"(_x[0-9A-F]{0,4}_?)+", alphabet=f"_x{DIGITS}ABCDEF山")


@given(st.text(ANY) | ESCAPED)
def test_any_text(book: Book, value: str) -> None:
    assert written(book, 2, value) == value


@given(st.dates(dt.date(1900, 3, 1)))
def test_any_day(book: Book, day: dt.date) -> None:
    assert written(book, 3, day.isoformat()) == day.isoformat()


@given(st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)))
def test_any_second(book: Book, moment: dt.datetime) -> None:
    asked = moment.replace(microsecond=0).isoformat()
    assert same(written(book, 3, asked), asked)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_any_number(book: Book, value: float) -> None:
    assert same(written(book, 4, value), value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.integers().map(str))
def test_a_number_given_as_text_keeps_its_digits(book: Book, value: object) -> None:
    assert same(written(book, 4, str(value)), str(value))


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", "number"),
        ("0.00E+00", "number"),
        ('#,##0"円";[Red]-#,##0', "number"),
        ("@", "text"),
        ("yyyy/m/d", "date"),
        ('[$-411]ggge"年"m"月"d"日"', "date"),
        ('m"月"', "date"),
        ("yyyy/m/d h:mm", "date"),
        ("h:mm:ss", "time"),
        ("mm:ss.0", "time"),
        ("[h]:mm", "time"),
        ('"day"0', "number"),
        (r"\d0", "number"),
    ],
)
def test_a_format_tells_what_its_number_is(code: str, shows: str) -> None:
    assert look(164, code) == shows
