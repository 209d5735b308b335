"""Corporate numbers, invoice registration numbers and postal codes."""

import pytest
from hypothesis import given, strategies as st

from tasuki.japanese import corporate_number, invoice_number, postal_code
from tests.letters import DIGITS

NATIONAL_TAX_AGENCY = "7000012050002"


@pytest.mark.parametrize(
    "text",
    [
        "7-0000-1205-0002",
        "７ ００００ １２０５ ０００２",
        "法人番号：7000012050002",
        "7000012050002.0",
        "0000-12-050002",
        "会社法人等番号 000012050002",
        "【法人番号】7000012050002",
        "(7000012050002)",
        "'7000012050002",
        '="7000012050002"',
        "7,000,012,050,002",
        "No.7000012050002",
    ],
)
def test_a_corporate_number_in_every_form(text: str) -> None:
    assert corporate_number.normalise(text).value == NATIONAL_TAX_AGENCY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("700001205000", "TSK-2061"),
        ("70000120500021", "TSK-2061"),
        ("7000012050020", "TSK-2062"),
        ("0000012050002", "TSK-2062"),
        ("T7000012050002", "TSK-2063"),
        ("7.00001205E+12", "TSK-2003"),
        ("7000012050002 山田", "TSK-2061"),
    ],
)
def test_a_wrong_corporate_number_is_refused(text: str, code: str) -> None:
    assert corporate_number.normalise(text).refused == code


@given(st.from_regex(r"[0-9]{12}", fullmatch=True, alphabet=DIGITS), st.integers(0, 11), st.integers(1, 8))
def test_the_check_digit_finds_one_wrong_digit(base: str, place: int, off: int) -> None:
    """Except 0 for 9, to which it is blind."""
    digit = (int(base[place]) + off) % 10
    wrong = base[:place] + str(digit) + base[place + 1 :]
    if {digit, int(base[place])} != {0, 9}:
        assert corporate_number.check_digit(base) != corporate_number.check_digit(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "T7000012050002",
        "Ｔ７０００－０１２０－５０００２",
        "t 7-0000-1205-0002",
        "適格請求書発行事業者登録番号:T7000012050002",
        "7000012050002",
        "（T7000012050002）",
        "(登録番号T7000012050002)",
        "【登録番号】T7000012050002",
        "T番号：7000012050002",
        "登録番号(T)7000012050002",
        "インボイス：T7000012050002",
        "Τ7000012050002",
    ],
)
def test_an_invoice_number_in_every_form(text: str) -> None:
    assert invoice_number.normalise(text).value == "T" + NATIONAL_TAX_AGENCY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("T7000012050003", "TSK-2062"),
        ("T700001205000", "TSK-2064"),
        ("000012050002", "TSK-2064"),
        ("未登録", "TSK-2064"),
        ("7.00001E+12", "TSK-2003"),
    ],
)
def test_a_wrong_invoice_number_is_refused(text: str, code: str) -> None:
    assert invoice_number.normalise(text).refused == code


@pytest.mark.parametrize(
    "text",
    [
        "〒100-0005",
        "１００－０００５",
        "100ー0005",
        "100～0005",
        "郵便番号：1000005",
        "郵便番号（100-0005）",
        "郵便番号〒100-0005",
        "〠100-0005",
        "〒 100 - 0005",
        "一〇〇－〇〇〇五",
        "1000005.0",
        "1,000,005",
        '="1000005"',
        "'1000005",
    ],
)
def test_a_postal_code_in_every_form(text: str) -> None:
    assert postal_code.normalise(text).value == "1000005"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("600-001", "TSK-2031"),
        ("10010", "TSK-2031"),
        ("000-0000", "TSK-2031"),
        ("100-0005 東京都千代田区", "TSK-2032"),
        ("1.0E+06", "TSK-2003"),
    ],
)
def test_a_wrong_postal_code_is_refused(text: str, code: str) -> None:
    assert postal_code.normalise(text).refused == code


def test_a_lost_leading_zero_is_restored_and_the_code_is_shown_with_its_hyphen() -> None:
    assert postal_code.normalise("60-0001").value == "0600001"
    assert postal_code.display("0600001") == "060-0001"
