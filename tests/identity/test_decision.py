import numpy as np
import orjson
import pytest

from tasuki.identity.decision import Decision, as_json, decide, from_json, recompute
from tasuki.identity.matching import match
from tasuki.identity.model import Model
from tasuki.identity.table import lay_out
from tests.identity.office import FIELDS as COMPARED, ledger, texts


@pytest.fixture(scope="module")
def model() -> Model:
    return match(COMPARED, texts(ledger()[0])).model


@pytest.fixture(scope="module")
def made(model: Model) -> list[Decision]:
    """Of every pair among the first twelve rows."""
    table = lay_out(COMPARED, texts(ledger()[0][:12]))
    one, other = np.triu_indices(12, 1)
    return decide(model, "m1", table, list(range(100, 112)), one, other, by="model", at=1.5)


def kept(made: Decision) -> Decision:
    told = orjson.loads(orjson.dumps(as_json(made)))
    return from_json(made.one, made.other, told, made.model, made.decided_by, made.at)


def test_a_decision_names_the_links_the_smaller_first(made: list[Decision]) -> None:
    assert [(one.one, one.other) for one in made][:2] == [(100, 101), (100, 102)]
    assert all(one.one < one.other for one in made)


@pytest.mark.invariant("I12")
def test_a_decision_recomputes_from_what_is_kept_to_the_last_bit(model: Model, made: list[Decision]) -> None:
    assert {one.reasons.probability > 0.9 for one in made} == {True, False}
    assert [recompute(model, kept(one)) for one in made] == made


def test_a_decision_that_was_tampered_with_is_not_what_comes_out(model: Model, made: list[Decision]) -> None:
    (sure, *_) = (one for one in made if one.reasons.probability > 0.9)
    softened = sure._replace(reasons=sure.reasons._replace(probability=0.5))
    assert recompute(model, softened) != softened
    raised = sure._replace(reasons=sure.reasons._replace(bars=sure.reasons.bars[:1]))
    assert recompute(model, raised) != raised


def test_a_decision_holds_no_value(made: list[Decision]) -> None:
    told = orjson.dumps([as_json(one) for one in made]).decode()
    assert not [line.name for line in ledger()[0][:12] if line.name in told]
