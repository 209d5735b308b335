"""A digest names what a value says, however it is put together."""

from typing import Any

import pytest

from tasuki.record import content_digest, stream_digest

PARTS: list[dict[str, Any]] = [
    {"sync": "顧客", "moves": [["a", {"b": "1", "a": "2"}], ["c", {}]], "changes": []},
    {"moves": []},
    {},
]


@pytest.mark.parametrize("parts", PARTS)
def test_lists_that_come_one_by_one_are_the_same_lists(parts: dict[str, Any]) -> None:
    streamed = {name: iter(part) if isinstance(part, list) else part for name, part in parts.items()}
    assert stream_digest(streamed) == content_digest(parts)
