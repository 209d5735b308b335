"""What holds for every kind and every text: nothing raises, twice is once, a refusal has its reason."""

from time import process_time

import pytest
from hypothesis import given, settings, strategies as st

from tasuki.japanese.fold import fold, fold_company
from tasuki.japanese.kinds import KINDS
from tasuki.messages import CATALOGUE
from tests.letters import ANY

# Letters that the readers look at, in any order, reach further than Unicode at large.
TRADE = st.text(
    "0123456789０１２３４５-－ー−〜~()（）[]【】.,，、・/／ 　\t\n+;:：=@<>'\"Tt〒¥￥\\△▲円万億千百十壱弐参零"
    "〇年月日末元令和平成昭大明RHSMT㋿㍻㈱㍿㈲株式会社有限合同(カ)ｶﾞﾊﾟﾞﾟー々ヶケ髙﨑邊山田太郎様殿御中支店営業部課"
    "内線代FAXTELExxABCabcé\u3099\u200b\ufe00\U000e0100𠮷٣",
    max_size=24,
)
TEXTS = st.one_of(st.text(ANY, max_size=24), TRADE)


@settings(max_examples=100)
@given(TEXTS)
def test_no_text_raises_and_a_value_is_null_exactly_when_refused(text: str) -> None:
    for kind, normalise in KINDS.items():
        found = normalise(text)
        assert (found.value is None) == (found.refused is not None), kind
        assert found.refused is None or found.refused in CATALOGUE, kind
        assert all(note.code in CATALOGUE for note in found.notes), kind


@settings(max_examples=100)
@given(TEXTS)
def test_a_clean_value_is_clean(text: str) -> None:
    for kind, normalise in KINDS.items():
        value = normalise(text).value
        if isinstance(value, str):
            assert normalise(value).value == value, kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", ["1", "様", "- ", "(", "千", "〇", ",", "a@", "支店"])
def test_a_text_of_ten_thousand_letters_is_settled_at_once(kind: str, piece: str) -> None:
    started = process_time()
    KINDS[kind](piece * (10_000 // len(piece)) + "x")
    assert process_time() - started < 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blank", ["", " ", "　\t\n"])
def test_a_blank_cell_is_blank_and_not_refused(kind: str, blank: str) -> None:
    assert KINDS[kind](blank) == ("", None, KINDS[kind](blank).notes)


@given(TEXTS)
def test_a_match_key_is_its_own_key(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_every_text_has_the_key_of_a_firm(text: str) -> None:
    assert isinstance(fold_company(text), str)


@given(st.dictionaries(st.sampled_from(["company_name", "person_name"]), TRADE, min_size=1))
def test_the_parts_of_a_name_are_never_blank(texts: dict[str, str]) -> None:
    for kind, text in texts.items():
        value = KINDS[kind](text).value
        if value:
            assert all(part.strip() for part in dict(value).values())
