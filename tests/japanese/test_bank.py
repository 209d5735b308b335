"""Account holders in the alphabet of bank transfers."""

import pytest

from tasuki.japanese.bank import normalise


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("株式会社ヤマダ", "ｶ)ﾔﾏﾀﾞ"),
        ("ヤマダ株式会社", "ﾔﾏﾀﾞ(ｶ"),
        ("ｶ)ﾔﾏﾀﾞｼﾖｳﾃﾝ", "ｶ)ﾔﾏﾀﾞｼﾖｳﾃﾝ"),
        ("合同会社サンプル", "ﾄﾞ)ｻﾝﾌﾟﾙ"),
        ("一般社団法人サンプル", "ｼﾔ)ｻﾝﾌﾟﾙ"),
        ("やまだ　じゅん", "ﾔﾏﾀﾞ ｼﾞﾕﾝ"),
        ("コーヒー・ラボ", "ｺ-ﾋ-.ﾗﾎﾞ"),
        ("Sample 1", "SAMPLE 1"),
    ],
)
def test_a_name_in_kana_becomes_what_a_transfer_carries(text: str, value: str) -> None:
    assert normalise(text).value == value


@pytest.mark.parametrize("text", ["山田太郎", "A&B", "ヤマダ①"])
def test_letters_that_no_transfer_carries_are_refused(text: str) -> None:
    assert normalise(text).refused == "TSK-2081"
