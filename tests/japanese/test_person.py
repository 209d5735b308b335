"""People's names: family and given, honorifics and titles, names without a space."""

import pytest

from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.person import normalise
from tasuki.japanese.surnames import SURNAMES


@pytest.mark.peer("namedivider-python 0.4.2: 小鳥|遊六花, 東海|林太郎")
@pytest.mark.parametrize(
    ("text", "family", "given"),
    [
        ("渡邊　健", "渡邊", "健"),
        ("髙橋一生", "髙橋", "一生"),
        ("佐々木健", "佐々木", "健"),
        ("林太郎", "林", "太郎"),
        ("林真由美", "林", "真由美"),
        ("小鳥遊六花", "小鳥遊", "六花"),
        ("勅使河原宏", "勅使河原", "宏"),
        ("東海林太郎", "東海林", "太郎"),
        ("三ツ矢雄二", "三ツ矢", "雄二"),
        ("佐藤ゆい", "佐藤", "ゆい"),
        ("辻󠄀太郎", "辻󠄀", "太郎"),
        ("山 田 太 郎", "山田", "太郎"),
        ("ﾔﾏﾀﾞ　ﾀﾛｳ様", "ヤマダ", "タロウ"),
        ("山田 さくら", "山田", "さくら"),
        ("YAMADA Taro", "YAMADA", "Taro"),
        ("部長 Taro YAMADA", "YAMADA", "Taro"),
        ("Taro YAMADA", "YAMADA", "Taro"),
        ("Yamada, Taro", "Yamada", "Taro"),
        ("鈴木友希那", "鈴木", "友希那"),
        ("安室奈美恵", "安室", "奈美恵"),
        ("小津安二郎", "小津", "安二郎"),
        ("三木谷浩史", "三木谷", "浩史"),
        ("王昭君", "王", "昭君"),
    ],
)
def test_family_and_given_name_are_told_apart(text: str, family: str, given: str) -> None:
    assert normalise(text).value == {"family": family, "given": given}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("山田 太郎 様", "TSK-2504"),
        ("山田太郎殿", "TSK-2504"),
        ("山田 太郎先生", "TSK-2504"),
        ("代表取締役社長　山田　太郎", "TSK-2511"),
        ("総務部長 山田太郎", "TSK-2511"),
        ("経理 山田太郎", "TSK-2511"),
        ("営業部 山田 太郎 様", "TSK-2511"),
        ("山田太郎部長", "TSK-2511"),
        ("山田太郎くん", "TSK-2504"),
        ("山田太郎君", "TSK-2504"),
        ("山田　太郎君", "TSK-2504"),
        ("山田太郎 部長代理", "TSK-2511"),
        ("取締役部長 山田太郎", "TSK-2511"),
        ("代表取締役社長兼CEO 山田太郎", "TSK-2511"),
        ("取締役 兼 営業部長 山田 太郎", "TSK-2511"),
        ("公認会計士・税理士　山田 太郎", "TSK-2511"),
        ("医師 山田太郎", "TSK-2511"),
        ("山田太郎（営業部）", "TSK-2511"),
        ("氏名：山田太郎", "TSK-2510"),
        ("※山田太郎", "TSK-2510"),
        ("山田 太郎㊞", "TSK-2510"),
        ("山田 太郎(夫)", "TSK-2511"),
        ("ご担当者名: 山田太郎", "TSK-2510"),
        ("山田(旧姓:鈴木)太郎", "TSK-2510"),
        ("山田（鈴木）太郎", "TSK-2510"),
        ("山田　太郎（ヤマダ　タロウ）様", "TSK-2512"),
        ("山田太郎（ヤマダタロウ）", "TSK-2512"),
        ("山田太郎", "TSK-2513"),
    ],
)
def test_what_is_no_name_is_left_out_and_noted(text: str, note: str) -> None:
    found = normalise(text)
    assert found.value == {"family": "山田", "given": "太郎"}
    assert note in [n.code for n in found.notes]


@pytest.mark.parametrize("text", ["山田", "山田様", "山田部長", "山田さん", "山田氏"])
def test_a_family_name_alone_is_the_family(text: str) -> None:
    assert normalise(text).value == {"family": "山田"}


def test_families_that_end_like_a_department_stay() -> None:
    assert normalise("営業部 阿部 寛").value == {"family": "阿部", "given": "寛"}
    assert normalise("長谷部 誠 氏").value == {"family": "長谷部", "given": "誠"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Taro Yamada", "TSK-2011"),
        ("ヤマダタロウ", "TSK-2011"),
        ("ジョン・スミス", "TSK-2011"),
        ("岩出谷太郎", "TSK-2011"),  # 岩出谷, which no list has, or 岩出
        ("竹盛和夫", "TSK-2011"),
        ("山田 太郎 花子", "TSK-2011"),
        ("株式会社山田商店", "TSK-2012"),
        ("山田商店", "TSK-2012"),
        ("山田家", "TSK-2011"),
        ("山田屋", "TSK-2011"),
        ("山田 不動産", "TSK-2012"),
        ("玉川大学　入試広報部", "TSK-2012"),
        ("山田太郎（03）", "TSK-2012"),
        ("090-1234-5678", "TSK-2012"),
        ("ご担当者様", "TSK-2012"),
        ("奥様", "TSK-2012"),
        ("山田・鈴木", "TSK-2013"),
        ("山田太郎、山田花子", "TSK-2013"),
        ("山田太郎 他", "TSK-2013"),
        ("山田太郎ほか", "TSK-2013"),
        ("山田�郎", "TSK-2005"),
        ("山田太郎 山田花子", "TSK-2013"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, code: str) -> None:
    assert normalise(text).refused == code


def test_families_are_listed_in_the_form_that_they_are_looked_up_by() -> None:
    assert not [name for name in SURNAMES if name.translate(COMMON_FORM) != name]
