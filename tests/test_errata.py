"""What a customer's values prove to be missing or wrong; what they don't prove is left alone."""

import pytest

from tasuki.errata import Erratum, Told, errata, refused
from tasuki.model import MODELS
from tasuki.record import Record
from tasuki.spelling import respells, same

CUSTOMER = MODELS["customer"]


def found(*told: Told, **value: str) -> list[tuple[str, str, str]]:
    return [erratum[:3] for erratum in errata(CUSTOMER, value, told)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # A postal code follows from its address, where the town has one.
        ({"address": "東京都府中市本町1-1"}, [("postal_code", "1830027", "fill")]),
        ({"address": "〒105-0014 東京都港区芝1-1-1"}, [("postal_code", "1050014", "fill")]),
        ({"address": "東京都府中市本町1-1", "postal_code": "1000001"}, [("postal_code", "1830027", "fix")]),
        # A prefecture follows from its city, where there is one of the name.
        ({"address": "港区芝1-1-1"}, [("address", "東京都港区芝1-1-1", "fill")]),
        ({"address": "港区ｼﾊﾞ1-1-1"}, [("address", "港区シバ1-1-1", "respell")]),
        # A reading is in katakana, of the name alone.
        ({"name_kana": "ﾔﾏﾀﾞ"}, [("name_kana", "ヤマダ", "respell")]),
        ({"name_kana": "やまだ"}, [("name_kana", "ヤマダ", "respell")]),
        ({"name_kana": "カ）ヤマダ"}, [("name_kana", "ヤマダ", "fix")]),
        ({"name_kana": "ヤマダカブシキガイシャ"}, [("name_kana", "ヤマダ", "fix")]),
        # Half-width kana are nobody's name.
        ({"name": "㈱ﾔﾏﾀﾞ商店"}, [("name", "㈱ヤマダ商店", "respell")]),
    ],
)
def test_what_the_other_values_prove(value: Record, expected: list[tuple[str, str, str]]) -> None:
    assert found(**value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"address": "東京都千代田区丸の内1-1-1"},  # its towers have codes of their own
        {"address": "東京都港区芝1-1-1", "postal_code": "1080014"},  # one of the town's two
        {"address": "東京都港区芝1-1-1", "postal_code": "1058799"},  # an office's own
        {"address": "東京港区芝1-1-1"},
        {"address": "中央区1-1"},
        {"address": "京都市左京区岩倉1"},
        {"address": "森永プラザビル"},
        {"name": "ＡＢＣ商事"},
        {"name_kana": "山田やまだ"},
        {"name_kana": "カブシキガイシャ"},
        {"note": "ﾔﾏﾀﾞ様の紹介"},
        {"corporate_number": "1234567890123"},
    ],
)
def test_what_they_leave_open_is_left_alone(value: Record) -> None:
    assert found(**value) == []


def test_what_cannot_be_so_is_what_the_others_say_with_one_voice() -> None:
    good, bad = "7000012050002", "7000012050003"
    crm = Told("crm", {"corporate_number": good})
    assert errata(CUSTOMER, {"corporate_number": bad}, [Told("ledger", {"corporate_number": bad}), crm]) == (
        Erratum("corporate_number", good, "fix", "crm"),
    )
    other = Told("yayoi", {"corporate_number": "1010001000006"})
    assert found(crm, other, corporate_number=bad) == []
    assert found(crm, corporate_number="1010001000006") == []


def test_of_a_towns_several_codes_another_system_knows_the_one() -> None:
    value = {"address": "東京都千代田区丸の内1-1-1", "postal_code": "1080014"}
    crm = Told("crm", {"postal_code": "1000005"})
    assert errata(CUSTOMER, value, [crm]) == (Erratum("postal_code", "1000005", "fix", "crm"),)
    assert found(**value) == []


@pytest.mark.parametrize("text", ["03-1234-5678 / 090-1234-5678", "03-1234-5678（代表）", "", "03-1234-5678"])
def test_a_cell_that_holds_a_number_and_more_is_not_wrong(text: str) -> None:
    assert not refused(CUSTOMER.fields["phone"], text)


@pytest.mark.parametrize(
    ("field", "now", "after", "allowed"),
    [
        ("name", "㈱山田商店", "株式会社山田商店", True),
        ("name", "ﾔﾏﾀﾞ商店", "ヤマダ商店", True),
        ("name", "齋藤商店", "斎藤商店", False),
        ("contact_name", "髙橋", "高橋", False),
        ("phone", "０３（１２３４）５６７８", "03-1234-5678", True),
        ("address", "東京都港区芝五丁目33番1号", "東京都港区芝5-33-1", True),
        ("address", "東京都港区芝5-33-1", "港区芝5-33-1", False),
        ("address", "京都市中京区寺町通御池上る上本能寺前町488", "京都市中京区上本能寺前町488", False),
        ("note", "要連絡!", "要連絡。", False),
        ("closing_day", "20", "２０", False),
    ],
)
def test_a_spelling_gives_way_to_one_that_says_as_much(
    field: str, now: str, after: str, allowed: bool
) -> None:
    assert same(CUSTOMER.fields[field], now, after)
    assert respells(CUSTOMER.fields[field], now, after) == allowed
