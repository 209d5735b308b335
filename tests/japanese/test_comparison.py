"""Whether two values are one: names of firms and people, and kinds that hold several values."""

import pytest

from tasuki.japanese.comparison import compare
from tasuki.japanese.kinds import KINDS


@pytest.mark.parametrize(
    ("a", "b", "verdict", "reasons"),
    [
        ("㈱髙島屋", "株式会社 高島屋", "SAME", ("spelling",)),
        ("ｻﾝﾌﾟﾙ㈱", "サンプル株式会社", "SAME", ()),
        ("株式会社ﾔﾏﾀﾞｼﾖｳﾃﾝ", "カ）ヤマダショウテン", "SAME", ("spelling",)),
        ("株式会社A&B", "株式会社Ａ＆Ｂ", "SAME", ()),
        ("株式会社山田商店", "株式会社山田商店　経理部　御中", "SAME", ()),
        ("株式会社霞ヶ関", "株式会社霞が関", "SAME", ("spelling",)),
        ("山田商店株式会社", "㈱山田商店", "REVIEW", ("position",)),
        ("有限会社山田商店", "株式会社山田商店", "REVIEW", ("legal_form",)),
        ("山田商店", "株式会社山田商店", "REVIEW", ("legal_form",)),
        ("株式会社山田商店", "株式会社山田商店 東京支店", "REVIEW", ("branch",)),
        ("株式会社山田商店", "株式会社山田商会", "DIFFERENT", ("core",)),
        ("株式会社AB", "株式会社A&B", "DIFFERENT", ("core",)),
        ("株式会社", "株式会社", "REVIEW", ("TSK-2001",)),
        ("株式会社山田商店（旧 鈴木商店）", "㈱山田商店 御中", "SAME", ()),
        ("株式会社サーバー", "株式会社サーバ", "REVIEW", ("core", "respelled")),
        ("コンピューターサービス㈱", "コンピュータサービス㈱", "REVIEW", ("core", "respelled")),
        ("カ）エヌテイテイデ－タ", "株式会社NTTデータ", "REVIEW", ("core", "respelled")),
        ("株式会社サトー", "株式会社サトウ", "REVIEW", ("core", "respelled")),
        ("株式会社ヴァイオリン", "株式会社バイオリン", "REVIEW", ("core", "respelled")),
        ("株式会社ブリヂストン", "株式会社ブリジストン", "REVIEW", ("core", "respelled")),
        ("株式会社A&B", "株式会社AアンドB", "REVIEW", ("core", "respelled")),
        ("株式会社山田HD", "株式会社山田ホールディングス", "REVIEW", ("core", "respelled")),
        ("第一建設株式会社", "第1建設株式会社", "REVIEW", ("core", "respelled")),
        ("株式会社四ツ谷", "株式会社四谷", "REVIEW", ("core", "respelled")),
        ("株式会社ニトリ", "株式会社二トリ", "REVIEW", ("core", "respelled")),
        ("カ）ヤマダシヨウテン", "株式会社山田商店", "REVIEW", ("core", "script")),
        ("株式会社やまだ商店", "株式会社山田商店", "REVIEW", ("core", "script")),
        ("カ）タカシマヤ", "㈱髙島屋", "REVIEW", ("core", "script")),
        ("Sample Co., Ltd.", "株式会社サンプル", "REVIEW", ("core", "script")),
        ("Panasonic", "パナソニック株式会社", "REVIEW", ("core", "script")),
        ("Sharp Corporation", "シャープ株式会社", "REVIEW", ("core", "script")),
        ("Yamada Shoten", "㈱山田商店", "REVIEW", ("core", "script")),
        ("Suzuki Kogyo", "㈱山田商店", "DIFFERENT", ("core",)),
        ("カ）ヤマダシヨウテン", "株式会社山本商店", "DIFFERENT", ("core",)),
        ("カ）スズキコウギヨウ", "株式会社山田商店", "DIFFERENT", ("core",)),
        ("株式会社サンプル(東京)", "株式会社サンプル", "REVIEW", ("core", "respelled")),
        ("株式会社ビル", "株式会社ビール", "DIFFERENT", ("core",)),
        ("第一建設株式会社", "第二建設株式会社", "DIFFERENT", ("core",)),
    ],
)
def test_two_names_are_one_only_when_form_and_side_agree(
    a: str, b: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    assert compare("company_name", a, b) == (verdict, reasons)
    assert compare("company_name", b, a) == (verdict, reasons)


@pytest.mark.parametrize(
    ("a", "b", "verdict", "reasons"),
    [
        ("山田 太郎", "山田太郎様", "SAME", ()),
        ("渡邉 花子", "渡辺 花子", "SAME", ("spelling",)),
        ("佐々木 希", "佐佐木 希", "SAME", ("spelling",)),
        ("やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "SAME", ("spelling",)),
        ("ﾜﾀﾅﾍﾞ ｼﾞﾕﾝｲﾁ", "ワタナベ ジュンイチ", "SAME", ("spelling",)),
        ("YAMADA Taro", "Taro YAMADA", "SAME", ()),
        ("山田 太郎", "山田", "REVIEW", ("given", "missing")),
        ("山田 太郎", "太郎 山田", "REVIEW", ("order",)),
        ("山田 太郎", "ヤマダ タロウ", "REVIEW", ("family", "script", "given", "script")),
        ("鈴木 ゆう子", "鈴木 裕子", "REVIEW", ("given", "script")),
        ("鈴木 明", "鈴木 アキラ", "REVIEW", ("given", "script")),
        ("Yamada, Taro", "山田 太郎", "REVIEW", ("family", "script", "given", "script")),
        ("山田 太郎", "スズキ イチロウ", "DIFFERENT", ("family",)),
        ("山田 太郎", "ヤマダ ジロウ", "DIFFERENT", ("given",)),
        ("タナカ イチロウ", "タナカ イチロー", "REVIEW", ("given", "respelled")),
        ("オオノ ケン", "オーノ ケン", "REVIEW", ("family", "respelled")),
        ("山田 太郎", "ご担当者様", "REVIEW", ("TSK-2012",)),
        ("山田 太郎", "山田 次郎", "DIFFERENT", ("given",)),
        ("山田 太郎", "山本 太郎", "DIFFERENT", ("family",)),
        ("太田 一", "大田 一", "DIFFERENT", ("family",)),
    ],
)
def test_two_people_are_one_only_when_both_names_agree(
    a: str, b: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    assert compare("person_name", a, b) == (verdict, reasons)
    assert compare("person_name", b, a) == (verdict, reasons)


@pytest.mark.parametrize(
    ("kind", "a", "b", "verdict", "reasons"),
    [
        ("phone", "03-1234-5678, 090-1234-5678", "090-1234-5678, 03-1234-5678", "SAME", ()),
        ("phone", "03-1234-5678, 090-1234-5678", "03-1234-5678", "REVIEW", ("part",)),
        ("phone", "03-1234-5678", "03-1234-5678 内線123", "REVIEW", ("extension",)),
        ("phone", "03-1234-5678", "03-1234-5679", "DIFFERENT", ()),
        ("email", "Yamada@example.co.jp", "yamada@example.co.jp", "SAME", ()),
        ("address", "千代田区丸の内1-1-1 Aビル", "千代田区丸の内1-1-1", "SAME", ()),
        ("address", "千代田区丸の内1-1-1 Aビル", "千代田区丸の内1-1-1 Bビル", "REVIEW", ("building",)),
        ("address", "東京都港区芝", "東京都港区芝1-2-3", "REVIEW", ("level",)),
        ("address", "東京都港区芝1-2", "港区芝一丁目2番3号", "REVIEW", ("level",)),
        ("address", "東京都", "東京都港区芝1-2-3", "REVIEW", ("level",)),
        ("address", "青森県つがる市木造12", "青森県つがる市木造浦船12", "REVIEW", ("level",)),
        ("address", "東京都港区芝1", "東京都港区芝11-2", "DIFFERENT", ()),
        ("address", "東京都港区芝1-2-3", "東京都港区芝1-2-4", "DIFFERENT", ()),
        ("bank_kana", "カ）ヤマダ", "株式会社ヤマダ", "SAME", ()),
        ("bank_kana", "カ）ヤマダ", "ヤマダ（カ", "REVIEW", ("position",)),
        ("postal_code", "", "", "REVIEW", ("blank",)),
    ],
)
def test_values_that_agree_in_part_are_for_a_person_to_judge(
    kind: str, a: str, b: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    assert compare(kind, a, b) == (verdict, reasons)
    assert compare(kind, b, a) == (verdict, reasons)


ODD = ("", "様", "株式会社", "山田太郎", "カ)", "ー", "1-1", "T1", "\ufffd", "a" * 2000)


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_is_too_odd_to_compare_with_itself(kind: str) -> None:
    assert {compare(kind, text, text).verdict for text in ODD} <= {"SAME", "REVIEW"}
