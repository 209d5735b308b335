"""Firms' names: legal form in every written form, branch and department."""

import pytest

from tasuki.japanese.company import normalise

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
        ("（株式会社）サンプル", prefix("株式会社") | SAMPLE),
        ("（㈱）サンプル", prefix("株式会社") | SAMPLE),
        ("サンプル（一般社団法人）", suffix("一般社団法人") | SAMPLE),
        ("サンプル カ)", suffix("株式会社") | SAMPLE),
        ("(合資)サンプル", prefix("合資会社") | SAMPLE),
        ("(医)社団サンプル", prefix("医療法人社団") | SAMPLE),
        ("一般 社団法人 サンプル", prefix("一般社団法人") | SAMPLE),
        ("K.K.サンプル", prefix("株式会社") | SAMPLE),
        ("｛株｝サンプル", prefix("株式会社") | SAMPLE),
        ("(社団)サンプル", prefix("社団法人") | SAMPLE),
        ("(独法)サンプル", prefix("独立行政法人") | SAMPLE),
        ("ＮＰＯ 法人 サンプル", prefix("特定非営利活動法人") | SAMPLE),
        ("サンプル生活　協同組合", suffix("生活協同組合") | SAMPLE),
        ("有限責任 あずさ監査法人", suffix("有限責任監査法人") | {"core": "あずさ"}),
        ("有限責任監査法人サンプル", prefix("有限責任監査法人") | SAMPLE),
        ("サンプル商工組合", suffix("商工組合") | SAMPLE),
        ("サンプル有限責任事業組合（LLP）", suffix("有限責任事業組合") | SAMPLE),
        ("ｲﾘﾖｳﾎｳｼﾞﾝｼﾔﾀﾞﾝ ｻﾝﾌﾟﾙ", prefix("医療法人社団") | SAMPLE),
        ("サンプル　そうごがいしゃ", suffix("相互会社") | SAMPLE),
        ("ノウギョウキョウドウクミアイ　サンプル", prefix("農業協同組合") | SAMPLE),
        ("株式会社㈱サンプル", prefix("株式会社") | SAMPLE),
        ("株式会社・サンプル", prefix("株式会社") | SAMPLE),
        ("サンプル，株式会社", suffix("株式会社") | SAMPLE),
        ("Sample Co., Ltd. Osaka Branch", suffix("Co., Ltd.") | {"core": "Sample", "branch": "Osaka Branch"}),
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
        ("株式会社山田商店豊橋支店", prefix("株式会社") | YAMADA | {"branch": "豊橋支店"}),
        ("株式会社山田商店西大阪営業所", prefix("株式会社") | YAMADA | {"branch": "西大阪営業所"}),
        ("株式会社山田商店横浜駅前支店", prefix("株式会社") | YAMADA | {"branch": "横浜駅前支店"}),
        ("株式会社山田商店御殿場工場", prefix("株式会社") | YAMADA | {"branch": "御殿場工場"}),
        (
            "株式会社山田商店関東支社さいたま営業所",
            prefix("株式会社") | YAMADA | {"branch": "関東支社 さいたま営業所"},
        ),
        ("株式会社山田商店本社", prefix("株式会社") | YAMADA | {"branch": "本社"}),
        ("株式会社新日本社", prefix("株式会社") | {"core": "新日本社"}),
        ("株式会社山本社", prefix("株式会社") | {"core": "山本社"}),
        ("株式会社田中小林事務所", prefix("株式会社") | {"core": "田中小林事務所"}),
        ("㈱山田商店　東京ショールーム", prefix("株式会社") | YAMADA | {"branch": "東京ショールーム"}),
        ("㈱山田商店　大阪本部", prefix("株式会社") | YAMADA | {"branch": "大阪本部"}),
        ("(一社)サンプル　事務局", prefix("一般社団法人") | SAMPLE | {"department": "事務局"}),
        ("㈱山田商店（経理部御中）", prefix("株式会社") | YAMADA | {"department": "経理部"}),
        ("㈱山田商店　担当：鈴木様", prefix("株式会社") | YAMADA),
        ("千葉市役所　財政局　税務部", {"core": "千葉市役所", "department": "財政局 税務部"}),
        ("㈱山田商店　経理ご担当者様", prefix("株式会社") | YAMADA | {"department": "経理"}),
        ("㈱山田商店　経理部　鈴木　一郎　様", prefix("株式会社") | YAMADA | {"department": "経理部"}),
        ("㈱山田商店　経理部　御中　鈴木様", prefix("株式会社") | YAMADA | {"department": "経理部"}),
        ("㈱山田商店御中　鈴木様", prefix("株式会社") | YAMADA),
        ("山田商店　代表者　鈴木一郎", YAMADA),
        ("㈱山田商店　経理部　鈴木", prefix("株式会社") | YAMADA | {"department": "経理部"}),
        ("ｶ)ﾔﾏﾀﾞ ﾀﾞｲﾋﾖｳﾄﾘｼﾏﾘﾔｸ ﾔﾏﾀﾞﾀﾛｳ", prefix("株式会社") | {"core": "ヤマダ"}),
        ("㈱ABC　山田商事　様", prefix("株式会社") | {"core": "ABC 山田商事"}),
        ("(株)山田商店【経理部】様", prefix("株式会社") | YAMADA | {"department": "経理部"}),
    ],
)
def test_branch_department_and_people_are_no_part_of_the_name(text: str, expected: dict[str, str]) -> None:
    assert normalise(text).value == expected


