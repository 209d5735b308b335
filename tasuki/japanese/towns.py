"""The prefectures, cities and towns of Japan with their postal codes, as Japan Post lists them.

`towns.txt.gz` is made by tools/towns.py. A city's towns are read when the first address in it comes.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from tasuki.japanese.place import fold_place
from tasuki.japanese.width import tidy

FILE = Path(__file__).with_name("towns.txt.gz")


class Town(NamedTuple):
    """`name` is the town without 丁目; `numbered` when it has them."""

    name: str
    numbered: bool
    codes: tuple[str, ...] = ()
    """Its postal codes, those of its large buildings among them; none where only the ministry lists it."""


class City:
    """One 市区町村 and, once asked for, its towns. `name` holds the county or the city of a ward."""

    def __init__(self, pref: str, name: str, towns: str) -> None:
        self.pref = pref
        self.name = name
        self._line = towns

    @cached_property
    def towns(self) -> Mapping[str, Town]:
        """By the key of `fold_place`."""
        return {fold_place(tidy(town.name)).key: town for town in self._read() if town.name}

    @cached_property
    def shortened(self) -> Mapping[str, Town]:
        """By keys that leave something out and mean one town only: 西小松川 for 西小松川町."""
        found: dict[str, Town | None] = {}
        for key, town in self.towns.items():
            for less in _shorter(key) - self.towns.keys():
                found[less] = None if less in found else town
        return {key: town for key, town in found.items() if town}

    @cached_property
    def longest(self) -> int:
        """Letters of the longest key; a shortened one may have one more (通り for 通)."""
        return max(map(len, self.towns), default=0) + 1

    @cached_property
    def postal_codes(self) -> frozenset[str]:
        return frozenset(code for town in self._read() for code in town.codes)

    @cached_property
    def in_kyoto(self) -> bool:
        return self.name.startswith("京都市")

    def _read(self) -> Iterator[Town]:
        for name, numbered, codes in _TOWN.findall(self._line):
            if name or codes:
                yield Town(name, bool(numbered), tuple(codes.split(",")) if codes else ())


def prefectures() -> Mapping[str, str]:
    """By key, 東京都 as well as 東京."""
    return _country().prefectures


def cities(key: str) -> tuple[City, ...]:
    """Those that a key may stand for: with or without county, a ward alone, a city for all its wards."""
    return _country().by_key.get(key, ())


def cities_of(pref: str) -> list[City]:
    return [city for city in _country().cities if city.pref == pref]


@lru_cache(maxsize=4096)
def cities_with(postal: str) -> tuple[City, ...]:
    """Where a postal code is used; for a code in no list, as single offices have, all of its area."""
    area = _country().by_area.get(postal[:3], []) if len(postal) == 7 else []
    return tuple(city for city in area if postal in city.postal_codes) or tuple(area)


def listed(postal: str) -> bool:
    """Whether a postal code stands for a town; one office's own code is in no list."""
    return any(postal in city.postal_codes for city in cities_with(postal))


class _Country(NamedTuple):
    prefectures: Mapping[str, str]
    cities: list[City]
    by_key: Mapping[str, tuple[City, ...]]
    by_area: Mapping[str, list[City]]
    """By the first three digits of the postal code."""


@cache
def _country() -> _Country:
    lines = gzip.decompress(FILE.read_bytes()).decode("utf-8").splitlines()
    prefectures: dict[str, str] = {}
    found: list[City] = []
    by_key: dict[str, dict[City, None]] = defaultdict(dict)
    by_area: dict[str, list[City]] = defaultdict(list)
    for line in lines:
        pref, name, towns = line.split("\t")
        prefectures[pref] = pref
        prefectures[pref if pref == "北海道" else pref[:-1]] = pref
        city = City(pref, _ISLAND.sub("", name), towns)
        found.append(city)
        for part in {name, *_parts(city.name)}:
            by_key[fold_place(part).key][city] = None
        for area in set(_AREA.findall(towns)):
            by_area[area].append(city)
    for ward in _FORMER_WARDS:
        by_key[ward] = by_key["浜松市"]
    keys = {fold_place(name).key: pref for name, pref in prefectures.items()}
    return _Country(keys, found, {key: tuple(each) for key, each in by_key.items()}, by_area)


def _parts(name: str) -> set[str]:
    """胆沢郡金ケ崎町 is also 金ケ崎町; 札幌市北区 is also 北区, and one of those meant by 札幌市."""
    if ward := _WARD.fullmatch(name):
        return {name, *ward.groups()}
    return {name, _COUNTY.sub("", name)}


def _shorter(key: str) -> set[str]:
    """What people leave out of a town's name or write in its place."""
    keys = {key.replace("町", ""), key.replace("ノ", ""), _JO.sub("", key), key.replace("番丁", "番町")}
    keys |= {key.removesuffix("町"), key.replace("通リ", "通"), key + "リ" * key.endswith("通")}
    keys |= {key.replace("ケ", ""), _VALLEY.sub("ケ谷", key), _VALLEY.sub("ツ谷", key)}
    return {less for less in keys if less != key and len(less) > 1}


_FORMER_WARDS = ("浜松市中区", "浜松市東区", "浜松市西区", "浜松市南区", "浜松市北区", "浜松市浜北区")
"""Merged on 2024-01-01; the town tells the ward of today."""

_TOWN = re.compile(r"([^0-9+ ]*)(\+?)([0-9,]*)(?: |$)")
_AREA = re.compile(r"(?<![0-9])[0-9]{3}")
_WARD = re.compile("(.+?市)(.+区)")
# 三宅島三宅村 and 八丈島八丈町: the island is no part of the name.
_ISLAND = re.compile("^(?:三宅|八丈)島")
_COUNTY = re.compile("^.+?郡(?=.+[町村]$)")
_JO = re.compile("(?<=[0-9])条(?=[東西南北])")
# The stations write 阿佐ケ谷, 市ケ谷 and 四ツ谷.
_VALLEY = re.compile("(?<![ケツノ])谷")
