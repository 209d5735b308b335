import pytest

from tasuki.identity.likeness import ENOUGH, FIELDS, FIRST, learn, likely
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


def test_the_first_model_knows_the_kinds_of_today(model: Model) -> None:
    assert tuple(learned.field for learned in model.fields) == FIELDS["customer"]


def test_few_rows_are_judged_by_the_first_model(model: Model) -> None:
    assert learn(FIELDS["customer"], [KONNO] * 3) == model


def test_a_firm_with_rows_enough_learns_from_its_own(model: Model) -> None:
    rows = [{"name": f"株式会社{n}号店", "phone": f"+8131234{n:04}"} for n in range(ENOUGH)]
    assert learn(FIELDS["customer"], rows).rows > 1
    assert learn(FIELDS["customer"], rows) != model


def test_evidence_adds_up_to_the_probability(model: Model) -> None:
    other = {**KONNO, "name": "㈱今野精密工業", "phone": ""}
    (found,) = likely(model, {4: KONNO, 9: other})
    assert (found.one, found.other, found.zone) == (4, 9, "same")
    told = found.evidence
    bits = told["start"] + sum(bar["bits"] for bar in told["bars"]) + told["rivals"]
    assert 1 / (1 + 2**-bits) == pytest.approx(told["probability"], abs=1e-3)


def test_one_voice_alone_is_never_sure(model: Model) -> None:
    (found,) = likely(model, {1: {"name": KONNO["name"]}, 2: {"name": KONNO["name"]}})
    assert found.zone == "review"


def test_rows_of_one_customer_speak_together(model: Model) -> None:
    """A newcomer like one of them is not held up by another of them that says little."""
    rows = {1: KONNO, 2: {"name": "今野"}, 3: {**KONNO, "phone": ""}}
    assert (1, 3) in {
        (one.one, one.other) for one in likely(model, rows, same=[(1, 2)]) if one.zone == "same"
    }


def test_what_a_person_parted_stays_apart(model: Model) -> None:
    found = likely(model, {1: KONNO, 2: KONNO}, different=[(1, 2)])
    assert all(one.zone == "review" for one in found)
