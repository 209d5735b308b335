"""Amounts: signs, units, kanji numerals, and figures that must not be guessed."""

import pytest
from hypothesis import given, strategies as st

from tasuki.japanese.amount import normalise


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", "1234"),
        ("１，２３４円", "1234"),
        ("￥1,234-", "1234"),
        ("¥1,234.-", "1234"),
        ("1,234,567－", "1234567"),
        ("\\1,234", "1234"),
        ("金1,234円也", "1234"),
        ("1,234円(税込)", "1234"),
        ("税抜 1,234円", "1234"),
        ("1,234.50", "1234.5"),
        ("-0", "0"),
        ("△1,000", "-1000"),
        ("▲ 1,000", "-1000"),
        ("△￥1,000", "-1000"),
        ("¥-500", "-500"),
        ("−500", "-500"),
        ("(1,234)", "-1234"),
        ("￥（1,234）", "-1234"),
        ("12万3456円", "123456"),
        ("1億2,000万円", "120000000"),
        ("1.5億円", "150000000"),
        ("１２３千円", "123000"),
        ("12百万円", "12000000"),
        ("3千5百円", "3500"),
        ("百万円", "1000000"),
        ("二十", "20"),
        ("一二三四", "1234"),
        ("三百二十一万五千円", "3215000"),
        ("壱万弐千参百四拾五円", "12345"),
        ("金伍萬圓也", "50000"),
        ("廿五円", "25"),
        ("阡円", "1000"),
    ],
)
def test_every_way_of_writing_an_amount(text: str, value: str) -> None:
    assert normalise(text).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,23,4", "TSK-2052"),
        ("1,2345", "TSK-2052"),
        ("1.234.567", "TSK-2052"),
        ("1.5E+06", "TSK-2003"),
        ("$1,234", "TSK-2053"),
        ("1,000ドル", "TSK-2053"),
        ("1,234-", "TSK-2055"),
        ("-△500", "TSK-2055"),
        ("(-500)", "TSK-2055"),
        ("(500", "TSK-2055"),
        ("約1,000円", "TSK-2051"),
        ("1,000〜2,000円", "TSK-2051"),
        ("1 234", "TSK-2051"),
        ("百千円", "TSK-2051"),
        ("1万20000円", "TSK-2051"),
        ("－", "TSK-2051"),
    ],
)
def test_a_figure_that_can_be_read_in_two_ways_is_refused(text: str, code: str) -> None:
    assert normalise(text).refused == code


@given(st.integers(-(10**15), 10**15))
def test_a_figure_with_commas_keeps_its_value(figure: int) -> None:
    assert normalise(f"{figure:,}").value == str(figure)
    assert normalise(f"¥{figure:,}").value == str(figure)
