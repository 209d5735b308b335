"""Match keys: which spellings fall together and which stay apart."""

import pytest

from tasuki.japanese.fold import fold, fold_company
from tasuki.japanese.itaiji import COMMON_FORM


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("髙﨑", "高崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("齊藤", "斎藤"),
        ("澤田", "沢田"),
        ("濵田", "浜田"),
        ("濱田", "浜田"),
        ("廣瀨", "広瀬"),
        ("德川", "徳川"),
        ("𠮷野", "吉野"),
        ("國學院", "国学院"),
        ("籏野", "旗野"),
        ("凮月堂", "風月堂"),
        ("神", "神"),  # a CJK compatibility ideograph
        ("葛󠄀城", "葛城"),
        ("龍ヶ崎", "竜ケ崎"),
        ("霞が関", "霞ヶ関"),
        ("一ヵ月", "一ヶ月"),
        ("溝之口", "溝ノ口"),
        ("佐々木", "佐佐木"),
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("キャノン", "キヤノン"),
        ("ヱビス", "エビス"),
        ("コ－ヒ－", "コーヒー"),
        ("セブン-イレブン", "セブンイレブン"),
        ("セブンーイレブン", "セブン‐イレブン"),
        ("ＡＢＣ　Ｄｅｆ", "abc-DEF"),
        ("山田・商店", "山田商店"),
        ("①番", "1番"),
    ],
)
def test_spellings_of_one_name_fall_together(a: str, b: str) -> None:
    assert fold(a) == fold(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("A&D", "AD"),
        ("1-2", "12"),
        ("カメラ", "ケメラ"),
        ("ビル", "ビール"),
        ("大田", "太田"),
        ("畠山", "畑山"),
        ("祇園", "祗園"),
        ("ハハ", "パパ"),
    ],
)
def test_different_names_stay_apart(a: str, b: str) -> None:
    assert fold(a) != fold(b)


@pytest.mark.peer("margince#2852")
def test_the_key_of_a_firm_holds_nothing_but_its_name() -> None:
    assert fold_company("㈱髙島屋 東京支店 御中") == fold_company("高島屋株式会社") == "高島屋"
    assert fold_company("株式会社") == ""


def test_each_variant_stands_for_one_character() -> None:
    """A form that stood in two groups, or pointed to another variant, would make keys depend on order."""
    assert not [common for common in COMMON_FORM.values() if ord(common) in COMMON_FORM]
