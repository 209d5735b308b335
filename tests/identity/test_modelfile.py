from pathlib import Path

import orjson
import pytest

from tasuki.errors import UserError
from tasuki.identity import modelfile
from tasuki.identity.matching import match
from tasuki.identity.model import Model
from tests.identity.office import FIELDS, ledger, texts


@pytest.fixture(scope="module")
def model() -> Model:
    return match(FIELDS, texts(ledger()[0])).model


def test_a_model_comes_back_to_the_last_bit(model: Model, tmp_path: Path) -> None:
    modelfile.save(model, tmp_path / "model.json")
    assert modelfile.load(tmp_path / "model.json") == model


def test_no_name_or_number_stands_in_a_model(model: Model) -> None:
    text = modelfile.dump(model).decode()
    assert not [cell for column in texts(ledger()[0]).values() for cell in column if cell and cell in text]


def test_splink_gets_what_it_needs_and_gives_it_back(model: Model, tmp_path: Path) -> None:
    settings = modelfile.to_splink(model)
    name = next(one for one in settings["comparisons"] if one["output_column_name"] == "name")
    assert name["comparison_levels"][0]["is_null_level"]
    assert name["comparison_levels"][-1]["sql_condition"] == "ELSE"
    (tmp_path / "splink.json").write_bytes(orjson.dumps(settings))
    back = modelfile.load(tmp_path / "splink.json")
    assert [(one.field, one.m, one.u) for one in back.fields] == [
        (one.field, one.m, one.u) for one in model.fields
    ]
    assert back.prior[0] == pytest.approx(model.prior[0])


def test_a_model_from_splink_still_finds_the_firms(model: Model, tmp_path: Path) -> None:
    (tmp_path / "splink.json").write_bytes(orjson.dumps(modelfile.to_splink(model)))
    lines, truth = ledger()
    found = match(FIELDS, texts(lines), model=modelfile.load(tmp_path / "splink.json"))
    assert len(set(found.groups.tolist())) == len(set(truth))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tasuki_model": 99, "fields": []}'])
def test_a_broken_model_is_refused_with_its_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(UserError, match="TSK-6005") as refused:
        modelfile.load(tmp_path / "model.json")
    assert refused.value.place == "model.json"
