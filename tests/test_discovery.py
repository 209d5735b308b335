"""What headers are understood to mean."""

import pytest

from tasuki.discovery import guess


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("氏名", "name"),
        ("お名前", "name"),
        ("Email Address", "email"),
        ("Postcode", "postal_code"),
        ("〒", "postal_code"),
        ("担当者名", "contact_name"),
        ("品名", ""),
        ("", ""),
    ],
)
def test_a_header_means_one_field(header: str, field: str) -> None:
    (found,) = guess([header], [])
    assert found.field == field


def test_what_nobody_named_is_not_guessed_by_its_values() -> None:
    assert [found.field for found in guess(["", "連絡"], [["03-1234-5678", "06-6543-2109"]])] == ["", "phone"]


def test_amounts_of_seven_digits_are_no_postal_codes() -> None:
    sales = [["1234567"], ["2,345,678"], ["1000005"]]
    assert [found.field for found in guess(["売上高"], sales)] == [""]
    assert [found.field for found in guess(["Column1"], [["100-0005"], ["〒1000005"], ["1000006"]])] == [
        "postal_code"
    ]
    assert [found.field for found in guess(["郵便番号"], sales)] == ["postal_code"]
