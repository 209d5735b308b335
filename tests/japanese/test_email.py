"""Mail addresses: what surrounds them, several in a cell, old mobile ones."""

import pytest

from tasuki.japanese.email import normalise


@pytest.mark.parametrize(
    "text",
    [
        " yamada@EXAMPLE.co.jp　",
        "ｙａｍａｄａ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ",
        "mailto:yamada@example.co.jp?subject=x",
        "<yamada@example.co.jp>",
        '"Yamada, Taro" <yamada@example.co.jp>',
        "yamada @ example.co.jp",
        "yamada@example.co.jp。",
        "メール：yamada@example.co.jp",
        "E-mail: yamada@example.co.jp",
        "携帯：yamada@example.co.jp",
        "メールアドレス　yamada@example.co.jp",
        "山田太郎（yamada@example.co.jp）",
        "yamada@example.co.jp (山田太郎)",
        "【yamada@example.co.jp】",
        "山田太郎〈yamada@example.co.jp〉",
        "'yamada@example.co.jp'",
        "yamada@example。co。jp",
        "yamada@example.co.jp<mailto:yamada@example.co.jp>",
        "yamada@example.co.jp; yamada@example.co.jp",
    ],
)
def test_the_bare_address_is_left(text: str) -> None:
    assert normalise(text).value == "yamada@example.co.jp"


@pytest.mark.parametrize("separator", [", ", ";", " ", "／", " / ", "\n", "、", "・"])
def test_several_addresses_are_joined(separator: str) -> None:
    assert normalise(f"a@example.com{separator}b@example.com").value == "a@example.com,b@example.com"
    assert normalise("A <a@example.com>, B <b@example.com>").value == "a@example.com,b@example.com"


def test_a_slash_of_an_old_address_is_its_own() -> None:
    assert normalise("y/amada@docomo.ne.jp").value == "y/amada@docomo.ne.jp"
    assert normalise("PC: a@example.com 携帯: b@example.com").value == "a@example.com,b@example.com"


@pytest.mark.parametrize(
    "text", ["foo.@docomo.ne.jp", ".foo@ezweb.ne.jp", "foo..bar@docomo.ne.jp", ".foo?@docomo.ne.jp"]
)
def test_old_mobile_addresses_are_kept_with_a_warning(text: str) -> None:
    found = normalise(text)
    assert found.value == text
    assert [note.code for note in found.notes] == ["TSK-2572"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("foo..bar@example.com", "TSK-2071"),
        ("yamada@@example.com", "TSK-2071"),
        ("yamada@example,co.jp", "TSK-2071"),
        ("yamada@example..jp", "TSK-2071"),
        ("yamada(at)example.com", "TSK-2071"),
        ("yamada@example", "TSK-2072"),
        ("yamada@example.com (退職)", "TSK-2073"),
        ("旧 yamada@example.com", "TSK-2073"),
        ("旧アドレス(yamada@example.com)", "TSK-2073"),
        ("旧アドレス：yamada@example.com", "TSK-2073"),
        ("山田@example.com", "TSK-2073"),
    ],
)
def test_what_is_no_address_is_refused(text: str, code: str) -> None:
    assert normalise(text).refused == code
