from typing import Any

import numpy as np
import orjson
import pytest

from tasuki.identity.decision import Evidence, decide, recompute
from tasuki.identity.matching import match
from tasuki.identity.model import Model
from tasuki.identity.table import lay_out
from tests.identity.office import FIELDS as COMPARED, ledger, texts


@pytest.fixture(scope="module")
def model() -> Model:
    return match(COMPARED, texts(ledger()[0])).model


@pytest.fixture(scope="module")
def made(model: Model) -> list[Evidence]:
    """Of every pair among the first twelve rows."""
    table = lay_out(COMPARED, texts(ledger()[0][:12]))
    one, other = np.triu_indices(12, 1)
    return decide(model, table, one, other)


def kept(made: Evidence) -> Any:
    return orjson.loads(orjson.dumps(made))


@pytest.mark.invariant("I12")
def test_a_decision_recomputes_from_what_is_kept_to_the_last_bit(model: Model, made: list[Evidence]) -> None:
    assert {one["probability"] > 0.9 for one in made} == {True, False}
    assert [recompute(model, kept(one)) for one in made] == made


def test_a_decision_that_was_tampered_with_is_not_what_comes_out(model: Model, made: list[Evidence]) -> None:
    (sure, *_) = (one for one in made if one["probability"] > 0.9)
    softened = sure | {"probability": 0.5}
    assert recompute(model, softened) != softened
    raised = sure | {"bars": sure["bars"][:1]}
    assert recompute(model, raised) != raised


def test_a_decision_holds_no_value(made: list[Evidence]) -> None:
    told = orjson.dumps(made).decode()
    assert not [line.name for line in ledger()[0][:12] if line.name in told]
