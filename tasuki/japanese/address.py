"""Reads a Japanese address: prefecture, city, town, block and building, in whatever way it is written.

A part that has two equally good readings is left unread: the level is lower and a note says so.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from tasuki.japanese.block import Block, read_block
from tasuki.japanese.fold import fold
from tasuki.japanese.locate import Place, locate
from tasuki.japanese.place import NUMERALS, fold_place, kanji
from tasuki.japanese.result import BLANK, LONGEST, LOST, Normalised, Note, refuse
from tasuki.japanese.towns import City, cities_with
from tasuki.japanese.width import tidy, trim


class Level(IntEnum):
    """How far an address could be read."""

    NOTHING = 0
    PREFECTURE = 1
    CITY = 2
    TOWN = 3
    BLOCK = 4


class Address(NamedTuple):
    """Official spellings for prefecture, city and town; the rest as written, in one width."""

    postal: str = ""
    """Seven digits, when the text has them."""
    pref: str = ""
    city: str = ""
    """With the county, or with the city of a ward."""
    town: str = ""
    """町字 with 丁目 in kanji: 丸の内一丁目."""
    street: str = ""
    """Kyoto's way to the town: 寺町通御池上る."""
    block: str = ""
    """番地 and 号 in digits: 1-1."""
    building: str = ""
    level: Level = Level.NOTHING
    rest: str = ""
    """What no list knows: a 小字 between town and block, or all that follows the last part that was read."""
    notes: tuple[Note, ...] = ()
    key: str = ""
    """See `fold_address`."""
    codes: tuple[str, ...] = ()
    """The postal codes of the town."""


def parse(text: str, postal: str = "") -> Address:
    """`postal` is the code in a column of its own: evidence where the text leaves a choice. Never raises."""
    if len(text) > LONGEST:
        return Address(rest=text)
    written, line = _parted(_LABEL.sub("", _DASH.sub("-", _SELECTORS.sub("", tidy(text)))))
    line, phones = _PHONE_BEHIND.subn("", line)
    code = written or _NO_DIGIT.sub("", tidy(postal))
    evidence = cities_with(code)
    place = locate(line, evidence)
    notes = (Note(AMBIGUOUS),) * place.ambiguous + (Note(OTHER_POSTAL),) * _elsewhere(place, code, evidence)
    return _address(place, notes + (Note(PHONE),) * phones)._replace(postal=written)


def _parted(line: str) -> tuple[str, str]:
    """The postal code, in front or (with its mark) behind, and the address."""
    if found := _POSTAL.match(line):
        return found["area"] + found["local"], _LABEL.sub("", line[found.end() :])
    if "〒" in line and (found := _POSTAL_BEHIND.search(line)):
        return found["area"] + found["local"], line[: found.start()]
    return "", line


def normalise(text: str) -> Normalised:
    """The parts as a mapping; `town` is "" where a city has none, other blank parts are left out."""
    if not trim(text):
        return BLANK
    if len(text) > LONGEST:
        return refuse("TSK-2004")
    if LOST in text:
        return refuse("TSK-2005")
    if _DATED.search(text):
        return refuse(DATED)
    found = parse(text)
    if found.level is Level.NOTHING:
        return refuse(UNREADABLE, *found.notes)
    parts = {name: value for name in _PARTS if (value := getattr(found, name))}
    if found.block:
        parts = {name: parts.get(name, "") for name in _PARTS if name in parts or name == "town"}
    return Normalised(parts, notes=found.notes)


def fold_address(text: str) -> str:
    """The same key for one place in whatever writing, without building, street and postal code."""
    return parse(text).key or fold(text)


def postal_code_of(text: str) -> str:
    """The postal code that an address says, or that it can only have: read down to the block, in a town of
    one code. "" where there is room for doubt."""
    found = parse(text)
    if found.postal:
        return "" if Note(OTHER_POSTAL) in found.notes else found.postal
    written = "".join((found.pref, found.city, found.street, found.town, found.block))
    if found.level is not Level.BLOCK or found.notes or not found.town or parse(written).key != found.key:
        return ""
    return found.codes[0] if len(found.codes) == 1 else ""


def without_postal_code(text: str) -> str:
    """The address that follows a postal code in one cell, as written."""
    found = _LEADING_CODE.match(text)
    return text[found.end() :] if found and parse(text).postal else text


UNREADABLE = "TSK-2035"
DATED = "TSK-2036"
AMBIGUOUS = "TSK-2535"
OTHER_POSTAL = "TSK-2536"
UNLISTED = "TSK-2537"
PHONE = "TSK-2538"

_PARTS = ("postal", "pref", "city", "street", "town", "rest", "block", "building")


