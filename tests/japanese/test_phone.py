"""Telephone numbers: written forms, several in a cell, extensions, and agreement with phonenumbers."""

import phonenumbers
import pytest
from hypothesis import given, strategies as st

from tasuki.japanese.phone import display, normalise
from tests.letters import DIGITS

TOKYO = "+81312345678"


@pytest.mark.parametrize(
    "text",
    [
        "03-1234-5678",
        "0312345678",
        "03(1234)5678",
        "（０３）１２３４－５６７８",
        "03 1234 5678",
        "03.1234.5678",
        "03‐1234―5678",
        "０３ー１２３４ー５６７８",
        "'0312345678",
        "0312345678.0",
        "312345678",
        "3-1234-5678",
        "+81-3-1234-5678",
        "+81(0)3-1234-5678",
        "0081-3-1234-5678",
        "TEL:03-1234-5678",
        "℡03-1234-5678",
        "電話番号：03-1234-5678",
        "03-1234-5678㈹",
        "(代表)03-1234-5678",
        "📞03-1234-5678",
        "FAX 03-1234-5678",
        "TEL/FAX 03-1234-5678",
        "TEL 03-1234-5678 FAX 03-1234-5679",
        "T:03-1234-5678 F:03-1234-5679",
        "T 03-1234-5678 F (03)1234-5679",
        "電話03（1234）5678番",
        "TEL＆FAX 03-1234-5678",
        "大阪支店 03-1234-5678",
        "お客様窓口：03-1234-5678",
        "03～1234～5678",
        "03・1234・5678",
        "03/1234/5678",
        "03の1234の5678",
        "[03]1234-5678",
        "03「1234」5678",
        "TEL 03-1234-5678（FAX 5679）",
        "(03-1234-5678)",
        "〇三－一二三四－五六七八",
        "(+81)3-1234-5678",
        '="0312345678"',
        "312345678.00",
        "312,345,678",
    ],
)
def test_every_way_of_writing_a_number_gives_the_same(text: str) -> None:
    assert normalise(text).value == TOKYO


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("090-1234-5678", "+819012345678"),
        ("0120-123-456", "+81120123456"),
        ("120123456", "+81120123456"),
        ("0800-123-4567", "+818001234567"),
        ("050-1234-5678", "+815012345678"),
        ("0570-012-345", "+81570012345"),
        ("0467-12-3456", "+81467123456"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+1 212-555-2368", "+12125552368"),
    ],
)
def test_mobile_free_and_foreign_numbers(text: str, value: str) -> None:
    assert normalise(text).value == value


@pytest.mark.peer("phonenumbers 9.0.43: raises on 内線 and (代)")
@pytest.mark.parametrize(
    "text",
    [
        "03-1234-5678 内線123",
        "03-1234-5678（内線：123）",
        "03-1234-5678 (内)123",
        "03-1234-5678 ext.123",
        "03-1234-5678x123",
        "03-1234-5678#123",
        "+81312345678;ext=123",
        "03-1234-5678（代） 内線123",
    ],
)
def test_extensions_are_kept(text: str) -> None:
    assert normalise(text).value == TOKYO + ";ext=123"


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("03-1234-5678／03-1234-5679", "+81312345679"),
        ("03-1234-5678、090-1234-5678", "+819012345678"),
        ("03-1234-5678 090-1234-5678", "+819012345678"),
        ("03-1234-5678\n03-1234-5679", "+81312345679"),
        ("自宅:03-1234-5678 携帯:090-1234-5678", "+819012345678"),
        ("03-1234-5678/5679", "+81312345679"),
        ("03-1234-5678・9", "+81312345679"),
        ("03-1234-5678/1235-0001", "+81312350001"),
        ("03-1234-5678～9", "+81312345679"),
        ("03-1234-5678～5679", "+81312345679"),
        ("03-1234-5678（090-1234-5678）", "+819012345678"),
        ("03-1234-5678 & 090-1234-5678", "+819012345678"),
        ("①03-1234-5678 ②090-1234-5678", "+819012345678"),
    ],
)
def test_several_numbers_are_joined(text: str, second: str) -> None:
    assert normalise(text).value == f"{TOKYO},{second}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234-5678", "TSK-2022"),
        ("03-1234-567", "TSK-2023"),
        ("03-1234-56789", "TSK-2023"),
        ("110", "TSK-2023"),
        ("03-1234-5678(担当 1234)", "TSK-2023"),
        ("03-1234-5678 内線12・13", "TSK-2023"),
        ("内線123", "TSK-2021"),
        ("なし", "TSK-2021"),
        ("06-6123-4567(9:00-17:00)", "TSK-2021"),
        ("9.01235E+09", "TSK-2003"),
        ("03-1234-5678～99", "TSK-2023"),
        ("03/1234/567", "TSK-2023"),
        ("03-1234-5678（山田）", "TSK-2021"),
    ],
)
def test_what_is_no_number_is_refused(text: str, code: str) -> None:
    assert normalise(text).refused == code


def test_numbers_in_a_row_are_written_out() -> None:
    assert normalise("03-1234-5678~80").value == f"{TOKYO},+81312345679,+81312345680"


def judged_by_phonenumbers(digits: str) -> str | None:
    try:
        parsed = phonenumbers.parse(digits, "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@given(st.from_regex(r"0[1-9][0-9]{7,9}", fullmatch=True, alphabet=DIGITS))
def test_a_plain_national_number_is_judged_as_phonenumbers_does(digits: str) -> None:
    assert normalise(digits).value == judged_by_phonenumbers(digits)


@given(st.sampled_from(["03-1234-5678", "0467-12-3456", "090-1234-5678", "0120-123-456"]))
def test_a_number_comes_back_as_it_is_written_in_japan(number: str) -> None:
    value = normalise(number).value
    assert isinstance(value, str)
    assert display(value) == number


def test_extension_several_and_foreign_numbers_are_shown() -> None:
    assert display("+81312345678;ext=123,+819012345678") == "03-1234-5678 内線123 / 090-1234-5678"
    assert display("+12125552368") == "+1 212-555-2368"
    assert display("") == ""
