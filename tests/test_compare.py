"""tasuki compare: every pair of the table of cases, and kinds without a rule of their own."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tasuki.cli import app

CASES = Path(__file__).parent / "data" / "japanese_cases.csv"


def pairs() -> list[tuple[str, str, str, str]]:
    rows = csv.DictReader(CASES.open(encoding="utf-8"))
    return [
        (row["kind"], *row["input"].split(" ⇔ "), row["expected"]) for row in rows if " ⇔ " in row["input"]
    ]


def compared(kind: str, one: str, other: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["compare", kind, one, other, "--json"])
    assert done.exit_code == 0
    told: dict[str, object] = json.loads(done.output)
    return told


@pytest.mark.parametrize(("kind", "one", "other", "verdict"), pairs())
def test_a_pair_of_the_table_gets_its_verdict(kind: str, one: str, other: str, verdict: str) -> None:
    assert compared(kind, one, other)["verdict"] == verdict
    assert compared(kind, other, one)["verdict"] == verdict


@pytest.mark.parametrize(
    ("kind", "one", "other", "verdict"),
    [
        ("phone", "03-1234-5678", "０３（１２３４）５６７８", "SAME"),
        ("phone", "03-1234-5678", "1234-5678", "REVIEW"),
        ("address", "千代田区丸の内1-1-1", "東京都千代田区丸の内一丁目1番1号", "SAME"),
        ("date", "令和6年4月1日", "2024-04-02", "DIFFERENT"),
    ],
)
def test_other_kinds_are_the_same_when_their_one_proper_form_is(
    kind: str, one: str, other: str, verdict: str
) -> None:
    assert compared(kind, one, other)["verdict"] == verdict