def _elsewhere(place: Place, code: str, evidence: Sequence[City]) -> bool:
    """The code is used, and not there. One office's own code is in no list and proves nothing."""
    used = [city for city in evidence if code in city.postal_codes]
    return bool(place.city and used) and not any(place.holds(city) for city in used)


def _address(place: Place, notes: tuple[Note, ...]) -> Address:
    if not place.city or place.ambiguous:
        level = Level.CITY if place.city else Level(bool(place.pref))
        rest = trim(place.rest)
        if level is Level.PREFECTURE and rest and not notes:
            notes = (Note(UNLISTED),)
        return Address(pref=place.pref, city=place.city, level=level, rest=rest, notes=notes)
    oaza, rest = (place.town.name, place.rest) if place.town else _unlisted(place.rest)
    named = not oaza and bool(_NUMERAL.fullmatch(rest))
    block = Block(0, rest, "", "") if named else read_block(rest, bool(place.town and place.town.numbered))
    town = oaza + _chome(block, place.city)
    unknown = bool(block.between) or (bool(town) and not place.town)
    return Address(
        pref=place.pref,
        city=place.city,
        town=town,
        street=place.street,
        block=block.number,
        building=block.building,
        level=_level(town, block),
        rest=block.between,
        notes=(*notes, Note(UNLISTED)) if unknown else notes,
        key=_key(place, oaza, block),
        codes=place.town.codes if place.town else (),
    )


def _unlisted(rest: str) -> tuple[str, str]:
    """A town that the list doesn't have, where its form leaves no doubt: X町5-3, X3丁目."""
    found = _NEW_TOWN.match(rest)
    return (found["town"], rest[found.end() :]) if found else ("", rest)


def _level(town: str, block: Block) -> Level:
    if block.number and (town or not block.between):
        return Level.BLOCK
    return Level.TOWN if town else Level.CITY


def _chome(block: Block, city: str) -> str:
    """堺市 counts its towns by 丁 where all others have 丁目."""
    return kanji(block.chome) + ("丁" if city.startswith("堺市") else "丁目") if block.chome else ""


def _key(place: Place, oaza: str, block: Block) -> str:
    """丸の内1-1-1 and 丸の内一丁目1番1号 are one place, also where nobody knows of a 丁目."""
    names = (fold_place(name).key for name in (place.pref, place.city, oaza))
    numbers = filter(None, (str(block.chome or ""), block.number))
    return "/".join((*names, fold(block.between), "-".join(numbers)))


_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NO_DIGIT = re.compile("[^0-9]")
_LABEL = re.compile(
    r"^(?:(?:住所|所在地|本社|本店|日本(?:国|(?=[\s、,:]|東京都|北海道|..[府県]))|郵便番号|\([^()0-9]{1,10}\))\s*[:、,]?\s*"
    r"|[、,:\s]+)+"
)
# 二ー三五ー一: beside numerals ー is a dash (beside digits `tidy` sees to it).
_DASH = re.compile(f"(?<=[0-9{NUMERALS}])\\s*ー\\s*(?=[0-9{NUMERALS}])")
_CODE = r"(?P<area>[0-9]{3})\s?-?\s?(?P<local>[0-9]{4})[)\]]?"
_POSTAL = re.compile(rf"[(\[]?[〒〶]?\s?{_CODE}\s*(?=[^\s0-9-]|$)")
_POSTAL_BEHIND = re.compile(rf"\s*[(\[]?〒\s?{_CODE}$")
_LEADING_CODE = re.compile(r"[\s(（〒〶]*[0-9０-９]{3}\s?[-－ー‐−]?\s?[0-9０-９]{4}[\s　)）]*")
_PHONE_BEHIND = re.compile(
    r"[\s、,(/]*(?:(?:TEL|PHONE|FAX|電話(?:番号)?|[℡☎📞])[\s:./・]*)+(?:\+81|\(?0)[0-9()\s-]{7,}.*$"
    r"|\s0[0-9]{1,4}[-(][0-9]{1,4}[-)][0-9]{4}$",
    re.IGNORECASE,
)
# A spreadsheet makes 1月2日 of the block 1-2, and of 2-1 in some countries.
_DATED = re.compile("[0-9]月[0-9]{1,2}日")
# 富士市四十九 is a 小字; a number of a block has a unit or a town before it.
_NUMERAL = re.compile(f"[{NUMERALS}]+")
_NEW_TOWN = re.compile(
    rf"\s?(?!大?字)(?P<town>[^\s0-9(),、-]{{1,10}}?(?:町(?=[\s0-9]|$)|(?=[0-9{NUMERALS}]{{1,3}}丁目)))"
)
