"""Finds the prefecture, the city and the town at the front of an address.

The longest names win, and among cities of one name (府中市, 中央区) the one that has the town.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tasuki.japanese.place import fold_place
from tasuki.japanese.towns import City, Town, cities, cities_of, prefectures
from tasuki.japanese.width import KANJI


class Place(NamedTuple):
    pref: str = ""
    city: str = ""
    """One city's official name; 札幌市 alone when its ward is open."""
    town: Town | None = None
    street: str = ""
    """Kyoto's way to the town, as written."""
    rest: str = ""
    """The text behind the last part that was found."""
    ambiguous: bool = False
    """There are several such cities, and nothing tells which one is meant."""

    @property
    def reach(self) -> int:
        return 2 * bool(self.city) + bool(self.pref or self.ambiguous)

    def holds(self, city: City) -> bool:
        return city.pref == self.pref and city.name.startswith(self.city)


def locate(line: str, evidence: Sequence[City]) -> Place:
    """`line` is a `width.tidy` text. `evidence`: the cities where the address' postal code is used."""
    text = _Text.of(line)
    best = Place(rest=line)
    for place in _places(text, list(_prefectures(text.key)), evidence):
        if place.town:
            return place
        best = place if place.reach > best.reach else best
    return best


class _Text(NamedTuple):
    line: str
    key: str
    at: Sequence[int]

    @classmethod
    def of(cls, line: str) -> "_Text":
        return cls(line, *fold_place(line))

    def after(self, end: int) -> str:
        """The written text from `end` of the key on, with the blanks before it."""
        start = self.at[end]
        while start and self.line[start - 1] == " ":
            start -= 1
        return self.line[start:]

    def between(self, start: int, end: int) -> str:
        return self.line[self.at[start] : self.at[end]].strip()

    def within_number(self, end: int) -> bool:
        """The digits around `end` are one number: not in 郷六23, where one ends and another begins."""
        if not (self.key[end - 1].isdecimal() and self.key[end : end + 1].isdecimal()):
            return False
        start = self.at[end]
        return self.at[end - 1] == start or self.line[start - 1].isdecimal() == self.line[start].isdecimal()

    def whole(self, end: int) -> bool:
        """A name that ends here is not the beginning of a longer one."""
        return not _LETTER.match(self.key, end) or self.line[self.at[end] - 1] == " "


class _Reading(NamedTuple):
    city: City
    town: Town | None
    start: int
    """Of the town, in the key; `end` is the town's, or the city's when there is none."""
    end: int
    after_city: int
    whole: bool
    street: str = ""


def _prefectures(key: str) -> Iterator[tuple[str, int]]:
    """The readings to try: 東京都 is sure; 福島 may also begin a city's name, or a person's."""
    known = prefectures()
    for length in range(min(4, len(key)), 1, -1):
        if pref := known.get(key[:length]):
            yield pref, length
            if key[:length] == pref:
                return
            break
    yield "", 0


def _places(text: _Text, prefs: list[tuple[str, int]], evidence: Sequence[City]) -> Iterator[Place]:
    """With the longest name of a city first. Only where there is none, or where the postal code is of another
    (栄町1-2 is a town of 高槻市 there), the town alone must do."""
    found = False
    for pref, start in prefs:
        for named, end in _cities(text.key, start, pref):
            if evidence and not found and start == 0 and not any(city in evidence for city in named):
                yield from _without_city(text, "", 0, evidence)
            found = True
            yield _settle(text, start, [_read(text, end, city) for city in named], evidence)
    if not found:
        for pref, start in prefs:
            yield from _without_city(text, pref, start, evidence)


def _cities(key: str, start: int, pref: str) -> Iterator[tuple[list[City], int]]:
    for end in range(min(len(key), start + _LONGEST_CITY), start + 1, -1):
        found = [city for city in cities(key[start:end]) if pref in ("", city.pref)]
        if found:
            yield found, end


def _settle(text: _Text, start: int, readings: list[_Reading], evidence: Sequence[City]) -> Place:
    """The one best reading; several that are equally good are settled by the postal code or not at all.

    `start` is where the prefecture ends.
    """
    best = max(_rank(reading) for reading in readings)
    equal = [reading for reading in readings if _rank(reading) == best]
    if len(equal) > 1:
        equal = [reading for reading in equal if reading.city in evidence] or equal
    chosen = equal[0]
    if len(equal) == 1:
        return Place(chosen.city.pref, chosen.city.name, chosen.town, chosen.street, text.after(chosen.end))
    wards_of = {(reading.city.pref, _WARD.sub("", reading.city.name)) for reading in equal}
    if len(wards_of) == 1:
        pref, city = wards_of.pop()
        return Place(pref, city, rest=text.after(chosen.after_city), ambiguous=True)
    prefs = {pref for pref, _ in wards_of}
    return Place(prefs.pop() if len(prefs) == 1 else "", rest=text.after(start), ambiguous=True)


