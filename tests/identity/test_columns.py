import pytest

from tasuki.identity.columns import infer, kind_of, texts, uses

HEADERS = [
    (["得意先名", "フリガナ", "TEL", "住所１", "住所２"], "name kana phone address address"),
    (["取引先名称", "カナ", "電話番号", "郵便番号", "所在地"], "name kana phone postal_code address"),
    (
        ["会社名", "ヨミガナ", "代表電話", "都道府県", "市区町村", "番地"],
        "name kana phone address address address",
    ),
    (["氏名", "ふりがな", "携帯番号", "ご住所", "メールアドレス"], "name kana phone address email"),
    (["お客様名", "ヨミガナ", "〒番号", "ご住所", "お電話"], "name kana postal_code address phone"),
    (["Company", "Kana", "Phone", "Postal Code", "Address"], "name kana phone postal_code address"),
    (
        ["rec_id", "given_name", "surname", "suburb", "date_of_birth"],
        "- given_name family_name town birth_date",
    ),
    (["Vorname", "Nachname", "PLZ", "Ort", "Telefon"], "given_name family_name postal_code town phone"),
    (["unique_id", "cluster", "full_name", "dob", "occupation"], "- - name birth_date text"),
]


@pytest.mark.parametrize(
    ("header", "kinds"), HEADERS, ids=lambda told: told[0] if isinstance(told, list) else ""
)
def test_usual_headers_are_understood(header: list[str], kinds: str) -> None:
    found = {index: use.field.kind for use in infer(header, []) for index in use.columns}
    assert [found.get(index, "-") for index in range(len(header))] == kinds.split()


def test_a_column_without_a_header_is_no_postal_code() -> None:
    """A title stands alone in its row: the blanks beside it made it the likeliest header."""
    assert infer(["顧客台帳", "", ""], []) == []
    assert [use.columns for use in infer(["会社名", "", "〒"], [])] == [(0,), (2,)]


def test_a_full_name_beside_its_parts_would_count_twice() -> None:
    found = infer(["full_name", "first_name", "surname"], [])
    assert {use.field.kind for use in found} == {"given_name", "family_name"}


def test_the_parts_of_an_address_are_one_text() -> None:
    found = infer(["会社名", "住所１", "住所２"], [])
    assert texts(found, [["襷", "東京都港区芝1-2-3", "第一ビル"]])["address"] == [
        "東京都港区芝1-2-3 第一ビル"
    ]


def test_a_person_may_use_words_of_other_tools() -> None:
    assert [kind_of(word) for word in ("surname", "postcode", "name_kana", "ignore")] == [
        "family_name",
        "postal_code",
        "kana",
        "ignore",
    ]
    assert kind_of("shoe_size") is None
    assert uses(["A", "B"], {"A": "company_name", "B": "ignore"})[0].field.kind == "name"