@pytest.mark.parametrize(
    "text",
    [
        "得意先名：株式会社山田商店",
        "会社名　株式会社山田商店",
        "'株式会社山田商店",
        '"株式会社山田商店"',
        '="株式会社山田商店"',
        "※株式会社山田商店",
        "株式会社山田商店※",
        "株式会社山田商店、",
        "株式会社山田商店（旧 鈴木商店）",
        "株式会社山田商店（旧社名：㈱鈴木商店）御中",
        "株式会社山田商店（ヤマダショウテン）",
    ],
)
def test_labels_marks_and_former_names_are_left_out_and_noted(text: str) -> None:
    found = normalise(text)
    assert found.value == prefix("株式会社") | YAMADA
    assert "TSK-2510" in [note.code for note in found.notes]


@pytest.mark.parametrize(
    "polite", ["御中", "　御中", "御 中", "(御中)", "様", "殿", "各位", " おんちゅう", " 社員御一同様"]
)
def test_honorifics_are_left_out(polite: str) -> None:
    assert normalise(f"株式会社山田商店{polite}").value == prefix("株式会社") | YAMADA


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("株式会社王様", "王様"),
        ("株式会社餃子の王様", "餃子の王様"),
        ("株式会社湯殿", "湯殿"),
        ("株式会社山本殿", "山本"),
        ("株式会社二宮殿", "二宮"),
        ("株式会社石神様", "石神"),
        ("株式会社髙﨑", "髙﨑"),
        ("株式会社葛󠄀城", "葛󠄀城"),
        ("株式会社ｺ-ﾋ-", "コーヒー"),
        ("株式会社メ－カ－", "メーカー"),
        ("株式会社ｾﾌﾞﾝ-ｲﾚﾌﾞﾝ", "セブン-イレブン"),
        ("株式会社Ａ－１", "A-1"),
        ("株式会社①番", "①番"),
        ("株式会社ｶﾞｷﾞ", "ガギ"),
        ("株式会社カ゛キ゛", "ガギ"),
        ("株式会社ＡＢＣ　ＤＥＦ", "ABC DEF"),
        ("株式会社Ｙ’ｓ", "Y's"),
    ],
)
def test_the_name_keeps_its_letters_in_one_width(text: str, core: str) -> None:
    value = normalise(text).value
    assert isinstance(value, dict)
    assert value["core"] == core


@pytest.mark.parametrize(
    "text", ["株式会社", "(株)", "御中", "-", "ー", "同上", "株式会社 御中", "(株)(株)", "0", "#N/A", "#REF!"]
)
def test_a_cell_without_a_name_is_refused(text: str) -> None:
    assert normalise(text).refused == "TSK-2001"


def test_letters_lost_to_a_wrong_encoding_are_refused() -> None:
    assert normalise("株式会社�山田").refused == "TSK-2005"


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
