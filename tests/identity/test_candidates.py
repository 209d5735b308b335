"""Which rows are held against each other, and which keys tell too little for that."""

import numpy as np
import pytest

from tasuki.identity.candidates import USUAL, candidates
from tasuki.identity.table import Field, lay_out

FIELDS = (Field("name", "name"), Field("phone", "phone"), Field("postal", "postal_code"))
Cells = tuple[str, str, str]


def met(*rows: Cells) -> set[frozenset[Cells]]:
    """The pairs to compare, by what their rows hold."""
    table = lay_out(
        FIELDS, dict(zip(("name", "phone", "postal"), map(list, zip(*rows, strict=True)), strict=True))
    )
    order = np.argsort(table.hashes(), kind="stable")
    pairs = candidates(table.of_rows(order))
    return {
        frozenset((rows[a], rows[b]))
        for a, b in zip(order[pairs.one].tolist(), order[pairs.other].tolist(), strict=True)
    }


def others(count: int = 44) -> list[Cells]:
    """Rows that share nothing with one another."""
    letters = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
    return [(letter * 5, "", "") for letter in letters[:count]]


def named(count: int, name: str = "株式会社襷") -> list[Cells]:
    """Rows that share a name and nothing else."""
    return [(name, f"03{n + 20000000}", f"{n + 1000000}") for n in range(0, count * 90001, 90001)]


def test_a_name_that_few_rows_share_is_reason_enough() -> None:
    rows = named(USUAL.value)
    assert len(met(*rows, *others())) == USUAL.value * (USUAL.value - 1) // 2


def test_a_name_that_more_rows_share_is_none() -> None:
    assert met(*named(USUAL.value + 1), *others()) == set()


def test_of_rows_that_share_a_common_name_those_are_compared_that_share_something_else() -> None:
    rows = named(USUAL.meet - 1)
    again = (rows[0][0], rows[0][1], "9999999")
    assert met(*rows, again, *others()) == {frozenset((rows[0], again))}


@pytest.mark.parametrize(("count", "pairs"), [(USUAL.piece, 6), (USUAL.piece + 1, 0)])
def test_a_postal_code_is_shared_by_neighbours_so_that_only_a_rare_one_counts(count: int, pairs: int) -> None:
    rows = [(name, "", "1000005") for name, _, _ in others(count)]
    assert len(met(*rows, *others()[count:])) == pairs
