"""The ways in which different people type the same name, number, date or address."""

import unicodedata
from datetime import date
from random import Random

from examples.demo.offices import Office


def name(random: Random, office: Office) -> str:
    """The legal form short or long, with or without a blank; letters half- or full-width."""
    form = random.choice(_FORMS[office.form])
    core = random.choice((office.core, office.core, half_width(office.core)))
    blank = random.choice(("", "", "　", " ")) if form == office.form else ""
    return f"{form}{blank}{core}" if office.in_front else f"{core}{blank}{form}"


def kana(random: Random, text: str) -> str:
    return random.choice((text, half_width(text)))


def phone(random: Random, text: str) -> str:
    """`text` as 03-1234-5678."""
    area, middle, end = text.split("-")
    ways = (
        text,
        text,
        full_width(text),
        f"{area}({middle}){end}",
        f"({area}){middle}-{end}",
        area + middle + end,
    )
    return random.choice(ways)


def postal_code(random: Random, text: str) -> str:
    """`text` as 100-0005."""
    return random.choice((text, text, f"〒{text}", text.replace("-", ""), full_width(text)))


def address(random: Random, text: str) -> str:
    return random.choice((text, text, full_width(text)))


def person(random: Random, text: str) -> str:
    return text.replace(" ", random.choice((" ", "　", "")))


def day(random: Random, iso: str) -> str:
    """A date that stays ISO here becomes a real date in the ledger."""
    at = date.fromisoformat(iso)
    era = (
        f"令和{at.year - 2018}年{at.month}月{at.day}日"
        if at.year > 2019
        else f"H{at.year - 1988}.{at.month}.{at.day}"
    )
    return random.choice(
        (iso, iso, iso, f"{at.year}/{at.month}/{at.day}", full_width(f"{at.year}.{at.month}.{at.day}"), era)
    )


def full_width(text: str) -> str:
    """Digits, letters and hyphens; the blank stays, it parts the building from the street."""
    return text.translate(_FULL)


def half_width(text: str) -> str:
    """Katakana and letters; ガ becomes two characters."""
    return "".join(_HALF.get(character, character) for character in unicodedata.normalize("NFKC", text))


_FORMS = {
    "株式会社": ("株式会社", "株式会社", "㈱", "(株)", "（株）"),
    "有限会社": ("有限会社", "㈲", "(有)", "（有）"),
    "合同会社": ("合同会社", "(同)", "（同）"),
}
_FULL = {code: code - 0x20 + 0xFF00 for code in range(0x21, 0x7F)}
_NARROW_KANA = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_HALF = _NARROW_KANA | {
    unicodedata.normalize("NFC", kana + mark): half + sign
    for kana, half in _NARROW_KANA.items()
    for mark, sign in (("\u3099", "ﾞ"), ("\u309a", "ﾟ"))
    if len(unicodedata.normalize("NFC", kana + mark)) == 1
}
