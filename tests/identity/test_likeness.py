from collections.abc import Iterable

import pytest

from tasuki.identity.likeness import ENOUGH, FIELDS, FIRST, Pairs, Word, ask
from tasuki.identity.model import Model
from tasuki.identity.modelfile import load
from tasuki.record import Record

KONNO: Record = {
    "name": "株式会社今野精密工業",
    "name_kana": "コンノセイミツコウギョウ",
    "phone": "+81222221111",
    "address": "宮城県仙台市青葉区一番町1-2-3",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return load(FIRST)


def heard(model: Model | None, rows: Iterable[Record], same: Pairs = (), different: Pairs = ()) -> Word:
    """Of rows 1, 2, 3 …"""
    return ask(model, FIELDS["customer"], dict(enumerate(rows, 1)), same, different)


def test_the_first_model_knows_the_kinds_of_today(model: Model) -> None:
    assert tuple(learned.field for learned in model.fields) == FIELDS["customer"]


def test_few_rows_are_judged_by_the_first_model(model: Model) -> None:
    assert heard(None, [KONNO] * 3).model == model


def test_a_firm_with_rows_enough_learns_from_its_own() -> None:
    rows = [{"name": f"株式会社{n}号店", "phone": f"+8131234{n:04}"} for n in range(ENOUGH)]
    assert heard(None, rows).model.rows == ENOUGH


def test_evidence_adds_up_to_the_probability(model: Model) -> None:
    (found,) = heard(model, [KONNO, {**KONNO, "name": "㈱今野精密工業", "phone": ""}]).likely
    assert (found.one, found.other, found.zone) == (1, 2, "same")
    told = found.evidence
    bits = told["start"] + sum(bar["bits"] for bar in told["bars"]) + told["rivals"]
    assert 1 / (1 + 2**-bits) == pytest.approx(told["probability"], abs=1e-3)


def test_one_voice_alone_is_never_sure(model: Model) -> None:
    (found,) = heard(model, [{"name": KONNO["name"]}] * 2).likely
    assert found.zone == "review"


def test_similar_names_and_numbers_are_never_sure(model: Model) -> None:
    """顧客10 and 顧客11 with neighbouring numbers are no slip of the pen."""
    rows = [{"name": f"顧客{n}", "phone": f"+81300000{n:03}"} for n in (10, 11)]
    assert all(found.zone == "review" for found in heard(model, rows).likely)


@pytest.mark.parametrize(
    ("one", "other"), [("第1工場", "第2工場"), ("三号店", "五号店"), ("サービス10", "サービス11")]
)
def test_names_that_differ_by_their_number_are_two_however_near(model: Model, one: str, other: str) -> None:
    rows = [{**KONNO, "name": f"株式会社今野精密{name}", "name_kana": ""} for name in (one, other)]
    assert all(found.zone == "review" for found in heard(model, rows).likely)


def test_rows_of_one_customer_speak_together(model: Model) -> None:
    """A newcomer like one of them is not held up by another of them that says little."""
    found = heard(model, [KONNO, {"name": "今野"}, {**KONNO, "phone": ""}], same=[(1, 2)]).likely
    assert (1, 3) in {(one.one, one.other) for one in found if one.zone == "same"}


def test_what_a_person_parted_stays_apart(model: Model) -> None:
    assert all(one.zone == "review" for one in heard(model, [KONNO] * 2, different=[(1, 2)]).likely)


OFFICE: Record = {
    "name": "株式会社山田商店",
    "name_kana": "ヤマダショウテン",
    "phone": "+81312345678",
    "address": "東京都千代田区丸の内1-1-1",
}
ELSEWHERE: Record = {"phone": "+81698765432", "address": "大阪府大阪市北区梅田2-2-2"}


@pytest.mark.parametrize(
    ("other", "zone"),
    [
        ({"name": "㈱山田商店　経理部　御中"}, "same"),
        ({"name": "得意先名：株式会社山田商店（旧 鈴木商店）"}, "same"),
        ({"name": "カ）ヤマダシヨウテン", "name_kana": "ヤマダシヨウテン"}, "same"),
        ({"name": "㈱山田商店", "name_kana": "", "address": "千代田区丸の内一丁目1番1号"}, "same"),
        ({"name": "カ）ヤマダシヨウテン", "name_kana": "", "address": ""}, "review"),
        ({"name": "山田物流株式会社", "name_kana": "ヤマダブツリュウ"}, "review"),
        ({"name": "株式会社山田商店ホールディングス", "name_kana": ""}, "review"),
        (ELSEWHERE, "review"),
        ({"name": "株式会社山田商店　大阪支店", **ELSEWHERE}, "review"),
        ({"name": "鈴木工業株式会社", "name_kana": "", **ELSEWHERE}, ""),
    ],
)
def test_a_whole_record_is_judged_by_all_it_says(other: Record, zone: str) -> None:
    for rows in ([OFFICE, OFFICE | other], [OFFICE | other, OFFICE]):
        assert "".join(found.zone for found in heard(None, rows).likely) == zone
