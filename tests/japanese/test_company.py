"""Firms' names: legal form in every written form, branch and department, comparison."""

import pytest

from tasuki.japanese.company import compare_company, normalise

SAMPLE = {"core": "サンプル"}
YAMADA = {"core": "山田商店"}


def prefix(form: str) -> dict[str, str]:
    return {"legal_form": form, "position": "prefix"}


def suffix(form: str) -> dict[str, str]:
    return {"legal_form": form, "position": "suffix"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（株）サンプル", prefix("株式会社") | SAMPLE),
        ("( 株 )サンプル", prefix("株式会社") | SAMPLE),
        ("株式　会社サンプル", prefix("株式会社") | SAMPLE),
        ("一社）サンプル", prefix("一般社団法人") | SAMPLE),
        ("株）サンプル", prefix("株式会社") | SAMPLE),
        ("【株】サンプル", prefix("株式会社") | SAMPLE),
        ("㊑サンプル", prefix("株式会社") | SAMPLE),
        ("(カブ)サンプル", prefix("株式会社") | SAMPLE),
        ("株式會社サンプル", prefix("株式会社") | SAMPLE),
        ("株 式 会 社 山 田 商 店", prefix("株式会社") | YAMADA),
        ("ｶﾌﾞｼｷｶﾞｲｼｬ ｻﾝﾌﾟﾙ", prefix("株式会社") | SAMPLE),
        ("株式会社\u200bサンプル", prefix("株式会社") | SAMPLE),
        ("サンプル（カ", suffix("株式会社") | SAMPLE),
        ("ﾕ)ｻﾝﾌﾟﾙ", prefix("有限会社") | SAMPLE),
        ("ﾄﾞ)ｻﾝﾌﾟﾙ", prefix("合同会社") | SAMPLE),
        ("㈲山田商店", prefix("有限会社") | YAMADA),
        ("サンプル（同）", suffix("合同会社") | SAMPLE),
        ("㈾山田商店", prefix("合資会社") | YAMADA),
        ("(名)山田商店", prefix("合名会社") | YAMADA),
        ("（一社）サンプル", prefix("一般社団法人") | SAMPLE),
        ("(公財)サンプル", prefix("公益財団法人") | SAMPLE),
        ("医療法人社団サンプル", prefix("医療法人社団") | SAMPLE),
        ("医療法人　社団　サンプル", prefix("医療法人社団") | SAMPLE),
        ("(学)サンプル", prefix("学校法人") | SAMPLE),
        ("(福)サンプル", prefix("社会福祉法人") | SAMPLE),
        ("NPO法人サンプル", prefix("特定非営利活動法人") | SAMPLE),
        ("ﾄｸﾋ)ｻﾝﾌﾟﾙ", prefix("特定非営利活動法人") | SAMPLE),
        ("サンプル有限責任監査法人", suffix("有限責任監査法人") | SAMPLE),
        ("山田農業協同組合", suffix("農業協同組合") | {"core": "山田"}),
        ("Sample Co.,Ltd.", suffix("Co., Ltd.") | {"core": "Sample"}),
        ("SAMPLE COMPANY LIMITED", suffix("Co., Ltd.") | {"core": "SAMPLE"}),
        ("Sample K.K.", suffix("株式会社") | {"core": "Sample"}),
        ("Sample, Inc", suffix("Inc.") | {"core": "Sample"}),
        ("Sample LLC", suffix("LLC") | {"core": "Sample"}),
        ("Sample GmbH & Co. KG", suffix("GmbH & Co. KG") | {"core": "Sample"}),
        ("北京样本有限公司", suffix("有限公司") | {"core": "北京样本"}),
        ("山田商店", YAMADA),
    ],
)
def test_the_legal_form_is_found_in_every_written_form(text: str, expected: dict[str, str]) -> None:
    assert normalise(text).value == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("山田商店株式会社東京支店", suffix("株式会社") | YAMADA | {"branch": "東京支店"}),
        ("ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞｼﾃﾝ", suffix("株式会社") | {"core": "ヤマダ", "branch": "チバシテン"}),
        ("山田商店　株式会社　東京支店", suffix("株式会社") | YAMADA | {"branch": "東京支店"}),
        ("株式会社山田商店東大阪営業所", prefix("株式会社") | YAMADA | {"branch": "東大阪営業所"}),
        (
            "㈱山田商店 東京支社 営業1課 御中",
            prefix("株式会社") | YAMADA | {"branch": "東京支社", "department": "営業1課"},
        ),
        ("(株)山田商店（経理部）様", prefix("株式会社") | YAMADA | {"department": "経理部"}),
        ("株式会社山田商店／営業部", prefix("株式会社") | YAMADA | {"department": "営業部"}),
        ("株式会社山田商店 東京オフィス", prefix("株式会社") | YAMADA | {"branch": "東京オフィス"}),
        ("株式会社山田商店 新宿店", prefix("株式会社") | YAMADA | {"branch": "新宿店"}),
        (
            "住友　株式会社　伊丹製作所　管理部",
            suffix("株式会社") | {"core": "住友", "branch": "伊丹製作所", "department": "管理部"},
        ),
        ("(カブ) ヤマダ サツポロシシヤ", prefix("株式会社") | {"core": "ヤマダ", "branch": "サツポロシシヤ"}),
        ("株式会社文明堂総本店", prefix("株式会社") | {"core": "文明堂総本店"}),
        ("株式会社 山田 倶楽部", prefix("株式会社") | {"core": "山田 倶楽部"}),
        ("株式会社山田商店　代表取締役　山田太郎　様", prefix("株式会社") | YAMADA),
        ("株式会社山田商店 鈴木様", prefix("株式会社") | YAMADA),
        ("株式会社 山田商店様", prefix("株式会社") | YAMADA),
    ],
)
def test_branch_department_and_people_are_no_part_of_the_name(text: str, expected: dict[str, str]) -> None:
    assert normalise(text).value == expected


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("株式会社髙﨑", "髙﨑"),
        ("株式会社葛󠄀城", "葛󠄀城"),
        ("株式会社ｺ-ﾋ-", "コーヒー"),
        ("株式会社メ－カ－", "メーカー"),
        ("株式会社Ａ－１", "A-1"),
        ("株式会社①番", "①番"),
        ("株式会社ｶﾞｷﾞ", "ガギ"),
        ("株式会社カ゛キ゛", "ガギ"),
        ("株式会社ＡＢＣ　ＤＥＦ", "ABC DEF"),
    ],
)
def test_the_name_keeps_its_letters_in_one_width(text: str, core: str) -> None:
    value = normalise(text).value
    assert isinstance(value, dict)
    assert value["core"] == core


@pytest.mark.parametrize("text", ["株式会社", "(株)", "御中", "-", "同上", "株式会社 御中"])
def test_a_cell_without_a_name_is_refused(text: str) -> None:
    assert normalise(text).refused == "TSK-2001"


@pytest.mark.parametrize(
    "text", ["山田商店株式会社東京", "アイシティー 株式会社 井上", "東海事務センター 株式会社 東興"]
)
def test_a_form_in_the_middle_that_may_belong_to_either_side_is_left_alone(text: str) -> None:
    found = normalise(text)
    assert found.value == {"core": text}
    assert [note.code for note in found.notes] == ["TSK-2507"]


def test_an_abbreviation_of_several_forms_is_noted() -> None:
    assert "TSK-2508" in [note.code for note in normalise("シヤ)ﾆﾎﾝｷﾖｳｶｲ").notes]
    assert "TSK-2508" not in [note.code for note in normalise("カ)ヤマダ").notes]


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
        ("株式会社", "株式会社", "DIFFERENT", ("core",)),
    ],
)
def test_two_names_are_one_only_when_form_and_side_agree(
    a: str, b: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    assert compare_company(a, b) == (verdict, reasons)
    assert compare_company(b, a) == (verdict, reasons)
