"""What certain keys are made of."""

import pytest

from tasuki.identity.keys import KEYED, keys_of
from tasuki.model import MODELS


@pytest.mark.parametrize("model", MODELS)
def test_a_field_that_is_not_named_as_one_makes_no_key(model: str) -> None:
    record = dict.fromkeys(MODELS[model].fields, "1234567890123")
    without = {name: text for name, text in record.items() if name in KEYED}
    assert keys_of(model, record, shared_code=True) == keys_of(model, without, shared_code=True)
