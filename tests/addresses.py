"""Two public lists of addresses as the measure: how many cities and towns are read right."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tasuki.japanese.address import parse

DATA = Path(__file__).parent / "data"


class Score(NamedTuple):
    """Shares of the addresses."""

    city: float
    town: float


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def public() -> Score:
    good: Counter[str] = Counter()
    found = [(row, parse(row["住所"])) for row in rows("addresses.csv")]
    for row, address in found:
        city = address.pref + address.city
        good["city"] += _alike(city) == _alike(row["都道府県"] + row["市区町村"])
        good["town"] += _alike(city + address.town) == _alike(row["都道府県"] + row["市区町村"] + row["町字"])
    return Score(good["city"] / len(found), good["town"] / len(found))


def hard(kyoto: bool) -> Score:
    """The Digital Agency's cases. Many rows name a 小字 that Japan Post doesn't list."""
    good: Counter[str] = Counter()
    cases = [row for row in rows("addresses_hard.csv") if row["file"].startswith("kyoto") is kyoto]
    for row in cases:
        found = parse(row["input"])
        right = _alike(found.city) == _alike(row["county"] + row["city"] + row["ward"])
        good["city"] += right
        good["town"] += right and _alike(found.town) == _alike(row["oaza_cho"] + row["chome"])
    return Score(good["city"] / len(cases), good["town"] / len(cases))


def _alike(name: str) -> str:
    """ヶ and ケ, and a 大字 or 字 in front, make no difference in the public lists' own comparison."""
    return re.sub("大?字", "", name.replace("ヶ", "ケ"))
