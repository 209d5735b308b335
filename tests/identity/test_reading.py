"""A column read all at once reads as its texts do one by one."""

from collections.abc import Callable
from random import Random

import pytest

from tasuki.identity.folding import fold_all
from tasuki.identity.letters import Letters, of_texts
from tasuki.identity.party import parties, party_by_itself, reading_by_itself, readings
from tasuki.identity.place import address_by_itself, addresses
from tasuki.identity.reading import Parts, Read, phone_by_itself, phones, postal_code_by_itself, postal_codes
from tasuki.japanese.fold import fold

LETTERS = (
    "アｱﾞﾟガがぎーｰ-－‐々々佐木之ヶヵカガ12３４aAé&＋+ ㈱①Ⅱ髙﨑𠮷\u3099゙゛ヲヺヰッｯ霞関国國ßﬁ\n\0_・、。()\ufe00"
)
NAMES = [
    "山田",
    "株式会社",
    "㈱",
    "(株)",
    "（有）",
    "商店",
    "御中",
    "様",
    "支店",
    "営業所",
    "東京",
    "本社",
    "部長",
    "営業部",
    "A&B",
    "Co.,Ltd.",
    "ヤマダ",
    "ｶﾌﾞｼｷｶﾞｲｼｬ",
    "カ)",
    "医療法人",
    "々",
    "太郎",
    "・",
    "-",
    "ー",
    "1",
    "センター",
    "グループ",
    "シテン",
    "殿",
    "田中",
    "佐藤",
    "工場",
    "會社",
    "(",
    ")",
    "髙",
    "﨑",
    "第一工場",
    "四國",
]
PLACES = [
    "東京都",
    "京都府",
    "神奈川県",
    "千葉県",
    "北海道",
    "千代田区",
    "丸の内",
    "大字",
    "字",
    "一",
    "二",
    "十",
    "百",
    "〇",
    "丁目",
    "丁",
    "番地",
    "番",
    "号",
    "の",
    "1",
    "2",
    "３",
    "-",
    "－",
    "ー",
    "〒100-0001",
    "ビル",
    "タワー",
    "F",
    "階",
    "霞ヶ関",
    "之",
    "a",
    "ｱﾊﾟｰﾄ",
    "大",
]
NUMBERS = [
    "0",
    "1",
    "3",
    "12",
    "０",
    "３４",
    "-",
    "－",
    "ー",
    "(",
    ")",
    "TEL",
    "tel:",
    "+81",
    "+",
    "03",
    "090",
    ".",
    "内線",
    "a",
]
POSTAL = ["〒", "８", "100", "0001", "－", "ー", "000"]

READERS: list[tuple[Read, Callable[[str], Parts | None], list[str]]] = [
    (parties, party_by_itself, NAMES),
    (readings, reading_by_itself, NAMES),
    (addresses, address_by_itself, PLACES),
    (phones, phone_by_itself, NUMBERS),
    (postal_codes, postal_code_by_itself, POSTAL),
]


def made_of(words: list[str] | str, count: int, seed: int = 1) -> list[str]:
    random = Random(seed)
    blanks = ["", "", "", " ", "　"]
    return [
        "".join(random.choice(words) + random.choice(blanks) for _ in range(random.randrange(6)))
        for _ in range(count)
    ]


def lines(parts: tuple[Letters, ...]) -> list[Parts]:
    return list(zip(*(part.texts() for part in parts), strict=True))


def test_a_column_is_folded_to_the_same_letters() -> None:
    texts = made_of(LETTERS, 20_000)
    assert fold_all(of_texts(texts)).texts() == [fold(text) for text in texts]


@pytest.mark.parametrize(("read", "by_itself", "words"), READERS)
def test_nearly_every_text_is_read_as_it_is_by_itself(
    read: Read, by_itself: Callable[[str], Parts | None], words: list[str]
) -> None:
    texts = made_of(words, 5_000)
    found = lines(read(texts))
    expected = [(by_itself(text) if text else None) or ("",) * len(found[0]) for text in texts]
    # Postal codes with a dash out of place and the like, which nobody types.
    assert sum(one != other for one, other in zip(found, expected, strict=True)) < 0.02 * len(texts)


ORDINARY = [
    (
        parties,
        ("山田商店", "株式会社", "山田商店", "", "", "other"),
        "㈱山田商店|（株）山田商店御中|山田商店　株式会社",
    ),
    (parties, ("山田太郎", "", "山田太郎", "山田", "太郎", "other"), "山田太郎|山田太郎様"),
    (
        readings,
        ("ヤマダシヨウテン",),
        "ヤマダショウテン|ﾔﾏﾀﾞｼｮｳﾃﾝ|カブシキガイシャ ヤマダショウテン|やまだしょうてん",
    ),
    (
        addresses,
        ("港区芝", "1-2-3"),
        "東京都港区芝1-2-3|港区芝１丁目２番３号|港区芝一丁目2番地の3 第一ビル5F",
    ),
    (phones, ("0312345678",), "03-1234-5678|０３（１２３４）５６７８|+81-3-1234-5678|TEL 03.1234.5678"),
    (postal_codes, ("1000001",), "〒100-0001|１００－０００１|1000001"),
]


@pytest.mark.parametrize(("read", "parts", "texts"), ORDINARY)
def test_ways_of_writing_fold_into_one(read: Read, parts: Parts, texts: str) -> None:
    assert set(lines(read(texts.split("|")))) == {parts}


def test_no_text_at_all() -> None:
    assert lines(parties([])) == []