def _rank(reading: _Reading) -> tuple[bool, bool, int, int]:
    return reading.town is not None, reading.whole, reading.end, -reading.start


def _without_city(text: _Text, pref: str, start: int, evidence: Sequence[City]) -> Iterator[Place]:
    """東京都丸の内1-1-1, or 丸の内1-1-1 with its postal code: the one city with such a town."""
    near = [city for city in evidence if pref in ("", city.pref)]
    for among in (near, cities_of(pref) if pref else []):
        readings = [_longest(text, start, city) for city in among]
        towns = [found for found in readings if found.town and found.whole and found.end - found.start > 1]
        if towns:
            yield _settle(text, start, towns, near)
    if pref == text.key[:start] != "":
        yield Place(pref, rest=text.after(start))


def _read(text: _Text, start: int, city: City) -> _Reading:
    """The town of `city` that is written at `start`."""
    direct = _longest(text, start, city)
    if not city.in_kyoto or (direct.town and direct.whole):
        return direct
    if not _STREET.search(text.key, start):
        return direct
    return _behind_street(text, start, city) or _before_street(text, direct) or direct


def _longest(text: _Text, start: int, city: City) -> _Reading:
    """The longest name of a town; 大字 and 字 before it or inside (平良字西里) are no part of it."""
    prefix = _OAZA.match(text.key, start)
    begin = prefix.end() if prefix else start
    inside = _OAZA.search(text.key, begin + 1, begin + city.longest)
    if inside and (found := _squeezed(text, begin, inside, city)):
        return found._replace(after_city=start)
    direct = _from(text, start, start, city)
    if not prefix:
        return direct
    behind = _from(text, begin, start, city)
    return behind if behind.end > direct.end else direct


def _from(text: _Text, first: int, start: int, city: City) -> _Reading:
    """The longest town that begins at `first`; the city ends at `start`."""
    for end in range(min(len(text.key), first + city.longest), first, -1):
        if town := _named(text, first, end, city):
            return _Reading(city, town, first, end, start, text.whole(end))
    return _Reading(city, None, start, start, start, False)


def _squeezed(text: _Text, begin: int, inside: re.Match[str], city: City) -> _Reading | None:
    head = text.key[begin : inside.start()]
    for end in range(min(len(text.key), inside.end() + city.longest), inside.end(), -1):
        if town := city.towns.get(head + text.key[inside.end() : end]):
            return _Reading(city, town, begin, end, begin, text.whole(end))
    return None


def _named(text: _Text, start: int, end: int, city: City) -> Town | None:
    """Not where this is half of a number, or how another town's name begins (中央 in 中央町)."""
    key = text.key[start:end]
    town = city.towns.get(key)
    if not town and not (town := city.shortened.get(key)):
        return None
    if text.within_number(end):
        return None
    if key not in city.towns or len(key) == 1:
        return town if text.whole(end) else None
    return town if text.key[end : end + 1] not in ("町", "村", "区") else None


def _behind_street(text: _Text, start: int, city: City) -> _Reading | None:
    """寺町通御池上る上本能寺前町: the longest town that ends where the numbers begin."""
    for begin in range(start + 2, len(text.key)):
        found = _longest(text, begin, city)
        if found.town and found.whole and _STREET.search(text.key, start, begin):
            return found._replace(street=text.between(start, found.start))
    return None


def _before_street(text: _Text, direct: _Reading) -> _Reading | None:
    """役人町中立売通堀川西入260番."""
    way = _WAY.match(text.key, direct.end)
    if not direct.town or not way:
        return None
    return direct._replace(end=way.end(), whole=True, street=text.between(direct.end, way.end()))


_LONGEST_CITY = 12
_LETTER = re.compile(f"(?!ノ[0-9]|大?字)[ァ-ヺー{KANJI}]")
_OAZA = re.compile("大?字")
_STREET = re.compile("通|[上下]ケ?ル|[東西]入|筋|路")
_WAY = re.compile("[^0-9]*(?:通|[上下]ケ?ル|[東西]入ル?)(?![^0-9])")
_WARD = re.compile("(?<=市).+区$")
