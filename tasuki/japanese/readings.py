"""How kanji are read in names of towns, firms and people: `readings.txt.gz`, made by tools/readings.py."""

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("readings.txt.gz")


@cache
def readings() -> Mapping[str, frozenset[str]]:
    """By kanji, as `fold` folds both, and `clear`."""
    lines = gzip.decompress(FILE.read_bytes()).decode().splitlines()
    return {line[0]: frozenset(map(clear, line[2:].split(" "))) for line in lines}


def clear(kana: str) -> str:
    """Without the marks that a sound takes on inside a word: ヤマカワ for ヤマガワ."""
    return kana.translate(_CLEAR)


_CLEAR = dict(
    zip(
        map(ord, "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ"),
        "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウ",
        strict=True,
    )
)
