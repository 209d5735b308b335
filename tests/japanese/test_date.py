"""Dates: Western and era forms, Excel's day numbers, month ends, and what is refused."""

import datetime

import pytest
from hypothesis import given, strategies as st

from tasuki.japanese.date import display, era, normalise


@pytest.mark.parametrize(
    "text",
    [
        "2024-04-01",
        "2024/4/1",
        "2024.4.1",
        "20240401",
        "２０２４年４月１日",
        "2024年04月01日(月)",
        "2024年4月1日月曜日",
        "2024/4/1 (Mon)",
        "二〇二四年四月一日",
        "西暦2024年4月1日",
        "2024-04-01 00:00:00",
        "2024/4/1 13:45",
        "2024-04-01T09:00:00+09:00",
        "2024年(令和6年)4月1日",
        "令和6(2024)年4月1日",
        "令和6年4月1日",
        "令和六年四月一日",
        "令6.4.1",
        "㋿6年4月1日",
        "r6/4/1",
        "R060401",
        "令和 6年 4月 1日",
        "平成36年4月1日",
        "45383",
        "45383.0",
        "二千二十四年四月一日",
        "2024・4・1",
        "2024,4,1",
        "2024_04_01",
        "令和6年4月1日(2024/4/1)",
        "設立：2024年4月1日",
        "令和6年4月1日付",
        "R6.4.1生",
        "Apr 1, 2024",
        "April 1st, 2024",
        "1-Apr-2024",
        "2024/Apr/1",
        "Mon, 1 Apr 2024 09:00:00 +0900",
        "Mon Apr 01 2024 00:00:00 GMT+0900 (日本標準時)",
        "2024-04-01T12:34:56Z",
        "20240401123000",
        "20240401T0900",
        '="2024/4/1"',
        "令和6年4月1日（月曜日）午前9時",
    ],
)
def test_every_way_of_writing_a_day_gives_the_same(text: str) -> None:
    assert normalise(text).value == "2024-04-01"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("㍻31年4月30日", "2019-04-30"),
        ("S64.1.7", "1989-01-07"),
        ("昭和五十年十月十日", "1975-10-10"),
        ("大正15年12月25日", "1926-12-25"),
        ("昭和元年12月25日", "1926-12-25"),
        ("明治45年7月30日", "1912-07-30"),
        ("M6.1.1", "1873-01-01"),
        ("2024年2月末日", "2024-02-29"),
        ("令和5年2月末", "2023-02-28"),
        ("2024/2/末", "2024-02-29"),
        ("R6.2末", "2024-02-29"),
    ],
)
def test_eras_and_month_ends(text: str, value: str) -> None:
    assert normalise(text).value == value


@pytest.mark.parametrize("text", ["昭和64年1月8日", "平成31年5月1日", "H32.4.1", "昭和100年1月1日"])
def test_an_era_that_had_ended_is_taken_with_a_warning(text: str) -> None:
    found = normalise(text)
    assert found.value
    assert "TSK-2542" in [note.code for note in found.notes]


@pytest.mark.parametrize("text", ["昭和64年1月7日", "平成元年1月8日", "平成31年4月30日", "令和元年5月1日"])
def test_the_last_and_first_days_of_an_era_carry_no_warning(text: str) -> None:
    assert [note.code for note in normalise(text).notes] == ["TSK-2545"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024年2月30日", "TSK-2042"),
        ("2023/2/29", "TSK-2042"),
        ("2024/13/1", "TSK-2042"),
        ("令和0年4月1日", "TSK-2042"),
        ("4月1日", "TSK-2043"),
        ("24/04/01", "TSK-2043"),
        ("240401", "TSK-2043"),
        ("2024年4月", "TSK-2044"),
        ("令和6年4月吉日", "TSK-2044"),
        ("2024/4/1(火)", "TSK-2045"),
        ("令和6年(2023年)4月1日", "TSK-2045"),
        ("明治5年12月2日", "TSK-2046"),
        ("平成元年1月7日", "TSK-2047"),
        ("2024-03-31T15:00:00Z", "TSK-2048"),
        ("2024-04-01 03:00 PM UTC", "TSK-2048"),
        ("2024-04-01T00:30:00+10:00", "TSK-2048"),
        ("令和6年4月1日(2024/4/2)", "TSK-2045"),
        ("Tue, 1 Apr 2024", "TSK-2045"),
        ("2024/4/1 (Tue)", "TSK-2045"),
        ("1-Apr-24", "TSK-2043"),
        ("04/01/2024", "TSK-2043"),
        ("2024年4月1日から", "TSK-2041"),
        ("2024/4/1～2025/3/31", "TSK-2041"),
        ("2024", "TSK-2041"),
        ("60", "TSK-2041"),
        ("令和6年度", "TSK-2041"),
        ("不明", "TSK-2041"),
    ],
)
def test_a_day_that_is_impossible_or_not_told_is_refused(text: str, code: str) -> None:
    assert normalise(text).refused == code


def test_day_numbers_follow_the_date_system_of_the_workbook() -> None:
    assert normalise("43921", epoch=1904).value == normalise("45383").value == "2024-04-01"


def test_the_era_is_written_back() -> None:
    assert era("2024-04-01") == "令和6年4月1日"
    assert era("2019-05-01") == "令和元年5月1日"
    assert era("1989-01-07") == "昭和64年1月7日"
    assert era("1868-05-01") == "1868-05-01"
    assert display("2024-04-01") == "2024/04/01"


@given(st.dates(min_value=datetime.date(1873, 1, 1), max_value=datetime.date(2150, 12, 31)))
def test_a_day_written_in_its_era_is_read_as_that_day(day: datetime.date) -> None:
    assert normalise(era(day.isoformat())).value == day.isoformat()
