"""The table of values with their expected forms, every kind but encoding."""

import csv
import json
from pathlib import Path

import pytest

from tasuki.japanese.comparison import compare
from tasuki.japanese.kinds import KINDS

TABLE = Path(__file__).parents[1] / "data" / "japanese_cases.csv"
# This row's text holds fourteen digits where its expected number has thirteen: nobody can tell which one
# is too many, so it is refused (see test_a_digit_too_many_is_refused).
FOURTEEN_DIGITS = "ｔ７０００００１２０５０００２"


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in KINDS]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['kind']} {row['input']}")
def test_every_row_of_the_table_holds(row: dict[str, str]) -> None:
    if row["input"] == FOURTEEN_DIGITS:
        return
    if " ⇔ " in row["input"]:
        assert compare(row["kind"], *row["input"].split(" ⇔ ")).verdict == row["expected"]
        return
    found = KINDS[row["kind"]](row["input"])
    if row["expected"] == "INVALID":
        assert found.value is None
        assert found.refused
    else:
        expected = row["expected"]
        assert found.value == (json.loads(expected) if expected.startswith("{") else expected)


def test_a_digit_too_many_is_refused() -> None:
    assert KINDS["invoice_number"](FOURTEEN_DIGITS).refused == "TSK-2064"
    assert KINDS["invoice_number"]("ｔ７００００１２０５０００２").value == "T7000012050002"
