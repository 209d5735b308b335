"""The contract can be broken: what it lets through has passed something."""

from typing import Any

import pytest

from tasuki.sandbox.server import Exchange
from tests.sandbox import contract

pytestmark = pytest.mark.integration

RECORDS = "/k/v1/records.json"
GOOD = Exchange("POST", RECORDS, {"app": 1, "records": []}, 200, {"ids": ["1"], "revisions": ["1"]}, "")
REFUSED = {"code": "CB_VA01", "id": "x", "message": "…", "errors": {"app": {"messages": ["必須です。"]}}}


def test_a_good_call_passes() -> None:
    assert contract.check([GOOD, GOOD._replace(status=400, body=REFUSED)]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/k/v1/recods.json"},
        {"method": "PATCH"},
        {"params": {"records": []}},
        {"params": {"app": 1, "records": {}}},
        {"params": {"app": 1, "records": [], "recrods": []}},
        {"params": {"app": "one", "records": []}},
        {"body": {"ids": ["one"]}},
        {"body": {"ids": "1"}},
        {"status": 400, "body": {"message": "…"}},
        {"status": 400, "body": {**REFUSED, "code": "oops"}},
        {"method": "GET", "params": {}, "body": {}},
        {"method": "GET", "params": {"app": 1}, "body": {"records": [{"会社名": "山田"}]}},
        {"method": "DELETE", "params": {"app": 1}, "body": {}},
    ],
)
def test_a_broken_call_or_answer_is_noticed(change: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        contract.check([GOOD._replace(**change)])
